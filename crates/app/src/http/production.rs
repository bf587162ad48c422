use std::sync::Arc;

use axum::{extract::State, response::Response};
use castad_domain::{
    model::{Answer, Kept, LyricText, Orientation, Production, ProjectId, Stage},
    port::chain,
    usecase::{
        self, Cancel, EditLyric, OrderError, Produce, Receipt, RequestStage, Retry, StageOrder,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App,
    asked::{Asked, Rendering, applied, is_replayed, respond},
    docs::{Begun, BegunFrom, Edited, Produced, Retried, Stopped, WorkParams},
    params::Id,
    problem::Problem,
    shown::{self, Shown},
    views::{CanceledBody, LyricBody, ProjectBody, Seen, SongBody, VideoBody},
};

/// The shape of the video.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct Shape {
    /// `vertical`, `horizontal` or `square`; without it, the project's.
    orientation: Option<String>,
}

/// The owner's own words.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct Words {
    /// What the song is called.
    #[schema(max_length = 80)]
    title: String,
    /// Lines, with headings in brackets: `[Verse]`, `[Chorus]`, `[Bridge]`, `[Outro]`.
    text: String,
}

/// Ask for the next lyric.
#[utoipa::path(
    post, path = "/v1/projects/{id}/lyric", operation_id = "request_lyric",
    tag = "production", params(("id" = String, Path), WorkParams),
    responses((status = 202, body = LyricBody, headers(("Location" = String))), Begun)
)]
pub(super) async fn lyric(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    request(&app, id, asked, Stage::Lyric, None).await
}

/// Ask for the next song, from the newest lyric.
#[utoipa::path(
    post, path = "/v1/projects/{id}/song", operation_id = "request_song",
    tag = "production", params(("id" = String, Path), WorkParams),
    responses((status = 202, body = SongBody, headers(("Location" = String))), BegunFrom)
)]
pub(super) async fn song(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    request(&app, id, asked, Stage::Song, None).await
}

/// Ask for the next video, from the newest song.
#[utoipa::path(
    post, path = "/v1/projects/{id}/video", operation_id = "request_video",
    tag = "production", params(("id" = String, Path), WorkParams),
    request_body = Option<Shape>,
    responses((status = 202, body = VideoBody, headers(("Location" = String))), BegunFrom)
)]
pub(super) async fn video(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let orientation = shape(&asked)?;
    request(&app, id, asked, Stage::Video, orientation).await
}

fn shape(asked: &Asked) -> Result<Option<Orientation>, Problem> {
    let mut form = asked.form()?;
    let orientation = form.optional("orientation", str::parse);
    form.finish()?;
    Ok(orientation)
}

fn order(
    app: &Arc<App>,
    asked: &Asked,
    project: ProjectId,
    orientation: Option<Orientation>,
) -> Result<StageOrder, Problem> {
    let cancel_at = asked.cancel_at(app.ports.clock.now())?;
    Ok(StageOrder { member: asked.caller.member, project, orientation, cancel_at })
}

async fn request(
    app: &Arc<App>,
    id: ProjectId,
    asked: Asked,
    stage: Stage,
    orientation: Option<Orientation>,
) -> Result<Response, Problem> {
    let (shown, request) = (Shown::Stage(stage), RequestStage::new(&app.ports));
    let order = order(app, &asked, id, orientation)?;
    let answer = as_begun(app, shown);
    begin(app, asked, (order, shown), &answer, |receipt| request.run(stage, order, receipt)).await
}

/// Shows work that was begun: what it waits for is told as it is now.
fn as_begun(app: &App, shown: Shown) -> impl Fn(&usecase::Begun) -> Answer + use<> {
    let now = app.ports.clock.now();
    move |begun| shown.answer(202, &begun.production, Seen::begun(now, begun))
}

