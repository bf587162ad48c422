use std::sync::Arc;

use axum::{extract::State, response::Response};
use castad_domain::{
    model::{Answer, MemberId, Orientation, PointsRefusal, ProjectId, Quote, Stage},
    usecase::KeepAnswer,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, asked::Asked, docs::ChangedOne, problem::Problem, shown::text, views::QuoteBody};

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
pub(super) async fn quote(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let stage = form.optional("stage", Stage::from_name);
    let project = form.optional("project_id", str::parse::<ProjectId>);
    let orientation = form.optional("orientation", str::parse::<Orientation>);
    form.finish()?;

    let (member, keep) = (asked.caller.member, KeepAnswer::new(&app.ports));
    let answer = |quote: &Quote| {
        let body = text(&QuoteBody::from(quote));
        Answer { status: 200, location: None, body }
    };
    let order = |receipt| async {
        let stages = match (stage, project) {
            (Some(stage), _) => vec![stage],
            (None, None) => Stage::ALL.to_vec(),
            (None, Some(id)) => missing(&app, (member, id), orientation).await?,
        };
        let quote = app.ports.prices.quote(&stages);
        keep.run::<_, PointsRefusal>(member, receipt, &quote).await?;
        Ok::<_, Problem>(quote)
    };
    asked.carry_out(&app, &answer, order).await
}

/// The stages that the project lacks for a video of that shape.
async fn missing(
    app: &App,
    (member, id): (MemberId, ProjectId),
    orientation: Option<Orientation>,
) -> Result<Vec<Stage>, Problem> {
    let view = app.ports.catalog.project(member, id).await?;
    let production = view.ok_or_else(Problem::not_found)?.production;
    let shape = orientation.unwrap_or(production.project().brief().orientation);
    let first = production.missing(shape);
    Ok(Stage::ALL.into_iter().filter(|stage| first.is_some_and(|f| *stage >= f)).collect())
}
