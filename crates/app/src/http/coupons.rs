use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{
        Answer, Campaign, CampaignId, CampaignMode, CampaignTerms, Coupon, CouponId, CouponState,
        Discount, Off, OfferName,
    },
    port::GivenCoupon,
    usecase::{ClaimCoupon, Claimed, OpenCampaign, RevokeCoupon},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    App,
    access::{Admin, Who},
    asked::Asked,
    books::whole,
    claims::QueuedBody,
    docs::{Changed, CouponClaimed, Listed, PageParams, Revoked},
    form::{Form, whole as whole_number},
    params::{Id, Params},
    problem::Problem,
    shown::{listed, shown, text},
    views::{ListBody, time},
};

/// What a coupon takes off: one of the two.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = Discount)]
pub(super) struct DiscountBody {
    /// So many hundredths of the order, at most half of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100, example = 10)]
    percent: Option<i64>,
    /// So many won, at most half of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    fixed: Option<i64>,
}

impl From<Discount> for DiscountBody {
    fn from(discount: Discount) -> Self {
        match discount.off() {
            Off::Percent(rate) => Self { percent: Some(rate), fixed: None },
            Off::Fixed(amount) => Self { percent: None, fixed: Some(amount) },
        }
    }
}

/// A new campaign.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewCampaign {
    /// What it is called.
    #[schema(max_length = 80, example = "개업 기념")]
    name: String,
    /// How many coupons it has.
    #[schema(minimum = 1, maximum = 1_000_000, example = 100)]
    total: i64,
    /// When it opens; at once if nothing is said.
    #[schema(format = DateTime)]
    opens_at: Option<String>,
    /// What a coupon takes off.
    discount: DiscountBody,
    /// The least that an order must come to, in won.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 10_000)]
    minimum_order: i64,
    /// For how many days a coupon is good.
    #[schema(minimum = 1, maximum = 365, example = 30)]
    valid_days: i64,
    /// How coupons are given: `direct`, at once to who comes first, or `queue`, in the order of a
    /// line; `direct` if nothing is said.
    #[schema(example = "direct")]
    mode: Option<String>,
}

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(super) struct CampaignBody {
    id: String,
    name: String,
    /// How many coupons it has.
    total: i64,
    /// How many of them are left.
    remaining: i64,
    opens_at: String,
    discount: DiscountBody,
    minimum_order: i64,
    valid_days: i64,
    /// How coupons are given: `direct` or `queue`.
    mode: &'static str,
    created_at: String,
}

impl From<&Campaign> for CampaignBody {
    fn from(campaign: &Campaign) -> Self {
        let (parts, terms) = (campaign.parts(), &campaign.parts().terms);
        Self {
            id: parts.id.to_string(),
            name: terms.name.as_str().to_owned(),
            total: terms.total,
            remaining: campaign.remaining(),
            opens_at: time(terms.opens_at),
            discount: terms.discount.into(),
            minimum_order: terms.minimum_order,
            valid_days: terms.valid_days,
            mode: terms.mode.name(),
            created_at: time(parts.created_at),
        }
    }
}

/// A coupon that was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Claimed)]
pub(super) struct ClaimedBody {
    coupon_id: String,
    /// Its number among those of its campaign, from 1.
    number: i64,
    expires_at: String,
}

/// A coupon.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Coupon)]
pub(super) struct CouponBody {
    id: String,
    campaign_id: String,
    /// What the campaign is called; in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign_name: Option<String>,
    /// Its number among those of its campaign, from 1.
    number: i64,
    /// `issued`, `used`, `revoked` or `expired`.
    status: &'static str,
    discount: DiscountBody,
    /// The least that an order must come to, in won.
    minimum_order: i64,
    /// The order that it was used in.
    order_id: Option<String>,
    issued_at: String,
    expires_at: String,
}

impl CouponBody {
    /// A coupon of a list.
    fn given(given: &GivenCoupon, now: DateTime<Utc>) -> Self {
        let campaign_name = Some(given.campaign.as_str().to_owned());
        Self { campaign_name, ..Self::at(&given.coupon, now) }
    }

    /// A coupon as it stands at that time.
    fn at(coupon: &Coupon, now: DateTime<Utc>) -> Self {
        let (parts, state) = (coupon.parts(), coupon.state_at(now));
        let order = match state {
            CouponState::Used { order, .. } => Some(order.to_string()),
            CouponState::Issued | CouponState::Revoked { .. } | CouponState::Expired { .. } => None,
        };
        Self {
            id: parts.id.to_string(),
            campaign_id: parts.campaign.to_string(),
            campaign_name: None,
            number: parts.number,
            status: state.name(),
            discount: parts.discount.into(),
            minimum_order: parts.minimum_order,
            order_id: order,
            issued_at: time(parts.issued_at),
            expires_at: time(parts.expires_at),
        }
    }
}

fn discount(value: &Value) -> Result<Discount, String> {
    let fields = value.as_object().filter(|fields| fields.len() == 1);
    let off = match fields.and_then(|fields| fields.iter().next()) {
        Some((name, amount)) if name == "percent" => whole_number(amount).map(Off::Percent),
        Some((name, amount)) if name == "fixed" => whole_number(amount).map(Off::Fixed),
        _ => None,
    };
    let off = off.ok_or_else(|| "must be {\"percent\": n} or {\"fixed\": n}".to_owned())?;
    Discount::new(off).map_err(|refused| refused.to_string())
}

