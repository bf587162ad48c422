use castad_domain::{
    model::{
        CouponId, Ending, LotId, MemberId, OfferName, Order, OrderId, OrderParts, OrderState, Pack,
        PackId, PackParts, PackTerms, PaymentRef,
    },
    port::StoreError,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::bits;
use crate::fault::corrupt;

macro_rules! pack_columns {
    () => {
        "id, name, points, price, stock, hot, created_at, version"
    };
}
pub(crate) use pack_columns;

macro_rules! order_columns {
    () => {
        "id, member_id, pack_id, quantity, points, total, discount, coupon_id, reserved, state, \
         changed_at, payment, lot_id, ending, attempted, created_at, expires_at, version"
    };
}
pub(crate) use order_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct PackRow {
    id: Uuid,
    name: String,
    points: i64,
    price: i64,
    stock: Option<i64>,
    hot: bool,
    created_at: DateTime<Utc>,
    version: i64,
}

impl PackRow {
    pub(crate) fn pack(self) -> Result<Pack, StoreError> {
        let terms = PackTerms {
            name: OfferName::parse(&self.name).map_err(|_| corrupt("packs.name"))?,
            points: self.points,
            price: self.price,
            stock: self.stock,
            hot: self.hot,
        };
        let (created_at, version) = (self.created_at, self.version);
        let id = PackId::from_bits(self.id.as_u128());
        Ok(Pack::restore(PackParts { id, terms, created_at, version }))
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct OrderRow {
    id: Uuid,
    member_id: Uuid,
    pack_id: Uuid,
    quantity: i64,
    points: i64,
    total: i64,
    discount: i64,
    coupon_id: Option<Uuid>,
    reserved: i64,
    state: String,
    changed_at: Option<DateTime<Utc>>,
    payment: Option<String>,
    lot_id: Option<Uuid>,
    ending: Option<String>,
    attempted: bool,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    version: i64,
}

impl OrderRow {
    fn state(&self) -> Result<OrderState, StoreError> {
        let paid = self.payment.as_deref().zip(self.lot_id);
        match (self.state.as_str(), self.changed_at, paid, self.ending.as_deref()) {
            ("pending", None, None, None) => Ok(OrderState::Pending),
            ("paying", Some(since), None, None) => Ok(OrderState::Paying { since }),
            ("paid", Some(at), Some((reference, lot)), None) => {
                let (reference, lot) =
                    (PaymentRef::new(reference), LotId::from_bits(lot.as_u128()));
                Ok(OrderState::Paid { at, reference, lot })
            }
            ("closing", Some(since), None, Some("expired")) => {
                Ok(OrderState::Closing { to: Ending::Expired, since })
            }
            ("closing", Some(since), None, Some("canceled")) => {
                Ok(OrderState::Closing { to: Ending::Canceled, since })
            }
            ("expired", Some(at), None, None) => Ok(OrderState::Expired { at }),
            ("canceled", Some(at), None, None) => Ok(OrderState::Canceled { at }),
            _ => Err(corrupt("orders.state")),
        }
    }

    pub(crate) fn order(self) -> Result<Order, StoreError> {
        let state = self.state()?;
        Ok(Order::restore(OrderParts {
            id: OrderId::from_bits(self.id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            pack: PackId::from_bits(self.pack_id.as_u128()),
            quantity: self.quantity,
            points: self.points,
            total: self.total,
            discount: self.discount,
            coupon: self.coupon_id.map(|id| CouponId::from_bits(id.as_u128())),
            reserved: self.reserved,
            state,
            attempted: self.attempted,
            created_at: self.created_at,
            expires_at: self.expires_at,
            version: self.version,
        }))
    }
}

/// The columns of an order's state, as they are written.
#[derive(Default)]
pub(crate) struct OrderWrite<'a> {
    pub(crate) changed_at: Option<DateTime<Utc>>,
    pub(crate) payment: Option<&'a str>,
    pub(crate) lot: Option<Uuid>,
    pub(crate) ending: Option<&'static str>,
}

impl<'a> OrderWrite<'a> {
    pub(crate) fn of(state: &'a OrderState) -> Self {
        let changed = |at: &DateTime<Utc>| Self { changed_at: Some(*at), ..Self::default() };
        match state {
            OrderState::Pending => Self::default(),
            OrderState::Paying { since } => changed(since),
            OrderState::Paid { at, reference, lot } => {
                let (payment, lot) = (Some(reference.as_str()), Some(bits(lot.to_bits())));
                Self { payment, lot, ..changed(at) }
            }
            OrderState::Closing { to: Ending::Expired, since } => {
                Self { ending: Some("expired"), ..changed(since) }
            }
            OrderState::Closing { to: Ending::Canceled, since } => {
                Self { ending: Some("canceled"), ..changed(since) }
            }
            OrderState::Expired { at } | OrderState::Canceled { at } => changed(at),
        }
    }
}
