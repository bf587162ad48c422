//! [`WorkQueue`](castad_domain::port::WorkQueue): jobs that are offered, and claimed by name.

use castad_domain::{
    model::{Claim, JobId, Lane, MemberId, Rate},
    port::{Feeding, Offer, Taking, Turn},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use crate::{Database, database::work, make};

/// `offer_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! offer_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { offers {
            a_job_is_offered_once_until_its_mark_ends
            what_is_not_due_is_not_offered
            what_was_put_back_is_offered_anew
            a_job_whose_worker_fell_silent_is_offered
            the_time_by_which_jobs_were_due_or_lapsed_is_kept_to
            members_take_turns_in_what_is_offered
            who_has_jobs_running_or_offered_comes_later
            no_more_are_offered_than_asked_for
            several_who_offer_do_not_offer_the_same
            none_is_offered_while_its_lane_rests_or_stands_still
            a_mark_keeps_nobody_from_claiming
            an_offered_job_is_claimed_by_name
            what_others_had_since_is_gone
            of_many_who_ask_for_a_job_one_gets_it
            a_job_that_is_not_due_yet_is_not_to_be_had_now
            an_offer_waits_while_its_lane_rests_or_stands_still
            offers_keep_within_the_rate
            what_is_gone_takes_no_turn_from_the_next
        } $($fresh)+ }
    };
}

fn turn(now: DateTime<Utc>) -> Turn {
    Turn { now, lease_until: now + TimeDelta::seconds(60), rate: None }
}

/// All that is due at a time, for a minute.
fn feeding(seconds: i64, most: u32) -> Feeding {
    let now = make::time(seconds);
    Feeding { now, until: make::time(seconds + 60), due_by: now, lapsed_by: now, most }
}

async fn feed(db: &Database, feeding: Feeding) -> Vec<Offer> {
    db.queue.feed(Lane::Lyric, feeding).await.expect("the queue answers")
}

async fn one(db: &Database, seconds: i64) -> Offer {
    feed(db, feeding(seconds, 1)).await.pop().expect("one is due")
}

async fn ask(db: &Database, offer: &Offer, turn: Turn) -> Taking {
    db.queue.claim_job(offer, turn).await.expect("the queue answers")
}

async fn take(db: &Database, offer: &Offer, seconds: i64) -> Claim {
    match ask(db, offer, turn(make::time(seconds))).await {
        Taking::Claimed(claim) => *claim,
        other @ (Taking::Gone | Taking::NotNow(_)) => panic!("it is to be had: {other:?}"),
    }
}

/// Jobs of a member that are due then; each project has one member.
async fn jobs(db: &Database, member: u64, many: u64, due: i64) -> MemberId {
    let id = db.member(member).await;
    let production = db.production(member, id, &[]).await;
    let first = 1_000 * member;
    let jobs: Vec<_> =
        (first..first + many).map(|n| work(&production, n, make::time(due))).collect();
    db.push_all(&jobs).await;
    id
}

/// Whose each is; claimed for that, and given back.
async fn members(db: &Database, offers: &[Offer], seconds: i64) -> Vec<MemberId> {
    let mut members = Vec::new();
    for offer in offers {
        let claim = take(db, offer, seconds).await;
        members.push(claim.work.member);
    }
    members
}

fn ids(offers: &[Offer]) -> Vec<JobId> {
    offers.iter().map(|offer| offer.job).collect()
}

/// What was chosen is left alone by all who choose until its mark has ended, to the microsecond.
pub async fn a_job_is_offered_once_until_its_mark_ends(db: &Database) {
    jobs(db, 1, 1, 3).await;
    let offer = one(db, 5).await;
    let (due, until) = (make::time(3), make::time(65));
    assert_eq!(offer, Offer { job: offer.job, lane: Lane::Lyric, fence: 0, due, until });
    assert_eq!(feed(db, feeding(5, 9)).await, []);
    let micro = TimeDelta::microseconds(1);
    let before = Feeding { lapsed_by: make::time(65) - micro, ..feeding(65, 9) };
    assert_eq!(feed(db, before).await, []);
    let again = one(db, 65).await;
    assert_eq!((again.job, again.until), (offer.job, make::time(125)));
}