fn moment(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let read = DateTime::parse_from_rfc3339(text).ok();
    let micros = read.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()));
    micros.ok_or("must be a time such as 2026-05-01T00:00:00Z")
}

fn read_terms(mut form: Form, now: DateTime<Utc>) -> Result<CampaignTerms, Problem> {
    let name = form.required("name", OfferName::parse);
    let total = form.required_value("total", whole(CampaignTerms::total));
    let opens_at = form.optional("opens_at", moment);
    let discount = form.required_value("discount", discount);
    let minimum_order = form.required_value("minimum_order", whole(CampaignTerms::minimum_order));
    let valid_days = form.required_value("valid_days", whole(CampaignTerms::valid_days));
    let mode = form.optional("mode", CampaignMode::from_name).unwrap_or(CampaignMode::Direct);
    form.finish()?;
    let (Some(name), Some(total), Some(discount)) = (name, total, discount) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let (Some(minimum_order), Some(valid_days)) = (minimum_order, valid_days) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let opens_at = opens_at.unwrap_or(now);
    Ok(CampaignTerms { name, total, opens_at, discount, minimum_order, valid_days, mode })
}

/// Make a campaign (admins).
#[utoipa::path(
    post, path = "/v1/campaigns", operation_id = "open_campaign",
    tag = "coupons", request_body = NewCampaign,
    responses((status = 201, body = CampaignBody), Changed)
)]
pub(super) async fn open(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let terms = read_terms(asked.form()?, app.ports.clock.now())?;
    let by = asked.by();
    let answer = |campaign: &Campaign| Answer {
        status: 201,
        location: None,
        body: text(&CampaignBody::from(campaign)),
    };
    let order = OpenCampaign::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, terms, receipt)).await
}

/// Campaigns that are open and have coupons left, newest first.
#[utoipa::path(
    get, path = "/v1/campaigns", operation_id = "list_campaigns",
    tag = "coupons", params(PageParams),
    responses((status = 200, body = ListBody<CampaignBody>), Listed)
)]
pub(super) async fn campaigns(
    State(app): State<Arc<App>>,
    _: Who,
    params: Params,
) -> Result<Json<ListBody<CampaignBody>>, Problem> {
    let page = params.page(CampaignId::to_bits)?;
    let rows = app.ports.coupons.open_campaigns(app.ports.clock.now(), page).await?;
    Ok(listed(&rows, page, |campaign| campaign.parts().id.to_string()))
}

/// Ask for a coupon of a campaign: one for each member, to who comes first. A campaign whose `mode` is
/// `queue` gives you a place in its line instead, the same one until it is decided.
#[utoipa::path(
    post, path = "/v1/campaigns/{id}/claim", operation_id = "claim_coupon",
    tag = "coupons", params(("id" = String, Path)),
    responses(
        (status = 201, body = ClaimedBody),
        (status = 202, body = QueuedBody, headers(("Location" = String))),
        CouponClaimed,
    )
)]
pub(super) async fn claim(
    State(app): State<Arc<App>>,
    Id(id): Id<CampaignId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |claimed: &Claimed| match claimed {
        Claimed::Given(coupon) => {
            let parts = coupon.parts();
            let (coupon_id, expires_at) = (parts.id.to_string(), time(parts.expires_at));
            let body = text(&ClaimedBody { coupon_id, number: parts.number, expires_at });
            Answer { status: 201, location: None, body }
        }
        Claimed::Waits(request) => {
            let location = Some(format!("/v1/claims/{}", request.id));
            Answer { status: 202, location, body: text(&QueuedBody::from(request)) }
        }
    };
    let order = ClaimCoupon::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, receipt)).await
}

/// Your coupons, newest first.
#[utoipa::path(
    get, path = "/v1/coupons", operation_id = "list_coupons",
    tag = "coupons", params(PageParams),
    responses((status = 200, body = ListBody<CouponBody>), Listed)
)]
pub(super) async fn coupons(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<CouponBody>>, Problem> {
    let page = params.page(CouponId::to_bits)?;
    let (rows, now) =
        (app.ports.coupons.coupons(caller.member, page).await?, app.ports.clock.now());
    let id = |given: &GivenCoupon| given.coupon.parts().id.to_string();
    Ok(shown(&rows, page, id, |given| CouponBody::given(given, now)))
}

/// Take a coupon back that was not used (admins); somebody else may have one instead.
#[utoipa::path(
    post, path = "/v1/coupons/{id}/revoke", operation_id = "revoke_coupon",
    tag = "coupons", params(("id" = String, Path)),
    responses((status = 200, body = CouponBody), Revoked)
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(id): Id<CouponId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let (by, now) = (asked.by(), app.ports.clock.now());
    let answer = move |coupon: &Coupon| {
        let body = text(&CouponBody::at(coupon, now));
        Answer { status: 200, location: None, body }
    };
    let order = RevokeCoupon::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, id, receipt)).await
}
