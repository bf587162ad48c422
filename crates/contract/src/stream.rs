//! [`EventStream`]: events as they go out.

use std::{any::Any, sync::Arc};

use castad_domain::{
    model::{EventKind, EventSeq, MemberId, ProjectId},
    port::{Announcement, EventStream},
};
use futures_util::future::{BoxFuture, join};

use crate::make;

/// What one who listens outside hears of a member, or of one project of theirs.
pub type Listening =
    Box<dyn Fn(MemberId, Option<ProjectId>) -> BoxFuture<'static, Vec<Announcement>> + Send + Sync>;

/// One empty stream.
pub struct Streams {
    /// The way of one process.
    pub stream: Arc<dyn EventStream>,
    /// The way of another.
    pub other: Arc<dyn EventStream>,
    /// What is heard, from the first message on.
    pub heard: Listening,
    /// Waits until the stream has forgotten what it keeps for a while only to tell what is new.
    pub forget: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
    /// What must live as long.
    pub keep: Option<Box<dyn Any + Send + Sync>>,
}

/// `stream_contract!(fresh)`, where `async fn fresh() -> Streams`.
#[macro_export]
macro_rules! stream_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { stream {
            it_answers
            nothing_is_taken_of_nothing
            an_event_is_heard_as_it_was_told
            a_member_s_events_are_heard_in_order
            a_project_s_events_are_heard_in_order
            members_are_heard_apart
            what_is_published_again_is_there_once
            what_is_published_long_after_is_there_once
            who_comes_late_adds_nothing_behind_what_came_later
            of_two_who_publish_at_once_each_event_is_there_once
        } $($fresh)+ }
    };
}

fn member(n: u64) -> MemberId {
    MemberId::from_bits(make::bits(n))
}

fn project(n: u64) -> ProjectId {
    ProjectId::from_bits(make::bits(n))
}

/// A project for every third event, another for every third, none for the rest.
fn about(seq: i64) -> Option<ProjectId> {
    match seq % 3 {
        0 => None,
        1 => Some(project(1)),
        _ => Some(project(2)),
    }
}

/// A member's events of those numbers.
fn run(of: MemberId, seqs: impl IntoIterator<Item = i64>) -> Vec<Announcement> {
    let one = |seq| Announcement {
        member: of,
        project: about(seq),
        seq: EventSeq(seq),
        kind: EventKind::SongReady,
        body: format!("{{\"id\":\"{}\",\"노래\":\"부산\"}}", EventSeq(seq)).into(),
    };
    seqs.into_iter().map(one).collect()
}

fn numbers(heard: &[Announcement]) -> Vec<i64> {
    heard.iter().map(|told| told.seq.0).collect()
}

/// How many of each run were taken; that it was all of them.
async fn publish(stream: &Arc<dyn EventStream>, runs: &[Vec<Announcement>]) {
    let ends = stream.publish(runs).await;
    assert_eq!(ends.len(), runs.len(), "one end a run");
    for (run, end) in runs.iter().zip(ends) {
        assert!(end.fault.is_none(), "{:?}", end.fault);
        assert_eq!(end.taken, run.len());
    }
}

/// A stream that is there says so.
pub async fn it_answers(streams: &Streams) {
    streams.stream.check().await.expect("it answers");
}

/// Neither without runs nor with an empty one.
pub async fn nothing_is_taken_of_nothing(streams: &Streams) {
    publish(&streams.stream, &[]).await;
    publish(&streams.stream, &[vec![]]).await;
    assert_eq!((streams.heard)(member(1), None).await, []);
}

/// All that was told comes through, in any script, with and without a project.
pub async fn an_event_is_heard_as_it_was_told(streams: &Streams) {
    let mut told = run(member(1), 1..=EventKind::ALL.len().try_into().expect("a few"));
    for (told, kind) in told.iter_mut().zip(EventKind::ALL) {
        told.kind = *kind;
    }
    publish(&streams.stream, &[told.clone()]).await;
    assert_eq!((streams.heard)(member(1), None).await, told);
}

/// Be they of one project, of another or of none, and however many runs they came in.
pub async fn a_member_s_events_are_heard_in_order(streams: &Streams) {
    let all = run(member(1), 1..=150);
    for part in all.chunks(70) {
        publish(&streams.stream, &[part.to_vec()]).await;
    }
    assert_eq!((streams.heard)(member(1), None).await, all);
}

/// Who listens to one project hears nothing else.
pub async fn a_project_s_events_are_heard_in_order(streams: &Streams) {
    publish(&streams.stream, &[run(member(1), 1..=9), run(member(2), 1..=9)]).await;
    let heard = (streams.heard)(member(1), Some(project(2))).await;
    assert_eq!(numbers(&heard), [2, 5, 8]);
    assert!(heard.iter().all(|told| told.member == member(1)));
}

/// Each has numbers of their own.
pub async fn members_are_heard_apart(streams: &Streams) {
    let runs: Vec<_> = (1..=20).map(|n| run(member(n), 1..=4)).collect();
    publish(&streams.stream, &runs).await;
    for (n, told) in (1..).zip(&runs) {
        assert_eq!((streams.heard)(member(n), None).await, *told);
    }
}

/// Whole, in part, or reaching further.
pub async fn what_is_published_again_is_there_once(streams: &Streams) {
    publish(&streams.stream, &[run(member(1), 1..=6)]).await;
    publish(&streams.stream, &[run(member(1), 1..=6)]).await;
    publish(&streams.other, &[run(member(1), 3..=4)]).await;
    publish(&streams.other, &[run(member(1), 5..=8)]).await;
    assert_eq!(numbers(&(streams.heard)(member(1), None).await), [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// However long ago it was published first.
pub async fn what_is_published_long_after_is_there_once(streams: &Streams) {
    publish(&streams.stream, &[run(member(1), 1..=6)]).await;
    (streams.forget)().await;
    publish(&streams.stream, &[run(member(1), 1..=6)]).await;
    publish(&streams.other, &[run(member(1), 2..=7)]).await;
    assert_eq!(numbers(&(streams.heard)(member(1), None).await), [1, 2, 3, 4, 5, 6, 7]);
}

/// Who stood still while another went on adds nothing out of its turn.
pub async fn who_comes_late_adds_nothing_behind_what_came_later(streams: &Streams) {
    publish(&streams.stream, &[run(member(1), 1..=2)]).await;
    publish(&streams.other, &[run(member(1), 3..=8)]).await;
    (streams.forget)().await;
    for seq in 3..=7 {
        publish(&streams.stream, &[run(member(1), [seq])]).await;
    }
    assert_eq!(numbers(&(streams.heard)(member(1), None).await), [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// They may not know of each other.
pub async fn of_two_who_publish_at_once_each_event_is_there_once(streams: &Streams) {
    for begins in [1, 41] {
        let runs: Vec<_> = (1..=5).map(|n| run(member(n), begins..=begins + 39)).collect();
        join(publish(&streams.stream, &runs), publish(&streams.other, &runs)).await;
        (streams.forget)().await;
    }
    for n in 1..=5 {
        let heard = (streams.heard)(member(n), None).await;
        assert_eq!(numbers(&heard), (1..=80).collect::<Vec<_>>());
    }
}
