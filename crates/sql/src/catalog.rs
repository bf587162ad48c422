mod counted;
mod text;

use async_trait::async_trait;
use castad_domain::{
    model::{
        Job, JobState, Lyric, LyricId, MemberId, Outlook, ProjectId, Song, SongId, Video, VideoId,
    },
    port::{
        Catalog, Counted, MAX_PAGE, NumberedPage, OfProject, Page, ProjectView, StageRow,
        StoreError,
    },
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    fault::corrupt,
    link::Held,
    production::{Assembly, ProductionRow, assemble},
    row::{JobRow, LyricRow, OutlookRow, SongRow, VideoRow, bits},
    store::Sql,
};
#[cfg(test)]
pub(crate) use text::TEXTS;
use text::{LINE, LYRIC, LYRICS, OUTLOOK, PROJECT, PROJECTS, SONG, SONGS, VIDEO, VIDEOS};

/// Waiting jobs are counted up to here: what a read costs must not grow with the line.
const MOST_AHEAD: u32 = 1_000;

#[derive(sqlx::FromRow)]
struct ViewRow {
    #[sqlx(flatten)]
    production: ProductionRow,
    #[sqlx(flatten)]
    job: JobRow,
}

/// A row of a stage, its project and its job.
#[derive(sqlx::FromRow)]
struct Staged<T> {
    #[sqlx(flatten)]
    stage: T,
    of_project: Uuid,
    #[sqlx(flatten)]
    job: JobRow,
}

#[derive(sqlx::FromRow)]
struct InLine {
    due: DateTime<Utc>,
    id: Uuid,
    #[sqlx(flatten)]
    lane: OutlookRow,
}

/// Says of each waiting job how its lane is and how many come before it, with one statement for
/// each lane.
async fn look_ahead(mut held: Held, jobs: Vec<&mut Job>) -> Result<(), StoreError> {
    let mut waiting: Vec<_> =
        jobs.into_iter().filter(|job| job.state == JobState::Waiting).collect();
    waiting.sort_by_key(|job| job.work.task.lane());
    for jobs in waiting.chunk_by_mut(|a, b| a.work.task.lane() == b.work.task.lane()) {
        look_along(&mut held, jobs).await?;
    }
    Ok(())
}

/// The same for jobs of one lane.
async fn look_along(held: &mut Held, jobs: &mut [&mut Job]) -> Result<(), StoreError> {
    let Some(lane) = jobs.first().map(|job| job.work.task.lane().name()) else { return Ok(()) };
    let place = |job: &Job| (job.work.due, bits(job.id.to_bits()));
    if let [job] = jobs {
        let (due, id) = place(job);
        let (link, most) = (held.link(), MOST_AHEAD);
        let found = fetch_optional!(link, OutlookRow, OUTLOOK, lane, due, due, id, most, lane)?;
        job.outlook = found.ok_or_else(|| corrupt("lanes.name"))?.outlook()?;
        return Ok(());
    }

    let last = jobs.iter().map(|job| job.work.due).max();
    let line = fetch_all!(held.link(), InLine, LINE, lane, lane, last, MOST_AHEAD)?;
    let places: Vec<_> = line.iter().map(|before| (before.due, before.id)).collect();
    let Some(InLine { lane, .. }) = line.into_iter().next() else { return Ok(()) };
    let outlook = lane.outlook()?;
    for job in jobs {
        let place = place(job);
        let ahead = places.partition_point(|before| *before < place) as u64;
        job.outlook = Outlook { ahead, ..outlook.clone() };
    }
    Ok(())
}

/// The rows of a page, each once: the oldest job counts where a stage has more than one.
fn stage_rows<R, T>(
    rows: Vec<Staged<R>>,
    read: fn(R) -> Result<Option<T>, StoreError>,
    same: fn(&T, &T) -> bool,
) -> Result<Vec<StageRow<T>>, StoreError> {
    let mut found: Vec<StageRow<T>> = Vec::with_capacity(rows.len());
    for Staged { stage, of_project, job } in rows {
        let Some(row) = read(stage)? else { continue };
        if found.last().is_some_and(|last| same(&last.row, &row)) {
            continue;
        }
        let project = ProjectId::from_bits(of_project.as_u128());
        found.push(StageRow { project, row, job: job.job()? });
    }
    Ok(found)
}

