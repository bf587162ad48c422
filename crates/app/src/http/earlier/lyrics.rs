use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, Lyric, Production, ProjectId, Wanted},
    usecase::EnsureStage,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    views::{EarlierLyric, EarlierLyricStatus, failure},
    words,
};
use crate::http::{
    App,
    access::Who,
    asked::AskedLoosely,
    docs::{Looked, Worded},
    params::Id,
    problem::{Code, Problem},
    shown,
};

/// For which task words are wanted.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct EarlierLyricRequest {
    task_id: String,
    /// `Korean` or `English`, if not the project's; it becomes the project's.
    language: Option<String>,
}

/// Ask for words; while they are being written, for those.
#[utoipa::path(
    post, path = "/lyric/generate", operation_id = "earlier_lyric_generate", tag = "earlier",
    request_body = EarlierLyricRequest,
    responses((status = 200, body = EarlierLyric), Worded)
)]
pub(in crate::http) async fn generate(
    State(app): State<Arc<App>>,
    AskedLoosely(asked): AskedLoosely,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let task = form.required("task_id", |text| Ok::<_, &str>(text.parse::<ProjectId>().ok()));
    let language = form.optional("language", words::language);
    form.finish_loosely()?;
    let task = task.flatten().ok_or_else(Problem::not_found)?;

    let member = asked.caller.member;
    let answer = |p: &Production| {
        let status = p.lyric().map_or("processing", |lyric| words::of_lyric(&lyric.state));
        let body = EarlierLyric { success: true, task_id: task.to_string(), status };
        Answer { status: 200, location: None, body: shown::text(&body) }
    };
    let (order, wanted) = (EnsureStage::new(&app.ports), Wanted::Lyric(language));
    asked.carry_out(&app, &answer, |receipt| order.run(member, task, wanted, receipt)).await
}

/// How far a task's newest words are.
#[utoipa::path(
    get, path = "/lyric/status/{task_id}", operation_id = "earlier_lyric_status", tag = "earlier",
    params(("task_id" = String, Path)),
    responses((status = 200, body = EarlierLyricStatus), Looked)
)]
pub(in crate::http) async fn status(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(task): Id<ProjectId>,
) -> Result<Json<EarlierLyricStatus>, Problem> {
    let view = app.ports.catalog.project(caller.member, task).await?;
    let production = view.ok_or_else(Problem::not_found)?.production;
    let asked_for = || Problem::new(Code::NotFound, "no lyric has been asked for");
    let lyric = production.lyric().ok_or_else(asked_for)?;
    Ok(Json(EarlierLyricStatus {
        task_id: task.to_string(),
        status: words::of_lyric(&lyric.state),
        lyric_result: lyric.text().map(ToString::to_string),
        failure: failure(Lyric::failure(lyric)),
    }))
}
