use castad_domain::{
    model::{
        CampaignId, CouponId, CouponLine, CouponRequest, CouponRequestId, Declined, MemberId,
        RequestState,
    },
    port::{NumberedCoupon, StoodInLine, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::fault::corrupt;

macro_rules! request_columns {
    () => {
        "r.id, r.campaign_id, r.member_id, r.place, r.state, r.coupon_id, r.reason, r.asked_at, \
         r.decided_at"
    };
}
pub(crate) use request_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct LineRow {
    campaign_id: Uuid,
    opens_at: DateTime<Utc>,
    last_place: i64,
    called: bool,
}

impl LineRow {
    pub(crate) fn line(self) -> CouponLine {
        CouponLine {
            campaign: CampaignId::from_bits(self.campaign_id.as_u128()),
            opens_at: self.opens_at,
            last_place: self.last_place,
            called: self.called,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct RequestRow {
    id: Uuid,
    campaign_id: Uuid,
    member_id: Uuid,
    place: i64,
    state: String,
    coupon_id: Option<Uuid>,
    reason: Option<String>,
    asked_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
}

impl RequestRow {
    fn state(&self) -> Result<RequestState, StoreError> {
        match (self.state.as_str(), self.coupon_id, &self.reason, self.decided_at) {
            ("waiting", None, None, None) => Ok(RequestState::Waiting),
            ("issued", Some(coupon), None, Some(at)) => {
                Ok(RequestState::Issued { coupon: CouponId::from_bits(coupon.as_u128()), at })
            }
            ("refused", None, Some(why), Some(at)) => {
                let why = Declined::from_name(why);
                let why = why.map_err(|_| corrupt("coupon_requests.reason"))?;
                Ok(RequestState::Refused { why, at })
            }
            _ => Err(corrupt("coupon_requests.state")),
        }
    }

    pub(crate) fn request(self) -> Result<CouponRequest, StoreError> {
        Ok(CouponRequest {
            id: CouponRequestId::from_bits(self.id.as_u128()),
            campaign: CampaignId::from_bits(self.campaign_id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            place: self.place,
            state: self.state()?,
            asked_at: self.asked_at,
        })
    }
}

/// The columns of a request's state, as they are written: the coupon, the reason, and when.
pub(crate) fn standing(
    state: RequestState,
) -> (Option<u128>, Option<&'static str>, Option<DateTime<Utc>>) {
    match state {
        RequestState::Waiting => (None, None, None),
        RequestState::Issued { coupon, at } => (Some(coupon.to_bits()), None, Some(at)),
        RequestState::Refused { why, at } => (None, Some(why.name()), Some(at)),
    }
}

/// A request, what it got, and how many wait before it.
#[derive(sqlx::FromRow)]
pub(crate) struct StoodRow {
    #[sqlx(flatten)]
    request: RequestRow,
    coupon_number: Option<i64>,
    coupon_expires: Option<DateTime<Utc>>,
    ahead: Option<i64>,
}

impl StoodRow {
    pub(crate) fn stood(self) -> Result<StoodInLine, StoreError> {
        let request = self.request.request()?;
        let waits = request.state == RequestState::Waiting;
        let given = self.coupon_number.zip(self.coupon_expires);
        let given = given.map(|(number, expires_at)| NumberedCoupon { number, expires_at });
        Ok(StoodInLine { request, ahead: self.ahead.filter(|_| waits), given })
    }
}
