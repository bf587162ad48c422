//! [`WorkQueue`](castad_domain::port::WorkQueue): the lanes in which jobs wait.

use castad_domain::{
    model::{
        AttemptToken, CampaignId, Claim, Lane, LaneState, LyricId, MediaKey, News, Production,
        ProviderJob, Rate, SongId, Stage, Task, VideoId, Work,
    },
    port::Turn,
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use crate::{Database, database::work, make};

/// `lane_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! lane_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { lanes {
            a_job_waits_in_the_lane_of_its_provider
            a_lease_that_ended_is_taken_over_in_its_lane
            a_lane_that_rests_lets_nothing_begin_before_then
            a_rest_is_never_made_shorter
            a_lane_that_is_paused_stands_still_until_it_is_resumed
            no_more_begin_than_the_rate_allows
            racing_workers_keep_within_the_rate
            several_keep_within_the_rate_and_use_up_what_they_take
            several_at_once_are_those_that_come_one_by_one
            racing_workers_who_claim_several_share_the_jobs
            a_member_waits_behind_few_of_another_who_has_many
        } $($fresh)+ }
    };
}

fn turn(now: DateTime<Utc>) -> Turn {
    Turn { now, lease_until: now + TimeDelta::seconds(60), rate: None }
}

async fn claim_in(db: &Database, lane: Lane, now: DateTime<Utc>) -> Option<Claim> {
    db.queue.claim_in(lane, turn(now)).await.expect("the queue answers")
}

async fn state(db: &Database, lane: Lane) -> LaneState {
    let mut lanes = db.queue.lanes().await.expect("the queue answers");
    assert_eq!(lanes.len(), Lane::ALL.len(), "each lane once");
    lanes.retain(|state| state.lane == lane);
    lanes.pop().expect("the lane is there")
}

async fn production(db: &Database) -> Production {
    let member = db.member(1).await;
    db.production(1, member, &[]).await
}

async fn with_lyrics(db: &Database, jobs: u64) -> Production {
    let production = production(db).await;
    let jobs: Vec<_> = (1..=jobs).map(|n| work(&production, n, make::time(0))).collect();
    db.push_all(&jobs).await;
    production
}

async fn pause(db: &Database, lane: Lane, reason: &str) {
    let mut unit = db.begin().await;
    unit.work().pause(lane, reason).await.expect("the lane is paused");
    unit.commit().await.expect("the unit commits");
}

async fn resume(db: &Database, lane: Lane) {
    let mut unit = db.begin().await;
    unit.work().resume(lane).await.expect("the lane is resumed");
    unit.commit().await.expect("the unit commits");
}

/// A task of each kind, and the lane in which it is to wait.
fn tasks() -> [(Lane, Task); 15] {
    let (song, video) = (SongId::from_bits(make::bits(2)), VideoId::from_bits(make::bits(3)));
    let token = AttemptToken::from_bits(make::bits(4));
    let release = |stage| Task::Release(stage, ProviderJob::new("a:b"));
    [
        (Lane::Lyric, Task::WriteLyric(LyricId::from_bits(make::bits(1)))),
        (Lane::Lyric, release(Stage::Lyric)),
        (Lane::Song, Task::SubmitSong(song)),
        (Lane::Song, Task::PollSong(song)),
        (Lane::Song, Task::CollectSong(song)),
        (Lane::Song, release(Stage::Song)),
        (Lane::Song, Task::Withdraw(Stage::Song, token, make::time(9))),
        (Lane::Video, Task::SubmitVideo(video)),
        (Lane::Video, Task::PollVideo(video)),
        (Lane::Video, Task::CollectVideo(video)),
        (Lane::Video, Task::Adopt(Stage::Video, token, ProviderJob::new("a:b"))),
        (Lane::House, Task::Erase(MediaKey::parse("images/a.jpg").expect("a key"))),
        (Lane::House, Task::Deadline(make::time(9))),
        (Lane::House, Task::ServeLine(CampaignId::from_bits(make::bits(9)))),
        (Lane::House, Task::SendLetter(News::PointsExpire(make::time(9)))),
    ]
}

/// Whatever asks a provider waits in its lane, and what asks none in a lane of its own.
pub async fn a_job_waits_in_the_lane_of_its_provider(db: &Database) {
    let production = production(db).await;
    let tasks = tasks();
    let dues = (0..).map(make::time);
    for ((_, task), due) in tasks.iter().zip(dues) {
        let (member, project) = (production.project().member(), production.project().id());
        db.push_all(&[Work { member, project, task: task.clone(), due }]).await;
    }
    for lane in Lane::ALL {
        let mut first = None;
        for (n, (of, task)) in (0..).zip(&tasks).filter(|(_, (of, _))| *of == lane) {
            first.get_or_insert_with(|| make::time(n));
            assert_eq!(state(db, lane).await.next, first, "{task:?} waits in {of:?}");
            let claim = claim_in(db, lane, make::time(20)).await.expect("a job of the lane");
            assert_eq!(claim.work.task, *task);
            db.finish(&claim).await.expect("the claim holds");
            first = tasks
                .iter()
                .zip(0..)
                .filter(|((of, _), at)| *of == lane && *at > n)
                .map(|(_, at)| make::time(at))
                .next();
        }
        assert_eq!(claim_in(db, lane, make::time(20)).await, None);
        assert_eq!(state(db, lane).await, LaneState::open(lane));
    }
}

