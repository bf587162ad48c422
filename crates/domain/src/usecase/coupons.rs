//! Campaigns, and the coupons that they give to who comes first.

mod call;
mod claim;
mod expire;
mod open_campaign;
mod revoke;
mod serve;

use chrono::{DateTime, Utc};

pub use call::CallServers;
pub use claim::{ClaimCoupon, Claimed};
pub use expire::ExpireCoupons;
pub use open_campaign::OpenCampaign;
pub use revoke::{RevokeCoupon, RevokeRefusal};
pub use serve::ServeLine;

use super::office::told;
use crate::{
    model::{Coupon, CouponRequest, EventKind, RequestState},
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

/// Tells a member that their place in the line came to no coupon.
async fn tell_refused(
    unit: &mut dyn UnitOfWork,
    request: &CouponRequest,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let RequestState::Refused { why, .. } = request.state else { return Ok(()) };
    let data = [
        ("request_id", request.id.to_string().into()),
        ("campaign_id", request.campaign.to_string().into()),
        ("place", request.place.into()),
        ("reason", why.name().into()),
    ];
    let told = told(EventKind::CouponRefused, at, data);
    unit.events().append(request.member, &[told]).await
}
