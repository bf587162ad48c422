use async_trait::async_trait;

use chrono::{DateTime, Utc};

use super::{Page, StoreError};
use crate::model::{JobEntry, JobId, JobState, UnresolvedPurchase};

/// Which jobs of a list: due last first, those that come behind `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPage {
    /// How many at most.
    pub limit: u32,
    /// When the last job that was seen is due, and its id.
    pub after: Option<(DateTime<Utc>, JobId)>,
}

/// What an admin sees of everybody's productions.
///
/// # Contract
///
/// * Lists are newest first, and a page begins behind the row that `after` names: what is unresolved
///   goes by its id, jobs by the time at which they are due.
#[async_trait]
pub trait Oversight: Send + Sync {
    /// Songs and videos of which nobody knows whether they were bought, in one list.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn unresolved(&self, page: Page) -> Result<Vec<UnresolvedPurchase>, StoreError>;

    /// Jobs in that state.
    ///
    /// # Contract
    ///
    /// * A job whose lease has ended counts as running until somebody else takes it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn jobs(&self, state: JobState, page: JobPage) -> Result<Vec<JobEntry>, StoreError>;

    /// Running jobs whose lease ended before `now`: who had them gave no sign of life, and nobody took
    /// them since.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lapsed(&self, now: DateTime<Utc>, page: JobPage) -> Result<Vec<JobEntry>, StoreError>;

    /// A job in whatever state; `None` if there is none of that id, or it is done.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn job(&self, id: JobId) -> Result<Option<JobEntry>, StoreError>;
}