/// The bound that a page begins behind, and its length.
fn bounds(page: Page) -> (Uuid, u32) {
    (page.after.map_or(Uuid::max(), bits), page.limit.min(MAX_PAGE))
}

fn views(rows: Vec<ViewRow>) -> Result<Vec<Assembly>, StoreError> {
    assemble(rows.into_iter().map(|row| (row.production, Some(row.job))))
}

impl Sql {
    async fn counted(&self, mut found: Vec<Assembly>) -> Result<Vec<ProjectView>, StoreError> {
        let jobs: Vec<_> = found.iter_mut().filter_map(|view| view.job.as_mut()).collect();
        if !jobs.is_empty() {
            look_ahead(self.reader().await?, jobs).await?;
        }
        let view = |mut found: Assembly| {
            let job = found.job.take();
            ProjectView { production: found.production(), job }
        };
        Ok(found.into_iter().map(view).collect())
    }

    async fn counted_rows<T: Send>(
        &self,
        mut rows: Vec<StageRow<T>>,
    ) -> Result<Vec<StageRow<T>>, StoreError> {
        let jobs: Vec<_> = rows.iter_mut().filter_map(|row| row.job.as_mut()).collect();
        if !jobs.is_empty() {
            look_ahead(self.reader().await?, jobs).await?;
        }
        Ok(rows)
    }
}

/// Reads one row of a stage, or a page of them.
macro_rules! read {
    ($sql:ident, $row:ty, $read:expr, $text:expr, $($value:expr),+) => {{
        let rows = fetch_all!($sql.reader().await?.link(), Staged<$row>, $text, $($value),+)?;
        $sql.counted_rows(stage_rows(rows, $read, |a, b| a.id == b.id)?).await
    }};
}

#[async_trait]
impl Catalog for Sql {
    async fn project(
        &self,
        of: MemberId,
        id: ProjectId,
    ) -> Result<Option<ProjectView>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let rows = fetch_all!(self.reader().await?.link(), ViewRow, PROJECT, id, of)?;
        Ok(self.counted(views(rows)?).await?.pop())
    }

    async fn projects(&self, of: MemberId, page: Page) -> Result<Vec<ProjectView>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        let rows = fetch_all!(self.reader().await?.link(), ViewRow, PROJECTS, of, after, limit)?;
        self.counted(views(rows)?).await
    }

    async fn lyric(
        &self,
        of: MemberId,
        id: LyricId,
    ) -> Result<Option<StageRow<Lyric>>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        read!(self, LyricRow, LyricRow::lyric, LYRIC, id, of).map(|mut rows| rows.pop())
    }

    async fn song(&self, of: MemberId, id: SongId) -> Result<Option<StageRow<Song>>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        read!(self, SongRow, SongRow::song, SONG, id, of).map(|mut rows| rows.pop())
    }

    async fn video(
        &self,
        of: MemberId,
        id: VideoId,
    ) -> Result<Option<StageRow<Video>>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        read!(self, VideoRow, VideoRow::video, VIDEO, id, of).map(|mut rows| rows.pop())
    }

    async fn lyrics(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Lyric>>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        read!(self, LyricRow, LyricRow::lyric, LYRICS, of, after, limit)
    }

    async fn songs(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Song>>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        read!(self, SongRow, SongRow::song, SONGS, of, after, limit)
    }

    async fn videos(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Video>>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        read!(self, VideoRow, VideoRow::video, VIDEOS, of, after, limit)
    }

    async fn counted_songs(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Song>>, StoreError> {
        counted::songs(self, of, page).await
    }

    async fn counted_videos(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Video>>, StoreError> {
        counted::videos(self, of, page).await
    }
}
