use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, Hold, HoldId, HoldRefusal, SlotId, TicketRefusal, VideoId},
    usecase::{BookOrder, BookSlot, CancelBooking, GiveBackSlot, HoldOrder, HoldSlot, SlotRefusal},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App,
    access::Who,
    asked::Asked,
    docs::{Booked, Found, Held, Listed, PageParams, QueueParams, Released},
    params::{Id, NoParams, Params},
    problem::{Code, Problem},
    shown::{self, shown},
    views::{HoldBody, ListBody},
};

/// What is to be broadcast.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct Payment {
    /// A video of yours that is ready.
    video_id: String,
}

impl From<SlotRefusal> for Problem {
    fn from(refusal: SlotRefusal) -> Self {
        let code = match &refusal {
            SlotRefusal::Plan(refused) => return refused.clone().into(),
            SlotRefusal::Points(refused) => return refused.clone().into(),
            SlotRefusal::NoChannel
            | SlotRefusal::NoSlot
            | SlotRefusal::NoHold
            | SlotRefusal::NoVideo => return Self::not_found(),
            SlotRefusal::NotOnAir(_) => return Self::invalid_at("/date", refusal.to_string()),
            SlotRefusal::NoQueue
            | SlotRefusal::Hold(HoldRefusal::State(_) | HoldRefusal::DayBegun(_)) => Code::NotNow,
            SlotRefusal::Unavailable => Code::SlotUnavailable,
            SlotRefusal::DayOver(_) => Code::SlotOver,
            SlotRefusal::TooManyHolds => Code::TooManyHolds,
            SlotRefusal::Hold(HoldRefusal::Over) => Code::HoldExpired,
            SlotRefusal::VideoNotReady => Code::VideoNotReady,
            SlotRefusal::VideoFailed(failure) => return Self::failed(failure),
            SlotRefusal::VideoCanceled => Code::StageCanceled,
            SlotRefusal::Ticket(TicketRefusal::Invalid) => Code::QueueTokenInvalid,
            SlotRefusal::Ticket(TicketRefusal::Waiting) => Code::QueueTokenWaiting,
        };
        Self::new(code, refusal.to_string())
    }
}

fn shown_as(status: u16, hold: &Hold) -> Answer {
    let location = Some(format!("/v1/holds/{}", hold.id));
    Answer { status, location, body: shown::text(&HoldBody::new(hold)) }
}

/// The time, and the day that it is where ads are on air.
fn today(app: &App) -> (DateTime<Utc>, NaiveDate) {
    let now = app.ports.clock.now();
    (now, app.ports.calendar.day(now))
}

/// Keep a slot for five minutes.
#[utoipa::path(
    post, path = "/v1/slots/{id}/hold", operation_id = "hold_slot",
    tag = "slots", params(("id" = String, Path),
        QueueParams),
    responses((status = 201, body = HoldBody, headers(("Location" = String))), Held)
)]
pub(super) async fn hold(
    State(app): State<Arc<App>>,
    Id(slot): Id<SlotId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let order = HoldOrder { member: asked.caller.member, slot, token: asked.queue_token() };
    let answer = |hold: &Hold| shown_as(201, hold);
    let holding = HoldSlot::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| holding.run(order, receipt)).await
}

/// Your holds and bookings, newest first.
#[utoipa::path(
    get, path = "/v1/holds", operation_id = "list_holds",
    tag = "slots", params(PageParams),
    responses((status = 200, body = ListBody<HoldBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<HoldBody>>, Problem> {
    let page = params.page(HoldId::to_bits)?;
    let bookings = app.ports.slots.bookings(caller.member, page).await?;
    let now = today(&app);
    let body = |booking: &_| HoldBody::of(booking, now);
    Ok(shown(&bookings, page, |booking| booking.hold.id.to_string(), body))
}

/// One hold or booking.
#[utoipa::path(
    get, path = "/v1/holds/{id}", operation_id = "show_hold",
    tag = "slots", params(("id" = String, Path)),
    responses((status = 200, body = HoldBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<HoldId>,
    _: NoParams,
) -> Result<Json<HoldBody>, Problem> {
    let booking = app.ports.slots.booking(caller.member, id).await?;
    let booking = booking.ok_or_else(Problem::not_found)?;
    Ok(Json(HoldBody::of(&booking, today(&app))))
}

/// Give a slot back that is not paid. One that was over before is fine; a booking is canceled
/// instead.
#[utoipa::path(
    delete, path = "/v1/holds/{id}", operation_id = "give_back_slot",
    tag = "slots", params(("id" = String, Path)),
    responses((status = 204), Released)
)]
pub(super) async fn give_back(
    State(app): State<Arc<App>>,
    Id(id): Id<HoldId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |_: &Hold| Answer { status: 204, location: None, body: String::new() };
    let order = GiveBackSlot::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, receipt)).await
}

/// Book the slot: pay it with points.
#[utoipa::path(
    post, path = "/v1/holds/{id}/pay", operation_id = "pay_hold",
    tag = "slots", request_body = Payment,
    params(("id" = String, Path),
        QueueParams),
    responses((status = 200, body = HoldBody, headers(("Location" = String))), Booked)
)]
pub(super) async fn pay(
    State(app): State<Arc<App>>,
    Id(hold): Id<HoldId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let video = form.required("video_id", |text| Ok::<_, &str>(text.parse::<VideoId>().ok()));
    form.finish()?;
    let video = video.flatten().ok_or_else(Problem::not_found)?;
    let order = BookOrder { member: asked.caller.member, hold, video, token: asked.queue_token() };
    let answer = |hold: &Hold| shown_as(200, hold);
    let booking = BookSlot::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| booking.run(order, receipt)).await
}

/// Cancel a booking before its day: the points come back, once.
#[utoipa::path(
    post, path = "/v1/holds/{id}/cancel", operation_id = "cancel_booking",
    tag = "slots", params(("id" = String, Path)),
    responses((status = 200, body = HoldBody), Released)
)]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    Id(id): Id<HoldId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |(hold, points): &(Hold, i64)| {
        let body = shown::text(&HoldBody::new(hold).returned(*points));
        Answer { status: 200, location: None, body }
    };
    let order = CancelBooking::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, receipt)).await
}