/// Answers that work has begun, or once it has ended if the caller would rather wait.
async fn begin<'a, F>(
    app: &Arc<App>,
    asked: Asked,
    (order, shown): (StageOrder, Shown),
    answer: &'a Rendering<'a, usecase::Begun>,
    begin: impl FnOnce(Option<Receipt<'a, usecase::Begun>>) -> F + Send,
) -> Result<Response, Problem>
where
    F: Future<Output = Result<usecase::Begun, OrderError>> + Send,
{
    let patience = asked.patience();
    let begun = asked.carry_out(app, answer, begin).await?;
    let Some(patience) = patience.filter(|_| !is_replayed(&begun)) else { return Ok(begun) };

    let ended = shown::wait(app, order.member, order.project, patience).await;
    let ended = ended.unwrap_or_else(|fault| {
        tracing::warn!(error = chain(&fault), "what was begun cannot be looked at");
        None
    });
    let mut response = ended.map_or(begun, |view| {
        let seen = Seen::at(app.ports.clock.now(), view.job.as_ref());
        respond(shown.answer(202, &view.production, seen))
    });
    response.headers_mut().extend(applied(patience));
    Ok(response)
}

/// Put your own words in place of the newest, before a song is made from them.
#[utoipa::path(
    put, path = "/v1/projects/{id}/lyric", operation_id = "edit_lyric",
    tag = "production", params(("id" = String, Path)),
    request_body = Words,
    responses((status = 200, body = LyricBody, headers(("Location" = String))), Edited)
)]
pub(super) async fn edit_lyric(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let title = form.required("title", LyricText::title_of);
    let text = form.required("text", |text| LyricText::sections_of(text).map(|_| text.to_owned()));
    form.finish()?;
    let (title, text) = (title.unwrap_or_default(), text.unwrap_or_default());
    let words = LyricText::parse(&title, &text);
    let words = words.map_err(|refused| Problem::invalid_at("", refused.to_string()))?;
    let member = asked.caller.member;
    let answer = |p: &Production| Shown::Stage(Stage::Lyric).answer(200, p, None);
    let order = EditLyric::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, words, receipt)).await
}

/// Ask for all that is missing, in order, up to a video.
#[utoipa::path(
    post, path = "/v1/projects/{id}/produce", operation_id = "produce",
    tag = "production", params(("id" = String, Path), WorkParams),
    request_body = Option<Shape>,
    responses((status = 202, body = ProjectBody, headers(("Location" = String))), Produced)
)]
pub(super) async fn produce(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let order = order(&app, &asked, id, shape(&asked)?)?;
    let produce = Produce::new(&app.ports);
    let (of, answer) = ((order, Shown::Project), as_begun(&app, Shown::Project));
    begin(&app, asked, of, &answer, |receipt| produce.run(order, receipt)).await
}

/// Ask again for the stage that failed; what was to follow it still does.
#[utoipa::path(
    post, path = "/v1/projects/{id}/retry", operation_id = "retry",
    tag = "production", params(("id" = String, Path), WorkParams),
    responses((status = 202, body = ProjectBody, headers(("Location" = String))), Retried)
)]
pub(super) async fn retry(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let order = order(&app, &asked, id, None)?;
    let retry = Retry::new(&app.ports);
    let (of, answer) = ((order, Shown::Project), as_begun(&app, Shown::Project));
    begin(&app, asked, of, &answer, |receipt| retry.run(order, receipt)).await
}

/// Stop what is being made.
#[utoipa::path(
    post, path = "/v1/projects/{id}/cancel", operation_id = "cancel_project",
    tag = "production", params(("id" = String, Path)),
    responses((status = 200, body = CanceledBody), Stopped)
)]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |(p, left): &(Production, Kept)| {
        let names = |stages: &[Stage]| stages.iter().map(|stage| stage.name()).collect();
        let body = CanceledBody {
            project: ProjectBody::new(p, None),
            kept: names(&left.kept),
            canceled: names(&left.canceled),
            returned_points: left.returned.unsigned_abs(),
        };
        Answer { status: 200, location: None, body: shown::text(&body) }
    };
    let cancel = Cancel::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| cancel.run(member, id, receipt)).await
}
