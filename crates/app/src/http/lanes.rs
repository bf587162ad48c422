//! What waits in each lane, as admins see it.

use std::sync::Arc;

use axum::{Json, extract::State};
use castad_domain::{model::LaneState, port::QueueCounts};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    access::Admin,
    docs::{Listed, RowParams},
    params::Params,
    problem::Problem,
    views::{ListBody, time},
};

/// A lane of the queue.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminLane)]
pub(super) struct LaneBody {
    /// Which: `lyric`, `song`, `video`, or `house` for what asks no provider.
    #[schema(example = "song")]
    lane: &'static str,
    /// How many jobs wait in it.
    waiting: u64,
    /// How many are in hand.
    running: u64,
    /// How many were set aside.
    dead: u64,
    /// When its next job is due, or was; `null` when it has none.
    next_due: Option<String>,
}

impl LaneBody {
    fn new(state: &LaneState, counts: QueueCounts) -> Self {
        let QueueCounts { waiting, running, dead } = counts;
        let (lane, next_due) = (state.lane.name(), state.next.map(time));
        Self { lane, waiting, running, dead, next_due }
    }
}

/// How much waits, in each lane (admins).
#[utoipa::path(
    get, path = "/v1/admin/queue", operation_id = "list_lanes", tag = "admin", params(RowParams),
    responses((status = 200, body = ListBody<LaneBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    mut params: Params,
) -> Result<Json<ListBody<LaneBody>>, Problem> {
    let limit = params.limit();
    params.finish()?;
    let (lanes, counts) =
        (app.ports.queue.lanes().await?, app.ports.queue.counts_of_kinds().await?);
    let body = |state: &LaneState| {
        let of_lane = counts.iter().filter(|of| of.lane == state.lane);
        LaneBody::new(state, of_lane.map(|of| of.counts).sum())
    };
    Ok(Json(ListBody { items: lanes.iter().take(limit as usize).map(body).collect(), next: None }))
}
