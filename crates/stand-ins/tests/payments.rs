//! The stand-in for a payment gateway keeps the promises of its port, and the protocol that pays
//! through it ends right whatever goes wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Books, Database, Writers, airtight, make};
use castad_domain::{
    model::{
        MemberId, OfferName, Order, OrderId, OrderNumber, OrderRefusal, Pack, PackTerms,
        PointsRefusal,
    },
    port::{NoPayments, Page, PaymentErrorKind, Ports, ShopReader, StoreError},
    usecase::{
        BooksError, CancelOrder, OpenPack, PayOrder, PlaceOrder, SettleOrders, ShopRefusal,
        UsePoints, WantedPacks,
    },
};
use castad_memory::MemoryStore;
use castad_stand_ins::payments::{Fault, Payments};
use chrono::{DateTime, TimeDelta, Utc};

#[expect(clippy::unused_async, reason = "suites take it so")]
async fn payments() -> Arc<Payments> {
    Arc::new(Payments::new())
}

castad_contract::payments_contract!(payments);

struct Shop {
    books: Books,
    ports: Ports,
    gateway: Arc<Payments>,
    member: MemberId,
}

type Refused = BooksError<ShopRefusal>;

impl Shop {
    async fn new() -> Self {
        let db = Database::of(MemoryStore::new(), Writers::Many);
        let (books, gateway) = (Books::of(&db), Arc::new(Payments::new()));
        let member = make::member(1);
        let mut unit = db.store.begin().await.unwrap();
        unit.access().insert_member(&member).await.unwrap();
        unit.commit().await.unwrap();
        let ports = Ports { payments: gateway.clone(), ..books.ports.clone() };
        Self { books, ports: airtight(ports), gateway, member: member.id }
    }

    async fn order(&self) -> Order {
        let name = OfferName::parse("만 포인트").unwrap();
        let terms = PackTerms { name, points: 10_000, price: 9_900, stock: Some(5), hot: false };
        let pack = OpenPack::new(&self.ports).run(self.member, terms, None).await.unwrap();
        let wanted = WantedPacks { pack: pack.parts().id, quantity: 1, coupon: None };
        let placed = PlaceOrder::new(&self.ports).run(self.member, wanted, None).await;
        placed.unwrap().order
    }

    async fn pay(&self, order: &Order) -> Result<Order, Refused> {
        PayOrder::new(&self.ports).run(self.member, order.parts().id, None).await
    }

    async fn cancel(&self, order: &Order) -> Result<Order, Refused> {
        CancelOrder::new(&self.ports).run(self.member, order.parts().id, None).await
    }

    async fn settle(&self) -> u64 {
        SettleOrders::new(&self.ports).run().await.unwrap()
    }

    async fn state(&self, order: &Order) -> &'static str {
        let found = self.ports.shop.order_of(self.member, order.parts().id).await.unwrap();
        found.unwrap().parts().state.name()
    }

    async fn points(&self) -> i64 {
        let now = self.books.now();
        self.ports.points.balance(self.member, now, now).await.unwrap().available
    }

    /// What was taken and given back, in payments.
    fn money(&self) -> (usize, usize) {
        (self.gateway.taken().len(), self.gateway.given_back().len())
    }
}

fn unavailable(end: Result<Order, Refused>) -> bool {
    match end {
        Err(BooksError::Refused(ShopRefusal::Payments(fault))) => {
            fault.kind() == PaymentErrorKind::Unavailable
        }
        _ => false,
    }
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_found_and_not_made_again() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::LosesTheAnswer]);
    assert!(unavailable(shop.pay(&order).await));
    assert_eq!((shop.state(&order).await, shop.points().await), ("paying", 0));

    assert_eq!(shop.pay(&order).await.unwrap().parts().state.name(), "paid");
    assert_eq!((shop.money(), shop.gateway.asked(), shop.points().await), ((1, 0), 1, 10_000));
}

