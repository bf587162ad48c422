use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use castad_domain::{
    model::{Lane, LaneState, TaskKind},
    port::{KindCounts, QueueCounts},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, docs::Any};
use crate::telemetry::process;

/// Whether the process lives.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    version: &'static str,
}

/// Whether the service can do its work, part by part.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    ready: bool,
    /// `ok`, or what is wrong.
    database: String,
    /// `ok`, or what is wrong.
    storage: String,
    /// `ok`, or what is wrong; the work goes on without it, more slowly at worst.
    lock: String,
    /// `ok`, `not set up`, or what is wrong; meanwhile events wait in the log, and work comes from
    /// the database.
    feed: String,
    /// `serving`, or `stopping`.
    process: &'static str,
}

/// Whether the process lives.
#[utoipa::path(
    get, path = "/healthz", operation_id = "show_health",
    tag = "service", security(()), responses((status = 200, body = Health), Any)
)]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Whether the service can do its work, part by part.
#[utoipa::path(
    get, path = "/readyz", operation_id = "show_readiness",
    tag = "service", security(()),
    responses((status = 200, body = Readiness), (status = 503, body = Readiness), Any)
)]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    let database = app.ports.queue.counts().await.map(drop);
    let storage = app.ports.media.check().await;
    let lock = app.ports.guarded.check().await;
    let feed = feed(&app).await;
    let stopping = app.stop.is_cancelled();
    let ready = database.is_ok() && storage.is_ok() && !stopping;
    let body = Readiness {
        ready,
        database: database.map_or_else(|fault| fault.to_string(), |()| "ok".to_owned()),
        storage: storage.map_or_else(|fault| fault.to_string(), |()| "ok".to_owned()),
        lock: lock.map_or_else(|fault| fault.to_string(), |()| "ok".to_owned()),
        feed,
        process: if stopping { "stopping" } else { "serving" },
    };
    if ready {
        return Json(body).into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], Json(body)).into_response()
}

/// What takes events out and hands out work are one server, and may fail apart.
async fn feed(app: &App) -> String {
    if let Some(stream) = &app.stream
        && let Err(fault) = stream.check().await
    {
        return fault.to_string();
    }
    match &app.feed {
        Some(feed) => feed.check().await.map_or_else(|fault| fault.to_string(), |()| "ok".into()),
        None => if app.stream.is_some() { "ok" } else { "not set up" }.to_owned(),
    }
}

/// What the process counts, as Prometheus reads it.
#[utoipa::path(
    get, path = "/metrics", operation_id = "show_metrics",
    tag = "service", security(()),
    responses((status = 200, content_type = "text/plain", body = String), Any)
)]
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    if let Ok(counts) = app.ports.queue.counts_of_kinds().await {
        count_jobs(&counts);
    }
    if let Ok(lanes) = app.ports.queue.lanes().await {
        for lane in &lanes {
            look_at(lane, app.ports.clock.now());
        }
    }
    process::look();
    (app.gauges)();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.render()).into_response()
}

/// Also those of which there are none any more.
fn count_jobs(counts: &[KindCounts]) {
    let known = TaskKind::ALL
        .into_iter()
        .flat_map(|kind| kind.lanes().iter().map(move |lane| (*lane, Some(kind))));
    for (lane, kind) in known.chain(Lane::ALL.map(|lane| (lane, None))) {
        let of = counts.iter().filter(|of| (of.lane, of.kind) == (lane, kind));
        let QueueCounts { waiting, running, dead } = of.map(|of| of.counts).sum();
        let kind = kind.map_or("unknown", TaskKind::name);
        for (state, count) in [("waiting", waiting), ("running", running), ("dead", dead)] {
            let labels = [("lane", lane.name()), ("kind", kind), ("state", state)];
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            ::metrics::gauge!("castad_jobs", &labels).set(f64::from(count));
        }
    }
}

/// How long the line of a lane is, and whether it moves.
fn look_at(lane: &LaneState, now: DateTime<Utc>) {
    let name = lane.lane.name();
    let age = lane.next.and_then(|due| (now - due).to_std().ok()).unwrap_or_default();
    ::metrics::gauge!("castad_queue_age_seconds", "lane" => name).set(age.as_secs_f64());
    let rests = lane.rests_until.is_some_and(|until| until > now);
    for (why, stopped) in [("paused", lane.paused), ("rests", rests)] {
        ::metrics::gauge!("castad_lane_stopped", "lane" => name, "why" => why)
            .set(f64::from(u8::from(stopped)));
    }
}
