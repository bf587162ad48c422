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

/// What became of an attempt to take a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockAttempt {
    /// It is held now.
    Taken(LockLease),
    /// Somebody else holds it.
    Busy {
        /// When their time is over, where that is known; they may prolong it or let go before.
        until: Option<DateTime<Utc>>,
    },
}

/// Why a watch says that it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Somebody let the lock go.
    Released,
    /// Nobody told: it is time to look.
    Look,
    /// Messages may have been missed: the lock was away and is back.
    Returned,
}

/// Decides who waits; what is right is decided by the rows' own guards.
///
/// [`Guarded`](crate::usecase::Guarded) is the one caller: it waits, renews and lets go.
#[async_trait]
pub trait LockManager: Send + Sync {
    /// Takes the lock until `until`, if it is free.
    ///
    /// # Contract
    ///
    /// * One holder at a time; free again when its time is over or it is released.
    /// * The same owner asking again gets the same token: an answer may have been lost.
    /// * Tokens of a key only rise, whatever the lock forgets.
    /// * It answers within a bounded time, be it with an error.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer; it may have been taken all the same.
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError>;

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

    /// Lets it go and wakes those who watch; says whether it was still held. Nobody else's is touched.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer.
    async fn release(&self, lease: &LockLease) -> Result<bool, LockError>;

    /// Lets go of what the owner holds or has asked for, soon and without anybody waiting for it.
    ///
    /// # Contract
    ///
    /// * What is not let go this way is free when its time is over.
    fn abandon(&self, key: &LockKey, owner: u128);

    /// Watches a key. What happens after this returned is not missed.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer.
    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError>;

    /// Forgets locks that nobody has held since then, and says how many; tokens go on rising beyond
    /// those that were given. One that forgets by itself has nothing to do.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer.
    async fn forget(&self, _since: DateTime<Utc>) -> Result<u64, LockError> {
        Ok(0)
    }

    /// Whether the lock answers; nothing is taken.
    ///
    /// # Errors
    ///
    /// [`LockError`] when it does not.
    async fn check(&self) -> Result<(), LockError>;
}

/// Watches a key for as long as it lives.
#[async_trait]
pub trait LockWatch: Send {
    /// Returns when the key may have become free since the watch began or this returned last.
    ///
    /// # Contract
    ///
    /// * A hint: it may come for nothing. That a time is over is not told: who watches looks then.
    /// * Dropped while it waits, it has missed nothing.
    async fn freed(&mut self) -> Wake;
}

/// Numbers the lives of a lock that may forget, so that its tokens rise beyond every life.
#[async_trait]
pub trait LockEpochs: Send + Sync {
    /// The number of a life that begins.
    ///
    /// # Contract
    ///
    /// * Greater than every number given before, to anybody, for good.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the numbers' keeper does not answer.
    async fn next_epoch(&self) -> Result<i64, LockError>;
}
