//! [`ShopBook`](castad_domain::port::ShopBook) and [`ShopReader`](castad_domain::port::ShopReader).

use castad_domain::{
    model::{
        CouponId, Ending, LotId, MemberId, OfferName, Order, OrderId, OrderParts, OrderState, Pack,
        PackChange, PackId, PackTerms, PaymentRef,
    },
    port::{Page, StoreError, StoreErrorKind, UnitOfWork},
};
use chrono::TimeDelta;

use crate::{Database, Writers, database::kind, make};

/// `shop_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! shop_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { shop audited {
            a_pack_reads_back_as_it_was_made_and_changed
            an_order_reads_back_in_every_state[CouponUses Orders]
            a_pack_that_somebody_else_changed_is_not_overwritten
            an_order_that_somebody_else_changed_is_not_overwritten
            of_two_units_that_hold_a_pack_none_sells_the_other_s
            an_order_that_is_dropped_takes_nothing_off_the_stock
            packs_are_turned_over_by_the_page
            a_member_s_orders_are_theirs_alone
            unpaid_orders_are_due_when_their_time_is_over
            doubtful_orders_are_due_a_while_after_somebody_took_them_up
        } $($fresh)+ }
    };
}

fn pack(n: u64, stock: Option<i64>) -> Pack {
    let name = OfferName::parse(&format!("만 포인트 {n}")).expect("a plain name is taken");
    let terms = PackTerms { name, points: 10_000, price: 9_900, stock, hot: stock.is_none() };
    Pack::new(PackId::from_bits(make::bits(n)), terms, make::time(0))
}

fn member(n: u64) -> MemberId {
    MemberId::from_bits(make::bits(n))
}

fn order(n: u64, of: u64, at: i64) -> Order {
    let who = (OrderId::from_bits(make::bits(n)), member(of));
    let taken = Order::take(who, (&pack(1, Some(5)), 2), None, make::time(at));
    taken.expect("there are as many").order
}

async fn insert(db: &Database, pack: &Pack) {
    let mut unit = db.begin().await;
    unit.shop().insert_pack(pack).await.expect("a pack is added");
    unit.commit().await.expect("the unit commits");
}

async fn update(db: &Database, pack: &Pack) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.shop().update_pack(pack).await?;
    unit.commit().await
}

async fn found(db: &Database, n: u64) -> Option<Pack> {
    let id = PackId::from_bits(make::bits(n));
    let mut unit = db.begin().await;
    let found = unit.shop().pack(id).await.expect("the store answers");
    assert_eq!(unit.shop().hold_pack(id).await.expect("the store answers"), found);
    found
}

async fn insert_order(db: &Database, order: &Order) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.shop().insert_order(order).await?;
    unit.commit().await
}

async fn update_order(db: &Database, order: &Order) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.shop().update_order(order).await?;
    unit.commit().await
}

async fn found_order(db: &Database, n: u64) -> Option<Order> {
    let id = OrderId::from_bits(make::bits(n));
    let mut unit = db.begin().await;
    let found = unit.shop().order(id).await.expect("the store answers");
    assert_eq!(unit.shop().hold_order(id).await.expect("the store answers"), found);
    found
}

/// A pack comes back with its terms, be there a stock or not.
pub async fn a_pack_reads_back_as_it_was_made_and_changed(db: &Database) {
    for (n, stock) in [(1, Some(5)), (2, None)] {
        let made = pack(n, stock);
        insert(db, &made).await;
        assert_eq!(found(db, n).await, Some(made.clone()));
        let change = PackChange {
            name: Some(OfferName::parse("Ten thousand").expect("a plain name is taken")),
            points: Some(20_000),
            price: Some(19_000),
            stock: Some(stock.map_or(Some(0), |_| None)),
            hot: Some(stock.is_some()),
        };
        let changed = made.changed(change);
        update(db, &changed).await.expect("nobody else wrote");
        assert_eq!(found(db, n).await, Some(changed.written()));
    }
    assert_eq!(found(db, 9).await, None);
}

