use std::sync::Arc;

use axum::{Json, extract::State};
use castad_domain::{
    model::{Orientation, ProjectId, Video, VideoId, Wanted},
    usecase::EnsureStage,
};

use super::{
    links::{self, Base},
    pages::{self, PageNumber},
    views::{
        EarlierDownload, EarlierPage, EarlierVideo, EarlierVideoItem, EarlierVideoStatus, failure,
    },
    words,
};
use crate::http::{
    App,
    access::Who,
    docs::{EnsuredShape, Listed, Looked},
    params::{Id, Params},
    problem::{Code, Problem},
    views::{time, video_file},
};

/// Where the film is, once it is there.
async fn url(app: &App, base: &Base, video: &Video) -> Result<Option<String>, Problem> {
    let Some(film) = video.making.product() else { return Ok(None) };
    links::url(app, base, &film.file.key, video_file(video.id)).await.map(Some)
}

/// Ask for the video of the task's newest song; being made or there already, it is that one.
#[utoipa::path(
    get, path = "/video/generate/{task_id}", operation_id = "earlier_video_generate",
    tag = "earlier",
    params(("task_id" = String, Path), ("orientation" = Option<String>, Query,
        description = "`vertical`, `horizontal` or `square`; without it, the project's")),
    responses((status = 200, body = EarlierVideo), EnsuredShape)
)]
pub(in crate::http) async fn generate(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(task): Id<ProjectId>,
    mut params: Params,
) -> Result<Json<EarlierVideo>, Problem> {
    let shape = params.take("orientation", str::parse::<Orientation>);
    params.finish_loosely()?;
    let order = EnsureStage::new(&app.ports);
    let production = order.run(caller.member, task, Wanted::Video(shape), None).await?;
    let video = production.video().ok_or_else(Problem::not_found)?;
    Ok(Json(EarlierVideo {
        success: true,
        task_id: task.to_string(),
        render_id: video.id.to_string(),
        status: words::of_making(&video.making),
    }))
}

/// How far a video is.
#[utoipa::path(
    get, path = "/video/status/{render_id}", operation_id = "earlier_video_status", tag = "earlier",
    params(("render_id" = String, Path)),
    responses((status = 200, body = EarlierVideoStatus), Looked)
)]
pub(in crate::http) async fn status(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<VideoId>,
    base: Base,
) -> Result<Json<EarlierVideoStatus>, Problem> {
    let found = app.ports.catalog.video(caller.member, id).await?;
    let video = found.ok_or_else(Problem::not_found)?.row;
    Ok(Json(EarlierVideoStatus {
        render_id: id.to_string(),
        status: words::of_render(&video.making),
        url: url(&app, &base, &video).await?,
        failure: failure(video.making.failure()),
    }))
}

/// Where a task's newest video is.
#[utoipa::path(
    get, path = "/video/download/{task_id}", operation_id = "earlier_video_download",
    tag = "earlier", params(("task_id" = String, Path)),
    responses((status = 200, body = EarlierDownload), Looked)
)]
pub(in crate::http) async fn download(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(task): Id<ProjectId>,
    base: Base,
) -> Result<Json<EarlierDownload>, Problem> {
    let view = app.ports.catalog.project(caller.member, task).await?;
    let production = view.ok_or_else(Problem::not_found)?.production;
    let asked_for = || Problem::new(Code::NotFound, "no video has been asked for");
    let video = production.video().ok_or_else(asked_for)?;
    Ok(Json(EarlierDownload {
        task_id: task.to_string(),
        status: words::of_making(&video.making),
        result_movie_url: url(&app, &base, video).await?,
        failure: failure(video.making.failure()),
    }))
}

/// The newest finished video of each of your tasks with its project, newest first.
#[utoipa::path(
    get, path = "/videos/", operation_id = "earlier_videos", tag = "earlier", params(PageNumber),
    responses((status = 200, body = EarlierPage<EarlierVideoItem>), Listed)
)]
pub(in crate::http) async fn list(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    pages::Asked(page): pages::Asked,
    base: Base,
) -> Result<Json<EarlierPage<EarlierVideoItem>>, Problem> {
    let found = app.ports.catalog.counted_videos(caller.member, page).await?;
    let mut items = Vec::with_capacity(found.rows.len());
    for found in &found.rows {
        items.push(EarlierVideoItem {
            task_id: found.project.id().to_string(),
            render_id: found.row.id.to_string(),
            status: words::of_making(&found.row.making),
            result_movie_url: url(&app, &base, &found.row).await?,
            created_at: time(found.row.requested_at),
            project: (&found.project).into(),
        });
    }
    Ok(Json(EarlierPage::new(items, found.total, page)))
}
