use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, Channel, ChannelId, ChannelName, ChannelPlan, PlanError},
    port::SlotPage,
    usecase::{OpenChannel, SlotRefusal},
};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    access::{Admin, Who},
    asked::Asked,
    books::whole,
    docs::{Changed, Found, Listed, PageParams},
    form::Form,
    params::{Id, Params},
    problem::Problem,
    shown::{self, cut, listed},
    views::{ChannelBody, ListBody, SlotBody},
};

/// What a new channel offers.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewChannel {
    /// What it is called.
    #[schema(max_length = 80, example = "해운대 방송")]
    name: String,
    /// The days on which it broadcasts ads, 31 at most.
    #[schema(min_items = 1, max_items = 31, example = json!(["2026-05-01"]))]
    dates: Vec<String>,
    /// How many slots each day has.
    #[schema(minimum = 1, maximum = 500)]
    slots: u32,
    /// What a slot costs, in points.
    #[schema(minimum = 1, maximum = 10_000_000)]
    price: i64,
    /// Whether one has to queue before one may book.
    queue: Option<bool>,
}

/// Which slots of a channel.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(super) struct SlotParams {
    /// Of that day only: `2026-05-01`.
    date: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Behind which slot the page begins: `next` of the page before.
    after: Option<String>,
}

/// A day as addresses and bodies write it.
pub(super) fn date(text: &str) -> Result<NaiveDate, &'static str> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    date.filter(|date| date.to_string() == text).ok_or("must be a date like 2026-05-01")
}

fn read_plan(mut form: Form) -> Result<ChannelPlan, Problem> {
    let name = form.required("name", ChannelName::parse);
    let dates = form.list("dates", date);
    let slots = form.required_value("slots", whole(Channel::slots_of_a_day));
    let price = form.required_value("price", whole(Channel::price));
    let queue = form.flag("queue").unwrap_or(false);
    form.finish()?;
    let (Some(name), Some(dates)) = (name, dates) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let (Some(slots), Some(price)) = (slots, price) else {
        return Err(Problem::invalid(Vec::new()));
    };
    Ok(ChannelPlan { name, dates, slots, price, queue })
}

impl From<PlanError> for Problem {
    fn from(refused: PlanError) -> Self {
        let pointer = match refused {
            PlanError::Dates { .. } | PlanError::DateTwice(_) | PlanError::DateOver(_) => "/dates",
            PlanError::Slots { .. } => "/slots",
            PlanError::Price { .. } => "/price",
        };
        Self::invalid_at(pointer, refused.to_string())
    }
}

/// Open a channel with all its slots. For admins.
#[utoipa::path(
    post, path = "/v1/channels", operation_id = "open_channel",
    tag = "slots", request_body = NewChannel,
    responses((status = 201, body = ChannelBody), Changed)
)]
pub(super) async fn open(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let plan = read_plan(asked.form()?)?;
    let by = asked.by();
    let answer = |channel: &Channel| {
        let body = shown::text(&ChannelBody::from(channel));
        Answer { status: 201, location: None, body }
    };
    let order = OpenChannel::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(by, plan, receipt)).await
}

/// Channels that broadcast ads, newest first.
#[utoipa::path(
    get, path = "/v1/channels", operation_id = "list_channels",
    tag = "slots", params(PageParams),
    responses((status = 200, body = ListBody<ChannelBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Who,
    params: Params,
) -> Result<Json<ListBody<ChannelBody>>, Problem> {
    let page = params.page(ChannelId::to_bits)?;
    let channels = app.ports.slots.channels(page).await?;
    Ok(listed(&channels, page, |channel| channel.id.to_string()))
}

/// The cursor of a page of slots: a day and a number.
fn place(text: &str) -> Result<(NaiveDate, u32), &'static str> {
    let refused = "must be the `next` of another page";
    let (day, number) = text.split_once('.').ok_or(refused)?;
    Ok((date(day).map_err(|_| refused)?, number.parse().map_err(|_| refused)?))
}

/// The slots of a channel by day and number, each as it is now.
#[utoipa::path(
    get, path = "/v1/channels/{id}/slots", operation_id = "list_slots",
    tag = "slots",
    params(("id" = String, Path), SlotParams),
    responses((status = 200, body = ListBody<SlotBody>), Found)
)]
pub(super) async fn slots(
    State(app): State<Arc<App>>,
    _: Who,
    Id(id): Id<ChannelId>,
    mut params: Params,
) -> Result<Json<ListBody<SlotBody>>, Problem> {
    let limit = params.sought();
    let (date, after) = (params.take("date", date), params.take("after", place));
    params.finish()?;
    let slots = app.ports.slots.slots(id, SlotPage { date, limit, after }).await?;
    if slots.is_empty() && app.ports.slots.channel(id).await?.is_none() {
        return Err(SlotRefusal::NoChannel.into());
    }
    let (slots, more) = cut(&slots, limit);
    let next = slots.last().filter(|_| more).map(|slot| slot.place);
    let next = next.map(|place| format!("{}.{}", place.date, place.number));
    let now = app.ports.clock.now();
    Ok(Json(ListBody { items: slots.iter().map(|slot| SlotBody::new(slot, now)).collect(), next }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_one_spelling() {
        assert!(date("2026-05-01").is_ok());
        for bad in ["", "2026-5-1", "2026-02-30", "20260501", "2026-05-01T00:00:00Z", "+2026-05-01"]
        {
            assert!(date(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cursor_is_a_day_and_a_number() {
        let day = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        assert_eq!(place("2026-05-01.7"), Ok((day, 7)));
        for bad in ["2026-05-01", "2026-05-01.", ".7", "2026-05-01.-1", "slt_1"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
