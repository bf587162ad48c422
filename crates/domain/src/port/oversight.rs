use async_trait::async_trait;

use chrono::{DateTime, Utc};

use super::{Page, StoreError};
use crate::model::{
    Action, ActionKind, JobEntry, JobId, JobState, MemberId, NewAction, UnresolvedPurchase,
};

/// Which jobs of a list: due last first, those that come behind `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPage {
    /// How many at most.
    pub limit: u32,
    /// When the last job that was seen is due, and its id.
    pub after: Option<(DateTime<Utc>, JobId)>,
}

/// Which actions of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActionFilter {
    /// Those of that member only.
    pub actor: Option<MemberId>,
    /// Those of that kind only.
    pub kind: Option<ActionKind>,
}

/// What admins did. Nothing is ever taken out or changed.
#[async_trait]
pub trait ActionBook: Send {
    /// Notes what an admin does.
    ///
    /// # Contract
    ///
    /// * The note is there with what else the unit writes, and not before it or without it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn note(&mut self, action: &NewAction) -> Result<(), StoreError>;
}

/// What an admin sees of everybody's productions, and of what admins did.
///
/// # Contract
///
/// * Lists are newest first, and a page begins behind the row that `after` names: what is unresolved
///   and what was done goes by its id, jobs by the time at which they are due.
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

    /// What admins did.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn actions(&self, of: ActionFilter, page: Page) -> Result<Vec<Action>, StoreError>;
}
