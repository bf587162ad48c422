//! [`WorkOutbox`](castad_domain::port::WorkOutbox): jobs that live and end with a unit of work.

use castad_domain::{
    model::ProviderJob,
    model::{AttemptToken, CampaignId, LyricId, MediaKey, News},
    model::{Stage, Task, Work},
    port::{QueueCounts, StoreErrorKind},
};
use chrono::TimeDelta;

use crate::{
    Database, Writers,
    database::{kind, work},
    make,
};

/// `outbox_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! outbox_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { outbox {
            a_job_can_be_claimed_once_its_unit_is_committed
            a_job_of_a_dropped_unit_never_was
            every_task_reads_back
            a_finished_job_is_gone
            a_waiting_job_can_be_hurried
            a_finish_ends_with_its_unit_or_not_at_all
            a_lost_claim_cannot_finish
            a_lost_claim_cannot_hold
            a_finished_claim_cannot_finish_again
            a_claim_that_was_given_back_cannot_finish
            a_claim_that_still_holds_may_be_held
            a_unit_that_holds_a_claim_cannot_commit_beside_another_holder
        } $($fresh)+ }
    };
}

/// Jobs may be claimed once the unit is committed, and not before.
pub async fn a_job_can_be_claimed_once_its_unit_is_committed(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    let work = work(&production, 1, make::time(0));

    let mut unit = db.begin().await;
    unit.work().push(std::slice::from_ref(&work)).await.expect("a job is pushed");
    assert_eq!(db.queue.counts().await.expect("the queue answers"), QueueCounts::default());
    assert_eq!(db.queue.next_due().await.expect("the queue answers"), None);
    unit.commit().await.expect("the unit commits");
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    assert_eq!(claim.work, work);
    assert_eq!(claim.attempts, 0);
}

/// A unit that is dropped pushed nothing.
pub async fn a_job_of_a_dropped_unit_never_was(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    let mut unit = db.begin().await;
    unit.work().push(&[work(&production, 1, make::time(0))]).await.expect("a job is pushed");
    drop(unit);
    assert_eq!(db.claim(make::time(9)).await, None);
    assert_eq!(db.queue.counts().await.expect("the queue answers"), QueueCounts::default());
}

/// A job comes back with the very task, member, project and time that were pushed.
pub async fn every_task_reads_back(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    let project = production.project().id();
    let (lyric, song, video) = ids();
    let attempt = AttemptToken::from_bits(make::bits(7));
    let key = MediaKey::parse("images/img_1.jpg").expect("a plain key is taken");
    let tasks = [
        Task::WriteLyric(lyric),
        Task::SubmitSong(song),
        Task::PollSong(song),
        Task::CollectSong(song),
        Task::SubmitVideo(video),
        Task::PollVideo(video),
        Task::CollectVideo(video),
        Task::Release(Stage::Video, ProviderJob::new("Job:가/1")),
        Task::Adopt(Stage::Song, attempt, ProviderJob::new("Job:가/1")),
        Task::Withdraw(Stage::Song, attempt, make::time(77)),
        Task::Erase(key),
        Task::Deadline(make::time(77)),
        Task::ServeLine(CampaignId::from_bits(make::bits(7))),
        Task::SendLetter(News::VideoReady(video)),
        Task::SendLetter(News::LyricFailed(lyric)),
        Task::SendLetter(News::PointsExpire(make::time(77))),
    ];
    let work = |(at, task)| Work { member, project, task, due: make::time(at) };
    let pushed: Vec<Work> = (0..).zip(tasks).map(work).collect();

    db.push_all(&pushed).await;
    for work in pushed {
        let claim = db.claim(make::time(50)).await.expect("one is due");
        assert_eq!(claim.work, work);
        db.finish(&claim).await.expect("the claim holds");
    }
}

fn ids()
-> (castad_domain::model::LyricId, castad_domain::model::SongId, castad_domain::model::VideoId) {
    let bits = make::bits(5);
    (
        castad_domain::model::LyricId::from_bits(bits),
        castad_domain::model::SongId::from_bits(bits),
        castad_domain::model::VideoId::from_bits(bits),
    )
}

/// A job that was finished is nobody's any more.
pub async fn a_finished_job_is_gone(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    db.finish(&claim).await.expect("the claim holds");
    assert_eq!(db.claim(make::time(1_000)).await, None);
    assert_eq!(db.queue.next_due().await.expect("the queue answers"), None);
}

