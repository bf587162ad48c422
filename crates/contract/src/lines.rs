//! [`LineBook`](castad_domain::port::LineBook): the lines before campaigns that give their coupons
//! in order.

use castad_domain::{
    model::{
        Campaign, CampaignId, CampaignMode, CouponId, CouponLine, CouponRequest, CouponRequestId,
        Declined, MemberId, Off, RequestState, Task, Work,
    },
    port::{NumberedCoupon, StoodInLine, StoreError, StoreErrorKind},
};

use crate::{
    Database, Writers,
    coupons::{campaign, campaign_in, insert},
    database::kind,
    make,
};

/// `lines_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! lines_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { lines audited {
            a_campaign_has_a_line_only_where_it_gives_in_order
            a_place_reads_back_with_its_line
            of_two_open_units_one_gives_the_place
            a_place_is_given_while_somebody_serves
            a_member_waits_once_in_a_line
            those_who_wait_are_found_in_the_order_of_their_places[Requests]
            a_request_is_decided_once
            a_request_reads_back_however_it_ended[Issued Numbers]
            a_request_is_its_member_s_alone
            old_requests_are_forgotten_and_nobody_loses_a_place
            lines_without_a_job_are_found
        } $($fresh)+ }
    };
}

fn member(n: u64) -> MemberId {
    MemberId::from_bits(make::bits(n))
}

/// A campaign of two coupons that gives them in order.
async fn in_order(db: &Database, n: u64) -> Campaign {
    let made = campaign_in(CampaignMode::Queue, n, 2, Off::Percent(15));
    insert(db, &made).await;
    made
}

async fn line(db: &Database, of: CampaignId) -> Option<CouponLine> {
    db.begin().await.coupons().line(of).await.expect("the store answers")
}

/// The request of the `n`th member, and the line with it.
fn joined(line: &CouponLine, n: u64) -> (CouponLine, CouponRequest) {
    let id = CouponRequestId::from_bits(make::bits(500 + n));
    line.joined(false, id, member(n), make::time(20)).expect("the campaign is open")
}

async fn take(
    db: &Database,
    (line, request): &(CouponLine, CouponRequest),
) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.coupons().take_place(request, line).await?;
    unit.commit().await
}

/// Members `1..=many` take a place each, in their order.
async fn queue_up(db: &Database, campaign: CampaignId, many: u64) -> Vec<CouponRequest> {
    let mut requests = Vec::new();
    for n in 1..=many {
        let last = line(db, campaign).await.expect("it has a line");
        let (longer, request) = joined(&last, n);
        take(db, &(longer, request.clone())).await.expect("nobody else took it");
        requests.push(request);
    }
    requests
}

async fn waiting(db: &Database, campaign: CampaignId, limit: u32) -> Vec<CouponRequest> {
    let next = db.begin().await.coupons().next_in_line(campaign, limit).await;
    next.expect("the store answers")
}

fn refused(request: &CouponRequest, at: i64) -> CouponRequest {
    let state = RequestState::Refused { why: Declined::SoldOut, at: make::time(at) };
    CouponRequest { state, ..request.clone() }
}

async fn decide(db: &Database, request: &CouponRequest) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.coupons().decide(request).await?;
    unit.commit().await
}

async fn stood(db: &Database, of: u64, id: CouponRequestId) -> Option<StoodInLine> {
    db.coupons.stood_in_line(member(of), id).await.expect("the reader answers")
}

/// Where coupons are given directly nobody stands in line.
pub async fn a_campaign_has_a_line_only_where_it_gives_in_order(db: &Database) {
    let made = in_order(db, 1).await;
    let direct = campaign(2, 2, Off::Percent(15));
    insert(db, &direct).await;
    assert_eq!(line(db, made.parts().id).await, CouponLine::of(&made));
    assert_eq!(line(db, direct.parts().id).await, None);
    assert_eq!(line(db, CampaignId::from_bits(make::bits(9))).await, None);
}

/// A request and its line come back as they were written.
pub async fn a_place_reads_back_with_its_line(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let place = joined(&line(db, id).await.expect("it has a line"), 1);
    take(db, &place).await.expect("nobody else took it");
    let (longer, request) = place;
    assert_eq!(line(db, id).await, Some(longer));
    let mut unit = db.begin().await;
    let found = unit.coupons().waiting_request(id, member(1)).await.expect("the store answers");
    assert_eq!(found.as_ref(), Some(&request));
    let nobody = unit.coupons().waiting_request(id, member(2)).await.expect("the store answers");
    assert_eq!(nobody, None);
    drop(unit);
    let found = stood(db, 1, request.id).await;
    assert_eq!(found, Some(StoodInLine { request, ahead: Some(0), given: None }));
}

