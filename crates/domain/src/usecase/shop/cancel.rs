use super::counter::{Counter, Done, ShopRefusal, ending, held, refused};
use crate::{
    model::{MemberId, Order, OrderId, OrderState},
    port::Ports,
    usecase::{
        again::again,
        books::BooksError,
        receipt::{Receipt, keep},
    },
};

/// Ends an order: its packs, its coupon and what was paid go back.
///
/// Points that it bought are taken back before the gateway is asked to give the money back, so that
/// nobody has both.
#[derive(Clone)]
pub struct CancelOrder {
    counter: Counter,
}

impl CancelOrder {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { counter: Counter::new(ports) }
    }

    /// The order, ended.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it goes on. Where the gateway does not answer the order is
    /// being ended, and canceling it again goes on where this ended.
    pub async fn run(
        &self,
        member: MemberId,
        id: OrderId,
        receipt: Option<Receipt<'_, Order>>,
    ) -> Result<Order, BooksError<ShopRefusal>> {
        let order = self.counter.order(member, id).await?;
        order.canceled(self.counter.office.now()).map_err(refused)?;
        if order.parts().attempted {
            self.counter.payments.check().await.map_err(refused)?;
        }
        let order = again(|| self.close(id, receipt.as_ref())).await?;
        if order.has_ended() {
            return Ok(order);
        }
        self.counter.undo(id, receipt.as_ref()).await
    }

    async fn close(&self, id: OrderId, receipt: Option<&Receipt<'_, Order>>) -> Done<Order> {
        let (mut unit, now) = (self.counter.office.begin().await?, self.counter.office.now());
        let order = held(&mut *unit, id).await?;
        if order.is_closing() {
            return Ok(order);
        }
        let member = order.parts().member;
        let next = order.canceled(now).map_err(refused)?;
        if let OrderState::Paid { lot, .. } = order.parts().state {
            let mut till = self.counter.cashier.till(&mut *unit, now);
            let taken = till.take_back(member, lot).await;
            taken.map_err(|error| error.map(ShopRefusal::Points))?;
        }
        let next = if next.has_ended() {
            let ended = ending(&mut *unit, &next, &self.counter.office).await?;
            keep(&mut *unit, member, receipt, &ended, now).await?;
            ended
        } else {
            unit.shop().update_order(&next).await?;
            next.written()
        };
        unit.commit().await?;
        Ok(next)
    }
}
