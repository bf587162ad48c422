//! A payment gateway in the program itself. **It charges nobody**: it remembers what it was asked to
//! take, and its payments say of themselves that they are none.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use castad_domain::{model::OrderId, port::PaymentGateway};
//! use castad_stand_ins::payments::{Fault, Payments};
//!
//! let gateway = Payments::new();
//! gateway.order([Fault::LosesTheAnswer]);
//! let order = OrderId::from_bits(7);
//! assert!(gateway.pay(order, 9_900).await.is_err());
//! assert!(gateway.look_up(order).await?.is_some(), "but it was taken");
//! # Ok(()) }
//! ```

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use castad_domain::{
    model::{OrderId, PaymentRef},
    port::{Payment, PaymentError, PaymentErrorKind, PaymentGateway},
};
use tokio::sync::Notify;

/// What goes wrong with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The money is not taken, and the payer is told so.
    Declines,
    /// Nothing is taken, and no answer comes.
    Fails,
    /// The money is taken, and no answer comes.
    LosesTheAnswer,
    /// The answer comes when it is told to, and so does the money.
    Hangs,
}

/// A gateway that charges nobody, with faults to order.
#[derive(Debug, Default)]
pub struct Payments {
    inside: Mutex<Inside>,
    go_on: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    kept: BTreeMap<OrderId, i64>,
    undone: BTreeSet<OrderId>,
    taken: Vec<(OrderId, i64)>,
    given_back: Vec<(OrderId, i64)>,
    faults: VecDeque<Fault>,
    asked: usize,
    silent: bool,
}

impl Payments {
    /// One that takes what it is asked to take.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Faults for the next payments, one each.
    pub fn order(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inside().faults.extend(faults);
    }

    /// Answers nothing at all from now on, or answers again.
    pub fn be_silent(&self, silent: bool) {
        self.inside().silent = silent;
    }

    /// Lets payments that hang go on.
    pub fn go_on(&self) {
        self.go_on.notify_waiters();
    }

    /// How often a payment was asked for.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.inside().asked
    }

    /// Every payment that would have been made, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<(OrderId, i64)> {
        self.inside().taken.clone()
    }

    /// Every payment that would have been given back, in order.
    #[must_use]
    pub fn given_back(&self) -> Vec<(OrderId, i64)> {
        self.inside().given_back.clone()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable<T>() -> Result<T, PaymentError> {
    Err(PaymentErrorKind::Unavailable.into())
}

fn reference(order: OrderId) -> PaymentRef {
    PaymentRef::new(format!("stand-in-charges-nobody-{order}"))
}

impl Inside {
    fn take(&mut self, order: OrderId, amount: i64) -> Payment {
        if self.undone.contains(&order) {
            return Payment::Declined("the order is closed".to_owned());
        }
        if self.kept.insert(order, amount).is_none() {
            self.taken.push((order, amount));
        }
        Payment::Paid(reference(order))
    }
}

#[async_trait]
impl PaymentGateway for Payments {
    async fn check(&self) -> Result<(), PaymentError> {
        if self.inside().silent { unavailable() } else { Ok(()) }
    }

    async fn pay(&self, order: OrderId, amount: i64) -> Result<Payment, PaymentError> {
        let (fault, told) = {
            let mut inside = self.inside();
            inside.asked += 1;
            if inside.silent {
                return unavailable();
            }
            (inside.faults.pop_front(), self.go_on.notified())
        };
        match fault {
            None => Ok(self.inside().take(order, amount)),
            Some(Fault::Declines) => Ok(Payment::Declined("the stand-in was told so".to_owned())),
            Some(Fault::Fails) => unavailable(),
            Some(Fault::LosesTheAnswer) => {
                self.inside().take(order, amount);
                unavailable()
            }
            Some(Fault::Hangs) => {
                told.await;
                Ok(self.inside().take(order, amount))
            }
        }
    }

    async fn look_up(&self, order: OrderId) -> Result<Option<PaymentRef>, PaymentError> {
        let inside = self.inside();
        if inside.silent {
            return unavailable();
        }
        Ok(inside.kept.contains_key(&order).then(|| reference(order)))
    }

    async fn undo(&self, order: OrderId) -> Result<(), PaymentError> {
        let mut inside = self.inside();
        if inside.silent {
            return unavailable();
        }
        if let Some(amount) = inside.kept.remove(&order) {
            inside.given_back.push((order, amount));
        }
        inside.undone.insert(order);
        Ok(())
    }
}
