//! Many who want the coupons of one campaign.

use std::collections::BTreeSet;

use castad_domain::{
    model::{
        CampaignId, CampaignMode, CampaignTerms, ClaimRefusal, Coupon, CouponState, Discount,
        EventKind, EventSeq, MemberId, Off, OfferName,
    },
    port::{Page, Ports},
    usecase::{BooksError, ClaimCoupon, ExpireCoupons, OpenCampaign, RevokeCoupon, RevokeRefusal},
};
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::{Books, Database, make, mingled};

/// `races_coupons_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_coupons_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { races_coupons audited {
            a_hundred_coupons_go_to_a_hundred_of_two_hundred
            a_member_who_asks_twice_at_once_gets_one
            five_at_once_all_get_one
            who_comes_in_turn_is_numbered_in_turn
            a_coupon_that_is_taken_back_goes_to_somebody_else_under_a_new_number
            a_coupon_is_taken_back_once
            two_who_note_what_is_over_note_it_once
        } $($fresh)+ }
    };
}

fn member(n: u64) -> MemberId {
    MemberId::from_bits(make::bits(n))
}

async fn campaign(ports: &Ports, total: i64) -> CampaignId {
    let terms = CampaignTerms {
        name: OfferName::parse("개업 기념").expect("a plain name is taken"),
        total,
        opens_at: ports.clock.now(),
        discount: Discount::new(Off::Percent(10)).expect("it lies within the bounds"),
        minimum_order: 10_000,
        valid_days: 30,
        mode: CampaignMode::Direct,
    };
    let made = OpenCampaign::new(ports).run(member(0), terms, None).await;
    made.expect("the campaign is made").parts().id
}

type Claimed = Result<Coupon, BooksError<ClaimRefusal>>;

/// Each of them asks in a task of its own.
async fn at_once(
    ports: &Ports,
    campaign: CampaignId,
    members: impl Iterator<Item = u64>,
) -> Vec<Claimed> {
    let ask = |n| {
        let claim = ClaimCoupon::new(ports);
        tokio::spawn(async move {
            let claimed = claim.run(member(n), campaign, None).await?;
            Ok(claimed.given().expect("nobody stands in line"))
        })
    };
    let tasks: Vec<_> = members.map(ask).collect();
    join_all(tasks).await.into_iter().map(|end| end.expect("no task panics")).collect()
}

fn numbers(claimed: &[Claimed]) -> BTreeSet<i64> {
    claimed.iter().flatten().map(|coupon| coupon.parts().number).collect()
}

fn refused(claimed: &[Claimed], why: ClaimRefusal) -> usize {
    let same = |end: &&Claimed| matches!(end, Err(BooksError::Refused(told)) if *told == why);
    claimed.iter().filter(same).count()
}

async fn coupons_of(ports: &Ports, n: u64) -> Vec<Coupon> {
    let page = Page { limit: 100, after: None };
    let given = ports.coupons.coupons(member(n), page).await.expect("the store answers");
    given.into_iter().map(|given| given.coupon).collect()
}

async fn told(ports: &Ports, n: u64) -> Vec<EventKind> {
    let events = ports.events.events(member(n), None, EventSeq(0), 100).await;
    events.expect("the log answers").iter().map(|event| event.kind).collect()
}

/// As many as there are go out, numbered without a gap; nobody gets two.
pub async fn a_hundred_coupons_go_to_a_hundred_of_two_hundred(db: &Database) {
    let ports = Books::of(db).ports;
    let campaign = campaign(&ports, 100).await;
    let claimed = at_once(&ports, campaign, 1..=200).await;
    assert_eq!(numbers(&claimed), (1..=100).collect());
    assert_eq!(claimed.iter().flatten().count(), 100);
    assert_eq!(refused(&claimed, ClaimRefusal::SoldOut), 100, "{claimed:?}");
    for n in 1..=200 {
        let (coupons, events) = (coupons_of(&ports, n).await, told(&ports, n).await);
        assert!(coupons.len() <= 1);
        assert_eq!(events, vec![EventKind::CouponIssued; coupons.len()]);
    }
}

/// The second request hears that the member has one, also when none is left.
pub async fn a_member_who_asks_twice_at_once_gets_one(db: &Database) {
    let ports = Books::of(db).ports;
    let campaign = campaign(&ports, 100).await;
    let claimed = at_once(&ports, campaign, (1..=100).chain(1..=100)).await;
    assert_eq!(numbers(&claimed), (1..=100).collect());
    assert_eq!(refused(&claimed, ClaimRefusal::AlreadyIssued), 100, "{claimed:?}");
    for n in 1..=100 {
        assert_eq!(coupons_of(&ports, n).await.len(), 1);
    }
}