/// A lane knows when the first lease of its jobs ends, and lets the job be taken over then.
pub async fn a_lease_that_ended_is_taken_over_in_its_lane(db: &Database) {
    with_lyrics(db, 1).await;
    let first = claim_in(db, Lane::Lyric, make::time(0)).await.expect("a job is due");
    assert_eq!(state(db, Lane::Lyric).await.next, Some(first.lease_until));
    assert_eq!(claim_in(db, Lane::Song, make::time(60)).await, None);
    assert_eq!(claim_in(db, Lane::Lyric, make::time(59)).await, None);
    let second = claim_in(db, Lane::Lyric, make::time(60)).await.expect("the lease has ended");
    assert_eq!((second.job, second.fence), (first.job, first.fence + 1));
}

/// While a provider is left alone nothing of its lane begins, and all of the others does.
pub async fn a_lane_that_rests_lets_nothing_begin_before_then(db: &Database) {
    with_lyrics(db, 1).await;
    db.queue.rest(Lane::Lyric, make::time(10), "너무 많아요").await.expect("the queue answers");
    db.queue.rest(Lane::Song, make::time(99), "later").await.expect("the queue answers");
    let rests = state(db, Lane::Lyric).await;
    assert_eq!(rests.rests_until, Some(make::time(10)));
    assert_eq!((rests.reason.as_deref(), rests.paused), (Some("너무 많아요"), false));
    assert_eq!(rests.next, Some(make::time(0)), "the job waits as it did");

    let before = make::time(10) - TimeDelta::microseconds(1);
    assert_eq!(claim_in(db, Lane::Lyric, before).await, None);
    let claim = claim_in(db, Lane::Lyric, make::time(10)).await.expect("the rest is over");
    assert_eq!(claim.attempts, 0);
}

/// A rest that lasts longer than another stays as long as it is.
pub async fn a_rest_is_never_made_shorter(db: &Database) {
    for (until, stays) in [(20, 20), (10, 20), (30, 30)] {
        let until = make::time(until);
        db.queue.rest(Lane::Video, until, "busy").await.expect("the queue answers");
        assert_eq!(state(db, Lane::Video).await.rests_until, Some(make::time(stays)));
    }
}

/// What a person stopped goes on when a person says so, and then at once.
pub async fn a_lane_that_is_paused_stands_still_until_it_is_resumed(db: &Database) {
    with_lyrics(db, 2).await;
    let running = claim_in(db, Lane::Lyric, make::time(0)).await.expect("a job is due");
    pause(db, Lane::Lyric, "요금 확인").await;
    let paused = state(db, Lane::Lyric).await;
    assert_eq!((paused.paused, paused.reason.as_deref()), (true, Some("요금 확인")));
    assert_eq!(claim_in(db, Lane::Lyric, make::time(9_999)).await, None);
    db.queue.put_back(&running, make::time(5), 0, 0.5).await.expect("what runs goes on");

    db.queue.rest(Lane::Lyric, make::time(9_999), "busy").await.expect("the queue answers");
    resume(db, Lane::Lyric).await;
    let open = state(db, Lane::Lyric).await;
    assert_eq!((open.paused, open.rests_until, open.reason), (false, None, None));
    assert!(claim_in(db, Lane::Lyric, make::time(5)).await.is_some());
}

/// No stretch of time holds more claims than the rate allows; a claim that finds nothing takes no
/// turn from the next.
pub async fn no_more_begin_than_the_rate_allows(db: &Database) {
    with_lyrics(db, 30).await;
    let rate = Rate::new(10, TimeDelta::seconds(10));
    let mut begun = Vec::new();
    for tenth in 0..200 {
        let now = make::time(0) + TimeDelta::milliseconds(100 * tenth);
        while db
            .queue
            .claim_in(Lane::Lyric, Turn { rate, ..turn(now) })
            .await
            .expect("it answers")
            .is_some()
        {
            begun.push(now);
        }
    }
    for first in &begun {
        let within =
            begun.iter().filter(|at| *at >= first && **at < *first + TimeDelta::seconds(10));
        assert!(within.count() <= 10, "{begun:?}");
    }
    assert!((16..=20).contains(&begun.len()), "the rate is used: {begun:?}");
}

