//! [`EventBook`](castad_domain::port::EventBook) and [`EventLog`](castad_domain::port::EventLog).

use std::collections::BTreeMap;

use castad_domain::model::{Datum, Event, EventKind, EventSeq, MemberId, NewEvent, ProjectId};
use futures_util::future::join_all;

use crate::{
    Database,
    database::lead,
    make,
    suite::{is_done, let_others_run},
};

/// `events_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! events_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { events {
            an_event_reads_back_as_it_was_told
            every_kind_reads_back
            numbers_of_a_member_have_no_gap
            a_dropped_unit_leaves_no_gap
            racing_units_leave_no_gap
            a_log_is_its_members_alone
            a_reader_goes_on_behind_what_it_has_seen
            a_reader_may_ask_for_one_project
            nothing_is_read_before_the_commit
            heads_are_those_events_that_can_be_read
            an_event_is_read_with_what_led_to_it
            a_reader_is_woken_by_a_commit
        } $($fresh)+ }
    };
}

fn event(kind: EventKind, project: Option<ProjectId>, seconds: i64) -> NewEvent {
    NewEvent { kind, project, at: make::time(seconds), data: BTreeMap::new() }
}

async fn append(db: &Database, member: MemberId, events: &[NewEvent]) {
    let mut unit = db.begin().await;
    unit.events().append(member, events).await.expect("events are appended");
    unit.commit().await.expect("the unit commits");
}

async fn read(db: &Database, member: MemberId, after: i64, limit: u32) -> Vec<Event> {
    let read = db.events.events(member, None, EventSeq(after), limit).await;
    read.expect("the log answers")
}

fn numbers(events: &[Event]) -> Vec<i64> {
    events.iter().map(|event| event.seq.0).collect()
}

/// An event comes back with its kind, project, time and all that it tells.
pub async fn an_event_reads_back_as_it_was_told(db: &Database) {
    let member = db.member(1).await;
    let project = db.production(1, member, &[]).await.project().id();
    let data = BTreeMap::from([
        ("detail", Datum::Text("낱말 \"하나\"\n둘".to_owned())),
        ("added", Datum::Number(i64::MIN)),
        ("retryable", Datum::Flag(true)),
        ("one", Datum::Number(1)),
        ("digits", Datum::Text("1".to_owned())),
    ]);
    let told = NewEvent { data: data.clone(), ..event(EventKind::SongFailed, Some(project), 7) };
    append(db, member, &[told, event(EventKind::ProjectCreated, None, 8)]).await;

    let events = read(db, member, 0, 10).await;
    let data = data.into_iter().map(|(name, datum)| (name.to_owned(), datum)).collect();
    let first = Event {
        seq: EventSeq(1),
        member,
        kind: EventKind::SongFailed,
        project: Some(project),
        at: make::time(7),
        data,
        trace: None,
    };
    assert_eq!(events.first(), Some(&first));
    assert_eq!(events.get(1).map(|event| event.project), Some(None));
}

/// What leads to an event is read with it, and not with another.
pub async fn an_event_is_read_with_what_led_to_it(db: &Database) {
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let member = db.member(1).await;
    let project = db.production(1, member, &[]).await.project().id();
    lead(Some(trace));
    append(db, member, &[event(EventKind::ProjectUpdated, Some(project), 1)]).await;
    lead(None);
    append(db, member, &[event(EventKind::ProjectUpdated, Some(project), 2)]).await;

    let of_project = db.events.events(member, Some(project), EventSeq(0), 10).await;
    for events in [read(db, member, 0, 10).await, of_project.expect("the log answers")] {
        let led: Vec<_> = events.iter().map(|event| event.trace.as_deref()).collect();
        assert_eq!(led, [Some(trace), None]);
    }
}

/// No kind is lost on the way.
pub async fn every_kind_reads_back(db: &Database) {
    let member = db.member(1).await;
    let told: Vec<_> = EventKind::ALL.iter().map(|&kind| event(kind, None, 1)).collect();
    append(db, member, &told).await;
    let kinds: Vec<_> = read(db, member, 0, 100).await.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, EventKind::ALL);
}

/// A member's events are numbered from one, in the order in which units committed.
pub async fn numbers_of_a_member_have_no_gap(db: &Database) {
    let member = db.member(1).await;
    let at = |seconds| event(EventKind::ProjectUpdated, None, seconds);
    append(db, member, &[at(1), at(2)]).await;
    append(db, member, &[]).await;
    append(db, member, &[at(3)]).await;
    let events = read(db, member, 0, 10).await;
    assert_eq!(numbers(&events), [1, 2, 3]);
    let times: Vec<_> = events.iter().map(|event| event.at).collect();
    assert_eq!(times, [make::time(1), make::time(2), make::time(3)]);
}

/// A unit that does not commit uses no number.
pub async fn a_dropped_unit_leaves_no_gap(db: &Database) {
    let member = db.member(1).await;
    let at = |seconds| event(EventKind::ProjectUpdated, None, seconds);
    append(db, member, &[at(1)]).await;
    let mut unit = db.begin().await;
    unit.events().append(member, &[at(2), at(3)]).await.expect("events are appended");
    drop(unit);
    append(db, member, &[at(4)]).await;
    assert_eq!(numbers(&read(db, member, 0, 10).await), [1, 2]);
}

