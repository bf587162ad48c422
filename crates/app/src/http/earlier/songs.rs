use std::sync::Arc;

use axum::{Json, extract::State};
use castad_domain::{
    model::{ProjectId, Song, SongId, Wanted},
    usecase::EnsureStage,
};

use super::{
    links::{self, Base},
    pages::{self, PageNumber},
    views::{EarlierPage, EarlierSong, EarlierSongItem, EarlierSongStatus, failure},
    words,
};
use crate::http::{
    App,
    access::Who,
    docs::{Ensured, Listed, Looked},
    params::Id,
    problem::Problem,
    views::{song_file, time},
};

/// Where the recording is, once it is there.
async fn url(app: &App, base: &Base, song: &Song) -> Result<Option<String>, Problem> {
    let Some(recording) = song.making.product() else { return Ok(None) };
    links::url(app, base, &recording.file.key, song_file(song.id)).await.map(Some)
}

/// Ask for the song of the task's newest words; being made or there already, it is that one.
#[utoipa::path(
    get, path = "/song/generate/{task_id}", operation_id = "earlier_song_generate", tag = "earlier",
    params(("task_id" = String, Path)),
    responses((status = 200, body = EarlierSong), Ensured)
)]
pub(in crate::http) async fn generate(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(task): Id<ProjectId>,
) -> Result<Json<EarlierSong>, Problem> {
    let order = EnsureStage::new(&app.ports);
    let production = order.run(caller.member, task, Wanted::Song, None).await?;
    let song = production.song().ok_or_else(Problem::not_found)?;
    Ok(Json(EarlierSong {
        success: true,
        task_id: task.to_string(),
        song_task_id: song.id.to_string(),
        status: words::of_making(&song.making),
    }))
}

/// How far a song is.
#[utoipa::path(
    get, path = "/song/status/{song_task_id}", operation_id = "earlier_song_status", tag = "earlier",
    params(("song_task_id" = String, Path)),
    responses((status = 200, body = EarlierSongStatus), Looked)
)]
pub(in crate::http) async fn status(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<SongId>,
    base: Base,
) -> Result<Json<EarlierSongStatus>, Problem> {
    let found = app.ports.catalog.song(caller.member, id).await?;
    let song = found.ok_or_else(Problem::not_found)?.row;
    Ok(Json(EarlierSongStatus {
        song_task_id: id.to_string(),
        status: words::of_making(&song.making),
        url: url(&app, &base, &song).await?,
        failure: failure(song.making.failure()),
    }))
}

/// Your songs with their projects, newest first.
#[utoipa::path(
    get, path = "/songs/", operation_id = "earlier_songs", tag = "earlier", params(PageNumber),
    responses((status = 200, body = EarlierPage<EarlierSongItem>), Listed)
)]
pub(in crate::http) async fn list(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    pages::Asked(page): pages::Asked,
    base: Base,
) -> Result<Json<EarlierPage<EarlierSongItem>>, Problem> {
    let found = app.ports.catalog.counted_songs(caller.member, page).await?;
    let mut items = Vec::with_capacity(found.rows.len());
    for found in &found.rows {
        items.push(EarlierSongItem {
            task_id: found.project.id().to_string(),
            song_task_id: found.row.id.to_string(),
            status: words::of_making(&found.row.making),
            url: url(&app, &base, &found.row).await?,
            created_at: time(found.row.requested_at),
            project: (&found.project).into(),
        });
    }
    Ok(Json(EarlierPage::new(items, found.total, page)))
}
