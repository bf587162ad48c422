use async_trait::async_trait;
use castad_domain::port::{
    LockAttempt, LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch,
};
use chrono::{DateTime, Utc};

/// What keeps nobody out, so that the database's own guard stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLock {
    /// Everybody gets it.
    Open,
    /// It does not answer.
    Away,
}

impl NoLock {
    fn answer<T>(self, answer: T) -> Result<T, LockError> {
        match self {
            Self::Open => Ok(answer),
            Self::Away => Err(LockErrorKind::Unavailable.into()),
        }
    }
}

#[async_trait]
impl LockManager for NoLock {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let (key, token) = (key.clone(), now.timestamp_micros());
        self.answer(LockAttempt::Taken(LockLease { key, owner, token, until }))
    }

    async fn renew(
        &self,
        lease: &LockLease,
        _now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.answer(LockLease { until, ..lease.clone() })
    }

    async fn release(&self, _lease: &LockLease) -> Result<bool, LockError> {
        self.answer(true)
    }

    fn abandon(&self, _key: &LockKey, _owner: u128) {}

    async fn watch(&self, _key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        Err(LockErrorKind::Unavailable.into())
    }

    async fn check(&self) -> Result<(), LockError> {
        self.answer(())
    }
}
