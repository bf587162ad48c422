use std::sync::Arc;

use axum::{Json, extract::State};
use castad_domain::model::{LyricId, SongId, VideoId};

use super::{
    App,
    access::Who,
    docs::{Found, Listed, PageParams},
    params::{Id, NoParams, Params},
    problem::Problem,
    shown::shown,
    views::{ListBody, LyricBody, SongBody, VideoBody},
};

/// Your lyrics, newest first.
#[utoipa::path(
    get, path = "/v1/lyrics", operation_id = "list_lyrics",
    tag = "lyrics", params(PageParams),
    responses((status = 200, body = ListBody<LyricBody>), Listed)
)]
pub(super) async fn lyrics(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<LyricBody>>, Problem> {
    let page = params.page(LyricId::to_bits)?;
    let rows = app.ports.catalog.lyrics(caller.member, page).await?;
    let now = app.ports.clock.now();
    Ok(shown(&rows, page, |row| row.row.id.to_string(), |row| LyricBody::of(row, now)))
}

/// One lyric.
#[utoipa::path(
    get, path = "/v1/lyrics/{id}", operation_id = "show_lyric",
    tag = "lyrics", params(("id" = String, Path)),
    responses((status = 200, body = LyricBody), Found)
)]
pub(super) async fn lyric(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<LyricId>,
    _: NoParams,
) -> Result<Json<LyricBody>, Problem> {
    let found = app.ports.catalog.lyric(caller.member, id).await?;
    let now = app.ports.clock.now();
    found.map(|row| Json(LyricBody::of(&row, now))).ok_or_else(Problem::not_found)
}

/// Your songs, newest first.
#[utoipa::path(
    get, path = "/v1/songs", operation_id = "list_songs",
    tag = "songs", params(PageParams),
    responses((status = 200, body = ListBody<SongBody>), Listed)
)]
pub(super) async fn songs(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<SongBody>>, Problem> {
    let page = params.page(SongId::to_bits)?;
    let rows = app.ports.catalog.songs(caller.member, page).await?;
    let now = app.ports.clock.now();
    Ok(shown(&rows, page, |row| row.row.id.to_string(), |row| SongBody::of(row, now)))
}

/// One song.
#[utoipa::path(
    get, path = "/v1/songs/{id}", operation_id = "show_song",
    tag = "songs", params(("id" = String, Path)),
    responses((status = 200, body = SongBody), Found)
)]
pub(super) async fn song(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<SongId>,
    _: NoParams,
) -> Result<Json<SongBody>, Problem> {
    let found = app.ports.catalog.song(caller.member, id).await?;
    let now = app.ports.clock.now();
    found.map(|row| Json(SongBody::of(&row, now))).ok_or_else(Problem::not_found)
}

/// Your videos, newest first.
#[utoipa::path(
    get, path = "/v1/videos", operation_id = "list_videos",
    tag = "videos", params(PageParams),
    responses((status = 200, body = ListBody<VideoBody>), Listed)
)]
pub(super) async fn videos(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<VideoBody>>, Problem> {
    let page = params.page(VideoId::to_bits)?;
    let rows = app.ports.catalog.videos(caller.member, page).await?;
    let now = app.ports.clock.now();
    Ok(shown(&rows, page, |row| row.row.id.to_string(), |row| VideoBody::of(row, now)))
}

/// One video.
#[utoipa::path(
    get, path = "/v1/videos/{id}", operation_id = "show_video",
    tag = "videos", params(("id" = String, Path)),
    responses((status = 200, body = VideoBody), Found)
)]
pub(super) async fn video(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<VideoId>,
    _: NoParams,
) -> Result<Json<VideoBody>, Problem> {
    let found = app.ports.catalog.video(caller.member, id).await?;
    let now = app.ports.clock.now();
    found.map(|row| Json(VideoBody::of(&row, now))).ok_or_else(Problem::not_found)
}
