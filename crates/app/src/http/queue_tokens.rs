use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, ChannelId, QueueToken},
    port::InQueue,
    usecase::JoinQueue,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App,
    access::Who,
    asked::Asked,
    channels::date,
    docs::{Found, Lined},
    params::{Id, NoParams},
    problem::Problem,
    shown,
    views::QueueTokenBody,
};

/// Which queue to stand in.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct QueueRequest {
    /// The channel; the token is good for all its days.
    channel_id: String,
    /// One of its days, to be told at once if it is none.
    #[schema(example = "2026-05-01")]
    date: Option<String>,
}

/// Stand in the queue before a channel. Who stands in it already gets the same token again.
#[utoipa::path(
    post, path = "/v1/queue-tokens", operation_id = "join_queue",
    tag = "slots", request_body = QueueRequest,
    responses((status = 201, body = QueueTokenBody, headers(("Location" = String))), Lined)
)]
pub(super) async fn draw(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let channel = form.required("channel_id", |text| Ok::<_, &str>(text.parse::<ChannelId>().ok()));
    let date = form.optional("date", date);
    form.finish()?;
    let channel = channel.flatten().ok_or_else(Problem::not_found)?;
    let (member, clock) = (asked.caller.member, app.ports.clock.clone());
    let answer = |standing: &InQueue| {
        let location = Some(format!("/v1/queue-tokens/{}", standing.ticket.token));
        let body = shown::text(&QueueTokenBody::new(standing, clock.now()));
        Answer { status: 201, location, body }
    };
    let order = JoinQueue::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, channel, date, receipt)).await
}

/// Where you stand in the queue.
#[utoipa::path(
    get, path = "/v1/queue-tokens/{token}", operation_id = "show_queue_token",
    tag = "slots", params(("token" = String, Path)),
    responses((status = 200, body = QueueTokenBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(token): Id<QueueToken>,
    _: NoParams,
) -> Result<Json<QueueTokenBody>, Problem> {
    let standing = app.ports.slots.in_queue(caller.member, token).await?;
    let standing = standing.ok_or_else(Problem::not_found)?;
    Ok(Json(QueueTokenBody::new(&standing, app.ports.clock.now())))
}
