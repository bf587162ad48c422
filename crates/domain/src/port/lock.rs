use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::LockError;

/// What is locked: `{service}:{function}:{entity}:{id}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LockKey(String);

impl LockKey {
    /// The key of that text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A lock that is held, until its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockLease {
    /// What is locked.
    pub key: LockKey,
    /// Who holds it: fresh for every acquisition, chosen before the call.
    pub owner: u128,
    /// Higher than that of every holder before.
    pub token: i64,
    /// When others may take it.
    pub until: DateTime<Utc>,
}

/// Decides who waits; what is right is decided by the rows' own guards.
#[async_trait]
pub trait LockManager: Send + Sync {
    /// Takes the lock until `until`; `None` while somebody else holds it.
    ///
    /// # Contract
    ///
    /// * One holder at a time; free again when its time is over or it is released.
    /// * The same owner asking again gets the same token: an answer may have been lost.
    /// * Tokens of a key only rise.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer.
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<LockLease>, LockError>;

    /// Holds it for longer.
    ///
    /// # Errors
    ///
    /// [`LockErrorKind::Lost`](super::LockErrorKind::Lost) if it is not held any more.
    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError>;

    /// Lets it go; it is fine if it was lost, and nobody else's is touched.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer.
    async fn release(&self, lease: &LockLease) -> Result<(), LockError>;
}
