//! Many who want the same packs, coupons and orders.

use std::sync::Arc;

use castad_domain::{
    model::{
        CampaignMode, CampaignTerms, Coupon, CouponState, Discount, EventKind, EventSeq, MemberId,
        Off, OfferName, Order, OrderId, OrderRefusal, OrderState, Pack, PackId, PackTerms,
        PointsRefusal,
    },
    port::{Page, Ports},
    usecase::{
        BooksError, CancelAccumulation, CancelOrder, ClaimCoupon, OpenCampaign, OpenPack, PayOrder,
        PlaceOrder, PlacedOrder, SettleOrders, ShopRefusal, StockGuard, WantedPacks,
    },
};
use futures_util::future::join_all;

use crate::{Books, Database, Purse, make, mingled};

/// `races_shop_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_shop_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { races_shop audited {
            five_orders_at_once_are_all_taken
            the_last_pack_is_sold_once
            ten_packs_go_to_ten_of_twenty
            few_packs_and_those_that_many_want_are_held
            a_coupon_is_used_in_one_order
            of_three_payments_of_one_order_one_counts
            ten_payments_of_one_member_at_once_all_arrive
            a_declined_payment_changes_nothing
            an_order_that_is_canceled_gives_back_once
            what_was_bought_is_taken_back_with_its_order_alone
            a_paid_order_that_is_canceled_is_refunded_once
            two_who_look_after_orders_end_each_once
            an_order_is_paid_or_expires
        } $($fresh)+ }
    };
}

/// A shop in which nothing is ever really paid.
struct Stall {
    books: Books,
    ports: Ports,
    purse: Arc<Purse>,
}

type Refused = BooksError<ShopRefusal>;

impl Stall {
    fn of(db: &Database) -> Self {
        let (books, purse) = (Books::of(db), Arc::new(Purse::default()));
        let ports = Ports {
            store: mingled(db.store.clone()),
            payments: purse.clone(),
            ..books.ports.clone()
        };
        Self { books, ports, purse }
    }

    async fn pack(&self, stock: Option<i64>, hot: bool) -> PackId {
        let name = OfferName::parse("만 포인트").expect("a plain name is taken");
        let terms = PackTerms { name, points: 10_000, price: 9_900, stock, hot };
        let made = OpenPack::new(&self.ports).run(admin(), terms, None).await;
        made.expect("the pack is made").parts().id
    }

    async fn stock(&self, id: PackId) -> Option<i64> {
        let mut unit = self.ports.store.begin().await.expect("a unit begins");
        let pack: Option<Pack> = unit.shop().pack(id).await.expect("the store answers");
        pack.expect("it is there").parts().terms.stock
    }

    async fn coupon(&self, member: MemberId) -> Coupon {
        let terms = CampaignTerms {
            name: OfferName::parse("개업 기념").expect("a plain name is taken"),
            total: 1,
            opens_at: self.books.now(),
            discount: Discount::new(Off::Percent(10)).expect("it lies within the bounds"),
            minimum_order: 5_000,
            valid_days: 30,
            mode: CampaignMode::Direct,
        };
        let made = OpenCampaign::new(&self.ports).run(admin(), terms, None).await;
        let campaign = made.expect("the campaign is made").parts().id;
        let claimed = ClaimCoupon::new(&self.ports).run(member, campaign, None).await;
        claimed.expect("there is one").given().expect("nobody stands in line")
    }

    async fn coupon_of(&self, member: MemberId) -> Coupon {
        let page = Page { limit: 1, after: None };
        let coupons = self.ports.coupons.coupons(member, page).await;
        coupons.expect("the store answers").pop().expect("there is one").coupon
    }

    /// Each of them orders one pack in a task of its own.
    async fn order_at_once(
        &self,
        wanted: WantedPacks,
        members: impl Iterator<Item = MemberId>,
    ) -> Vec<Result<PlacedOrder, Refused>> {
        at_once(members.map(|member| {
            let place = PlaceOrder::new(&self.ports);
            async move { place.run(member, wanted, None).await }
        }))
        .await
    }

    async fn order(&self, member: MemberId, wanted: WantedPacks) -> Order {
        let placed = PlaceOrder::new(&self.ports).run(member, wanted, None).await;
        placed.expect("the order is taken").order
    }

