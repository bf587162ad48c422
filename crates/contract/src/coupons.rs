//! [`CouponBook`](castad_domain::port::CouponBook) and
//! [`CouponReader`](castad_domain::port::CouponReader).

use castad_domain::{
    model::{
        Campaign, CampaignId, CampaignMode, CampaignTerms, Coupon, CouponId, CouponParts,
        CouponState, Discount, MemberId, Off, OfferName, OrderId,
    },
    port::{Page, StoreError, StoreErrorKind, UnitOfWork},
};
use chrono::TimeDelta;

use crate::{Database, Writers, database::kind, make};

/// `coupons_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! coupons_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { coupons audited {
            a_campaign_reads_back_as_it_was_made[Issued Numbers]
            a_coupon_reads_back_in_every_state[Issued Numbers CouponUses]
            a_campaign_that_somebody_else_changed_is_not_overwritten[Issued Numbers]
            a_coupon_that_somebody_else_changed_is_not_overwritten[Issued Numbers CouponUses]
            of_two_units_that_hold_a_campaign_none_gives_the_other_s_number
            a_campaign_has_one_coupon_of_each_number[Issued Numbers]
            a_campaign_has_one_coupon_for_each_member[Issued Numbers]
            a_claim_that_is_dropped_takes_no_coupon
            a_member_has_had_one_also_when_it_was_taken_back[Numbers]
            campaigns_are_listed_while_they_are_open[Numbers]
            campaigns_are_turned_over_by_the_page
            a_member_s_coupons_are_theirs_alone[Issued Numbers]
            coupons_are_due_when_their_time_is_over[Issued Numbers]
        } $($fresh)+ }
    };
}

/// A campaign of two coupons that opens ten seconds after the beginning.
#[must_use]
pub(crate) fn campaign(n: u64, total: i64, off: Off) -> Campaign {
    campaign_in(CampaignMode::Direct, n, total, off)
}

/// The same that gives its coupons in that way.
pub(crate) fn campaign_in(mode: CampaignMode, n: u64, total: i64, off: Off) -> Campaign {
    let terms = CampaignTerms {
        name: OfferName::parse(&format!("개업 기념 {n}")).expect("a plain name is taken"),
        total,
        opens_at: make::time(10),
        discount: Discount::new(off).expect("it lies within the bounds"),
        minimum_order: 5_000,
        valid_days: 30,
        mode,
    };
    Campaign::new(CampaignId::from_bits(make::bits(n)), terms, make::time(0))
}

fn member(n: u64) -> MemberId {
    MemberId::from_bits(make::bits(n))
}

fn claim(campaign: &Campaign, n: u64, at: i64) -> (Campaign, Coupon) {
    let id = CouponId::from_bits(make::bits(1_000 + n));
    campaign.claim(false, id, member(n), make::time(at)).expect("there is one")
}

pub(crate) async fn insert(db: &Database, campaign: &Campaign) {
    let mut unit = db.begin().await;
    unit.coupons().insert_campaign(campaign).await.expect("a campaign is added");
    unit.commit().await.expect("the unit commits");
}

async fn insert_coupon(db: &Database, coupon: &Coupon) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.coupons().insert_coupon(coupon).await?;
    unit.commit().await
}

async fn update(db: &Database, campaign: &Campaign) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.coupons().update_campaign(campaign).await?;
    unit.commit().await
}

async fn held(unit: &mut dyn UnitOfWork, id: CampaignId) -> Option<Campaign> {
    unit.coupons().hold_campaign(id).await.expect("the store answers")
}

async fn found(db: &Database, id: CouponId) -> Option<Coupon> {
    db.begin().await.coupons().coupon(id).await.expect("the store answers")
}

