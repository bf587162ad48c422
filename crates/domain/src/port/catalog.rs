use async_trait::async_trait;

use super::StoreError;
use crate::model::{
    Event, EventSeq, Job, Lyric, LyricId, MemberId, Production, Project, ProjectId, Song, SongId,
    Video, VideoId,
};

/// The most rows of a page: a hundred to show, and one that tells whether there are more.
pub const MAX_PAGE: u32 = 101;

/// Which rows of a list: newest first, those older than `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many at most.
    pub limit: u32,
    /// The id of the last row that was seen, as its bits.
    pub after: Option<u128>,
}

/// A production with the job that its open stage waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectView {
    /// The production.
    pub production: Production,
    /// The job of the stage that is being made, if one is.
    pub job: Option<Job>,
}

/// A row of a stage with the project that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRow<T> {
    /// The project.
    pub project: ProjectId,
    /// The lyric, song or video.
    pub row: T,
    /// Its job, while it is being made.
    pub job: Option<Job>,
}

/// Which rows of a list, newest first, that is turned over by the number of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedPage {
    /// Which page, counted from 1.
    pub number: u32,
    /// How many rows a page has at most.
    pub size: u32,
}

impl NumberedPage {
    /// How many rows a page has: no more than [`MAX_PAGE`].
    #[must_use]
    pub fn rows(self) -> u32 {
        self.size.min(MAX_PAGE)
    }

    /// How many rows come before it.
    #[must_use]
    pub fn skipped(self) -> u64 {
        u64::from(self.number.saturating_sub(1)) * u64::from(self.rows())
    }
}

/// A page, and how long the whole list is.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted<T> {
    /// The page's rows.
    pub rows: Vec<T>,
    /// How many rows all pages have.
    pub total: u64,
}

/// A row of a stage with its whole project.
#[derive(Debug, Clone, PartialEq)]
pub struct OfProject<T> {
    /// The project.
    pub project: Project,
    /// The song or video.
    pub row: T,
}

/// Reads, for one member at a time; a row of somebody else is not there.
///
/// # Contract
///
/// * Each read costs a fixed number of statements, whatever it finds.
/// * Lists are newest first, and a page begins behind the row that `after` names.
/// * What is archived is found by its id and not listed.
/// * A list says of a waiting job what a look at its row alone says.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// One project.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn project(&self, of: MemberId, id: ProjectId)
    -> Result<Option<ProjectView>, StoreError>;

    /// Whether a project is there and theirs, be it archived or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn owns(&self, of: MemberId, id: ProjectId) -> Result<bool, StoreError>;

    /// A member's projects.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn projects(&self, of: MemberId, page: Page) -> Result<Vec<ProjectView>, StoreError>;

    /// One lyric, be it the newest or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lyric(&self, of: MemberId, id: LyricId)
    -> Result<Option<StageRow<Lyric>>, StoreError>;

    /// One song, be it the newest or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn song(&self, of: MemberId, id: SongId) -> Result<Option<StageRow<Song>>, StoreError>;

    /// One video, be it the newest or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn video(&self, of: MemberId, id: VideoId)
    -> Result<Option<StageRow<Video>>, StoreError>;

    /// A member's lyrics.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lyrics(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Lyric>>, StoreError>;

    /// A member's songs.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn songs(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Song>>, StoreError>;

    /// A member's videos.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn videos(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Video>>, StoreError>;

    /// A member's songs with their projects.
    ///
    /// # Contract
    ///
    /// * A page behind the last one is empty, and the total is told all the same.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn counted_songs(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Song>>, StoreError>;

    /// Of each of a member's projects the newest video that is ready.
    ///
    /// # Contract
    ///
    /// * A project whose newest video is not ready shows the one before; one that has none that is
    ///   ready is left out.
    /// * As for [`counted_songs`](Self::counted_songs).
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn counted_videos(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Video>>, StoreError>;
}

/// The readers' side of the log.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Up to `limit` events behind `after`, in order; of one project only, if one is named.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn events(
        &self,
        of: MemberId,
        project: Option<ProjectId>,
        after: EventSeq,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError>;

    /// The newest event of each of these members who has any.
    ///
    /// # Contract
    ///
    /// * Who is told of an event can read it, and all before it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn heads(&self, of: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError>;

    /// Returns when this process may have appended something since the call began.
    ///
    /// # Contract
    ///
    /// * A hint: other processes append without it, so a reader also looks from time to time.
    async fn appended(&self);
}
