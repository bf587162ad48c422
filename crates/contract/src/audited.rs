use castad_domain::port::{Auditor, BookRule, Finding};

use crate::Database;

/// The most that is named of what breaks a rule.
const MOST: u32 = 20;

/// Everything that is wrong in the books.
///
/// # Panics
///
/// If the auditor does not answer.
pub async fn findings(auditor: &dyn Auditor) -> Vec<Finding> {
    let mut found = Vec::new();
    for &rule in BookRule::ALL {
        found.extend(auditor.audit(rule, MOST).await.expect("the auditor answers"));
    }
    found
}

/// Looks at the books of a database: all is right but what was left broken on purpose, and that is
/// not.
///
/// # Panics
///
/// If anything else is wrong, or less.
pub async fn audited(db: &Database, broken: &[BookRule]) {
    let found = findings(&*db.auditor).await;
    let is_found = |rule: &&BookRule| found.iter().any(|finding| finding.rule == **rule);
    let wrong: Vec<_> = BookRule::ALL.iter().filter(is_found).collect();
    let expected: Vec<_> = BookRule::ALL.iter().filter(|rule| broken.contains(rule)).collect();
    assert_eq!(wrong, expected, "the books at the end: {found:#?}");
}
