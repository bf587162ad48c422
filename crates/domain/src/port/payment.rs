use async_trait::async_trait;

use super::{PaymentError, PaymentErrorKind};
use crate::model::{OrderId, PaymentRef};

/// What came of asking for money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// It was taken.
    Paid(PaymentRef),
    /// It was not, and that is certain; the reason may be shown.
    Declined(String),
}

/// Takes money for orders, and gives it back.
///
/// # Contract
///
/// * An order's id is its name here: whatever is asked for an order, and however often, money is
///   taken for it once at most.
/// * Every call ends, within a minute at the latest.
/// * An error says nothing about what was done: whoever gets one asks again.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Whether payments can be made at all; nothing is paid.
    ///
    /// # Errors
    ///
    /// [`PaymentError`] if they cannot.
    async fn check(&self) -> Result<(), PaymentError>;

    /// Takes money for an order.
    ///
    /// # Contract
    ///
    /// * An order that was paid is told as paid, under the same reference; nothing is taken again.
    /// * An order that was undone is declined.
    ///
    /// # Errors
    ///
    /// [`PaymentError`] when nobody can tell whether it was taken.
    async fn pay(&self, order: OrderId, amount: i64) -> Result<Payment, PaymentError>;

    /// What the payment of an order is called; `None` while none was made, and once it was undone.
    ///
    /// # Errors
    ///
    /// [`PaymentError`] when the gateway does not answer.
    async fn look_up(&self, order: OrderId) -> Result<Option<PaymentRef>, PaymentError>;

    /// Undoes the payment of an order.
    ///
    /// # Contract
    ///
    /// * Afterwards nothing is taken for the order and never will be: what was paid is given back,
    ///   and a payment that is under way or comes later is declined.
    /// * Doing it again changes nothing.
    ///
    /// # Errors
    ///
    /// [`PaymentError`] when nobody can tell whether it was undone.
    async fn undo(&self, order: OrderId) -> Result<(), PaymentError>;
}

/// Where payments are not set up.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPayments;

#[async_trait]
impl PaymentGateway for NoPayments {
    async fn check(&self) -> Result<(), PaymentError> {
        Err(PaymentErrorKind::NotSetUp.into())
    }

    async fn pay(&self, _: OrderId, _: i64) -> Result<Payment, PaymentError> {
        Err(PaymentErrorKind::NotSetUp.into())
    }

    async fn look_up(&self, _: OrderId) -> Result<Option<PaymentRef>, PaymentError> {
        Err(PaymentErrorKind::NotSetUp.into())
    }

    async fn undo(&self, _: OrderId) -> Result<(), PaymentError> {
        Err(PaymentErrorKind::NotSetUp.into())
    }
}