    async fn pay(&self, order: &Order) -> Result<Order, Refused> {
        let parts = order.parts();
        PayOrder::new(&self.ports).run(parts.member, parts.id, None).await
    }

    async fn found(&self, order: &Order) -> Order {
        let parts = order.parts();
        let found = self.ports.shop.order_of(parts.member, parts.id).await;
        found.expect("the store answers").expect("it is there")
    }

    async fn told(&self, member: MemberId, kind: EventKind) -> usize {
        let events = self.ports.events.events(member, None, EventSeq(0), 1_000).await;
        let events = events.expect("the log answers");
        events.iter().filter(|event| event.kind == kind).count()
    }
}

fn admin() -> MemberId {
    MemberId::from_bits(make::bits(900_000))
}

fn one(pack: PackId) -> WantedPacks {
    WantedPacks { pack, quantity: 1, coupon: None }
}

async fn at_once<T, F>(tasks: impl Iterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
    join_all(tasks).await.into_iter().map(|end| end.expect("no task panics")).collect()
}

fn members(count: u64) -> impl Iterator<Item = MemberId> {
    (1..=count).map(|n| MemberId::from_bits(make::bits(n)))
}

fn sold_out(ends: &[Result<PlacedOrder, Refused>]) -> usize {
    let sold_out = |end: &&Result<PlacedOrder, Refused>| {
        matches!(end, Err(BooksError::Refused(ShopRefusal::Order(OrderRefusal::SoldOut { .. }))))
    };
    ends.iter().filter(sold_out).count()
}

/// Who finds that somebody was quicker orders again by itself.
pub async fn five_orders_at_once_are_all_taken(db: &Database) {
    let stall = Stall::of(db);
    let pack = stall.pack(Some(100), false).await;
    let taken = stall.order_at_once(one(pack), members(5)).await;
    assert_eq!(taken.iter().flatten().count(), 5, "{taken:?}");
    assert_eq!(stall.stock(pack).await, Some(95));
}

/// The stock never falls below nothing.
pub async fn the_last_pack_is_sold_once(db: &Database) {
    let stall = Stall::of(db);
    let pack = stall.pack(Some(1), false).await;
    let taken = stall.order_at_once(one(pack), members(2)).await;
    assert_eq!((taken.iter().flatten().count(), sold_out(&taken)), (1, 1), "{taken:?}");
    assert_eq!(stall.stock(pack).await, Some(0));
}

/// As many as there are, however many want them.
pub async fn ten_packs_go_to_ten_of_twenty(db: &Database) {
    let mut stall = Stall::of(db);
    stall.ports.store = db.store.clone();
    let pack = stall.pack(Some(10), true).await;
    let taken = stall.order_at_once(one(pack), members(20)).await;
    assert_eq!((taken.iter().flatten().count(), sold_out(&taken)), (10, 10), "{taken:?}");
    assert_eq!(stall.stock(pack).await, Some(0));
}

/// The others are written only if nobody wrote since they were read.
pub async fn few_packs_and_those_that_many_want_are_held(db: &Database) {
    let stall = Stall::of(db);
    for (stock, hot, guard) in [
        (Some(Pack::FEW + 1), false, StockGuard::Version),
        (Some(Pack::FEW), false, StockGuard::Held),
        (Some(1_000), true, StockGuard::Held),
        (None, false, StockGuard::Version),
    ] {
        let pack = stall.pack(stock, hot).await;
        let placed = PlaceOrder::new(&stall.ports).run(admin(), one(pack), None).await;
        assert_eq!(placed.expect("the order is taken").guard, guard, "{stock:?} {hot}");
        assert_eq!(stall.stock(pack).await, stock.map(|stock| stock - 1));
    }
}

