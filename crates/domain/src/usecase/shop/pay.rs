use super::counter::{Counter, Done, ShopRefusal, held, refused, source, tell};
use crate::{
    model::{Credit, EventKind, LotKind, MemberId, Order, OrderId, PaymentRef},
    port::{Payment, Ports},
    usecase::{
        again::again,
        books::BooksError,
        receipt::{Receipt, keep},
    },
};

/// Pays for an order: the gateway takes the money, then the points are there.
///
/// * No unit is open while the gateway is called.
/// * That it will be asked is written down before: whoever finds the order so asks the gateway first
///   what became of it. The order's id names the payment there, so that it is made once.
/// * Points that could not be given are not paid for: that is tried before the gateway is asked.
#[derive(Clone)]
pub struct PayOrder {
    counter: Counter,
}

impl PayOrder {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { counter: Counter::new(ports) }
    }

    /// The order, paid.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it is not. After a payment that was declined, or whose fate
    /// nobody knows, paying again goes on where this ended.
    pub async fn run(
        &self,
        member: MemberId,
        id: OrderId,
        receipt: Option<Receipt<'_, Order>>,
    ) -> Result<Order, BooksError<ShopRefusal>> {
        let (payments, receipt) = (&self.counter.payments, receipt.as_ref());
        let order = self.counter.order(member, id).await?;
        if order.may_be_paid().is_ok()
            && let Some(reference) = payments.look_up(id).await.map_err(refused)?
        {
            return self.settle(id, &reference, receipt).await;
        }
        order.tried(self.counter.office.now()).map_err(refused)?;
        payments.check().await.map_err(refused)?;
        self.fits(&order).await?;

        let tried = again(|| self.write_down(id)).await?;
        match payments.pay(id, tried.amount()).await.map_err(refused)? {
            Payment::Paid(reference) => self.settle(id, &reference, receipt).await,
            Payment::Declined(reason) => {
                again(|| self.declined(&tried)).await?;
                Err(BooksError::Refused(ShopRefusal::Declined(reason)))
            }
        }
    }

    /// Writes down what the gateway took for an order.
    pub(super) async fn settle(
        &self,
        id: OrderId,
        reference: &PaymentRef,
        receipt: Option<&Receipt<'_, Order>>,
    ) -> Done<Order> {
        match again(|| self.record(id, reference, receipt)).await {
            Err(BooksError::Refused(refusal @ ShopRefusal::Points(_))) => {
                again(|| self.give_up(id)).await?;
                self.counter.undo(id, None).await?;
                Err(BooksError::Refused(refusal))
            }
            end => end,
        }
    }

    /// Gives the points in a unit that comes to nothing, to see that they could be given.
    async fn fits(&self, order: &Order) -> Done<()> {
        let mut unit = self.counter.office.begin().await?;
        let mut till = self.counter.cashier.till(&mut *unit, self.counter.office.now());
        let given = till.credit(order.parts().member, credit(order)).await;
        given.map(drop).map_err(|error| error.map(ShopRefusal::Points))
    }

    async fn write_down(&self, id: OrderId) -> Done<Order> {
        let mut unit = self.counter.office.begin().await?;
        let order = held(&mut *unit, id).await?;
        let tried = order.tried(self.counter.office.now()).map_err(refused)?;
        unit.shop().update_order(&tried).await?;
        unit.commit().await?;
        Ok(tried.written())
    }

    async fn record(
        &self,
        id: OrderId,
        reference: &PaymentRef,
        receipt: Option<&Receipt<'_, Order>>,
    ) -> Done<Order> {
        let (mut unit, now) = (self.counter.office.begin().await?, self.counter.office.now());
        let order = held(&mut *unit, id).await?;
        order.may_be_paid().map_err(refused)?;
        let member = order.parts().member;
        let mut till = self.counter.cashier.till(&mut *unit, now);
        let lot = till.credit(member, credit(&order)).await;
        let lot = lot.map_err(|error| error.map(ShopRefusal::Points))?;

        let paid = order.paid(reference.clone(), lot.id, now).map_err(refused)?;

        unit.shop().update_order(&paid).await?;
        tell(&mut *unit, EventKind::OrderPaid, &paid, &self.counter.office).await?;
        let paid = paid.written();
        keep(&mut *unit, member, receipt, &paid, now).await?;
        unit.commit().await?;
        Ok(paid)
    }

    /// Lets the order wait for its payment again, unless somebody else has taken it up since.
    async fn declined(&self, tried: &Order) -> Done<()> {
        let mut unit = self.counter.office.begin().await?;
        let order = held(&mut *unit, tried.parts().id).await?;
        if order != *tried {
            return Ok(());
        }
        let waiting = order.declined().map_err(refused)?;
        unit.shop().update_order(&waiting).await?;
        Ok(unit.commit().await?)
    }

    async fn give_up(&self, id: OrderId) -> Done<()> {
        let (mut unit, now) = (self.counter.office.begin().await?, self.counter.office.now());
        let order = held(&mut *unit, id).await?;
        let closing = order.given_up(now).map_err(refused)?;
        unit.shop().update_order(&closing).await?;
        Ok(unit.commit().await?)
    }
}

fn credit(order: &Order) -> Credit {
    let parts = order.parts();
    let source = source(parts.id);
    Credit { kind: LotKind::Charge, amount: parts.points, lifetime: None, source }
}
