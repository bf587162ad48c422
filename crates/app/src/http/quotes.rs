use std::sync::Arc;

use axum::{Json, extract::State};
use castad_domain::model::{Orientation, ProjectId, Stage};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, asked::Asked, docs::ChangedOne, problem::Problem, views::QuoteBody};

/// What a price is asked for.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct QuoteRequest {
    /// One stage: `lyric`, `song` or `video`; without it, a whole production.
    stage: Option<String>,
    /// For a production of this project: only what is missing.
    project_id: Option<String>,
    /// The shape of its video, if not the project's.
    orientation: Option<String>,
}

/// What a stage or a production costs; nothing is spent.
#[utoipa::path(
    post, path = "/v1/quotes", operation_id = "quote",
    tag = "production", request_body = Option<QuoteRequest>,
    responses((status = 200, body = QuoteBody), ChangedOne)
)]
pub(super) async fn quote(
    State(app): State<Arc<App>>,
    asked: Asked,
) -> Result<Json<QuoteBody>, Problem> {
    let mut form = asked.form()?;
    let stage = form.optional("stage", Stage::from_name);
    let project = form.optional("project_id", str::parse::<ProjectId>);
    let orientation = form.optional("orientation", str::parse::<Orientation>);
    form.finish()?;

    let stages = match (stage, project) {
        (Some(stage), _) => vec![stage],
        (None, None) => Stage::ALL.to_vec(),
        (None, Some(id)) => {
            let view = app.ports.catalog.project(asked.caller.member, id).await?;
            let production = view.ok_or_else(Problem::not_found)?.production;
            let shape = orientation.unwrap_or(production.project().brief().orientation);
            let first = production.missing(shape);
            Stage::ALL.into_iter().filter(|stage| first.is_some_and(|f| *stage >= f)).collect()
        }
    };
    Ok(Json(app.ports.prices.quote(&stages).into()))
}