/// A campaign comes back with its terms, its counts and its times.
pub async fn a_campaign_reads_back_as_it_was_made(db: &Database) {
    let kinds =
        [(1, Off::Percent(15), CampaignMode::Direct), (2, Off::Fixed(2_000), CampaignMode::Queue)];
    for (n, off, mode) in kinds {
        let made = campaign_in(mode, n, 2, off);
        insert(db, &made).await;
        let id = made.parts().id;
        assert_eq!(held(&mut *db.begin().await, id).await, Some(made.clone()));

        let (changed, _) = claim(&made, n, 11);
        update(db, &changed).await.expect("nobody else wrote");
        assert_eq!(held(&mut *db.begin().await, id).await, Some(changed.written()));
    }
    let nobody = CampaignId::from_bits(make::bits(9));
    assert_eq!(held(&mut *db.begin().await, nobody).await, None);
}

/// No state of a coupon is lost on the way.
pub async fn a_coupon_reads_back_in_every_state(db: &Database) {
    let made = campaign(1, 9, Off::Percent(15));
    insert(db, &made).await;
    let (at, order) = (make::time(77), OrderId::from_bits(make::bits(7)));
    let states = [
        CouponState::Issued,
        CouponState::Used { order, at },
        CouponState::Revoked { at },
        CouponState::Expired { at },
    ];
    let mut campaign = made;
    for (n, state) in (1..).zip(states) {
        let (next, issued) = claim(&campaign, n, 11);
        campaign = next;
        insert_coupon(db, &issued).await.expect("it is added");
        let id = issued.parts().id;
        assert_eq!(found(db, id).await, Some(issued.clone()));

        let changed = Coupon::restore(CouponParts { state, ..issued.parts().clone() });
        let mut unit = db.begin().await;
        unit.coupons().update_coupon(&changed).await.expect("nobody else wrote");
        unit.commit().await.expect("the unit commits");
        assert_eq!(found(db, id).await, Some(changed.written()), "{state:?}");
    }
    assert_eq!(found(db, CouponId::from_bits(make::bits(9))).await, None);
}

/// A write names the version that it read.
pub async fn a_campaign_that_somebody_else_changed_is_not_overwritten(db: &Database) {
    let made = campaign(1, 2, Off::Percent(15));
    insert(db, &made).await;
    let (one, two) = (claim(&made, 1, 11).0, claim(&made, 2, 12).0);
    update(db, &one).await.expect("nobody else wrote");
    assert_eq!(kind(update(db, &two).await), Some(StoreErrorKind::Conflict));
}

/// A write names the version that it read.
pub async fn a_coupon_that_somebody_else_changed_is_not_overwritten(db: &Database) {
    let made = campaign(1, 2, Off::Percent(15));
    insert(db, &made).await;
    let (_, coupon) = claim(&made, 1, 11);
    insert_coupon(db, &coupon).await.expect("it is added");
    let order = OrderId::from_bits(make::bits(7));
    let (used, _) = coupon.used(order, 5_000, make::time(12)).expect("it may be used");
    let revoked = coupon.revoked(make::time(12)).expect("it may be taken back");
    let write = async |coupon: &Coupon| {
        let mut unit = db.begin().await;
        unit.coupons().update_coupon(coupon).await?;
        unit.commit().await
    };
    write(&used).await.expect("nobody else wrote");
    assert_eq!(kind(write(&revoked).await), Some(StoreErrorKind::Conflict));
    assert_eq!(found(db, coupon.parts().id).await, Some(used.written()));
}

