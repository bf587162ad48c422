//! Places in the line of a campaign that gives its coupons in order.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use castad_domain::{
    model::{CouponRequest, CouponRequestId, Declined, MemberId, RequestState},
    port::{StoodInLine, StoreError},
};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    access::Who,
    asked::{applied, patience},
    docs::{Found, WaitParams},
    params::{Id, NoParams},
    problem::Problem,
    shown::until,
    views::time,
};

/// A place in the line, as it is given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queued)]
pub(super) struct QueuedBody {
    /// Look at it under `/v1/claims/{request_id}`.
    request_id: String,
    /// The how many-th you are, counted from 1 in the order in which places were given.
    place: i64,
    /// `waiting`.
    status: &'static str,
}

impl From<&CouponRequest> for QueuedBody {
    fn from(request: &CouponRequest) -> Self {
        let (request_id, status) = (request.id.to_string(), request.state.name());
        Self { request_id, place: request.place, status }
    }
}

/// Why a claim came to nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClaimReason)]
pub(super) struct ReasonBody {
    /// `sold_out` or `already_issued`.
    code: &'static str,
    text: String,
}

impl From<Declined> for ReasonBody {
    fn from(why: Declined) -> Self {
        Self { code: why.name(), text: why.to_string() }
    }
}

/// A claim that was given a place, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Claim)]
pub(super) struct ClaimBody {
    request_id: String,
    campaign_id: String,
    /// `waiting`, `issued` or `refused`.
    status: &'static str,
    /// The how many-th you are, counted from 1 in the order in which places were given.
    place: i64,
    /// How many wait before you; while you wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead: Option<i64>,
    /// Your coupon, once it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon_id: Option<String>,
    /// Its number among those of its campaign, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    /// Until when it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// Why there is none, if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonBody>,
    asked_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
}

impl From<StoodInLine> for ClaimBody {
    fn from(StoodInLine { request, ahead, given }: StoodInLine) -> Self {
        let (coupon, reason) = match request.state {
            RequestState::Waiting => (None, None),
            RequestState::Issued { coupon, .. } => (Some(coupon.to_string()), None),
            RequestState::Refused { why, .. } => (None, Some(why.into())),
        };
        Self {
            request_id: request.id.to_string(),
            campaign_id: request.campaign.to_string(),
            status: request.state.name(),
            place: request.place,
            ahead,
            coupon_id: coupon,
            number: given.map(|given| given.number),
            expires_at: given.map(|given| time(given.expires_at)),
            reason,
            asked_at: time(request.asked_at),
            decided_at: request.state.decided_at().map(time),
        }
    }
}

/// What became of your claim where a campaign gives its coupons in order; for a week after it was
/// decided. With `Prefer: wait` the answer is held back until it is decided.
#[utoipa::path(
    get, path = "/v1/claims/{request_id}", operation_id = "show_claim",
    tag = "coupons",
    params(("request_id" = String, Path), WaitParams),
    responses((status = 200, body = ClaimBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<CouponRequestId>,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let patience = patience(&headers);
    let stood = look(&app, caller.member, id, patience.unwrap_or_default()).await?;
    let body = Json(ClaimBody::from(stood.ok_or_else(Problem::not_found)?));
    Ok((patience.and_then(applied).map(|header| [header]), body).into_response())
}

/// Where the claim stands, once it is decided or the caller's patience is over.
async fn look(
    app: &App,
    of: MemberId,
    id: CouponRequestId,
    patience: TimeDelta,
) -> Result<Option<StoodInLine>, StoreError> {
    let waits = |stood: &Option<StoodInLine>| {
        stood.as_ref().is_some_and(|stood| stood.request.state == RequestState::Waiting)
    };
    until(app, patience, || app.ports.coupons.stood_in_line(of, id), waits).await
}