/// No state of an order is lost on the way.
pub async fn an_order_reads_back_in_every_state(db: &Database) {
    let (at, since) = (make::time(77), make::time(78));
    let (reference, lot) = (PaymentRef::new("결제-1"), LotId::from_bits(make::bits(7)));
    let states = [
        OrderState::Pending,
        OrderState::Paying { since },
        OrderState::Paid { at, reference, lot },
        OrderState::Closing { to: Ending::Expired, since },
        OrderState::Closing { to: Ending::Canceled, since },
        OrderState::Expired { at },
        OrderState::Canceled { at },
    ];
    for (n, state) in (1..).zip(states) {
        let coupon = (n % 2 == 0).then(|| CouponId::from_bits(make::bits(n)));
        let plain = order(n, 1, 10);
        let parts = OrderParts { coupon, discount: 1_000, ..plain.parts().clone() };
        let made = Order::restore(parts);
        insert_order(db, &made).await.expect("it is added");
        assert_eq!(found_order(db, n).await, Some(made.clone()));

        let parts = OrderParts { state, attempted: true, ..made.parts().clone() };
        let changed = Order::restore(parts);
        update_order(db, &changed).await.expect("nobody else wrote");
        assert_eq!(found_order(db, n).await, Some(changed.written()));
    }
    assert_eq!(found_order(db, 99).await, None);
    assert_eq!(kind(insert_order(db, &order(1, 1, 10)).await), Some(StoreErrorKind::Duplicate));
}

/// A write names the version that it read.
pub async fn a_pack_that_somebody_else_changed_is_not_overwritten(db: &Database) {
    let made = pack(1, Some(5));
    insert(db, &made).await;
    let (less, _) = made.with_fewer(1).expect("there are as many");
    update(db, &less).await.expect("nobody else wrote");
    assert_eq!(kind(update(db, &less).await), Some(StoreErrorKind::Conflict));
    assert_eq!(found(db, 1).await.and_then(|pack| pack.parts().terms.stock), Some(4));
}

/// A write names the version that it read.
pub async fn an_order_that_somebody_else_changed_is_not_overwritten(db: &Database) {
    let made = order(1, 1, 10);
    insert_order(db, &made).await.expect("it is added");
    let tried = made.tried(make::time(11)).expect("it waits for its payment");
    let canceled = made.canceled(make::time(11)).expect("it waits for its payment");
    update_order(db, &tried).await.expect("nobody else wrote");
    assert_eq!(kind(update_order(db, &canceled).await), Some(StoreErrorKind::Conflict));
    assert_eq!(found_order(db, 1).await, Some(tried.written()));
}

/// The second unit has seen what the first did, or is refused.
pub async fn of_two_units_that_hold_a_pack_none_sells_the_other_s(db: &Database) {
    let made = pack(1, Some(1));
    insert(db, &made).await;
    let id = made.parts().id;
    let sell = async |unit: &mut dyn UnitOfWork| {
        let kept = unit.shop().hold_pack(id).await?.expect("it is there");
        let Some((less, _)) = kept.with_fewer(1) else { return Ok(false) };
        unit.shop().update_pack(&less).await?;
        Ok::<_, StoreError>(true)
    };

    let mut one = db.begin().await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    assert!(sell(&mut *one).await.expect("the first may sell"));
    one.commit().await.expect("the first commits");
    let mut two = if let Some(open) = early { open } else { db.begin().await };
    let late = match sell(&mut *two).await {
        Ok(sold) => two.commit().await.map(|()| sold),
        Err(refused) => {
            drop(two);
            Err(refused)
        }
    };
    match late {
        Ok(sold) => assert!(!sold, "there was one"),
        Err(refused) => assert_eq!(refused.kind(), StoreErrorKind::Conflict),
    }
    assert_eq!(found(db, 1).await.and_then(|pack| pack.parts().terms.stock), Some(0));
}

/// A unit that ends between the stock and the order leaves the stock as it was.
pub async fn an_order_that_is_dropped_takes_nothing_off_the_stock(db: &Database) {
    let made = pack(1, Some(5));
    insert(db, &made).await;
    let (less, _) = made.with_fewer(2).expect("there are as many");
    let mut unit = db.begin().await;
    unit.shop().update_pack(&less).await.expect("nobody else wrote");
    drop(unit);
    assert_eq!(found(db, 1).await, Some(made));
}

