use castad_domain::{
    model::{
        Campaign, CampaignId, CampaignMode, CampaignParts, CampaignTerms, Coupon, CouponId,
        CouponParts, CouponState, Discount, MemberId, Off, OfferName, OrderId,
    },
    port::{GivenCoupon, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::fault::corrupt;

macro_rules! campaign_columns {
    () => {
        "id, name, total, opens_at, off_kind, off_amount, minimum_order, valid_days, issued, \
         last_number, created_at, version, mode"
    };
}
pub(crate) use campaign_columns;

macro_rules! coupon_columns {
    () => {
        "id, campaign_id, member_id, number, off_kind, off_amount, minimum_order, state, order_id, \
         changed_at, issued_at, expires_at, version"
    };
}
pub(crate) use coupon_columns;

/// The columns of a discount.
pub(crate) fn off(discount: Discount) -> (&'static str, i64) {
    match discount.off() {
        Off::Percent(rate) => ("percent", rate),
        Off::Fixed(amount) => ("fixed", amount),
    }
}

fn discount(column: &'static str, kind: &str, amount: i64) -> Result<Discount, StoreError> {
    let off = match kind {
        "percent" => Off::Percent(amount),
        "fixed" => Off::Fixed(amount),
        _ => return Err(corrupt(column)),
    };
    Discount::new(off).map_err(|_| corrupt(column))
}

#[derive(sqlx::FromRow)]
pub(crate) struct CampaignRow {
    id: Uuid,
    name: String,
    total: i64,
    opens_at: DateTime<Utc>,
    off_kind: String,
    off_amount: i64,
    minimum_order: i64,
    valid_days: i64,
    issued: i64,
    last_number: i64,
    created_at: DateTime<Utc>,
    version: i64,
    mode: String,
}

impl CampaignRow {
    pub(crate) fn campaign(self) -> Result<Campaign, StoreError> {
        let terms = CampaignTerms {
            name: OfferName::parse(&self.name).map_err(|_| corrupt("campaigns.name"))?,
            total: self.total,
            opens_at: self.opens_at,
            discount: discount("campaigns.off_kind", &self.off_kind, self.off_amount)?,
            minimum_order: self.minimum_order,
            valid_days: self.valid_days,
            mode: CampaignMode::from_name(&self.mode).map_err(|_| corrupt("campaigns.mode"))?,
        };
        Ok(Campaign::restore(CampaignParts {
            id: CampaignId::from_bits(self.id.as_u128()),
            terms,
            issued: self.issued,
            last_number: self.last_number,
            created_at: self.created_at,
            version: self.version,
        }))
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct CouponRow {
    id: Uuid,
    campaign_id: Uuid,
    member_id: Uuid,
    number: i64,
    off_kind: String,
    off_amount: i64,
    minimum_order: i64,
    state: String,
    order_id: Option<Uuid>,
    changed_at: Option<DateTime<Utc>>,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    version: i64,
}

impl CouponRow {
    fn state(&self) -> Result<CouponState, StoreError> {
        match (self.state.as_str(), self.order_id, self.changed_at) {
            ("issued", None, None) => Ok(CouponState::Issued),
            ("used", Some(order), Some(at)) => {
                Ok(CouponState::Used { order: OrderId::from_bits(order.as_u128()), at })
            }
            ("revoked", None, Some(at)) => Ok(CouponState::Revoked { at }),
            ("expired", None, Some(at)) => Ok(CouponState::Expired { at }),
            _ => Err(corrupt("coupons.state")),
        }
    }

    pub(crate) fn coupon(self) -> Result<Coupon, StoreError> {
        Ok(Coupon::restore(CouponParts {
            id: CouponId::from_bits(self.id.as_u128()),
            campaign: CampaignId::from_bits(self.campaign_id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            number: self.number,
            discount: discount("coupons.off_kind", &self.off_kind, self.off_amount)?,
            minimum_order: self.minimum_order,
            state: self.state()?,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            version: self.version,
        }))
    }
}

/// The columns of a coupon's state, as they are written.
pub(crate) fn standing(state: CouponState) -> (Option<u128>, Option<DateTime<Utc>>) {
    match state {
        CouponState::Issued => (None, None),
        CouponState::Used { order, at } => (Some(order.to_bits()), Some(at)),
        CouponState::Revoked { at } | CouponState::Expired { at } => (None, Some(at)),
    }
}

/// A coupon and what its campaign is called.
#[derive(sqlx::FromRow)]
pub(crate) struct GivenRow {
    #[sqlx(flatten)]
    coupon: CouponRow,
    campaign_name: String,
}

impl GivenRow {
    pub(crate) fn given(self) -> Result<GivenCoupon, StoreError> {
        let campaign =
            OfferName::parse(&self.campaign_name).map_err(|_| corrupt("campaigns.name"))?;
        Ok(GivenCoupon { coupon: self.coupon.coupon()?, campaign })
    }
}