/// The second unit has seen what the first did, or is refused.
pub async fn of_two_units_that_hold_a_campaign_none_gives_the_other_s_number(db: &Database) {
    let made = campaign(1, 2, Off::Percent(15));
    insert(db, &made).await;
    let id = made.parts().id;
    let give = async |unit: &mut dyn UnitOfWork, n| {
        let kept = held(unit, id).await.expect("it is there");
        let (campaign, coupon) = claim(&kept, n, 11);
        unit.coupons().update_campaign(&campaign).await?;
        unit.coupons().insert_coupon(&coupon).await?;
        Ok::<_, StoreError>(coupon.parts().number)
    };

    let mut one = db.begin().await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    assert_eq!(give(&mut *one, 1).await.expect("the first may give"), 1);
    one.commit().await.expect("the first commits");
    let mut two = if let Some(open) = early { open } else { db.begin().await };
    let late = match give(&mut *two, 2).await {
        Ok(number) => two.commit().await.map(|()| number),
        Err(refused) => {
            drop(two);
            Err(refused)
        }
    };
    let kept = held(&mut *db.begin().await, id).await.expect("it is there");
    match late {
        Ok(number) => assert_eq!((number, kept.parts().issued), (2, 2)),
        Err(refused) => {
            assert_eq!(refused.kind(), StoreErrorKind::Conflict);
            assert_eq!(kept.parts().issued, 1);
        }
    }
}

/// Two coupons of one number cannot both be there.
pub async fn a_campaign_has_one_coupon_of_each_number(db: &Database) {
    let (made, other) = (campaign(1, 2, Off::Percent(15)), campaign(2, 2, Off::Percent(15)));
    insert(db, &made).await;
    insert(db, &other).await;
    let (_, first) = claim(&made, 1, 11);
    let (_, second) = claim(&made, 2, 11);
    let (_, elsewhere) = claim(&other, 3, 11);
    insert_coupon(db, &first).await.expect("it is added");
    assert_eq!(kind(insert_coupon(db, &second).await), Some(StoreErrorKind::Duplicate));
    insert_coupon(db, &elsewhere).await.expect("another campaign counts for itself");
}

/// Two coupons for one member cannot both be there.
pub async fn a_campaign_has_one_coupon_for_each_member(db: &Database) {
    let made = campaign(1, 2, Off::Percent(15));
    insert(db, &made).await;
    let (next, first) = claim(&made, 1, 11);
    let (_, second) = claim(&next, 2, 11);
    let member = first.parts().member;
    let second = Coupon::restore(CouponParts { member, ..second.parts().clone() });
    insert_coupon(db, &first).await.expect("it is added");
    assert_eq!(kind(insert_coupon(db, &second).await), Some(StoreErrorKind::Duplicate));
}

/// A unit that ends between the campaign and the coupon leaves the campaign as it was.
pub async fn a_claim_that_is_dropped_takes_no_coupon(db: &Database) {
    let made = campaign(1, 1, Off::Percent(15));
    insert(db, &made).await;
    let (less, coupon) = claim(&made, 1, 11);
    let mut unit = db.begin().await;
    unit.coupons().update_campaign(&less).await.expect("nobody else wrote");
    drop(unit);
    assert_eq!(held(&mut *db.begin().await, made.parts().id).await, Some(made.clone()));
    assert_eq!(found(db, coupon.parts().id).await, None);
}

/// It counts that there was one.
pub async fn a_member_has_had_one_also_when_it_was_taken_back(db: &Database) {
    let made = campaign(1, 2, Off::Percent(15));
    insert(db, &made).await;
    let id = made.parts().id;
    let had = async |n| {
        let mut unit = db.begin().await;
        unit.coupons().has_had_one(id, member(n)).await.expect("the store answers")
    };
    assert!(!had(1).await);
    let (_, coupon) = claim(&made, 1, 11);
    insert_coupon(db, &coupon).await.expect("it is added");
    let mut unit = db.begin().await;
    let revoked = coupon.revoked(make::time(12)).expect("it may be taken back");
    unit.coupons().update_coupon(&revoked).await.expect("nobody else wrote");
    unit.commit().await.expect("the unit commits");
    assert!(had(1).await && !had(2).await);
}

fn page(limit: u32, after: Option<u64>) -> Page {
    Page { limit, after: after.map(make::bits) }
}

async fn open(db: &Database, at: i64, page: Page) -> Vec<u128> {
    let open = db.coupons.open_campaigns(make::time(at), page).await.expect("the store answers");
    open.iter().map(|campaign| campaign.parts().id.to_bits()).collect()
}