/// Nor what another lane holds.
pub async fn what_is_not_due_is_not_offered(db: &Database) {
    jobs(db, 1, 1, 10).await;
    assert_eq!(feed(db, feeding(9, 9)).await, []);
    let song = db.queue.feed(Lane::Song, feeding(10, 9)).await.expect("the queue answers");
    assert_eq!(song, []);
    one(db, 10).await;
}

/// With the fence of the claim that it comes from.
pub async fn what_was_put_back_is_offered_anew(db: &Database) {
    jobs(db, 1, 1, 0).await;
    let claim = take(db, &one(db, 1).await, 2).await;
    db.queue.put_back(&claim, make::time(4), 0, 0.0).await.expect("the claim holds");
    assert_eq!(feed(db, feeding(3, 9)).await, []);
    let again = one(db, 4).await;
    assert_eq!((again.job, again.fence, again.due), (claim.job, claim.fence, make::time(4)));
}

/// However it was claimed, and once.
pub async fn a_job_whose_worker_fell_silent_is_offered(db: &Database) {
    jobs(db, 1, 1, 0).await;
    let claim = take(db, &one(db, 1).await, 2).await;
    assert_eq!(feed(db, feeding(61, 9)).await, []);
    let again = one(db, 62).await;
    assert_eq!((again.job, again.fence), (claim.job, claim.fence));
    assert_eq!(feed(db, feeding(62, 9)).await, []);
    assert_eq!(take(db, &again, 63).await.fence, claim.fence + 1);
}

/// Who looks for what nobody else saw to leaves alone what has been due for a moment only.
pub async fn the_time_by_which_jobs_were_due_or_lapsed_is_kept_to(db: &Database) {
    jobs(db, 1, 1, 100).await;
    let late = |now, due_by, lapsed_by| Feeding {
        due_by: make::time(due_by),
        lapsed_by: make::time(lapsed_by),
        ..feeding(now, 9)
    };
    assert_eq!(feed(db, late(200, 99, 200)).await, []);
    assert_eq!(feed(db, late(200, 100, 0)).await.len(), 1);
    assert_eq!(feed(db, late(300, 300, 259)).await, []);
    assert_eq!(feed(db, late(300, 100, 260)).await.len(), 1);
}

/// A member with many jobs is not offered before another who comes later with few.
pub async fn members_take_turns_in_what_is_offered(db: &Database) {
    let greedy = jobs(db, 1, 70, 0).await;
    let first = feed(db, feeding(5, 4)).await;
    let modest = jobs(db, 2, 2, 4).await;
    let next = [one(db, 5).await, one(db, 5).await];
    assert_eq!(members(db, &next, 6).await, [modest, modest]);
    assert_eq!(members(db, &first, 6).await, [greedy; 4]);
}

/// Those who wait behind a long line too.
pub async fn who_has_jobs_running_or_offered_comes_later(db: &Database) {
    let greedy = jobs(db, 1, 70, 0).await;
    take(db, &one(db, 1).await, 1).await;
    take(db, &one(db, 1).await, 1).await;
    let (second, third) = (jobs(db, 2, 2, 1).await, jobs(db, 3, 2, 2).await);
    let mut offers = Vec::new();
    for _ in 0..6 {
        offers.push(one(db, 3).await);
    }
    let order = members(db, &offers, 3).await;
    assert_eq!(order, [second, third, second, third, greedy, greedy]);
}

/// The rest is chosen later, and each once.
pub async fn no_more_are_offered_than_asked_for(db: &Database) {
    jobs(db, 1, 9, 0).await;
    let mut all = Vec::new();
    for (asked, found) in [(4, 4), (4, 4), (4, 1), (4, 0)] {
        let offers = feed(db, feeding(1, asked)).await;
        assert_eq!(offers.len(), found);
        all.extend(ids(&offers));
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 9);
}

