use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use castad_domain::{
    model::{OrderId, PaymentRef},
    port::{Payment, PaymentError, PaymentGateway},
};

use crate::suite::let_others_run;

/// A gateway that takes money from nobody and counts what it would have taken.
#[derive(Debug, Default)]
pub struct Purse(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    paid: BTreeMap<OrderId, i64>,
    undone: BTreeSet<OrderId>,
    taken: i64,
    declining: bool,
}

impl Purse {
    /// Declines from now on, or no longer.
    pub fn decline(&self, declining: bool) {
        self.inside().declining = declining;
    }

    /// All that was ever taken, whether it was given back or not.
    #[must_use]
    pub fn taken(&self) -> i64 {
        self.inside().taken
    }

    /// What was taken and not given back.
    #[must_use]
    pub fn kept(&self) -> i64 {
        self.inside().paid.values().sum()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PaymentGateway for Purse {
    async fn check(&self) -> Result<(), PaymentError> {
        Ok(())
    }

    async fn pay(&self, order: OrderId, amount: i64) -> Result<Payment, PaymentError> {
        let_others_run().await;
        let mut inside = self.inside();
        if inside.undone.contains(&order) || inside.declining && !inside.paid.contains_key(&order) {
            return Ok(Payment::Declined("the purse stays shut".to_owned()));
        }
        if inside.paid.insert(order, amount).is_none() {
            inside.taken += amount;
        }
        Ok(Payment::Paid(PaymentRef::new(format!("purse-{order}"))))
    }

    async fn look_up(&self, order: OrderId) -> Result<Option<PaymentRef>, PaymentError> {
        let_others_run().await;
        let paid = self.inside().paid.contains_key(&order);
        Ok(paid.then(|| PaymentRef::new(format!("purse-{order}"))))
    }

    async fn undo(&self, order: OrderId) -> Result<(), PaymentError> {
        let_others_run().await;
        let mut inside = self.inside();
        inside.paid.remove(&order);
        inside.undone.insert(order);
        Ok(())
    }
}
