mod counted;
mod line;
mod text;

use async_trait::async_trait;
use castad_domain::{
    model::{Lyric, LyricId, MemberId, ProjectId, Song, SongId, Video, VideoId},
    port::{
        Catalog, Counted, MAX_PAGE, NumberedPage, OfProject, Page, ProjectView, StageRow,
        StoreError,
    },
};
use uuid::Uuid;

use crate::{
    production::{Assembly, ProductionRow, assemble},
    row::{JobRow, LyricRow, SongRow, VideoRow, bits},
    store::Sql,
};
use counted::Total;
use line::look_ahead;
pub(crate) use line::look_from;
#[cfg(test)]
pub(crate) use text::TEXTS;
use text::{LYRIC, LYRICS, OWNED, PROJECT, PROJECTS, SONG, SONGS, VIDEO, VIDEOS};

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

    async fn owns(&self, of: MemberId, id: ProjectId) -> Result<bool, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let found = fetch_optional!(self.reader().await?.link(), Total, OWNED, id, of)?;
        Ok(found.is_some_and(|found| found.total > 0))
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
