//! [`EventOutbox`](castad_domain::port::EventOutbox): what of the log has not gone out yet.

use std::collections::BTreeMap;

use castad_domain::{
    model::{EventKind, EventSeq, MemberId, NewEvent},
    port::Untold,
};
use futures_util::future::join_all;

use crate::{Database, make};

/// `untold_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! untold_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { untold {
            a_log_without_events_has_nothing_to_tell
            what_was_appended_is_untold_until_it_is_marked
            a_mark_never_goes_back
            a_mark_never_stands_behind_the_end
            of_many_who_mark_the_furthest_stays
            what_is_not_committed_is_not_untold
            members_are_turned_over_by_the_page
        } $($fresh)+ }
    };
}

/// Appends that many events, and says whose they are.
pub(crate) async fn append(db: &Database, member: MemberId, events: usize) {
    let event = NewEvent {
        kind: EventKind::ProjectUpdated,
        project: None,
        at: make::time(1),
        data: BTreeMap::new(),
    };
    let mut unit = db.begin().await;
    unit.events().append(member, &vec![event; events]).await.expect("events are appended");
    unit.commit().await.expect("the unit commits");
}

async fn untold(db: &Database) -> Vec<(MemberId, i64, i64)> {
    let found = db.outbox.untold(None, 100).await.expect("the log answers");
    found.iter().map(|untold| (untold.member, untold.told.0, untold.last.0)).collect()
}

async fn mark(db: &Database, member: MemberId, through: i64) -> bool {
    db.outbox.mark_told(member, EventSeq(through)).await.expect("the log answers")
}

/// Nobody is looked after who has no events.
pub async fn a_log_without_events_has_nothing_to_tell(db: &Database) {
    let member = db.member(1).await;
    append(db, member, 0).await;
    assert_eq!(untold(db).await, []);
    assert!(!mark(db, member, 1).await, "there is nothing to mark");
}

/// It begins behind the mark, and ends where the log does.
pub async fn what_was_appended_is_untold_until_it_is_marked(db: &Database) {
    let member = db.member(1).await;
    append(db, member, 3).await;
    assert_eq!(untold(db).await, [(member, 0, 3)]);
    assert!(mark(db, member, 2).await);
    assert_eq!(untold(db).await, [(member, 2, 3)]);
    assert!(mark(db, member, 3).await);
    assert_eq!(untold(db).await, []);
    append(db, member, 2).await;
    assert_eq!(untold(db).await, [(member, 3, 5)]);
}

/// Who comes late with an older mark changes nothing.
pub async fn a_mark_never_goes_back(db: &Database) {
    let member = db.member(1).await;
    append(db, member, 4).await;
    assert!(mark(db, member, 3).await);
    assert!(!mark(db, member, 3).await, "it is no news");
    assert!(!mark(db, member, 1).await);
    assert_eq!(untold(db).await, [(member, 3, 4)]);
}

/// What has not happened has not been told.
pub async fn a_mark_never_stands_behind_the_end(db: &Database) {
    let member = db.member(1).await;
    append(db, member, 2).await;
    assert!(!mark(db, member, 3).await);
    assert_eq!(untold(db).await, [(member, 0, 2)]);
}

/// However many mark at once, the furthest mark is the one that is there afterwards.
pub async fn of_many_who_mark_the_furthest_stays(db: &Database) {
    let member = db.member(1).await;
    append(db, member, 9).await;
    let marks = [3, 8, 1, 6, 2, 7].map(|through| mark(db, member, through));
    let news = join_all(marks).await.into_iter().filter(|news| *news).count();
    assert!(news >= 1);
    assert_eq!(untold(db).await, [(member, 8, 9)]);
}

/// Nobody hears of what may yet be undone.
pub async fn what_is_not_committed_is_not_untold(db: &Database) {
    let member = db.member(1).await;
    let event = NewEvent {
        kind: EventKind::ProjectCreated,
        project: None,
        at: make::time(1),
        data: BTreeMap::new(),
    };
    let mut unit = db.begin().await;
    unit.events().append(member, &[event]).await.expect("events are appended");
    assert_eq!(untold(db).await, []);
    drop(unit);
    assert_eq!(untold(db).await, []);
}

/// A page begins behind the member that `after` names, and those who are marked are left out.
pub async fn members_are_turned_over_by_the_page(db: &Database) {
    let mut members = Vec::new();
    for n in 1..=5 {
        let member = db.member(n).await;
        append(db, member, 2).await;
        members.push(member);
    }
    members.sort_unstable();
    assert!(mark(db, members.remove(1), 2).await);

    let page = async |after| {
        let found = db.outbox.untold(after, 2).await.expect("the log answers");
        found.iter().map(|Untold { member, .. }| *member).collect::<Vec<_>>()
    };
    assert_eq!(page(None).await, members[..2]);
    assert_eq!(page(Some(members[1])).await, members[2..]);
    assert_eq!(page(Some(members[3])).await, []);
}
