//! Jobs as admins see them, and those that they have tried again.

use castad_domain::{
    model::{
        JobEntry, JobId, JobState, MediaKey, MemberId, ProviderJob, Stage, Task, TaskKind, Work,
    },
    port::{JobPage, MAX_PAGE, Ports, StoreErrorKind},
    usecase::{BooksError, ReplayJobs, ReplayRefusal},
};
use castad_memory::Memory;
use chrono::TimeDelta;
use futures_util::future::join;

use crate::{Database, database::kind, make, mingled};

/// `replays_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! replays_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { replays {
            jobs_are_listed_by_state_with_what_is_to_be_known_of_them
            jobs_are_turned_over_by_the_page
            jobs_whose_worker_fell_silent_are_found
            a_job_that_is_replayed_is_due_at_once_as_if_it_had_never_failed
            only_what_was_set_aside_is_replayed
            of_two_who_replay_a_job_one_does
            a_replay_that_is_dropped_leaves_the_job_where_it_is
            all_jobs_of_a_kind_are_replayed_at_once
        } $($fresh)+ }
    };
}

async fn jobs(db: &Database, state: JobState) -> Vec<JobEntry> {
    let page = JobPage { limit: MAX_PAGE + 1, after: None };
    db.oversight.jobs(state, page).await.expect("the database answers")
}

/// Tasks that no stage waits for: they are set aside when they fail for good.
fn tasks() -> [Task; 3] {
    let release = |job| Task::Release(Stage::Song, ProviderJob::new(job));
    let file = MediaKey::parse("songs/old.m4a").expect("it is a plain name");
    [release("job:가 1"), release("job-2"), Task::Erase(file)]
}

/// A job for each task, due one second after the other.
async fn push(db: &Database, tasks: impl IntoIterator<Item = Task>) -> MemberId {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    let project = production.project().id();
    let work = tasks.into_iter().zip(1..).map(|(task, n)| {
        let due = make::time(n);
        Work { member, project, task, due }
    });
    db.push_all(&work.collect::<Vec<_>>()).await;
    member
}

/// Sets the job that is due first aside, that failed before.
async fn bury(db: &Database, reason: &str) -> JobId {
    let now = make::time(100);
    let claim = db.claim(now).await.expect("a job is due");
    db.queue.put_back(&claim, make::time(0), 3, 0.5).await.expect("the claim holds");
    let claim = db.claim(now).await.expect("it is due again");
    db.queue.bury(&claim, reason).await.expect("the claim holds");
    claim.job
}

/// Use cases whose clock stands behind all that is due.
fn ports(db: &Database) -> (Memory, Ports) {
    let rest = Memory::new();
    rest.clock().set(make::time(200));
    let ports = db.ports(&rest);
    (rest, ports)
}

/// A job shows whose it is, what it does, how often it failed and who has it.
pub async fn jobs_are_listed_by_state_with_what_is_to_be_known_of_them(db: &Database) {
    let member = push(db, tasks()).await;
    let buried = bury(db, "제공자가 답하지 않아요").await;
    let claim = db.claim(make::time(100)).await.expect("a job is due");

    let dead = jobs(db, JobState::Dead).await;
    let [one] = dead.as_slice() else { panic!("one was set aside: {dead:?}") };
    assert_eq!((one.id, one.state, one.work.member), (buried, JobState::Dead, member));
    assert_eq!((one.attempts, one.fence, one.lease_until), (3, 2, None));
    assert_eq!(one.reason.as_deref(), Some("제공자가 답하지 않아요"));
    assert_eq!(one.work.task, tasks()[0]);

    let running = jobs(db, JobState::Running).await;
    let [one] = running.as_slice() else { panic!("one is running: {running:?}") };
    assert_eq!((one.id, &one.work, one.fence), (claim.job, &claim.work, claim.fence));
    assert_eq!((one.lease_until, &one.reason), (Some(claim.lease_until), &None));

    let waiting = jobs(db, JobState::Waiting).await;
    let [one] = waiting.as_slice() else { panic!("one is waiting: {waiting:?}") };
    assert_eq!((&one.work.task, one.attempts, one.fence), (&tasks()[2], 0, 0));
    assert_eq!((one.lease_until, &one.reason), (None, &None));
    for entry in dead.iter().chain(&running).chain(&waiting) {
        let found = db.begin().await.work().job(entry.id).await.expect("the store answers");
        assert_eq!(found.as_ref(), Some(entry));
        let read = db.oversight.job(entry.id).await.expect("the database answers");
        assert_eq!(read.as_ref(), Some(entry));
    }
}

