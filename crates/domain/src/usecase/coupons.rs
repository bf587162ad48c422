//! Campaigns, and the coupons that they give to who comes first.

mod claim;
mod expire;
mod open_campaign;
mod revoke;

use chrono::{DateTime, Utc};

pub use claim::ClaimCoupon;
pub use expire::ExpireCoupons;
pub use open_campaign::OpenCampaign;
pub use revoke::{RevokeCoupon, RevokeRefusal};

use super::office::told;
use crate::{
    model::{Coupon, EventKind},
    port::{StoreError, UnitOfWork},
};

/// Tells a coupon's member what happened to it.
pub(super) async fn tell(
    unit: &mut dyn UnitOfWork,
    kind: EventKind,
    coupon: &Coupon,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let parts = coupon.parts();
    let data = [
        ("coupon_id", parts.id.to_string().into()),
        ("campaign_id", parts.campaign.to_string().into()),
        ("number", parts.number.into()),
    ];
    unit.events().append(parts.member, &[told(kind, at, data)]).await
}
