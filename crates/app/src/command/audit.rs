use castad_domain::port::BookRule;
use serde_json::json;

use super::{OK, UNFAIR, say};
use crate::{config::Config, wire::Wired};

/// The most that is named of what breaks a rule.
const MOST: u32 = 20;

/// Looks at the books of a database, which others may be using, and says what breaks a rule.
pub(super) async fn audit(config: Config, as_json: bool) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let mut found = Vec::new();
    for &rule in BookRule::ALL {
        let broken = wired.ports.auditor.audit(rule, MOST).await?;
        if !as_json {
            let end =
                if broken.is_empty() { "ok".to_owned() } else { format!("{} NOT", broken.len()) };
            say(&format!("{end:>7}  {}", rule.says()));
            for finding in &broken {
                say(&format!("         {:032x}", finding.id));
            }
        }
        found.extend(broken);
    }
    if as_json {
        let line = |finding: &castad_domain::port::Finding| json!({"rule": finding.rule.says(), "id": format!("{:032x}", finding.id)});
        let findings: Vec<_> = found.iter().map(line).collect();
        let checked: Vec<_> = BookRule::ALL.iter().map(|rule| rule.says()).collect();
        let told = json!({"right": found.is_empty(), "checked": checked, "findings": findings});
        say(&told.to_string());
    } else {
        say(if found.is_empty() { "the books are right" } else { "the books are NOT right" });
    }
    wired.close().await;
    Ok(if found.is_empty() { OK } else { UNFAIR })
}