/// However many commit at once, no number is missing and none is given twice.
pub async fn racing_units_leave_no_gap(db: &Database) {
    let member = db.member(1).await;
    let write = |n: i64| async move {
        let mut unit = db.begin().await;
        let told = [event(EventKind::ProjectUpdated, None, n)];
        unit.events().append(member, &told).await?;
        let_others_run().await;
        unit.commit().await
    };
    let won = join_all((0..8).map(write)).await.iter().filter(|end| end.is_ok()).count();
    let won = i64::try_from(won).expect("a few");
    assert!(won >= 1, "somebody commits");
    assert_eq!(numbers(&read(db, member, 0, 10).await), (1..=won).collect::<Vec<_>>());
}

/// Every member has numbers of their own, and nobody reads another's.
pub async fn a_log_is_its_members_alone(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    append(db, one, &[event(EventKind::ProjectCreated, None, 1)]).await;
    append(db, two, &[event(EventKind::ProjectUpdated, None, 2)]).await;
    let theirs = read(db, two, 0, 10).await;
    assert_eq!(numbers(&theirs), [1]);
    assert_eq!(theirs[0].kind, EventKind::ProjectUpdated);
}

/// A page begins behind `after` and is as long as `limit`.
pub async fn a_reader_goes_on_behind_what_it_has_seen(db: &Database) {
    let member = db.member(1).await;
    let told: Vec<_> = (1..=5).map(|n| event(EventKind::ProjectUpdated, None, n)).collect();
    append(db, member, &told).await;
    assert_eq!(numbers(&read(db, member, 0, 2).await), [1, 2]);
    assert_eq!(numbers(&read(db, member, 2, 2).await), [3, 4]);
    assert_eq!(numbers(&read(db, member, 4, 2).await), [5]);
    assert_eq!(numbers(&read(db, member, 5, 2).await), [0; 0]);
}

/// Events of one project keep their numbers and come `limit` at a time.
pub async fn a_reader_may_ask_for_one_project(db: &Database) {
    let (member, other) = (db.member(1).await, db.member(2).await);
    let a = db.production(1, member, &[]).await.project().id();
    let b = db.production(2, member, &[]).await.project().id();
    let of = |project| event(EventKind::ProjectUpdated, project, 1);
    append(db, member, &[of(Some(a)), of(Some(b)), of(None), of(Some(b)), of(Some(b))]).await;

    let read = |who, after, limit| db.events.events(who, Some(b), EventSeq(after), limit);
    assert_eq!(numbers(&read(member, 0, 2).await.expect("the log answers")), [2, 4]);
    assert_eq!(numbers(&read(member, 4, 2).await.expect("the log answers")), [5]);
    assert_eq!(numbers(&read(other, 0, 9).await.expect("the log answers")), [0; 0]);
}

/// A reader that has seen one event never finds a lower one new: what is not committed is not there.
pub async fn nothing_is_read_before_the_commit(db: &Database) {
    let member = db.member(1).await;
    let mut unit = db.begin().await;
    let told = [event(EventKind::ProjectCreated, None, 1)];
    unit.events().append(member, &told).await.expect("events are appended");
    assert_eq!(read(db, member, 0, 10).await, []);
    unit.commit().await.expect("the unit commits");
    assert_eq!(read(db, member, 0, 10).await.len(), 1);
}

/// Of everybody who is asked for and has any, however many that are; what is not committed is no
/// head yet.
pub async fn heads_are_those_events_that_can_be_read(db: &Database) {
    let (mut asked, mut expected) = (Vec::new(), Vec::new());
    for n in 1..=130 {
        let member = db.member(n).await;
        asked.push(member);
        if n % 3 != 0 {
            let many = if n % 2 == 0 { 1 } else { 3 };
            append(db, member, &vec![event(EventKind::ProjectCreated, None, 1); many]).await;
            expected.push((member, EventSeq(if n % 2 == 0 { 1 } else { 3 })));
        }
    }
    let stranger = asked.pop().expect("there are members");
    expected.retain(|(member, _)| *member != stranger);
    let mut open = db.begin().await;
    let more = [event(EventKind::ProjectUpdated, None, 200)];
    open.events().append(asked[0], &more).await.expect("events are appended");

    let heads = async || {
        let mut heads = db.events.heads(&asked).await.expect("the log answers");
        heads.sort();
        heads
    };
    expected.sort();
    assert_eq!(heads().await, expected);
    for (member, EventSeq(head)) in heads().await {
        assert_eq!(numbers(&read(db, member, head - 1, 10).await), [head]);
    }
    open.commit().await.expect("the unit commits");
    assert_eq!(heads().await.len(), expected.len());
    let moved = expected.iter().find(|(member, _)| *member == asked[0]).expect("it has events");
    assert!(heads().await.contains(&(asked[0], EventSeq(moved.1.0 + 1))));
    assert_eq!(db.events.heads(&[]).await.expect("the log answers"), []);
}

/// The hint comes to who asked for it before the commit, even if it waits only afterwards.
pub async fn a_reader_is_woken_by_a_commit(db: &Database) {
    let member = db.member(1).await;
    let hint = db.events.appended();
    append(db, member, &[event(EventKind::ProjectCreated, None, 1)]).await;
    assert!(is_done(hint).await, "something was appended since the call began");
}
