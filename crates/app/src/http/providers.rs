//! Providers, as admins see and stop them.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use castad_domain::{
    model::{Answer, Lane, LaneState, Stage},
    port::Ports,
    usecase::PauseProvider,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    access::Admin,
    asked::Asked,
    docs::{ChangedOne, Listed, RowParams},
    params::Params,
    problem::Problem,
    shown::text,
    views::{ListBody, time},
};

/// How long a reason may be, in characters.
const REASON: usize = 200;

/// A provider as the engines treat it.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminProvider)]
pub(super) struct ProviderBody {
    /// The stage that it makes: `lyric`, `song` or `video`.
    stage: &'static str,
    /// Its name.
    #[schema(example = "suno")]
    provider: String,
    /// Whether a person had it left alone.
    paused: bool,
    /// Until when it wants to be left alone itself.
    rests_until: Option<String>,
    /// Why it is left alone.
    reason: Option<String>,
    /// When its next job is due; absent when it has none.
    next_due: Option<String>,
}

/// Why a provider is to be left alone.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewPause)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewPause {
    /// For those who wonder.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// Which providers are left alone or asked again.
#[derive(Serialize, ToSchema)]
#[schema(as = ProviderChange)]
pub(super) struct ChangeBody {
    /// The stages that they make.
    stages: Vec<&'static str>,
    /// Whether they are left alone now.
    paused: bool,
}

fn name_of(ports: &Ports, stage: Stage) -> String {
    match stage {
        Stage::Lyric => ports.writer.name(),
        Stage::Song => ports.composer.name(),
        Stage::Video => ports.renderer.name(),
    }
    .to_string()
}

/// The lanes of a provider, or of the one that makes a stage.
fn lanes_of(ports: &Ports, name: &str) -> Result<Vec<Lane>, Problem> {
    let meant = |stage: &Stage| stage.name() == name || name_of(ports, *stage) == name;
    let lanes: Vec<_> = Stage::ALL.into_iter().filter(meant).map(Lane::from).collect();
    if lanes.is_empty() { Err(Problem::not_found()) } else { Ok(lanes) }
}

fn changed(lanes: &[Lane], paused: bool) -> Answer {
    let stages = lanes.iter().map(|lane| lane.name()).collect();
    Answer { status: 200, location: None, body: text(&ChangeBody { stages, paused }) }
}

/// What each provider is up to (admins).
#[utoipa::path(
    get, path = "/v1/admin/providers", operation_id = "list_providers",
    tag = "admin", params(RowParams),
    responses((status = 200, body = ListBody<ProviderBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    mut params: Params,
) -> Result<Json<ListBody<ProviderBody>>, Problem> {
    let limit = params.limit();
    params.finish()?;
    let lanes = app.ports.queue.lanes().await?;
    let body = |state: LaneState| {
        let stage = state.lane.stage()?;
        Some(ProviderBody {
            stage: stage.name(),
            provider: name_of(&app.ports, stage),
            paused: state.paused,
            rests_until: state.rests_until.filter(|at| *at > app.ports.clock.now()).map(time),
            reason: state.reason,
            next_due: state.next.map(time),
        })
    };
    let mut items: Vec<_> = lanes.into_iter().filter_map(body).collect();
    items.sort_by_key(|item| Stage::ALL.iter().position(|stage| stage.name() == item.stage));
    items.truncate(limit as usize);
    Ok(Json(ListBody { items, next: None }))
}

/// Leave a provider alone (admins): what asks it waits, and loses nothing by it.
#[utoipa::path(
    post, path = "/v1/admin/providers/{name}/pause", operation_id = "pause_provider",
    tag = "admin", request_body = NewPause,
    params(("name" = String, Path, description = "`lyric`, `song`, `video` or a provider's name")),
    responses((status = 200, body = ChangeBody), ChangedOne)
)]
pub(super) async fn pause(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(name): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let reason = form.optional("reason", |text| match text.trim() {
        text if text.chars().count() <= REASON => Ok(text.to_owned()),
        _ => Err("must be 200 characters at most"),
    });
    form.finish()?;
    let lanes = lanes_of(&app.ports, &name)?;
    let (by, reason) = (asked.by(), reason.unwrap_or_default());
    let order = PauseProvider::new(&app.ports);
    let answer = |(): &()| changed(&lanes, true);
    asked.carry_out(&app, &answer, |receipt| order.pause(by, (&lanes, &reason), receipt)).await
}

/// Ask a provider again at once (admins), also if it wants to be left alone itself.
#[utoipa::path(
    post, path = "/v1/admin/providers/{name}/resume", operation_id = "resume_provider",
    tag = "admin",
    params(("name" = String, Path, description = "`lyric`, `song`, `video` or a provider's name")),
    responses((status = 200, body = ChangeBody), ChangedOne)
)]
pub(super) async fn resume(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(name): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let lanes = lanes_of(&app.ports, &name)?;
    let by = asked.by();
    let order = PauseProvider::new(&app.ports);
    let answer = |(): &()| changed(&lanes, false);
    asked.carry_out(&app, &answer, |receipt| order.resume(by, &lanes, receipt)).await
}