/// Where there are enough, nobody is turned away because of the others.
pub async fn five_at_once_all_get_one(db: &Database) {
    let ports = Ports { store: mingled(db.store.clone()), ..Books::of(db).ports };
    let campaign = campaign(&ports, 5).await;
    let claimed = at_once(&ports, campaign, 1..=5).await;
    assert_eq!(numbers(&claimed), (1..=5).collect(), "{claimed:?}");
}

/// Numbers follow the order of the answers.
pub async fn who_comes_in_turn_is_numbered_in_turn(db: &Database) {
    let ports = Books::of(db).ports;
    let campaign = campaign(&ports, 3).await;
    for n in 1..=3 {
        let claimed = ClaimCoupon::new(&ports).run(member(n), campaign, None).await;
        let number = claimed.expect("there is one").given().expect("at once").parts().number;
        assert_eq!(u64::try_from(number), Ok(n));
    }
}

/// The number that was taken back is not given again, nor is its member given another.
pub async fn a_coupon_that_is_taken_back_goes_to_somebody_else_under_a_new_number(db: &Database) {
    let ports = Books::of(db).ports;
    let campaign = campaign(&ports, 2).await;
    let claimed = at_once(&ports, campaign, 1..=2).await;
    let first = claimed[0].as_ref().expect("there is one");
    let revoked = RevokeCoupon::new(&ports).run(member(0), first.parts().id, None).await;
    assert_eq!(revoked.expect("it is issued").parts().state.name(), "revoked");

    let again = at_once(&ports, campaign, [1].into_iter()).await;
    assert_eq!(refused(&again, ClaimRefusal::AlreadyIssued), 1);
    let others = at_once(&ports, campaign, 3..=6).await;
    assert_eq!(numbers(&others), BTreeSet::from([3]));
    assert_eq!(refused(&others, ClaimRefusal::SoldOut), 3);
    assert_eq!(told(&ports, 1).await, [EventKind::CouponIssued, EventKind::CouponRevoked]);
}

/// Its place is free once, not twice.
pub async fn a_coupon_is_taken_back_once(db: &Database) {
    let ports = Ports { store: mingled(db.store.clone()), ..Books::of(db).ports };
    let campaign = campaign(&ports, 1).await;
    let claimed = at_once(&ports, campaign, 1..=1).await;
    let id = claimed[0].as_ref().expect("there is one").parts().id;
    let revoke = || {
        let revoke = RevokeCoupon::new(&ports);
        tokio::spawn(async move { revoke.run(member(0), id, None).await })
    };
    let (one, two, three) = (revoke(), revoke(), revoke());
    let ends = [one.await, two.await, three.await].map(|end| end.expect("no task panics"));
    assert_eq!(ends.iter().flatten().count(), 1, "{ends:?}");
    for end in ends {
        let refused =
            end.map(drop).map_err(|e| matches!(e, BooksError::Refused(RevokeRefusal::State(_))));
        assert_ne!(refused, Err(false));
    }
    assert_eq!(numbers(&at_once(&ports, campaign, 2..=9).await), BTreeSet::from([2]));
}

/// Each of them tells its member once.
pub async fn two_who_note_what_is_over_note_it_once(db: &Database) {
    let books = Books::of(db);
    let ports = Ports { store: mingled(db.store.clone()), ..books.ports.clone() };
    let campaign = campaign(&ports, 20).await;
    for claimed in at_once(&books.ports, campaign, 1..=20).await {
        claimed.expect("there is one");
    }
    books.pass(TimeDelta::days(30));
    let note = || {
        let expire = ExpireCoupons::new(&ports);
        tokio::spawn(async move { expire.run().await.expect("the store answers") })
    };
    let (one, two) = (note(), note());
    let noted = one.await.expect("no task panics") + two.await.expect("no task panics");
    assert_eq!(noted, 20);
    let now = books.now();
    for n in 1..=20 {
        let coupons = coupons_of(&ports, n).await;
        assert_eq!(coupons[0].parts().state, CouponState::Expired { at: now });
        assert_eq!(told(&ports, n).await, [EventKind::CouponIssued, EventKind::CouponExpired]);
    }
}