/// However many processes choose at the same time.
pub async fn several_who_offer_do_not_offer_the_same(db: &Database) {
    jobs(db, 1, 12, 0).await;
    let mut all = Vec::new();
    for _ in 0..6 {
        let offers = join_all((0..4).map(|_| db.queue.feed(Lane::Lyric, feeding(1, 3)))).await;
        all.extend(offers.into_iter().filter_map(Result::ok).flatten().map(|offer| offer.job));
    }
    all.sort_unstable();
    let found = all.len();
    all.dedup();
    assert_eq!((found, all.len()), (12, 12), "each job once");
}

/// So that nothing lies there which nobody may take.
pub async fn none_is_offered_while_its_lane_rests_or_stands_still(db: &Database) {
    jobs(db, 1, 1, 0).await;
    db.queue.rest(Lane::Lyric, make::time(10), "busy").await.expect("the queue answers");
    assert_eq!(feed(db, feeding(9, 9)).await, []);
    let mut unit = db.begin().await;
    unit.work().pause(Lane::Lyric, "요금 확인").await.expect("the lane is paused");
    unit.commit().await.expect("the unit commits");
    assert_eq!(feed(db, feeding(10, 9)).await, []);
    let mut unit = db.begin().await;
    unit.work().resume(Lane::Lyric).await.expect("the lane is resumed");
    unit.commit().await.expect("the unit commits");
    one(db, 10).await;
}

/// Where the feed is away, work goes on without it.
pub async fn a_mark_keeps_nobody_from_claiming(db: &Database) {
    jobs(db, 1, 1, 0).await;
    let offer = one(db, 1).await;
    assert_eq!(db.claim(make::time(1)).await.expect("it is due").job, offer.job);
}

/// That job, be others due for longer.
pub async fn an_offered_job_is_claimed_by_name(db: &Database) {
    jobs(db, 1, 3, 0).await;
    let offers = feed(db, feeding(1, 3)).await;
    let claim = take(db, &offers[2], 2).await;
    assert_eq!((claim.job, claim.fence), (offers[2].job, offers[2].fence + 1));
    assert_eq!((claim.attempts, claim.work.due), (0, make::time(0)));
    assert_eq!(claim.lease_until, make::time(2) + TimeDelta::seconds(60));
    db.queue.renew(&claim, make::time(90), 0.5).await.expect("the claim holds");
    db.finish(&claim).await.expect("the claim holds");
}

/// Done, set aside, put back, or in somebody's hand: whoever comes late gets nothing.
pub async fn what_others_had_since_is_gone(db: &Database) {
    jobs(db, 1, 4, 0).await;
    let offers = feed(db, feeding(1, 4)).await;
    let mut claims = Vec::new();
    for offer in &offers {
        claims.push(take(db, offer, 1).await);
    }
    db.finish(&claims[0]).await.expect("the claim holds");
    db.queue.bury(&claims[1], "it failed").await.expect("the claim holds");
    db.queue.put_back(&claims[2], make::time(1), 0, 0.0).await.expect("the claim holds");
    for offer in &offers {
        assert_eq!(ask(db, offer, turn(make::time(2))).await, Taking::Gone);
        assert_eq!(ask(db, offer, turn(make::time(999))).await, Taking::Gone);
    }
    db.queue.renew(&claims[3], make::time(99), 0.5).await.expect("its worker goes on");
}

/// However many have the offer.
pub async fn of_many_who_ask_for_a_job_one_gets_it(db: &Database) {
    jobs(db, 1, 1, 0).await;
    let offer = one(db, 1).await;
    let asked = join_all((0..6).map(|_| db.queue.claim_job(&offer, turn(make::time(1))))).await;
    let got = asked.into_iter().filter(|got| matches!(got, Ok(Taking::Claimed(_))));
    assert_eq!(got.count(), 1);
}

