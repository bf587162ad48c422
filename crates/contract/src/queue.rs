//! [`WorkQueue`](castad_domain::port::WorkQueue): jobs, as workers see them.

use castad_domain::{
    model::{Claim, Lane, LyricId, Task, Work},
    port::{KindCounts, QueueCounts, StoreErrorKind, Turn},
};
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::{
    Database,
    database::{kind, lead, work},
    make,
    suite::is_done,
};

/// `queue_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! queue_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { queue {
            an_empty_queue_has_nothing
            a_job_waits_until_it_is_due
            a_job_has_one_worker_at_a_time
            racing_workers_share_the_jobs
            jobs_come_in_the_order_in_which_they_are_due
            a_lease_that_ended_is_taken_over_under_a_higher_fence
            every_claim_raises_the_fence
            a_renewed_lease_holds_longer_and_keeps_the_progress
            a_job_that_was_put_back_is_due_again_then
            a_draft_is_seen_while_its_job_runs
            whoever_claims_a_job_finds_what_was_noted_on_it
            a_buried_job_is_not_claimed_again
            a_lost_claim_can_do_nothing
            a_claim_that_was_given_back_can_do_nothing
            the_next_time_is_that_of_the_first_job_or_lease
            jobs_are_counted_by_state
            jobs_are_counted_by_lane_and_kind
            a_job_is_claimed_with_what_led_to_it
            members_take_turns
            a_worker_is_woken_by_a_push
        } $($fresh)+ }
    };
}

async fn with_jobs(db: &Database, dues: &[i64]) -> Vec<castad_domain::model::Work> {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    let jobs = (1..).zip(dues).map(|(n, due)| work(&production, n, make::time(*due)));
    let jobs: Vec<_> = jobs.collect();
    db.push_all(&jobs).await;
    jobs
}

async fn claim(db: &Database, seconds: i64) -> Claim {
    db.claim(make::time(seconds)).await.expect("a job is due")
}

fn turn(seconds: i64) -> Turn {
    Turn { now: make::time(seconds), lease_until: make::time(seconds + 60), rate: None }
}

/// How many wait, run and are dead in all; those of the lanes sum up to it.
async fn counts(db: &Database) -> (u64, u64, u64) {
    let QueueCounts { waiting, running, dead } =
        db.queue.counts().await.expect("the queue answers");
    (waiting, running, dead)
}

/// Without jobs there is nothing to claim, to wait for or to count.
pub async fn an_empty_queue_has_nothing(db: &Database) {
    assert_eq!(db.claim(make::time(0)).await, None);
    assert_eq!(db.queue.next_due().await.expect("the queue answers"), None);
    assert_eq!(counts(db).await, (0, 0, 0));
}

/// A job is not claimed before it is due, to the microsecond.
pub async fn a_job_waits_until_it_is_due(db: &Database) {
    let jobs = with_jobs(db, &[10]).await;
    assert_eq!(db.claim(make::time(10) - TimeDelta::microseconds(1)).await, None);
    let claim = claim(db, 10).await;
    assert_eq!(claim.work, jobs[0]);
    assert_eq!((claim.attempts, claim.progress), (0, 0.0));
    assert_eq!(claim.lease_until, make::time(10) + TimeDelta::seconds(60));
}

/// A job that somebody holds is nobody else's.
pub async fn a_job_has_one_worker_at_a_time(db: &Database) {
    with_jobs(db, &[0]).await;
    claim(db, 0).await;
    assert_eq!(db.claim(make::time(59)).await, None);
}

/// However many workers ask at once, each job goes to one of them.
pub async fn racing_workers_share_the_jobs(db: &Database) {
    with_jobs(db, &[0; 5]).await;
    let mut jobs = Vec::new();
    for _ in 0..5 {
        let (now, until) = (make::time(1), make::time(100));
        let claims = join_all((0..4).map(|_| db.queue.claim(now, until))).await;
        jobs.extend(claims.into_iter().filter_map(Result::ok).flatten().map(|claim| claim.job));
    }
    jobs.sort();
    let found = jobs.len();
    jobs.dedup();
    assert_eq!((found, jobs.len()), (5, 5), "each job once");
}

/// Of one member's jobs the one that has been due longest comes first.
pub async fn jobs_come_in_the_order_in_which_they_are_due(db: &Database) {
    let jobs = with_jobs(db, &[30, 10, 20, 40]).await;
    for n in [1, 2, 0] {
        assert_eq!(claim(db, 30).await.work, jobs[n]);
    }
    assert_eq!(db.claim(make::time(30)).await, None);
}

/// A job whose worker fell silent is claimed again once its lease has ended.
pub async fn a_lease_that_ended_is_taken_over_under_a_higher_fence(db: &Database) {
    with_jobs(db, &[0]).await;
    let first = claim(db, 0).await;
    let second = claim(db, 60).await;
    assert_eq!(second.job, first.job);
    assert!(second.fence > first.fence);
}