/// A lease that ended at the moment or later is no sign of silence.
pub async fn jobs_whose_worker_fell_silent_are_found(db: &Database) {
    push(db, tasks().into_iter().take(2)).await;
    let (one, two) = (db.claim(make::time(100)).await, db.claim(make::time(101)).await);
    let (one, two) = (one.expect("a job is due"), two.expect("a job is due"));
    assert!(one.lease_until < two.lease_until);
    let lapsed = async |now, after| {
        let found = db.oversight.lapsed(now, JobPage { limit: 1, after }).await;
        found.expect("the database answers")
    };
    assert_eq!(lapsed(one.lease_until, None).await, []);
    let found = lapsed(two.lease_until, None).await;
    let [silent] = found.as_slice() else { panic!("one fell silent: {found:?}") };
    assert_eq!((silent.id, silent.lease_until), (one.job, Some(one.lease_until)));

    let late = two.lease_until + TimeDelta::seconds(1);
    let first = lapsed(late, None).await;
    let rest = lapsed(late, first.last().map(|job| (job.work.due, job.id))).await;
    assert_eq!([first[0].id, rest[0].id], [two.job, one.job], "due last first");
    assert_eq!(lapsed(late, rest.last().map(|job| (job.work.due, job.id))).await, []);

    let again = db.claim(late).await.expect("its lease is over");
    assert!(lapsed(late, None).await.iter().all(|job| job.id != again.job), "it was taken up");
}

/// A page begins behind the job that it names, also where several are due at the same time.
pub async fn jobs_are_turned_over_by_the_page(db: &Database) {
    let member = push(db, tasks()).await;
    let production = db.production(2, member, &[]).await;
    for lyric in 1..=3 {
        db.push(&production, lyric, make::time(2)).await;
    }
    let all = jobs(db, JobState::Waiting).await;
    assert_eq!(all.len(), 6);
    let (mut turned, mut after) = (Vec::new(), None);
    loop {
        let page = db.oversight.jobs(JobState::Waiting, JobPage { limit: 2, after }).await;
        let page = page.expect("the database answers");
        assert!(page.len() <= 2 && turned.len() + page.len() <= 6, "the list has an end");
        let Some(last) = page.last() else { break };
        after = Some((last.work.due, last.id));
        turned.extend(page);
    }
    assert_eq!(turned, all);
    let places: Vec<_> = all.iter().map(|job| (job.work.due, job.id)).collect();
    assert!(places.windows(2).all(|pair| pair[0] > pair[1]), "due last first: {places:?}");
}

/// The job is claimed again, under a higher fence, with all its tries before it.
pub async fn a_job_that_is_replayed_is_due_at_once_as_if_it_had_never_failed(db: &Database) {
    let member = push(db, tasks().into_iter().take(1)).await;
    let buried = bury(db, "너무 자주 실패했어요").await;
    assert_eq!(db.claim(make::time(1_000)).await, None);
    let (_rest, ports) = ports(db);
    let replayed = ReplayJobs::new(&ports).one(member, buried, None).await;
    let replayed = replayed.expect("it is replayed");
    assert_eq!(jobs(db, JobState::Waiting).await, [replayed]);
    assert_eq!(jobs(db, JobState::Dead).await, []);

    let now = make::time(200);
    assert_eq!(db.queue.next_due().await.expect("the queue answers"), Some(now));
    assert_eq!(db.claim(now - TimeDelta::microseconds(1)).await, None);
    let claim = db.claim(now).await.expect("it is due");
    assert_eq!((claim.job, claim.attempts, claim.fence), (buried, 0, 3));
    db.finish(&claim).await.expect("the claim holds");
}

