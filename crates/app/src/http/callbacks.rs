use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State};
use castad_domain::{
    model::{AttemptToken, Stage},
    port::{Maker, Ports},
    usecase::TakeCallback,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    docs::Called,
    params::Ids,
    problem::{Code, Problem},
};

/// What a provider is told that called back.
#[derive(Serialize, ToSchema)]
#[schema(as = Received)]
pub(super) struct ReceivedBody {
    /// That it was heard.
    received: bool,
}

/// Tells that something happened to a job. It is a reason to ask the provider, and nothing more.
#[utoipa::path(
    post, path = "/callbacks/{provider}/{token}", operation_id = "take_callback",
    tag = "providers", security(()),
    params(
        ("provider" = String, Path, description = "who calls: `suno`, `creatomate`"),
        ("token" = String, Path, description = "what the provider was given with the job"),
    ),
    request_body(description = "whatever the provider sends", content_type = "application/json"),
    responses((status = 200, body = ReceivedBody), Called)
)]
pub(super) async fn take(
    State(app): State<Arc<App>>,
    Ids(names): Ids<2>,
    message: Bytes,
) -> Result<Json<ReceivedBody>, Problem> {
    let [provider, token] = names;
    let (stage, maker) = maker(&app.ports, &provider).ok_or_else(unknown)?;
    let attempt: AttemptToken = token.parse().map_err(|_| unknown())?;
    let told = maker.told(&message);

    let received = TakeCallback::new(&app.ports).run(stage, attempt, told).await?;

    tracing::info!(provider, stage = stage.name(), received, "a provider called back");
    if received { Ok(Json(ReceivedBody { received })) } else { Err(unknown()) }
}

fn maker(ports: &Ports, name: &str) -> Option<(Stage, Arc<dyn Maker>)> {
    let composer = Arc::clone(&ports.composer) as Arc<dyn Maker>;
    let renderer = Arc::clone(&ports.renderer) as Arc<dyn Maker>;
    let makers = [(Stage::Song, composer), (Stage::Video, renderer)];
    makers.into_iter().find(|(_, maker)| maker.name().as_str() == name)
}

fn unknown() -> Problem {
    Problem::new(Code::NotFound, "nothing that is being made waits for this callback")
}
