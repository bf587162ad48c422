//! Pages by number: a statement for the rows, and one for how many there are.

use castad_domain::{
    model::{MemberId, Song, Video},
    port::{Counted, NumberedPage, OfProject, StoreError},
};

use super::text::{COUNTED_SONGS, COUNTED_VIDEOS, SONG_COUNT, VIDEO_COUNT};
use crate::{
    row::{ProjectRow, SongRow, VideoRow, bits, length},
    store::Sql,
};

/// A row of a stage with its project.
#[derive(sqlx::FromRow)]
struct Owned<T> {
    #[sqlx(flatten)]
    stage: T,
    #[sqlx(flatten)]
    project: ProjectRow,
}

#[derive(sqlx::FromRow)]
pub(super) struct Total {
    pub(super) total: i64,
}

fn rows<R, T>(
    rows: Vec<Owned<R>>,
    read: fn(R) -> Result<Option<T>, StoreError>,
) -> Result<Vec<OfProject<T>>, StoreError> {
    let mut found = Vec::with_capacity(rows.len());
    for Owned { stage, project } in rows {
        let Some(row) = read(stage)? else { continue };
        found.push(OfProject { project: project.try_into()?, row });
    }
    Ok(found)
}

/// Reads a page and the total over one connection.
macro_rules! counted {
    ($sql:ident, $of:ident, $page:ident, $row:ty, $read:expr, $text:expr, $count:expr) => {{
        let (of, skipped) = (bits($of.to_bits()), length($page.skipped()));
        let mut reader = $sql.reader().await?;
        let found =
            fetch_all!(reader.link(), Owned<$row>, $text, of, i64::from($page.rows()), skipped)?;
        let total = fetch_optional!(reader.link(), Total, $count, of)?;
        let total = total.map_or(0, |count| count.total.unsigned_abs());
        Ok(Counted { rows: rows(found, $read)?, total })
    }};
}

pub(super) async fn songs(
    sql: &Sql,
    of: MemberId,
    page: NumberedPage,
) -> Result<Counted<OfProject<Song>>, StoreError> {
    counted!(sql, of, page, SongRow, SongRow::song, COUNTED_SONGS, SONG_COUNT)
}

pub(super) async fn videos(
    sql: &Sql,
    of: MemberId,
    page: NumberedPage,
) -> Result<Counted<OfProject<Video>>, StoreError> {
    counted!(sql, of, page, VideoRow, VideoRow::video, COUNTED_VIDEOS, VIDEO_COUNT)
}