#[tokio::test]
async fn a_payment_that_nobody_ended_is_ended_by_who_looks_after_orders() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::LosesTheAnswer]);
    assert!(unavailable(shop.pay(&order).await));
    assert_eq!(shop.settle().await, 0, "whoever pays may still be at it");
    shop.books.pass(Order::TO_SETTLE);
    assert_eq!((shop.settle().await, shop.settle().await), (1, 0));
    assert_eq!((shop.state(&order).await, shop.points().await), ("paid", 10_000));
}

#[tokio::test]
async fn a_payment_that_was_made_counts_also_when_the_time_to_pay_is_over() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::LosesTheAnswer]);
    assert!(unavailable(shop.pay(&order).await));
    shop.books.pass(Order::TO_PAY * 2);
    assert_eq!(shop.settle().await, 1);
    assert_eq!(
        (shop.state(&order).await, shop.money(), shop.points().await),
        ("paid", (1, 0), 10_000)
    );
}

#[tokio::test]
async fn an_order_that_was_never_charged_expires_and_cannot_be_charged_afterwards() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::Fails]);
    assert!(unavailable(shop.pay(&order).await));
    shop.books.pass(Order::TO_PAY);
    assert_eq!(shop.settle().await, 1);
    assert_eq!((shop.state(&order).await, shop.money()), ("expired", (0, 0)));
}

/// The payer hangs for so long that the order is given away meanwhile; then the money comes.
#[tokio::test]
async fn a_payment_that_comes_too_late_is_declined() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::Hangs]);
    let (pay, id, member) = (PayOrder::new(&shop.ports), order.parts().id, shop.member);
    let hanging = tokio::spawn(async move { pay.run(member, id, None).await });
    while shop.gateway.asked() == 0 {
        tokio::task::yield_now().await;
    }
    shop.books.pass(Order::TO_PAY);
    assert_eq!((shop.settle().await, shop.state(&order).await), (1, "expired"));

    shop.gateway.go_on();
    let late = hanging.await.unwrap();
    assert!(matches!(late, Err(BooksError::Refused(ShopRefusal::Declined(_)))), "{late:?}");
    assert_eq!((shop.money(), shop.points().await), ((0, 0), 0));
    assert_eq!(shop.state(&order).await, "expired");
}

#[tokio::test]
async fn a_declined_payment_can_be_made_again_until_the_time_is_over() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::Declines, Fault::Declines]);
    for _ in 0..2 {
        let refused = shop.pay(&order).await;
        assert!(matches!(refused, Err(BooksError::Refused(ShopRefusal::Declined(_)))));
        assert_eq!(shop.state(&order).await, "pending");
    }
    shop.books.pass(Order::TO_PAY);
    let late = shop.pay(&order).await;
    assert!(
        matches!(late, Err(BooksError::Refused(ShopRefusal::Order(OrderRefusal::TooLate(_))))),
        "{late:?}"
    );
    assert_eq!((shop.money(), shop.gateway.asked()), ((0, 0), 2));
    assert_eq!((shop.settle().await, shop.state(&order).await), (1, "expired"));
}

#[tokio::test]
async fn points_that_do_not_fit_are_not_paid_for() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.books.limit_balance(shop.member, 9_999).await;
    let refused = shop.pay(&order).await;
    assert!(matches!(
        refused,
        Err(BooksError::Refused(ShopRefusal::Points(PointsRefusal::BalanceLimit { .. })))
    ));
    assert_eq!((shop.gateway.asked(), shop.state(&order).await), (0, "pending"));
}

/// Between the look at the limits and the payment somebody else fills the account.
#[tokio::test]
async fn a_payment_whose_points_no_longer_fit_is_given_back() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.gateway.order([Fault::LosesTheAnswer]);
    assert!(unavailable(shop.pay(&order).await));
    shop.books.limit_balance(shop.member, 9_999).await;
    let refused = shop.pay(&order).await;
    assert!(matches!(refused, Err(BooksError::Refused(ShopRefusal::Points(_)))), "{refused:?}");
    assert_eq!(
        (shop.state(&order).await, shop.money(), shop.points().await),
        ("canceled", (1, 1), 0)
    );
}

