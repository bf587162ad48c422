//! [`PaymentGateway`].

use std::sync::Arc;

use castad_domain::{
    model::{OrderId, PaymentRef},
    port::{Payment, PaymentGateway},
};
use futures_util::future::join_all;

use crate::make;

/// `payments_contract!(fresh)`, where `async fn fresh() -> Arc<impl PaymentGateway>`.
#[macro_export]
macro_rules! payments_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { payments {
            a_payment_is_found_by_its_order
            an_order_is_paid_once_however_often_it_is_asked_for
            an_order_that_is_asked_for_by_many_at_once_is_paid_once
            what_was_undone_is_not_there_and_never_will_be
            what_was_never_paid_can_be_undone_before_it_is
        } $($fresh)+ }
    };
}

fn order(n: u64) -> OrderId {
    OrderId::from_bits(make::bits(n))
}

async fn pay<G: PaymentGateway>(gateway: &G, n: u64) -> Option<PaymentRef> {
    match gateway.pay(order(n), 9_900).await.expect("the gateway answers") {
        Payment::Paid(reference) => Some(reference),
        Payment::Declined(_) => None,
    }
}

async fn found<G: PaymentGateway>(gateway: &G, n: u64) -> Option<PaymentRef> {
    gateway.look_up(order(n)).await.expect("the gateway answers")
}

/// Who looks finds what who paid was told, and nothing of another order.
pub async fn a_payment_is_found_by_its_order<G: PaymentGateway>(gateway: &Arc<G>) {
    gateway.check().await.expect("payments can be made");
    assert_eq!(found(&**gateway, 1).await, None);
    let paid = pay(&**gateway, 1).await;
    assert!(paid.is_some());
    assert_eq!((found(&**gateway, 1).await, found(&**gateway, 2).await), (paid, None));
}

/// The order's id names the payment.
pub async fn an_order_is_paid_once_however_often_it_is_asked_for<G: PaymentGateway>(
    gateway: &Arc<G>,
) {
    let paid = pay(&**gateway, 1).await;
    assert_eq!(pay(&**gateway, 1).await, paid);
    assert_ne!(pay(&**gateway, 2).await, paid);
}

/// Also where nobody waits for the other.
pub async fn an_order_that_is_asked_for_by_many_at_once_is_paid_once<G: PaymentGateway>(
    gateway: &Arc<G>,
) {
    let paid = join_all((0..8).map(|_| pay(&**gateway, 1))).await;
    assert!(paid[0].is_some());
    assert!(paid.iter().all(|reference| *reference == paid[0]), "{paid:?}");
}

/// Undoing it twice is fine; paying it again is not.
pub async fn what_was_undone_is_not_there_and_never_will_be<G: PaymentGateway>(gateway: &Arc<G>) {
    pay(&**gateway, 1).await;
    for _ in 0..2 {
        gateway.undo(order(1)).await.expect("the gateway answers");
        assert_eq!(found(&**gateway, 1).await, None);
    }
    assert_eq!(pay(&**gateway, 1).await, None);
}

/// A payment that comes late finds the order closed.
pub async fn what_was_never_paid_can_be_undone_before_it_is<G: PaymentGateway>(gateway: &Arc<G>) {
    gateway.undo(order(1)).await.expect("the gateway answers");
    assert_eq!(pay(&**gateway, 1).await, None);
    assert!(pay(&**gateway, 2).await.is_some());
}
