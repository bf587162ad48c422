use std::sync::Arc;

use crate::{
    model::{
        CouponRefusal, EventKind, IllegalTransition, MemberId, Order, OrderId, OrderNumber,
        OrderRefusal, PointsRefusal,
    },
    port::{PaymentError, PaymentGateway, Ports, StoreError, StoreErrorKind, UnitOfWork},
    usecase::{
        again::again,
        books::BooksError,
        coupons,
        office::{Office, told},
        points::till::Cashier,
        receipt::{Receipt, keep},
    },
};

/// Why an order is not taken, paid for or ended.
#[derive(Debug, thiserror::Error)]
pub enum ShopRefusal {
    /// The member has no such order.
    #[error("there is no such order")]
    NoOrder,
    /// There is no such pack.
    #[error("there is no such pack")]
    NoPack,
    /// The member has no such coupon.
    #[error("there is no such coupon")]
    NoCoupon,
    /// The order does not allow it.
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    /// The points do not allow it; nothing was taken, or it is given back.
    #[error(transparent)]
    Points(PointsRefusal),
    /// The gateway took no money.
    #[error("the payment was declined: {0}")]
    Declined(String),
    /// The gateway does not answer, or there is none.
    #[error(transparent)]
    Payments(#[from] PaymentError),
}

impl From<IllegalTransition> for ShopRefusal {
    fn from(refused: IllegalTransition) -> Self {
        Self::Order(refused.into())
    }
}

impl From<CouponRefusal> for ShopRefusal {
    fn from(refused: CouponRefusal) -> Self {
        Self::Order(refused.into())
    }
}

pub(super) type Done<T> = Result<T, BooksError<ShopRefusal>>;

/// A refusal as the end of a use case.
pub(super) fn refused<T: Into<ShopRefusal>>(why: T) -> BooksError<ShopRefusal> {
    BooksError::Refused(why.into())
}

/// Where orders are decided: what they all have in common.
#[derive(Clone)]
pub(super) struct Counter {
    pub(super) office: Office,
    pub(super) cashier: Cashier,
    pub(super) payments: Arc<dyn PaymentGateway>,
}

impl Counter {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            office: Office::new(ports),
            cashier: Cashier::new(ports),
            payments: Arc::clone(&ports.payments),
        }
    }

    /// A member's order as it stands.
    pub(super) async fn order(&self, member: MemberId, id: OrderId) -> Done<Order> {
        let found = self.office.begin().await?.shop().order(id).await?;
        let mine = found.filter(|order| order.parts().member == member);
        mine.ok_or(BooksError::Refused(ShopRefusal::NoOrder))
    }

    /// Lets the gateway undo what it may have taken for an order that is being ended, and ends it.
    /// Whoever does it again, or after somebody else, changes nothing.
    pub(super) async fn undo(
        &self,
        id: OrderId,
        receipt: Option<&Receipt<'_, Order>>,
    ) -> Done<Order> {
        self.payments.undo(id).await.map_err(refused)?;
        again(|| self.end(id, receipt)).await
    }

    async fn end(&self, id: OrderId, receipt: Option<&Receipt<'_, Order>>) -> Done<Order> {
        let (mut unit, now) = (self.office.begin().await?, self.office.now());
        let order = held(&mut *unit, id).await?;
        let member = order.parts().member;
        let order = match order.undone(now) {
            Ok(ended) => ending(&mut *unit, &ended, &self.office).await?,
            Err(_) if order.has_ended() => order,
            Err(refusal) => return Err(refused(refusal)),
        };
        keep(&mut *unit, member, receipt, &order, now).await?;
        unit.commit().await?;
        Ok(order)
    }
}

/// An order that nobody else changes until the unit ends.
pub(super) async fn held(unit: &mut dyn UnitOfWork, id: OrderId) -> Done<Order> {
    let order = unit.shop().hold_order(id).await?;
    order.ok_or(BooksError::Refused(ShopRefusal::NoOrder))
}

/// Writes an order down that has just ended: its packs go back to the stock and its coupon to its
/// member, once, because only one can write that it ended.
pub(super) async fn ending(
    unit: &mut dyn UnitOfWork,
    ended: &Order,
    office: &Office,
) -> Done<Order> {
    let (parts, now) = (ended.parts(), office.now());
    unit.shop().update_order(ended).await?;
    if parts.reserved > 0
        && let Some(pack) = unit.shop().hold_pack(parts.pack).await?
    {
        unit.shop().update_pack(&pack.with_more(parts.reserved)).await?;
    }
    if let Some(id) = parts.coupon {
        let coupon = unit.coupons().coupon(id).await?;
        let coupon = coupon.ok_or_else(|| StoreError::new(StoreErrorKind::Corrupt))?;
        let returned = coupon
            .returned(parts.id)
            .map_err(|refusal| StoreError::new(StoreErrorKind::Corrupt).with_source(refusal))?;
        unit.coupons().update_coupon(&returned).await?;
        coupons::tell(unit, EventKind::CouponReturned, &returned, now).await?;
    }
    let expired = parts.state.name() == "expired";
    let kind = if expired { EventKind::OrderExpired } else { EventKind::OrderCanceled };
    tell(unit, kind, ended, office).await?;
    Ok(ended.clone().written())
}

/// Tells an order's member what happened to it.
pub(super) async fn tell(
    unit: &mut dyn UnitOfWork,
    kind: EventKind,
    order: &Order,
    office: &Office,
) -> Result<(), StoreError> {
    let parts = order.parts();
    let data = [
        ("order_id", parts.id.to_string().into()),
        ("pack_id", parts.pack.to_string().into()),
        ("quantity", parts.quantity.into()),
        ("points", parts.points.into()),
        ("amount", order.amount().into()),
    ];
    unit.events().append(parts.member, &[told(kind, office.now(), data)]).await
}

/// What the points of an order are said to come from.
pub(super) fn source(order: OrderId) -> Option<OrderNumber> {
    OrderNumber::parse(&order.to_string()).ok()
}