/// A job whose unit was dropped is still there.
pub async fn a_finish_ends_with_its_unit_or_not_at_all(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    let mut unit = db.begin().await;
    unit.work().finish(&claim).await.expect("the claim holds");
    drop(unit);
    // A server lets go of what was dropped a moment later.
    let mut again = None;
    for _ in 0..1_000 {
        again = db.claim(make::time(100)).await;
        if again.is_some() {
            break;
        }
    }
    assert_eq!(again.expect("the lease ended").job, claim.job);
}

/// Who lost the claim to another worker cannot finish the job, nor commit anything with it.
pub async fn a_lost_claim_cannot_finish(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let lost = db.claim(make::time(0)).await.expect("the job is due");
    let held = db.claim(make::time(100)).await.expect("the lease ended");

    assert_eq!(kind(db.finish(&lost).await), Some(StoreErrorKind::Conflict));
    db.finish(&held).await.expect("this claim holds");
}

/// Who lost the claim is told so when it checks.
pub async fn a_lost_claim_cannot_hold(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let lost = db.claim(make::time(0)).await.expect("the job is due");
    db.claim(make::time(100)).await.expect("the lease ended");

    let refused = db.begin().await.work().hold(&lost).await;
    assert_eq!(kind(refused), Some(StoreErrorKind::Conflict));
}

/// A job ends once.
pub async fn a_finished_claim_cannot_finish_again(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    db.finish(&claim).await.expect("the claim holds");
    assert_eq!(kind(db.finish(&claim).await), Some(StoreErrorKind::Conflict));
}

/// A claim ends when the job is given back.
pub async fn a_claim_that_was_given_back_cannot_finish(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    db.queue.put_back(&claim, make::time(5), 1, 0.5).await.expect("the claim holds");
    assert_eq!(kind(db.finish(&claim).await), Some(StoreErrorKind::Conflict));
}

/// A claim that nobody took over holds, be its lease renewed or not, and the job goes on.
pub async fn a_claim_that_still_holds_may_be_held(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    let longer = make::time(0) + TimeDelta::seconds(90);
    db.queue.renew(&claim, longer, 0.25).await.expect("the claim holds");

    let mut unit = db.begin().await;
    unit.work().hold(&claim).await.expect("the claim holds");
    unit.commit().await.expect("the unit commits");
    assert_eq!(db.queue.counts().await.expect("the queue answers").running, 1);
    db.finish(&claim).await.expect("the claim still holds");
}

/// While a unit holds a claim nobody else gets the job, or else the unit does not commit.
pub async fn a_unit_that_holds_a_claim_cannot_commit_beside_another_holder(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    db.push(&production, 1, make::time(0)).await;
    let claim = db.claim(make::time(0)).await.expect("the job is due");
    let other = make::production(2, member);

    let mut unit = db.begin().await;
    unit.work().hold(&claim).await.expect("the claim holds");
    unit.productions().insert(&other).await.expect("it is added");
    let taken = match db.writers {
        Writers::Many => db.claim(make::time(100)).await,
        Writers::One => None,
    };
    let committed = unit.commit().await.is_ok();
    assert_eq!(committed, taken.is_none(), "one of the two holds the job");
    assert_eq!(db.find(other.project().id()).await.is_some(), committed);
}

/// A job that waits is due earlier when it is hurried, never later, and no other job with it.
pub async fn a_waiting_job_can_be_hurried(db: &Database) {
    let member = db.member(1).await;
    let production = db.production(1, member, &[]).await;
    for n in [1, 2] {
        db.push(&production, n, make::time(100)).await;
    }
    let hurry = async |due| {
        let mut unit = db.begin().await;
        let task = Task::WriteLyric(LyricId::from_bits(make::bits(1)));
        unit.work().hurry(&task, make::time(due)).await.expect("the queue answers");
        unit.commit().await.expect("the unit commits");
    };
    hurry(10).await;
    hurry(50).await;
    assert_eq!(db.claim(make::time(9)).await, None);
    let claim = db.claim(make::time(10)).await.expect("the hurried job is due");
    assert_eq!(claim.work, work(&production, 1, make::time(10)));
    assert_eq!(db.claim(make::time(50)).await, None, "the other one was not hurried");

    hurry(5).await;
    assert_eq!(db.claim(make::time(60)).await, None, "who works on it is not disturbed");
    db.finish(&claim).await.expect("the claim holds");
    hurry(5).await;
    assert_eq!(db.queue.counts().await.expect("the queue answers").waiting, 1);
}
