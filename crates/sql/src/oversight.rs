use async_trait::async_trait;
use castad_domain::{
    model::{
        Action, AttemptToken, JobEntry, JobId, JobState, MemberId, ProjectId, Purchase, SongId,
        UnresolvedPurchase, VideoId,
    },
    port::{ActionFilter, JobPage, MAX_PAGE, Oversight, Page, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    actions,
    fault::corrupt,
    queue::JOB,
    row::{EntryRow, bits, entry_columns},
    store::Sql,
};

texts! {
    SONGS =
        "SELECT s.id, s.project_id, s.member_id, s.attempt, s.changed_at FROM songs s \
         WHERE s.state = 'unresolved' AND s.id < ? ORDER BY s.id DESC LIMIT ?";
    VIDEOS =
        "SELECT v.id, v.project_id, v.member_id, v.attempt, v.changed_at FROM videos v \
         WHERE v.state = 'unresolved' AND v.id < ? ORDER BY v.id DESC LIMIT ?";
    /// A range of one column and a filter: no engine seeks by a comparison of pairs as well.
    JOBS = concat!(
        "SELECT ", entry_columns!(), " FROM jobs WHERE state = ? AND due <= ? \
         AND NOT (due = ? AND id >= ?) ORDER BY due DESC, id DESC LIMIT ?"
    );
    NEWEST_JOBS = concat!(
        "SELECT ", entry_columns!(), " FROM jobs WHERE state = ? \
         ORDER BY due DESC, id DESC LIMIT ?"
    );
    LAPSED = concat!(
        "SELECT ", entry_columns!(), " FROM jobs WHERE state = 'running' AND lease_until < ? \
         AND due <= ? AND NOT (due = ? AND id >= ?) ORDER BY due DESC, id DESC LIMIT ?"
    );
    NEWEST_LAPSED = concat!(
        "SELECT ", entry_columns!(), " FROM jobs WHERE state = 'running' AND lease_until < ? \
         ORDER BY due DESC, id DESC LIMIT ?"
    );
}

#[derive(sqlx::FromRow)]
struct UnresolvedRow {
    id: Uuid,
    project_id: Uuid,
    member_id: Uuid,
    attempt: Option<Uuid>,
    changed_at: DateTime<Utc>,
}

impl UnresolvedRow {
    fn unresolved(self, of: fn(u128) -> Purchase) -> Result<UnresolvedPurchase, StoreError> {
        let attempt = self.attempt.ok_or_else(|| corrupt("attempt"))?;
        Ok(UnresolvedPurchase {
            purchase: of(self.id.as_u128()),
            project: ProjectId::from_bits(self.project_id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            attempt: AttemptToken::from_bits(attempt.as_u128()),
            since: self.changed_at,
        })
    }
}

#[async_trait]
impl Oversight for Sql {
    async fn unresolved(&self, page: Page) -> Result<Vec<UnresolvedPurchase>, StoreError> {
        let limit = page.limit.min(MAX_PAGE);
        let after = page.after.map_or(Uuid::max(), bits);
        let mut reader = self.reader().await?;
        let songs = fetch_all!(reader.link(), UnresolvedRow, SONGS, after, limit)?;
        let videos = fetch_all!(reader.link(), UnresolvedRow, VIDEOS, after, limit)?;

        let songs = songs
            .into_iter()
            .map(|row| row.unresolved(|bits| Purchase::Song(SongId::from_bits(bits))));
        let videos = videos
            .into_iter()
            .map(|row| row.unresolved(|bits| Purchase::Video(VideoId::from_bits(bits))));
        let mut found = songs.chain(videos).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|waiting| std::cmp::Reverse(waiting.purchase.to_bits()));
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn jobs(&self, state: JobState, page: JobPage) -> Result<Vec<JobEntry>, StoreError> {
        let (state, limit) = (state.name(), page.limit.min(MAX_PAGE));
        let mut reader = self.reader().await?;
        let rows = match page.after {
            None => fetch_all!(reader.link(), EntryRow, NEWEST_JOBS, state, limit)?,
            Some((due, id)) => {
                let id = bits(id.to_bits());
                fetch_all!(reader.link(), EntryRow, JOBS, state, due, due, id, limit)?
            }
        };
        rows.into_iter().map(EntryRow::entry).collect()
    }

    async fn lapsed(&self, now: DateTime<Utc>, page: JobPage) -> Result<Vec<JobEntry>, StoreError> {
        let limit = page.limit.min(MAX_PAGE);
        let mut reader = self.reader().await?;
        let rows = match page.after {
            None => fetch_all!(reader.link(), EntryRow, NEWEST_LAPSED, now, limit)?,
            Some((due, id)) => {
                let id = bits(id.to_bits());
                fetch_all!(reader.link(), EntryRow, LAPSED, now, due, due, id, limit)?
            }
        };
        rows.into_iter().map(EntryRow::entry).collect()
    }

    async fn job(&self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        let mut reader = self.reader().await?;
        let row = fetch_optional!(reader.link(), EntryRow, JOB, bits(id.to_bits()))?;
        row.map(EntryRow::entry).transpose()
    }

    async fn actions(&self, of: ActionFilter, page: Page) -> Result<Vec<Action>, StoreError> {
        actions::read(self.reader().await?.link(), of, page).await
    }
}
