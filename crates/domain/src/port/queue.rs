use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::model::Claim;

/// How many jobs there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Nobody works on them.
    pub waiting: u64,
    /// Somebody does.
    pub running: u64,
    /// All tries failed.
    pub dead: u64,
}

/// Jobs, as workers see them.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Takes a job that is due, until `lease_until`; `None` if none is.
    ///
    /// # Contract
    ///
    /// * A job is claimed by one worker at a time: again only after its lease has ended.
    /// * Every claim raises the fence.
    /// * Among due jobs, one of the member with the fewest running comes first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Claim>, StoreError>;

    /// Keeps a claim for longer and notes how far the stage is.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError>;

    /// Gives a job back, due again at `due`; `attempts` and `progress` are what it then has.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError>;

    /// Notes what there is of the words that a claimed job writes, for those who look at its stage.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError>;

    /// Sets a job aside that failed too often, with the reason.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError>;

    /// When the next job is due or the next lease ends; `None` if there is no job.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// How many jobs there are.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn counts(&self) -> Result<QueueCounts, StoreError>;

    /// Returns when this process may have pushed a job since the call began.
    ///
    /// # Contract
    ///
    /// * A hint: other processes push without it, so a worker also looks from time to time.
    async fn pushed(&self);
}