/// What waits or runs stays as it is, and what is not there is not there.
pub async fn only_what_was_set_aside_is_replayed(db: &Database) {
    let member = push(db, tasks().into_iter().take(2)).await;
    let claim = db.claim(make::time(100)).await.expect("a job is due");
    let waiting = jobs(db, JobState::Waiting).await[0].clone();
    let (_rest, ports) = ports(db);
    let replaying = ReplayJobs::new(&ports);
    for (job, told) in [
        (claim.job, "a job that is running cannot be replayed"),
        (waiting.id, "a job that is waiting cannot be replayed"),
        (JobId::from_bits(member.to_bits()), "there is no such job"),
    ] {
        let refused = replaying.one(member, job, None).await;
        let Err(BooksError::Refused(refused)) = refused else { panic!("{refused:?}") };
        assert_eq!(refused.to_string(), told);
        let mut unit = db.begin().await;
        let refused = unit.work().replay(job, make::time(200)).await;
        assert_eq!(kind(refused), Some(StoreErrorKind::Conflict));
    }
    assert_eq!(replaying.all(member, None, None).await.expect("there are none"), 0);
    assert_eq!(jobs(db, JobState::Waiting).await, [waiting]);
    db.finish(&claim).await.expect("the claim holds");
}

/// The other one finds that it waits already.
pub async fn of_two_who_replay_a_job_one_does(db: &Database) {
    let member = push(db, tasks().into_iter().take(1)).await;
    let buried = bury(db, "너무 자주 실패했어요").await;
    let (_rest, ports) = ports(db);
    let ports = Ports { store: mingled(db.store.clone()), ..ports };
    let replaying = ReplayJobs::new(&ports);
    let (one, two) =
        join(replaying.one(member, buried, None), replaying.one(member, buried, None)).await;
    let late = |end: &Result<JobEntry, BooksError<ReplayRefusal>>| {
        matches!(end, Err(BooksError::Refused(ReplayRefusal::State(_))))
    };
    assert!(one.is_ok() && late(&two) || two.is_ok() && late(&one), "{one:?} {two:?}");
}

/// Nothing is tried again before the unit is committed.
pub async fn a_replay_that_is_dropped_leaves_the_job_where_it_is(db: &Database) {
    push(db, tasks()).await;
    let buried = bury(db, "너무 자주 실패했어요").await;
    let dead = jobs(db, JobState::Dead).await;
    let mut unit = db.begin().await;
    unit.work().replay(buried, make::time(200)).await.expect("it is set aside");
    drop(unit);
    assert_eq!(jobs(db, JobState::Dead).await, dead);
}

/// Of all that was set aside, one kind is tried again and the others are when they are asked for.
pub async fn all_jobs_of_a_kind_are_replayed_at_once(db: &Database) {
    let member = push(db, tasks()).await;
    for _ in tasks() {
        bury(db, "너무 자주 실패했어요").await;
    }
    let (_rest, ports) = ports(db);
    let replaying = ReplayJobs::new(&ports);
    let kind = |name| Some(TaskKind::from_name(name).expect("there is such a kind"));
    for (asked, replayed, left) in
        [(kind("deadline"), 0, 3), (kind("release"), 2, 1), (None, 1, 0), (None, 0, 0)]
    {
        let found = replaying.all(member, asked, None).await.expect("they are replayed");
        assert_eq!((found, jobs(db, JobState::Dead).await.len()), (replayed, left), "{asked:?}");
    }
    for job in jobs(db, JobState::Waiting).await {
        assert_eq!((job.work.due, job.attempts, &job.reason), (make::time(200), 0, &None));
    }
    assert!(db.claim(make::time(200)).await.is_some());
}