/// From the moment it opens, until the last coupon is out; also again when one was taken back.
pub async fn campaigns_are_listed_while_they_are_open(db: &Database) {
    let made = campaign(1, 1, Off::Percent(15));
    insert(db, &made).await;
    assert_eq!(open(db, 9, page(9, None)).await, []);
    assert_eq!(open(db, 10, page(9, None)).await, [make::bits(1)]);

    let (full, _) = claim(&made, 1, 11);
    update(db, &full).await.expect("nobody else wrote");
    assert_eq!(open(db, 10, page(9, None)).await, []);
    update(db, &full.written().with_one_back()).await.expect("nobody else wrote");
    assert_eq!(open(db, 10, page(9, None)).await, [make::bits(1)]);
}

/// Newest first, and a page begins behind the one before.
pub async fn campaigns_are_turned_over_by_the_page(db: &Database) {
    for n in 1..=3 {
        insert(db, &campaign(n, 1, Off::Percent(15))).await;
    }
    assert_eq!(open(db, 10, page(2, None)).await, [make::bits(3), make::bits(2)]);
    assert_eq!(open(db, 10, page(2, Some(2))).await, [make::bits(1)]);
    assert_eq!(open(db, 10, page(2, Some(1))).await, []);
}

/// Newest first, of one member, a page at a time, each with what its campaign is called.
pub async fn a_member_s_coupons_are_theirs_alone(db: &Database) {
    for n in 1..=3 {
        let made = campaign(n, 2, Off::Percent(15));
        insert(db, &made).await;
        let (made, mine) = claim(&made, 7, 11);
        let id = CouponId::from_bits(make::bits(n));
        let mine = Coupon::restore(CouponParts { id, ..mine.parts().clone() });
        insert_coupon(db, &mine).await.expect("it is added");
        let (_, theirs) = claim(&made, 100 + n, 11);
        insert_coupon(db, &theirs).await.expect("it is added");
    }
    let mine = async |page| {
        let mine = db.coupons.coupons(member(7), page).await.expect("the store answers");
        for given in &mine {
            let id = given.coupon.parts().campaign;
            let campaign = db.begin().await.coupons().hold_campaign(id).await;
            let campaign = campaign.expect("the store answers").expect("it is there");
            assert_eq!(given.campaign, campaign.parts().terms.name);
        }
        mine.iter().map(|given| given.coupon.parts().id.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(mine(page(2, None)).await, [make::bits(3), make::bits(2)]);
    assert_eq!(mine(page(2, Some(2))).await, [make::bits(1)]);
    assert_eq!(db.coupons.coupons(member(8), page(9, None)).await.expect("it answers"), []);
}

/// Those that are issued and whose time is over, the longest overdue first.
pub async fn coupons_are_due_when_their_time_is_over(db: &Database) {
    let mut made = campaign(1, 9, Off::Percent(15));
    insert(db, &made).await;
    for (n, at) in [(1, 13), (2, 11), (3, 12)] {
        let (next, coupon) = claim(&made, n, at);
        made = next;
        insert_coupon(db, &coupon).await.expect("it is added");
    }
    let (_, revoked) = claim(&made, 4, 11);
    let revoked = revoked.revoked(make::time(12)).expect("it may be taken back");
    insert_coupon(db, &revoked).await.expect("it is added");

    let due = async |at, limit| {
        let now = make::time(at) + TimeDelta::days(30);
        let due = db.coupons.overdue_coupons(now, limit).await.expect("the store answers");
        due.iter().map(|id| id.to_bits() - make::bits(1_000)).collect::<Vec<_>>()
    };
    assert_eq!(due(10, 9).await, []);
    assert_eq!(due(12, 9).await, [2, 3]);
    assert_eq!(due(99, 9).await, [2, 3, 1]);
    assert_eq!(due(99, 1).await, [2]);
}