#[tokio::test]
async fn a_refund_goes_on_where_it_was_left() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.pay(&order).await.unwrap();
    shop.gateway.be_silent(true);
    assert!(unavailable(shop.cancel(&order).await));
    assert_eq!((shop.state(&order).await, shop.points().await), ("paid", 10_000), "nothing began");

    shop.gateway.be_silent(false);
    assert_eq!(shop.cancel(&order).await.unwrap().parts().state.name(), "canceled");
    assert_eq!((shop.money(), shop.points().await), ((1, 1), 0));
    assert!(shop.cancel(&order).await.is_err());
    assert_eq!(shop.money(), (1, 1));
}

#[tokio::test]
async fn an_order_is_refunded_within_an_hour_while_its_points_are_untouched() {
    let shop = Shop::new().await;
    let (first, second) = (shop.order().await, shop.order().await);
    shop.pay(&first).await.unwrap();
    shop.books.pass(Order::TO_CANCEL);
    let late = shop.cancel(&first).await;
    assert!(
        matches!(late, Err(BooksError::Refused(ShopRefusal::Order(OrderRefusal::Settled(_))))),
        "{late:?}"
    );
    assert!(shop.pay(&second).await.is_err(), "its time is over");

    let third = shop.order().await;
    shop.pay(&third).await.unwrap();
    shop.books.pass(TimeDelta::minutes(59));
    spend(&shop, 10_001).await;
    let used = shop.cancel(&third).await;
    assert!(
        matches!(
            used,
            Err(BooksError::Refused(ShopRefusal::Points(PointsRefusal::LotInUse { .. })))
        ),
        "{used:?}"
    );
    assert_eq!((shop.state(&third).await, shop.money()), ("paid", (2, 0)));
}

async fn spend(shop: &Shop, amount: i64) {
    let order = OrderNumber::parse("A-1").unwrap();
    UsePoints::new(&shop.ports).run(shop.member, &order, amount, None).await.unwrap();
}

/// Lists an order that was doubtful a moment ago.
struct Late(OrderId);

#[async_trait]
impl ShopReader for Late {
    async fn packs(&self, _: Page) -> Result<Vec<Pack>, StoreError> {
        Ok(Vec::new())
    }

    async fn orders(&self, _: MemberId, _: Page) -> Result<Vec<Order>, StoreError> {
        Ok(Vec::new())
    }

    async fn order_of(&self, _: MemberId, _: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(None)
    }

    async fn unpaid_orders(&self, _: DateTime<Utc>, _: u32) -> Result<Vec<OrderId>, StoreError> {
        Ok(vec![self.0])
    }

    async fn doubtful_orders(&self, _: DateTime<Utc>, _: u32) -> Result<Vec<OrderId>, StoreError> {
        Ok(vec![self.0])
    }
}

#[tokio::test]
async fn an_order_that_was_paid_since_it_was_listed_stays_paid() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    shop.pay(&order).await.unwrap();
    shop.books.pass(Order::TO_PAY * 2);
    let ports = Ports { shop: Arc::new(Late(order.parts().id)), ..shop.ports.clone() };
    assert_eq!(SettleOrders::new(&ports).run().await.unwrap(), 0);
    assert_eq!((shop.state(&order).await, shop.money()), ("paid", (1, 0)));
}

#[tokio::test]
async fn where_payments_are_not_set_up_orders_are_taken_and_ended_but_not_paid() {
    let mut shop = Shop::new().await;
    shop.ports.payments = Arc::new(NoPayments);
    let (order, other) = (shop.order().await, shop.order().await);
    let refused = shop.pay(&order).await;
    assert!(matches!(
        refused,
        Err(BooksError::Refused(ShopRefusal::Payments(fault)))
            if fault.kind() == PaymentErrorKind::NotSetUp
    ));
    assert_eq!(shop.state(&order).await, "pending");
    assert_eq!(shop.cancel(&other).await.unwrap().parts().state.name(), "canceled");
    shop.books.pass(Order::TO_PAY);
    assert_eq!((shop.settle().await, shop.state(&order).await), (1, "expired"));
}