/// A job that is claimed again after it was given back has a higher fence too.
pub async fn every_claim_raises_the_fence(db: &Database) {
    with_jobs(db, &[0]).await;
    let mut fence = 0;
    for _ in 0..3 {
        let claim = claim(db, 1).await;
        assert!(claim.fence > fence);
        fence = claim.fence;
        db.queue.put_back(&claim, make::time(1), 0, 0.0).await.expect("the claim holds");
    }
}

/// A lease that is renewed ends when it was told to, and the next claim knows the progress.
pub async fn a_renewed_lease_holds_longer_and_keeps_the_progress(db: &Database) {
    with_jobs(db, &[0]).await;
    let first = claim(db, 0).await;
    db.queue.renew(&first, make::time(100), 0.75).await.expect("the claim holds");
    assert_eq!(db.claim(make::time(99)).await, None);
    let second = claim(db, 100).await;
    assert_eq!((second.job, second.progress), (first.job, 0.75));
}

/// A job that was put back has the attempts and the progress that it was given, and is due then.
pub async fn a_job_that_was_put_back_is_due_again_then(db: &Database) {
    with_jobs(db, &[0]).await;
    let first = claim(db, 0).await;
    db.queue.put_back(&first, make::time(20), 3, 0.25).await.expect("the claim holds");
    assert_eq!(db.claim(make::time(19)).await, None);
    let second = claim(db, 20).await;
    assert_eq!((second.job, second.attempts, second.progress), (first.job, 3, 0.25));
    assert_eq!(second.work.due, make::time(20));
    assert_eq!(second.work.task, first.work.task);
}

/// Who looks at a lyric sees what there is of it, until its job is over.
pub async fn a_draft_is_seen_while_its_job_runs(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[make::request_lyric]).await;
    let id = production.lyric().expect("it was asked for").id;
    let (project, due) = (production.project().id(), make::time(0));
    db.push_all(&[Work { member, project, task: Task::WriteLyric(id), due }]).await;
    let draft = async || db.job(&production).await.and_then(|job| job.draft);

    let claim = claim(db, 0).await;
    assert_eq!(draft().await, None);
    for words in ["해운대", "해운대 골목 끝\nSun up ☀"] {
        db.queue.sketch(&claim, words).await.expect("the claim holds");
        assert_eq!(draft().await.as_deref(), Some(words));
    }
    db.queue.put_back(&claim, make::time(5), 0, 0.0).await.expect("the claim holds");
    let late = db.queue.sketch(&claim, "too late").await;
    assert_eq!(kind(late), Some(StoreErrorKind::Conflict));
}

/// Be it put back, or its lease have ended; what the lease and the progress are changes nothing of it.
pub async fn whoever_claims_a_job_finds_what_was_noted_on_it(db: &Database) {
    with_jobs(db, &[0]).await;
    let first = claim(db, 0).await;
    assert_eq!(first.note, None);
    db.queue.sketch(&first, "begun").await.expect("the claim holds");
    db.queue.renew(&first, make::time(60), 0.0).await.expect("the claim holds");
    let second = claim(db, 61).await;
    assert_eq!(second.note.as_deref(), Some("begun"));
    db.queue.put_back(&second, make::time(70), 1, 0.0).await.expect("the claim holds");
    let third = claim(db, 70).await;
    assert_eq!(third.note.as_deref(), Some("begun"));
    db.queue.sketch(&third, "").await.expect("the claim holds");
    db.queue.put_back(&third, make::time(80), 1, 0.0).await.expect("the claim holds");
    assert_eq!(claim(db, 80).await.note.as_deref().unwrap_or_default(), "");
}

/// A job that was set aside is not run again by itself.
pub async fn a_buried_job_is_not_claimed_again(db: &Database) {
    with_jobs(db, &[0]).await;
    let claim = claim(db, 0).await;
    db.queue.bury(&claim, "너무 자주 실패했어요").await.expect("the claim holds");
    assert_eq!(db.claim(make::time(1_000)).await, None);
    assert_eq!(db.queue.next_due().await.expect("the queue answers"), None);
    assert_eq!(counts(db).await, (0, 0, 1));
    let again = db.queue.bury(&claim, "again").await;
    assert_eq!(kind(again), Some(StoreErrorKind::Conflict));
}

/// Who lost a claim to another worker can neither renew, put back nor bury the job.
pub async fn a_lost_claim_can_do_nothing(db: &Database) {
    with_jobs(db, &[0]).await;
    let lost = claim(db, 0).await;
    let held = claim(db, 60).await;
    refuses(db, &lost).await;
    db.queue.renew(&held, make::time(500), 0.0).await.expect("this claim holds");
}

/// A claim ends with the job's return, even while nobody else has the job.
pub async fn a_claim_that_was_given_back_can_do_nothing(db: &Database) {
    with_jobs(db, &[0]).await;
    let claim = claim(db, 0).await;
    db.queue.put_back(&claim, make::time(5), 1, 0.0).await.expect("the claim holds");
    refuses(db, &claim).await;
    assert_eq!(counts(db).await, (1, 0, 0));
}