fn page(limit: u32, after: Option<u64>) -> Page {
    Page { limit, after: after.map(make::bits) }
}

/// Newest first, and a page begins behind the one before.
pub async fn packs_are_turned_over_by_the_page(db: &Database) {
    for n in 1..=3 {
        insert(db, &pack(n, None)).await;
    }
    let packs = async |page| {
        let packs = db.shop.packs(page).await.expect("the store answers");
        packs.iter().map(|pack| pack.parts().id.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(packs(page(2, None)).await, [make::bits(3), make::bits(2)]);
    assert_eq!(packs(page(2, Some(2))).await, [make::bits(1)]);
    assert_eq!(packs(page(2, Some(1))).await, []);
}

/// In lists and by their ids.
pub async fn a_member_s_orders_are_theirs_alone(db: &Database) {
    for (n, of) in [(1, 1), (2, 2), (3, 1), (4, 1)] {
        insert_order(db, &order(n, of, 10)).await.expect("it is added");
    }
    let orders = async |of, page| {
        let orders = db.shop.orders(member(of), page).await.expect("the store answers");
        orders.iter().map(|order| order.parts().id.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(orders(1, page(2, None)).await, [make::bits(4), make::bits(3)]);
    assert_eq!(orders(1, page(2, Some(3))).await, [make::bits(1)]);
    assert_eq!(orders(2, page(9, None)).await, [make::bits(2)]);

    let mine = OrderId::from_bits(make::bits(1));
    let found = db.shop.order_of(member(1), mine).await.expect("the store answers");
    assert_eq!(found, Some(order(1, 1, 10)));
    assert_eq!(db.shop.order_of(member(2), mine).await.expect("the store answers"), None);
}

async fn due(db: &Database, at: i64, limit: u32) -> (Vec<u128>, Vec<u128>) {
    let now = make::time(at);
    let unpaid = db.shop.unpaid_orders(now, limit).await.expect("the store answers");
    let doubtful = db.shop.doubtful_orders(now, limit).await.expect("the store answers");
    let bits =
        |ids: Vec<OrderId>| ids.iter().map(|id| id.to_bits() - make::bits(0)).collect::<Vec<_>>();
    (bits(unpaid), bits(doubtful))
}

/// The longest overdue first; those that somebody has taken up are another matter.
pub async fn unpaid_orders_are_due_when_their_time_is_over(db: &Database) {
    for (n, at) in [(1, 13), (2, 11), (3, 12), (4, 11)] {
        insert_order(db, &order(n, 1, at)).await.expect("it is added");
    }
    let canceled = order(4, 1, 11).canceled(make::time(12)).expect("it waits");
    update_order(db, &canceled).await.expect("nobody else wrote");
    let over = Order::TO_PAY.num_seconds();
    assert_eq!(due(db, over + 10, 9).await, (vec![], vec![]));
    assert_eq!(due(db, over + 12, 9).await, (vec![2, 3], vec![]));
    assert_eq!(due(db, over + 99, 2).await, (vec![2, 3], vec![]));
    assert_eq!(due(db, over + 99, 9).await, (vec![2, 3, 1], vec![]));
}

/// Those that are being paid, and those that are being ended.
pub async fn doubtful_orders_are_due_a_while_after_somebody_took_them_up(db: &Database) {
    for n in 1..=3 {
        insert_order(db, &order(n, 1, 10)).await.expect("it is added");
    }
    let paying = order(1, 1, 10).tried(make::time(30)).expect("it waits");
    update_order(db, &paying).await.expect("nobody else wrote");
    let tried = order(2, 1, 10).tried(make::time(11)).expect("it waits");
    let closing = tried.given_up(make::time(20)).expect("it may be given up");
    update_order(db, &closing).await.expect("nobody else wrote");

    let late = TimeDelta::num_seconds(&Order::TO_SETTLE);
    assert_eq!(due(db, late + 19, 9).await, (vec![], vec![]));
    assert_eq!(due(db, late + 20, 9).await, (vec![], vec![2]));
    assert_eq!(due(db, late + 30, 9).await, (vec![], vec![2, 1]));
}