/// Of two orders that want it one has it, and the other takes no pack.
pub async fn a_coupon_is_used_in_one_order(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let pack = stall.pack(Some(100), false).await;
    let coupon = Some(stall.coupon(member).await.parts().id);
    let wanted = WantedPacks { coupon, ..one(pack) };
    let taken = stall.order_at_once(wanted, [member, member].into_iter()).await;
    let orders: Vec<_> = taken.iter().flatten().map(|placed| placed.order.clone()).collect();
    assert_eq!(orders.len(), 1, "{taken:?}");
    assert_eq!((orders[0].parts().discount, orders[0].amount()), (990, 8_910));
    assert_eq!(stall.stock(pack).await, Some(99));
    let state = stall.coupon_of(member).await.parts().state;
    assert!(matches!(state, CouponState::Used { order, .. } if order == orders[0].parts().id));
    assert_eq!(stall.told(member, EventKind::CouponUsed).await, 1);
}

/// The money is taken once and the points come once, whoever is told so.
pub async fn of_three_payments_of_one_order_one_counts(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let order = stall.order(member, one(stall.pack(None, false).await)).await;
    let id = order.parts().id;
    let paid = at_once((0..3).map(|_| {
        let pay = PayOrder::new(&stall.ports);
        async move { pay.run(member, id, None).await }
    }))
    .await;
    assert_eq!(paid.iter().flatten().count(), 1, "{paid:?}");
    let refused = |end: &&Result<Order, Refused>| {
        matches!(end, Err(BooksError::Refused(ShopRefusal::Order(OrderRefusal::State(_)))))
    };
    assert_eq!(paid.iter().filter(refused).count(), 2, "{paid:?}");
    assert_eq!((stall.purse.taken(), stall.books.available(member).await), (9_900, 10_000));
    assert_eq!(stall.told(member, EventKind::OrderPaid).await, 1);
}

/// All of them change the same account.
pub async fn ten_payments_of_one_member_at_once_all_arrive(db: &Database) {
    let mut stall = Stall::of(db);
    stall.ports.store = db.store.clone();
    let member = db.member(1).await;
    let pack = stall.pack(None, false).await;
    let mut orders = Vec::new();
    for _ in 0..10 {
        orders.push(stall.order(member, one(pack)).await.parts().id);
    }
    let pay = |id: OrderId| {
        let pay = PayOrder::new(&stall.ports);
        async move { pay.run(member, id, None).await }
    };
    let paid = at_once(orders.into_iter().map(pay)).await;
    assert_eq!(paid.iter().flatten().count(), 10, "{paid:?}");
    assert_eq!((stall.purse.kept(), stall.books.available(member).await), (99_000, 100_000));
}

/// Points, coupon and stock are as they were, and the order can be paid later.
pub async fn a_declined_payment_changes_nothing(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let pack = stall.pack(Some(5), false).await;
    let coupon = Some(stall.coupon(member).await.parts().id);
    let order = stall.order(member, WantedPacks { coupon, ..one(pack) }).await;
    stall.purse.decline(true);
    let refused = stall.pay(&order).await;
    assert!(matches!(refused, Err(BooksError::Refused(ShopRefusal::Declined(_)))), "{refused:?}");
    let coupon = stall.coupon_of(member).await.parts().state.name();
    assert_eq!((stall.books.available(member).await, coupon), (0, "used"));
    assert_eq!((stall.stock(pack).await, stall.purse.taken()), (Some(4), 0));
    assert_eq!(stall.found(&order).await.parts().state.name(), "pending");

    stall.purse.decline(false);
    assert_eq!(stall.pay(&order).await.expect("it is paid").parts().state.name(), "paid");
    assert_eq!(stall.books.available(member).await, 10_000);
}

/// Its packs and its coupon go back once, whoever cancels it and however often.
pub async fn an_order_that_is_canceled_gives_back_once(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let pack = stall.pack(Some(5), false).await;
    let coupon = Some(stall.coupon(member).await.parts().id);
    let order = stall.order(member, WantedPacks { coupon, quantity: 2, pack }).await;
    let id = order.parts().id;
    let canceled = at_once((0..3).map(|_| {
        let cancel = CancelOrder::new(&stall.ports);
        async move { cancel.run(member, id, None).await }
    }))
    .await;
    assert_eq!(canceled.iter().flatten().count(), 1, "{canceled:?}");
    assert_eq!(stall.stock(pack).await, Some(5));
    assert_eq!(stall.coupon_of(member).await.parts().state, CouponState::Issued);
    assert_eq!(stall.told(member, EventKind::OrderCanceled).await, 1);
    assert_eq!(stall.told(member, EventKind::CouponReturned).await, 1);
}