/// Of two units that give the same place one commits.
pub async fn of_two_open_units_one_gives_the_place(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let empty = line(db, id).await.expect("it has a line");
    let (first, second) = (joined(&empty, 1), joined(&empty, 2));
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    take(db, &first).await.expect("nobody else took it");
    let mut late = if let Some(open) = early { open } else { db.begin().await };
    let end = match late.coupons().take_place(&second.1, &second.0).await {
        Ok(()) => late.commit().await,
        Err(refused) => {
            drop(late);
            Err(refused)
        }
    };
    assert_eq!(kind(end), Some(StoreErrorKind::Conflict));
    assert_eq!(waiting(db, id, 9).await, [first.1]);
}

/// Who serves holds the campaign, and neither waits for the other nor undoes what the other did.
pub async fn a_place_is_given_while_somebody_serves(db: &Database) {
    let made = in_order(db, 1).await;
    let id = made.parts().id;
    let requests = queue_up(db, id, 1).await;
    let serving = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    let Some(mut serving) = serving else { return };
    serving.coupons().hold_campaign(id).await.expect("the store answers").expect("it is there");
    serving.coupons().decide(&refused(&requests[0], 30)).await.expect("it waits");
    serving.coupons().update_campaign(&made).await.expect("nobody else wrote");

    let place = joined(&line(db, id).await.expect("it has a line"), 2);
    take(db, &place).await.expect("nobody is waited for");
    serving.commit().await.expect("the unit commits");
    assert_eq!(waiting(db, id, 9).await, [place.1]);
}

/// A second request of a member can be there once the first was decided, not before.
pub async fn a_member_waits_once_in_a_line(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let requests = queue_up(db, id, 1).await;
    let (longer, mut again) = joined(&line(db, id).await.expect("it has a line"), 2);
    again.member = member(1);
    let place = (longer, again);
    assert_eq!(kind(take(db, &place).await), Some(StoreErrorKind::Duplicate));
    assert_eq!(waiting(db, id, 9).await, requests);

    decide(db, &refused(&requests[0], 30)).await.expect("it waits");
    take(db, &place).await.expect("the first is decided");
    let elsewhere = in_order(db, 2).await.parts().id;
    let other = CouponRequestId::from_bits(make::bits(900));
    let (longer, mut request) = joined(&line(db, elsewhere).await.expect("it has a line"), 1);
    request.id = other;
    take(db, &(longer, request)).await.expect("another line counts for itself");
}

/// From the first, no more than are asked for, and none that was decided.
pub async fn those_who_wait_are_found_in_the_order_of_their_places(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let requests = queue_up(db, id, 5).await;
    let places = async |limit| {
        let waiting = waiting(db, id, limit).await;
        waiting.iter().map(|request| request.place).collect::<Vec<_>>()
    };
    let ahead = async |n: usize| {
        let request = &requests[n - 1];
        let found = db.coupons.stood_in_line(request.member, request.id).await;
        found.expect("the reader answers").expect("it is there").ahead
    };
    assert_eq!(places(9).await, [1, 2, 3, 4, 5]);
    assert_eq!(places(2).await, [1, 2]);
    assert_eq!((ahead(1).await, ahead(5).await), (Some(0), Some(4)));

    decide(db, &refused(&requests[0], 30)).await.expect("it waits");
    let coupon = CouponId::from_bits(make::bits(77));
    let state = RequestState::Issued { coupon, at: make::time(31) };
    let issued = CouponRequest { state, ..requests[1].clone() };
    decide(db, &issued).await.expect("it waits");
    assert_eq!(places(9).await, [3, 4, 5]);
    assert_eq!((ahead(1).await, ahead(3).await, ahead(5).await), (None, Some(0), Some(2)));
    assert_eq!(waiting(db, CampaignId::from_bits(make::bits(9)), 9).await, []);
}

/// What was decided stays.
pub async fn a_request_is_decided_once(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let request = queue_up(db, id, 1).await.remove(0);
    let (one, two) = (refused(&request, 30), refused(&request, 31));
    decide(db, &one).await.expect("it waits");
    assert_eq!(kind(decide(db, &two).await), Some(StoreErrorKind::Conflict));
    let found = stood(db, 1, request.id).await.expect("it is there");
    assert_eq!(found, StoodInLine { request: one, ahead: None, given: None });
}

