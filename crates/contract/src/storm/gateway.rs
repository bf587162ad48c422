use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{OrderId, PaymentRef},
    port::{Payment, PaymentError, PaymentErrorKind, PaymentGateway},
};

use super::dice::Dice;
use crate::{Purse, suite::let_others_run};

/// A gateway on a bad day: it is away, hangs, loses what it was asked or what it answers, is asked
/// twice, and declines; what it did it did.
pub(super) struct Fickle {
    pub(super) purse: Purse,
    dice: Mutex<Dice>,
    calm: AtomicBool,
}

/// What is wrong with a call.
enum Trouble {
    None,
    LosesRequest,
    LosesAnswer,
    Hangs,
    Twice,
}

impl Fickle {
    pub(super) fn new(dice: Dice) -> Arc<Self> {
        let (purse, dice) = (Purse::default(), Mutex::new(dice));
        Arc::new(Self { purse, dice, calm: AtomicBool::new(false) })
    }

    /// Does what it is asked from now on.
    pub(super) fn calm_down(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    fn once_in(&self, many: u64) -> bool {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.once_in(many) && !self.calm.load(Ordering::SeqCst)
    }

    fn trouble(&self) -> Trouble {
        if self.calm.load(Ordering::SeqCst) {
            return Trouble::None;
        }
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        match dice.below(12) {
            0 => Trouble::LosesRequest,
            1 => Trouble::LosesAnswer,
            2 => Trouble::Hangs,
            3 => Trouble::Twice,
            _ => Trouble::None,
        }
    }
}

/// Asks once, or what becomes of that on a bad day.
macro_rules! ask {
    ($self:ident, $call:expr) => {
        match $self.trouble() {
            Trouble::None => $call.await,
            Trouble::LosesRequest => away(),
            Trouble::LosesAnswer => {
                $call.await?;
                away()
            }
            Trouble::Hangs => {
                hang().await;
                $call.await
            }
            Trouble::Twice => {
                $call.await?;
                $call.await
            }
        }
    };
}

fn away<T>() -> Result<T, PaymentError> {
    Err(PaymentErrorKind::Unavailable.into())
}

#[async_trait]
impl PaymentGateway for Fickle {
    async fn check(&self) -> Result<(), PaymentError> {
        if self.once_in(20) { away() } else { Ok(()) }
    }

    async fn pay(&self, order: OrderId, amount: i64) -> Result<Payment, PaymentError> {
        if self.once_in(8) && self.purse.look_up(order).await?.is_none() {
            return Ok(Payment::Declined("not today".to_owned()));
        }
        ask!(self, self.purse.pay(order, amount))
    }

    async fn look_up(&self, order: OrderId) -> Result<Option<PaymentRef>, PaymentError> {
        if self.once_in(10) { away() } else { self.purse.look_up(order).await }
    }

    async fn undo(&self, order: OrderId) -> Result<(), PaymentError> {
        ask!(self, self.purse.undo(order))
    }
}

async fn hang() {
    for _ in 0..50 {
        let_others_run().await;
    }
}