/// Nobody is left without both the points and the money.
pub async fn what_was_bought_is_taken_back_with_its_order_alone(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let order = stall.order(member, one(stall.pack(None, false).await)).await;
    stall.pay(&order).await.expect("it is paid");
    let paid = stall.found(&order).await;
    let OrderState::Paid { lot, .. } = paid.parts().state else { panic!("it is paid") };
    let taken = CancelAccumulation::new(&stall.ports).run(member, lot, None).await;
    assert!(matches!(taken, Err(BooksError::Refused(PointsRefusal::LotBought))), "{taken:?}");
    let cancel = CancelOrder::new(&stall.ports).run(member, order.parts().id, None).await;
    assert!(cancel.is_ok(), "{cancel:?}");
    assert_eq!((stall.purse.kept(), stall.books.available(member).await), (0, 0));
}

/// The points are gone and the money is back, once.
pub async fn a_paid_order_that_is_canceled_is_refunded_once(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let pack = stall.pack(Some(5), false).await;
    let order = stall.order(member, one(pack)).await;
    stall.pay(&order).await.expect("it is paid");
    let id = order.parts().id;
    let canceled = at_once((0..3).map(|_| {
        let cancel = CancelOrder::new(&stall.ports);
        async move { cancel.run(member, id, None).await }
    }))
    .await;
    assert!(canceled.iter().flatten().count() >= 1, "{canceled:?}");
    assert_eq!((stall.purse.taken(), stall.purse.kept()), (9_900, 0));
    assert_eq!((stall.stock(pack).await, stall.books.available(member).await), (Some(5), 0));
    assert_eq!(stall.found(&order).await.parts().state.name(), "canceled");
    assert_eq!(stall.told(member, EventKind::OrderCanceled).await, 1);
    assert!(stall.pay(&order).await.is_err(), "it is over");
}

/// What it had taken goes back once.
pub async fn two_who_look_after_orders_end_each_once(db: &Database) {
    let stall = Stall::of(db);
    let (pack, endless) = (stall.pack(Some(20), false).await, stall.pack(None, false).await);
    for (member, pack) in members(8).zip([endless, pack].into_iter().cycle()) {
        stall.order(member, one(pack)).await;
    }
    assert_eq!(stall.stock(pack).await, Some(16));
    stall.books.pass(Order::TO_PAY);
    let ended = at_once((0..2).map(|_| {
        let settle = SettleOrders::new(&stall.ports);
        async move { settle.run().await.expect("the store answers") }
    }))
    .await;
    assert_eq!((ended.iter().sum::<u64>(), stall.stock(pack).await), (8, Some(20)));
    for member in members(8) {
        assert_eq!(stall.told(member, EventKind::OrderExpired).await, 1);
    }
}

/// At the very moment its time is over one of the two happens, and money and points agree with it.
pub async fn an_order_is_paid_or_expires(db: &Database) {
    let stall = Stall::of(db);
    let member = db.member(1).await;
    let pack = stall.pack(Some(5), false).await;
    let order = stall.order(member, one(pack)).await;
    let (pay, settle) = (PayOrder::new(&stall.ports), SettleOrders::new(&stall.ports));
    let id = order.parts().id;
    let paying = tokio::spawn(async move { pay.run(member, id, None).await });
    stall.books.pass(Order::TO_PAY);
    let settling = tokio::spawn(async move { settle.run().await });
    let paid = paying.await.expect("no task panics").is_ok();
    settling.await.expect("no task panics").expect("the store answers");
    stall.books.pass(Order::TO_SETTLE);
    SettleOrders::new(&stall.ports).run().await.expect("the store answers");

    let state = stall.found(&order).await.parts().state.name();
    let (points, kept) = (stall.books.available(member).await, stall.purse.kept());
    let stock = stall.stock(pack).await;
    if paid {
        assert_eq!((state, points, kept, stock), ("paid", 10_000, 9_900, Some(4)));
    } else {
        assert_eq!((state, points, kept, stock), ("expired", 0, 0, Some(5)));
    }
}
