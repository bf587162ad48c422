use super::*;
use crate::model::{CampaignId, CouponParts, CouponState, Discount, Off, OfferName, PackTerms};

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn pack(price: i64, stock: Option<i64>) -> Pack {
    let name = OfferName::parse("만 포인트").unwrap();
    let terms = PackTerms { name, points: 10_000, price, stock, hot: false };
    Pack::new(PackId::from_bits(1), terms, at(0))
}

fn coupon(off: Off) -> Coupon {
    Coupon::restore(CouponParts {
        id: CouponId::from_bits(5),
        campaign: CampaignId::from_bits(6),
        member: MemberId::from_bits(3),
        number: 1,
        discount: Discount::new(off).unwrap(),
        minimum_order: 10_000,
        state: CouponState::Issued,
        issued_at: at(0),
        expires_at: at(60),
        version: 1,
    })
}

fn take(pack: &Pack, quantity: i64, coupon: Option<&Coupon>) -> Result<Taken, OrderRefusal> {
    let who = (OrderId::from_bits(2), MemberId::from_bits(3));
    Order::take(who, (pack, quantity), coupon, at(0))
}

fn order(state: OrderState, attempted: bool) -> Order {
    let taken = take(&pack(9_900, Some(5)), 1, None).unwrap().order;
    Order::restore(OrderParts { state, attempted, ..taken.parts().clone() })
}

#[test]
fn an_order_costs_its_packs_less_its_discount() {
    let taken = take(&pack(9_900, Some(5)), 3, Some(&coupon(Off::Percent(10)))).unwrap();
    let parts = taken.order.parts();
    assert_eq!((parts.total, parts.discount, taken.order.amount()), (29_700, 2_970, 26_730));
    assert_eq!((parts.points, parts.reserved), (30_000, 3));
    assert_eq!(taken.pack.parts().terms.stock, Some(2));
    assert_eq!(taken.coupon.unwrap().parts().state.name(), "used");
    let half = take(&pack(10_001, None), 1, Some(&coupon(Off::Fixed(90_000)))).unwrap();
    assert_eq!((half.order.amount(), half.order.parts().reserved), (5_001, 0));
}

#[test]
fn what_an_order_may_be_is_told_with_the_numbers() {
    let ten = pack(9_900, Some(10));
    assert_eq!(take(&ten, 0, None), Err(OrderRefusal::Quantity { most: 10 }));
    assert_eq!(take(&ten, 11, None), Err(OrderRefusal::Quantity { most: 10 }));
    let small = OrderRefusal::TooSmall { least: 1_000, total: 999 };
    assert_eq!(take(&pack(999, None), 1, None), Err(small));
    assert!(take(&pack(999, None), 2, None).is_ok());
    assert_eq!(take(&pack(9_900, Some(1)), 2, None), Err(OrderRefusal::SoldOut { left: 1 }));
    let coupon = coupon(Off::Percent(10));
    let refused = CouponRefusal::TooSmall { minimum: 10_000, total: 9_900 };
    assert_eq!(take(&ten, 1, Some(&coupon)), Err(OrderRefusal::Coupon(refused)));
}

/// What each state allows: to try, to hear of a refusal, to be paid, canceled, expired, undone.
#[test]
fn each_state_allows_what_the_picture_shows() {
    let paid = OrderState::Paid {
        at: at(5),
        reference: PaymentRef::new("pay-1"),
        lot: LotId::from_bits(4),
    };
    let closing = |to| OrderState::Closing { to, since: at(5) };
    let (pending, paying) = (OrderState::Pending, OrderState::Paying { since: at(9) });
    for (state, attempted, now, allowed) in [
        (pending.clone(), false, 9, "try cancel"),
        (pending.clone(), true, 9, "try pay cancel"),
        (pending.clone(), false, 10, "cancel expire"),
        (pending, true, 10, "pay cancel expire"),
        (paying.clone(), true, 9, "try decline pay"),
        (paying.clone(), true, 10, "decline pay"),
        (paying, true, 11, "decline pay cancel expire"),
        (paid.clone(), true, 9, "cancel"),
        (paid, true, 65, ""),
        (closing(Ending::Canceled), true, 9, "cancel undo"),
        (closing(Ending::Expired), true, 9, "undo"),
        (OrderState::Expired { at: at(10) }, true, 11, ""),
        (OrderState::Canceled { at: at(9) }, false, 11, ""),
    ] {
        let order = order(state, attempted);
        let (reference, lot) = (PaymentRef::new("pay-1"), LotId::from_bits(4));
        let may = [
            ("try", order.tried(at(now)).is_ok()),
            ("decline", order.declined().is_ok()),
            ("pay", order.paid(reference, lot, at(now)).is_ok()),
            ("cancel", order.canceled(at(now)).is_ok()),
            ("expire", order.expired(at(now)).is_ok()),
            ("undo", order.undone(at(now)).is_ok()),
        ];
        let may: Vec<_> = may.iter().filter(|(_, ok)| *ok).map(|(what, _)| *what).collect();
        assert_eq!(may.join(" "), allowed, "{} at {now}", order.parts().state.name());
    }
}

#[test]
fn an_order_that_money_may_have_been_taken_for_ends_once_it_is_undone() {
    let now = at(10);
    assert!(order(OrderState::Pending, false).canceled(now).unwrap().has_ended());
    assert!(order(OrderState::Pending, true).canceled(now).unwrap().is_closing());
    assert!(order(OrderState::Pending, false).expired(now).unwrap().has_ended());
    let closing = order(OrderState::Pending, true).expired(now).unwrap();
    assert_eq!(closing.undone(now).unwrap().parts().state, OrderState::Expired { at: now });
    let given_up = order(OrderState::Paying { since: now }, true).given_up(now).unwrap();
    assert_eq!(given_up.undone(now).unwrap().parts().state, OrderState::Canceled { at: now });
}

#[test]
fn an_order_that_a_coupon_was_used_in_stays_paid() {
    let taken = take(&pack(9_900, None), 2, Some(&coupon(Off::Percent(10)))).unwrap().order;
    let paid = taken.tried(at(1)).unwrap();
    let paid = paid.paid(PaymentRef::new("pay-1"), LotId::from_bits(4), at(1)).unwrap();
    assert_eq!(paid.canceled(at(2)), Err(OrderRefusal::CouponUsed));
}
