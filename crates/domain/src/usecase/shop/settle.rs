use std::sync::Arc;

use super::{
    counter::{Counter, Done, ending, held, refused},
    pay::PayOrder,
};
use crate::{
    model::{Order, OrderId, OrderState},
    port::{Ports, ShopReader, StoreError, StoreErrorKind},
    usecase::{again::again, books::BooksError, sweep::sweep},
};

/// Ends orders that nobody paid for in time, and takes up those whose payment somebody began and
/// nobody ended.
#[derive(Clone)]
pub struct SettleOrders {
    counter: Counter,
    pay: PayOrder,
    reader: Arc<dyn ShopReader>,
}

impl SettleOrders {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        let (counter, pay) = (Counter::new(ports), PayOrder::new(ports));
        Self { counter, pay, reader: Arc::clone(&ports.shop) }
    }

    /// How many were ended or paid. Two that run at once end each order once.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if one or another could not be; the rest were.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let now = self.counter.office.now();
        let unpaid = |limit| self.reader.unpaid_orders(now, limit);
        let expired = sweep(unpaid, |id| self.expire(id)).await;
        if self.counter.payments.check().await.is_err() {
            return expired;
        }
        let doubtful = |limit| self.reader.doubtful_orders(now, limit);
        let settled = sweep(doubtful, |id| self.settle(id)).await;
        Ok(expired? + settled?)
    }

    async fn expire(&self, id: OrderId) -> Result<bool, StoreError> {
        counted(self.end(id).await)
    }

    /// The gateway is asked what became of a payment; one that was made buys its points, also if
    /// the order's time is over.
    async fn settle(&self, id: OrderId) -> Result<bool, StoreError> {
        counted(self.try_settle(id).await)
    }

    async fn try_settle(&self, id: OrderId) -> Done<bool> {
        let found = self.counter.office.begin().await?.shop().order(id).await?;
        let Some(order) = found else { return Ok(false) };
        if let OrderState::Paying { .. } = order.parts().state {
            let paid = self.counter.payments.look_up(id).await;
            if let Some(reference) = paid.map_err(refused)? {
                return self.pay.settle(id, &reference, None).await.map(|_| true);
            }
            return self.end(id).await;
        }
        // One that was paid since it was listed stays paid.
        if !order.is_closing() {
            return Ok(false);
        }
        self.counter.undo(id, None).await.map(|_| true)
    }

    async fn end(&self, id: OrderId) -> Done<bool> {
        match again(|| self.close(id)).await? {
            Some(order) if order.is_closing() => self.counter.undo(id, None).await.map(|_| true),
            closed => Ok(closed.is_some()),
        }
    }

    /// Ends an order that is due, or writes down that it is to be ended once the gateway has undone
    /// what it may have taken; `None` if it is not due.
    async fn close(&self, id: OrderId) -> Done<Option<Order>> {
        let mut unit = self.counter.office.begin().await?;
        let order = held(&mut *unit, id).await?;
        let Ok(next) = order.expired(self.counter.office.now()) else { return Ok(None) };
        let closed = if next.has_ended() {
            ending(&mut *unit, &next, &self.counter.office).await?
        } else {
            unit.shop().update_order(&next).await?;
            next.written()
        };
        unit.commit().await?;
        Ok(Some(closed))
    }
}

/// A refusal is an order that somebody else took up meanwhile, or a gateway that does not answer: it
/// is looked at again the next time.
fn counted(end: Done<bool>) -> Result<bool, StoreError> {
    match end {
        Ok(done) => Ok(done),
        Err(BooksError::Store(fault)) if fault.kind() != StoreErrorKind::Conflict => Err(fault),
        Err(
            BooksError::Store(_)
            | BooksError::Refused(_)
            | BooksError::Repeated
            | BooksError::Busy(_),
        ) => Ok(false),
    }
}
