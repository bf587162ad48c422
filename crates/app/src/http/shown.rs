use axum::Json;
use castad_domain::{
    model::{Answer, MemberId, Production, ProjectId, Stage},
    port::{Page, ProjectView, StoreError},
};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    views::{ListBody, LyricBody, ProjectBody, Seen, SongBody, VideoBody},
};

/// Which resource an answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The project.
    Project,
    /// The newest of a stage.
    Stage(Stage),
}

impl Shown {
    /// The answer that shows it as it is in the production.
    pub(super) fn answer(
        self,
        status: u16,
        production: &Production,
        seen: Option<Seen<'_>>,
    ) -> Answer {
        let project = production.project().id();
        let of_project =
            || (format!("/v1/projects/{project}"), text(&ProjectBody::new(production, seen)));
        let (location, body) = match self {
            Self::Project => of_project(),
            Self::Stage(Stage::Lyric) => production.lyric().map_or_else(of_project, |lyric| {
                (format!("/v1/lyrics/{}", lyric.id), text(&LyricBody::new(project, lyric, seen)))
            }),
            Self::Stage(Stage::Song) => production.song().map_or_else(of_project, |song| {
                (format!("/v1/songs/{}", song.id), text(&SongBody::new(project, song, seen)))
            }),
            Self::Stage(Stage::Video) => production.video().map_or_else(of_project, |video| {
                (format!("/v1/videos/{}", video.id), text(&VideoBody::new(project, video, seen)))
            }),
        };
        Answer { status, location: Some(location), body }
    }
}

/// A page of a list; the last row's id leads to the next one.
pub(super) fn listed<R, B>(rows: &[R], page: Page, id: fn(&R) -> String) -> Json<ListBody<B>>
where
    B: ToSchema + for<'a> From<&'a R>,
{
    shown(rows, page, id, |row| B::from(row))
}

/// The same where a row alone does not say how it is shown.
pub(super) fn shown<R, B: ToSchema>(
    rows: &[R],
    page: Page,
    id: fn(&R) -> String,
    body: impl Fn(&R) -> B,
) -> Json<ListBody<B>> {
    let (rows, more) = cut(rows, page.limit);
    let next = rows.last().filter(|_| more).map(id);
    Json(ListBody { items: rows.iter().map(body).collect(), next })
}

/// The rows to show of those that were found, and whether there are more: one more was looked up.
pub(super) fn cut<R>(rows: &[R], sought: u32) -> (&[R], bool) {
    let most = sought.saturating_sub(1) as usize;
    (rows.get(..most).unwrap_or(rows), rows.len() > most)
}

/// A body as JSON text.
pub(super) fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("our bodies have string keys only")
}

/// Waits until what is being made has ended, the caller's patience is over, or the program stops.
pub(super) async fn wait(
    app: &App,
    member: MemberId,
    project: ProjectId,
    patience: TimeDelta,
) -> Result<Option<ProjectView>, StoreError> {
    let open = |view: &Option<ProjectView>| {
        view.as_ref().is_some_and(|view| view.production.open_stage().is_some())
    };
    until(app, patience, || app.ports.catalog.project(member, project), open).await
}

/// What a look finds once it is open no more, the caller's patience is over, or the program stops.
pub(super) async fn until<T, F>(
    app: &App,
    patience: TimeDelta,
    look: impl Fn() -> F + Send,
    open: impl Fn(&T) -> bool + Send,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>> + Send,
    T: Send,
{
    let ends = app.ports.clock.now() + patience;
    loop {
        let appended = app.ports.events.appended();
        let found = look().await?;
        let now = app.ports.clock.now();
        if !open(&found) || now >= ends {
            return Ok(found);
        }
        let next = (now + TimeDelta::seconds(1)).min(ends);
        tokio::select! {
            () = appended => {}
            () = app.ports.clock.reach(next) => {}
            () = app.stop.cancelled() => return Ok(found),
        }
    }
}