/// Who offered it was ahead of the time.
pub async fn a_job_that_is_not_due_yet_is_not_to_be_had_now(db: &Database) {
    jobs(db, 1, 1, 10).await;
    let offer = one(db, 12).await;
    let early = ask(db, &offer, turn(make::time(9))).await;
    assert_eq!(early, Taking::NotNow(Some(make::time(10))));
    let claim = take(db, &offer, 10).await;
    let silent = one(db, 80).await;
    assert_eq!(silent.fence, claim.fence);
    let early = ask(db, &silent, turn(make::time(69))).await;
    assert_eq!(early, Taking::NotNow(Some(claim.lease_until)));
    take(db, &silent, 71).await;
}

/// It is told until when, where that is known, and costs no attempt.
pub async fn an_offer_waits_while_its_lane_rests_or_stands_still(db: &Database) {
    jobs(db, 1, 1, 0).await;
    let offer = one(db, 1).await;
    db.queue.rest(Lane::Lyric, make::time(10), "busy").await.expect("the queue answers");
    let rests = ask(db, &offer, turn(make::time(9))).await;
    assert_eq!(rests, Taking::NotNow(Some(make::time(10))));
    let mut unit = db.begin().await;
    unit.work().pause(Lane::Lyric, "요금 확인").await.expect("the lane is paused");
    unit.commit().await.expect("the unit commits");
    assert_eq!(ask(db, &offer, turn(make::time(11))).await, Taking::NotNow(None));
    let mut unit = db.begin().await;
    unit.work().resume(Lane::Lyric).await.expect("the lane is resumed");
    unit.commit().await.expect("the unit commits");
    assert_eq!(take(db, &offer, 11).await.attempts, 0);
}

/// Together with those that are claimed otherwise; who must wait is told until when.
pub async fn offers_keep_within_the_rate(db: &Database) {
    jobs(db, 1, 30, 0).await;
    let rate = Rate::new(10, TimeDelta::seconds(10));
    let mut offers = feed(db, feeding(0, 30)).await;
    let (mut begun, mut now) = (Vec::new(), make::time(0));
    while now < make::time(20) {
        let limited = Turn { rate, ..turn(now) };
        let claimed = if begun.len() % 3 == 0 {
            db.queue.claim_in(Lane::Lyric, limited).await.expect("it answers").is_some()
        } else {
            false
        };
        if claimed {
            begun.push(now);
            continue;
        }
        let Some(offer) = offers.pop() else { break };
        match ask(db, &offer, limited).await {
            Taking::Claimed(_) => begun.push(now),
            Taking::Gone => {}
            Taking::NotNow(until) => {
                let opens = until.expect("the rate tells when");
                assert!(opens > now && opens <= now + TimeDelta::seconds(2), "{opens}");
                offers.push(offer);
                now = opens;
            }
        }
    }
    for first in &begun {
        let within =
            begun.iter().filter(|at| *at >= first && **at < *first + TimeDelta::seconds(10));
        assert!(within.count() <= 10, "{begun:?}");
    }
    assert!((16..=20).contains(&begun.len()), "the rate is used: {begun:?}");
}

/// Offers of jobs that are done hold up nobody.
pub async fn what_is_gone_takes_no_turn_from_the_next(db: &Database) {
    jobs(db, 1, 4, 0).await;
    let mut offers = feed(db, feeding(1, 4)).await;
    let last = offers.pop().expect("four are due");
    for offer in &offers {
        let claim = take(db, offer, 1).await;
        db.finish(&claim).await.expect("the claim holds");
    }
    let limited = Turn { rate: Rate::new(1, TimeDelta::seconds(10)), ..turn(make::time(2)) };
    for offer in &offers {
        assert_eq!(ask(db, offer, limited).await, Taking::Gone);
    }
    assert!(matches!(ask(db, &last, limited).await, Taking::Claimed(_)));
}