async fn refuses(db: &Database, lost: &Claim) {
    let renewed = db.queue.renew(lost, make::time(900), 1.0).await;
    assert_eq!(kind(renewed), Some(StoreErrorKind::Conflict));
    let put_back = db.queue.put_back(lost, make::time(0), 9, 1.0).await;
    assert_eq!(kind(put_back), Some(StoreErrorKind::Conflict));
    let buried = db.queue.bury(lost, "late").await;
    assert_eq!(kind(buried), Some(StoreErrorKind::Conflict));
}

/// A worker that has nothing to do knows when to look again.
pub async fn the_next_time_is_that_of_the_first_job_or_lease(db: &Database) {
    with_jobs(db, &[0, 90]).await;
    let next = || async { db.queue.next_due().await.expect("the queue answers") };
    assert_eq!(next().await, Some(make::time(0)));
    let claim = claim(db, 0).await;
    assert_eq!(next().await, Some(claim.lease_until));
    db.queue.renew(&claim, make::time(200), 0.0).await.expect("the claim holds");
    assert_eq!(next().await, Some(make::time(90)));
}

/// Jobs are counted as waiting, running or dead.
pub async fn jobs_are_counted_by_state(db: &Database) {
    with_jobs(db, &[0, 0, 0, 500]).await;
    let dead = claim(db, 0).await;
    db.queue.bury(&dead, "it failed").await.expect("the claim holds");
    let done = claim(db, 0).await;
    claim(db, 0).await;
    assert_eq!(counts(db).await, (1, 2, 1));
    db.finish(&done).await.expect("the claim holds");
    assert_eq!(counts(db).await, (1, 1, 1));
}

/// Jobs are counted in their lane, by their kind.
pub async fn jobs_are_counted_by_lane_and_kind(db: &Database) {
    let member = db.member(1).await;
    let project = db.production(1, member, &[]).await.project().id();
    let due = make::time(0);
    let erase = |n| Task::Erase(make::image(n, due).file.key);
    let tasks = [Task::WriteLyric(LyricId::from_bits(1)), erase(1), erase(2), Task::Deadline(due)];
    db.push_all(&tasks.map(|task| Work { member, project, task, due })).await;
    db.queue.claim_in(Lane::House, turn(0)).await.expect("the queue answers");
    let counted = db.queue.counts_of_kinds().await.expect("the queue answers");
    let of = |lane, kind: &str| -> QueueCounts {
        let named = |of: &&KindCounts| of.kind.is_some_and(|of| of.name() == kind);
        counted.iter().filter(|of| of.lane == lane).filter(named).map(|of| of.counts).sum()
    };
    let one_waits = QueueCounts { waiting: 1, ..QueueCounts::default() };
    assert_eq!(of(Lane::Lyric, "write_lyric"), one_waits);
    assert_eq!(of(Lane::House, "erase"), QueueCounts { waiting: 1, running: 1, dead: 0 });
    assert_eq!(of(Lane::House, "deadline"), one_waits);
    assert_eq!(of(Lane::Lyric, "erase"), QueueCounts::default());
    assert_eq!(counts(db).await, (3, 1, 0));
}

/// What leads to a push is there at every claim of its job, and not at that of another.
pub async fn a_job_is_claimed_with_what_led_to_it(db: &Database) {
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    lead(Some(trace));
    db.push(&production, 1, make::time(0)).await;
    lead(None);
    db.push(&production, 2, make::time(1)).await;

    let first = claim(db, 5).await;
    assert_eq!(first.trace.as_deref(), Some(trace));
    assert_eq!(claim(db, 5).await.trace, None, "nothing led to that one");
    db.queue.put_back(&first, make::time(6), 0, 0.5).await.expect("the claim holds");
    assert_eq!(claim(db, 6).await.trace.as_deref(), Some(trace), "also the next time");
}

/// Among due jobs, one of the member with the fewest running comes first.
pub async fn members_take_turns(db: &Database) {
    let (busy, quiet) = (db.member(1).await, db.member(2).await);
    let many = db.production(1, busy, &[]).await;
    let few = db.production(2, quiet, &[]).await;
    for n in 0..4 {
        db.push(&many, n, make::time(0)).await;
    }
    db.push(&few, 10, make::time(5)).await;
    db.push(&few, 11, make::time(6)).await;

    let mut turns = Vec::new();
    for _ in 0..6 {
        turns.push(claim(db, 7).await.work.member);
    }
    assert_eq!(turns[..2], [busy, quiet], "who has none running comes first");
    let of = |member, turns: &[_]| turns.iter().filter(|turn| **turn == member).count();
    assert_eq!((of(busy, &turns[..4]), of(quiet, &turns[..4])), (2, 2));
}

/// The hint comes to who asked for it before the push, even if it waits only afterwards.
pub async fn a_worker_is_woken_by_a_push(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    let hint = db.queue.pushed();
    db.push(&production, 1, make::time(0)).await;
    assert!(is_done(hint).await, "a job was pushed since the call began");
}