/// With the coupon that it got, or the reason that it got none.
pub async fn a_request_reads_back_however_it_ended(db: &Database) {
    let made = in_order(db, 1).await;
    let requests = queue_up(db, made.parts().id, 3).await;
    let coupon = CouponId::from_bits(make::bits(77));
    let served = requests[0].served(&made, false, coupon, make::time(30));
    let served = served.expect("it waits");
    let (_, coupon) = served.given.expect("there is one");
    let mut unit = db.begin().await;
    unit.coupons().insert_coupon(&coupon).await.expect("a coupon is added");
    unit.coupons().decide(&served.request).await.expect("it waits");
    unit.commit().await.expect("the unit commits");
    let (number, expires_at) = (1, coupon.parts().expires_at);
    let given = Some(NumberedCoupon { number, expires_at });
    let issued = StoodInLine { request: served.request, ahead: None, given };
    assert_eq!(stood(db, 1, requests[0].id).await, Some(issued));

    for (request, why) in requests[1..].iter().zip(Declined::ALL) {
        let state = RequestState::Refused { why, at: make::time(31) };
        let refused = CouponRequest { state, ..request.clone() };
        decide(db, &refused).await.expect("it waits");
        let found = db.coupons.stood_in_line(request.member, request.id).await;
        let refused = StoodInLine { request: refused, ahead: None, given: None };
        assert_eq!(found.expect("the reader answers"), Some(refused));
    }
}

/// Another member's request is not there.
pub async fn a_request_is_its_member_s_alone(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let request = queue_up(db, id, 1).await.remove(0);
    assert_eq!(stood(db, 2, request.id).await, None);
    assert_eq!(stood(db, 1, CouponRequestId::from_bits(make::bits(9))).await, None);
}

/// Those that were decided before a time go, the oldest first and no more than are asked for; who
/// waits stays, however long, and where they stood.
pub async fn old_requests_are_forgotten_and_nobody_loses_a_place(db: &Database) {
    let id = in_order(db, 1).await.parts().id;
    let requests = queue_up(db, id, 5).await;
    for (request, at) in requests.iter().zip([30, 31, 32, 40]) {
        decide(db, &refused(request, at)).await.expect("it waits");
    }
    let forget = async |before, limit| {
        let mut unit = db.begin().await;
        let end = unit.coupons().forget_requests(make::time(before), limit).await;
        unit.commit().await.expect("the unit commits");
        end.expect("the store answers")
    };
    let left = async || {
        let mut left = Vec::new();
        for request in &requests {
            let found = db.coupons.stood_in_line(request.member, request.id).await;
            left.extend(found.expect("the reader answers").map(|found| found.request.place));
        }
        left
    };
    assert_eq!(forget(40, 2).await, 2);
    assert_eq!(left().await, [3, 4, 5]);
    assert_eq!(forget(40, 2).await, 1);
    assert_eq!(forget(40, 2).await, 0);
    assert_eq!(left().await, [4, 5]);
    assert_eq!(forget(1_000, 9).await, 1);
    assert_eq!(waiting(db, id, 9).await, requests[4..]);
    assert_eq!(line(db, id).await.map(|line| line.last_place), Some(5));
}

/// Those to which somebody was called and for which there is no job, not even a dead one.
pub async fn lines_without_a_job_are_found(db: &Database) {
    let forsaken = async |limit| {
        let mut found = db.coupons.forsaken_lines(limit).await.expect("the reader answers");
        found.sort();
        found
    };
    let mut ids = Vec::new();
    for n in 1..=4 {
        ids.push(in_order(db, n).await.parts().id);
    }
    assert_eq!(forsaken(9).await, []);
    for (id, n) in ids[..3].iter().zip(1..) {
        let place = joined(&line(db, *id).await.expect("it has a line"), n);
        take(db, &place).await.expect("nobody else took it");
    }
    assert_eq!(forsaken(9).await, ids[..3]);
    assert_eq!(forsaken(2).await.len(), 2);

    let serve = |n: usize| Work {
        member: member(1),
        project: Work::NO_PROJECT,
        task: Task::ServeLine(ids[n]),
        due: make::time(20),
    };
    db.push_all(&[serve(0), serve(1)]).await;
    assert_eq!(forsaken(9).await, ids[2..3]);
    let claim = db.claim(make::time(21)).await.expect("one is due");
    db.queue.bury(&claim, "it is broken").await.expect("it is ours");
    assert_eq!(forsaken(9).await, ids[2..3], "a person looks after a dead one");

    let mut unit = db.begin().await;
    unit.coupons().call_line(ids[2], false).await.expect("the store answers");
    unit.commit().await.expect("the unit commits");
    assert_eq!(forsaken(9).await, []);
    let claim = db.claim(make::time(21)).await.expect("another is due");
    assert_eq!(claim.work, serve(1));
    db.finish(&claim).await.expect("it is ours");
    assert_eq!(forsaken(9).await, ids[1..2]);
}
