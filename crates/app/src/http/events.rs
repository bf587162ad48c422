mod tail;

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{self, Sse},
    },
};
use castad_domain::{
    model::{EventSeq, MemberId, ProjectId, SecretHash},
    port::{MAX_PAGE, chain},
};
use chrono::TimeDelta;
use futures_core::Stream;

use super::{
    App,
    access::Who,
    docs::{PageParams, StreamParams, Streamed, StreamedOne},
    params::{Id, Params},
    problem::Problem,
    rates,
    shown::{self, cut},
    views::{EventBody, ListBody},
};

use crate::limits::OpenStream;

pub(crate) use tail::Tail;

/// How often a silent stream shows that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// After how long it is looked at again whether who listens to a silent stream may still do so.
const LOOKED_AT_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// The log, oldest first; with `Accept: text/event-stream` the same as a stream that goes on.
#[utoipa::path(
    get, path = "/v1/events", operation_id = "list_events",
    tag = "events", params(PageParams, StreamParams),
    responses((status = 200, content(
        (ListBody<EventBody> = "application/json"), (String = "text/event-stream"))), Streamed)
)]
pub(super) async fn all(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tell(app, caller.member, None, params, &headers).await
}

/// The log of one project; else as the whole log.
#[utoipa::path(
    get, path = "/v1/projects/{id}/events", operation_id = "list_project_events",
    tag = "events", params(("id" = String, Path), PageParams, StreamParams),
    responses((status = 200, content(
        (ListBody<EventBody> = "application/json"), (String = "text/event-stream"))), StreamedOne)
)]
pub(super) async fn of_project(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<ProjectId>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !app.ports.catalog.owns(caller.member, id).await? {
        return Err(Problem::not_found());
    }
    tell(app, caller.member, Some(id), params, &headers).await
}

async fn tell(
    app: Arc<App>,
    member: MemberId,
    project: Option<ProjectId>,
    mut params: Params,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let limit = params.sought();
    let after = params.take("after", str::parse::<EventSeq>);
    params.finish()?;
    // A browser that has heard of no event yet may send an empty one.
    let sent = headers.get("last-event-id").filter(|value| !value.is_empty());
    let last = sent.map(|value| {
        let sent = value.to_str().ok().and_then(|text| text.parse::<EventSeq>().ok());
        sent.ok_or_else(|| Problem::invalid_at("", "Last-Event-ID is not an event's id"))
    });
    let last = last.transpose()?;
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let streamed = text(header::ACCEPT).is_some_and(|kinds| kinds.contains("text/event-stream"));
    if streamed {
        let from = last.or(after).unwrap_or_default();
        let line = Line { open: rates::stream(&app, member)?, badge: app.access.badge(headers) };
        let alive = sse::KeepAlive::new().interval(HEARTBEAT);
        let stream = Sse::new(stream(app, (member, project), from, line)).keep_alive(alive);
        // A proxy that gathers an answer before it passes it on would hold events back.
        return Ok(([("x-accel-buffering", "no")], stream).into_response());
    }
    let after = after.unwrap_or_default();
    let events = app.ports.events.events(member, project, after, limit).await?;
    let (events, more) = cut(&events, limit);
    let items: Vec<EventBody> = events.iter().map(EventBody::from).collect();
    let next = items.last().filter(|_| more).map(|event| event.id.clone());
    Ok(Json(ListBody { items, next }).into_response())
}

/// What a stream goes over: one of those that its member may have, for as long as what they came in
/// with is good.
struct Line {
    open: OpenStream,
    badge: Option<SecretHash>,
}

/// Events from the log, one page after the other; then it waits for more.
fn stream(
    app: Arc<App>,
    (member, project): (MemberId, Option<ProjectId>),
    mut after: EventSeq,
    Line { open, badge }: Line,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    async_stream::stream! {
        let _open = open;
        let mut head = app.tail.follow(member);
        while !app.stop.is_cancelled() && app.access.lets_in(badge).await {
            // What is appended from now on is heard, also while the log is read.
            head.mark_unchanged();
            match app.ports.events.events(member, project, after, MAX_PAGE).await {
                Ok(events) if !events.is_empty() => {
                    for event in &events {
                        after = event.seq;
                        let body = EventBody::from(event);
                        yield Ok(sse::Event::default()
                            .id(&body.id)
                            .event(event.kind.name())
                            .data(shown::text(&body)));
                    }
                    continue;
                }
                Ok(_) => {}
                Err(fault) => {
                    // Whoever comes back goes on behind the last event.
                    tracing::warn!(error = chain(&fault), "a stream cannot read the log, and ends");
                    return;
                }
            }
            tokio::select! {
                _ = head.changed() => {}
                () = app.ports.clock.reach(app.ports.clock.now() + LOOKED_AT_AGAIN) => {}
                () = app.stop.cancelled() => {}
            }
        }
    }
}