/// However many workers ask at the same time, they keep within the rate together.
pub async fn racing_workers_keep_within_the_rate(db: &Database) {
    with_lyrics(db, 12).await;
    let rate = Rate::new(10, TimeDelta::seconds(10));
    let now = make::time(1);
    let mut begun = 0;
    for _ in 0..3 {
        let claims =
            join_all((0..8).map(|_| db.queue.claim_in(Lane::Lyric, Turn { rate, ..turn(now) })));
        begun += claims.await.into_iter().filter_map(Result::ok).flatten().count();
    }
    assert_eq!(begun, 2, "a fifth of the rate may begin at once");
}

async fn claim_some(db: &Database, turn: Turn, most: u32) -> Vec<Claim> {
    let claims = db.queue.claim_some(Lane::Lyric, turn, most).await;
    claims.expect("the queue answers")
}

/// Who asks for several gets as many as may begin, and what was not there is left for the next.
pub async fn several_keep_within_the_rate_and_use_up_what_they_take(db: &Database) {
    let production = with_lyrics(db, 1).await;
    let limited = Turn { rate: Rate::new(10, TimeDelta::seconds(10)), ..turn(make::time(1)) };
    assert_eq!(claim_some(db, limited, 8).await.len(), 1, "one is due, though two may begin");
    for n in 2..=6 {
        db.push(&production, n, make::time(0)).await;
    }
    assert_eq!(claim_some(db, limited, 8).await.len(), 1, "a fifth of the rate may begin at once");
    assert_eq!(claim_some(db, limited, 8).await, []);
}

/// One member with twenty jobs, and five with two each.
async fn greedy_and_modest(db: &Database) -> castad_domain::model::MemberId {
    let greedy = db.member(1).await;
    let many = db.production(1, greedy, &[]).await;
    let jobs: Vec<_> = (0..20).map(|n| work(&many, n, make::time(0))).collect();
    db.push_all(&jobs).await;
    for n in 2..=6 {
        let modest = db.member(n).await;
        let few = db.production(n, modest, &[]).await;
        db.push_all(&[work(&few, 100 * n, make::time(1)), work(&few, 100 * n + 1, make::time(2))])
            .await;
    }
    greedy
}

/// In the order in which they would be claimed by one worker after the other, each once.
pub async fn several_at_once_are_those_that_come_one_by_one(db: &Database) {
    let greedy = greedy_and_modest(db).await;
    let mut taken = Vec::new();
    loop {
        let some = claim_some(db, turn(make::time(5)), 4).await;
        assert!(some.len() <= 4, "{some:?}");
        if some.is_empty() {
            break;
        }
        taken.extend(some);
    }
    let of_greedy = |claims: &[Claim]| claims.iter().filter(|c| c.work.member == greedy).count();
    assert_eq!((taken.len(), of_greedy(&taken[..6]), of_greedy(&taken[..12])), (30, 1, 2));
    let mut jobs: Vec<_> = taken.iter().map(|claim| claim.job).collect();
    jobs.sort();
    jobs.dedup();
    assert_eq!(jobs.len(), 30, "each job once");
    assert!(
        taken
            .iter()
            .all(|claim| claim.fence == 1 && claim.lease_until == turn(make::time(5)).lease_until)
    );
    assert_eq!(claim_in(db, Lane::Lyric, make::time(64)).await, None);
}

/// However many workers ask for several at the same time, each job goes to one of them.
pub async fn racing_workers_who_claim_several_share_the_jobs(db: &Database) {
    greedy_and_modest(db).await;
    let mut jobs = Vec::new();
    for _ in 0..30 {
        let now = turn(make::time(5));
        let claims = join_all((0..4).map(|_| db.queue.claim_some(Lane::Lyric, now, 5))).await;
        let claims = claims.into_iter().filter_map(Result::ok).flatten();
        jobs.extend(claims.map(|claim| claim.job));
    }
    jobs.sort();
    let found = jobs.len();
    jobs.dedup();
    assert_eq!((found, jobs.len()), (30, 30), "each job once");
}

/// However many jobs one member has, the next place goes to another who has none running.
pub async fn a_member_waits_behind_few_of_another_who_has_many(db: &Database) {
    with_lyrics(db, 70).await;
    for _ in 0..3 {
        claim_in(db, Lane::Lyric, make::time(1)).await.expect("a job is due");
    }
    let modest = db.member(2).await;
    let theirs = db.production(2, modest, &[]).await;
    db.push(&theirs, 99, make::time(2)).await;
    let next = claim_in(db, Lane::Lyric, make::time(2)).await.expect("a job is due");
    assert_eq!(next.work.member, modest);
}
