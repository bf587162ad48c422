//! What stands in front of the row's own lock.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use castad_domain::port::{
    Clock, LockAttempt, LockError, LockKey, LockLease, LockManager, LockWatch, Wake,
};
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    None,
    Database,
    Messages,
    Polling,
    Spinning,
}

impl Front {
    pub(crate) const ALL: [Self; 5] =
        [Self::None, Self::Database, Self::Messages, Self::Polling, Self::Spinning];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "UsePoints: row lock alone",
            Self::Database => "UsePoints: lock in the database in front",
            Self::Messages => "UsePoints: lock in Redis in front, messages",
            Self::Polling => "UsePoints: the same, looking every 50 ms",
            Self::Spinning => "UsePoints: the same, spinning every 1 ms",
        }
    }
}

/// A lock whose waiters are told nothing and ask again after a pause.
pub(crate) struct Looking {
    pub(crate) lock: Arc<dyn LockManager>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pause: Duration,
}

#[async_trait]
impl LockManager for Looking {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        self.lock.acquire(key, owner, now, until).await
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.lock.renew(lease, now, until).await
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        self.lock.release(lease).await
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        self.lock.abandon(key, owner);
    }

    async fn watch(&self, _: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        let pause = TimeDelta::from_std(self.pause).unwrap();
        Ok(Box::new(Pause { clock: Arc::clone(&self.clock), pause }))
    }

    async fn check(&self) -> Result<(), LockError> {
        self.lock.check().await
    }
}

struct Pause {
    clock: Arc<dyn Clock>,
    pause: TimeDelta,
}

#[async_trait]
impl LockWatch for Pause {
    async fn freed(&mut self) -> Wake {
        self.clock.reach(self.clock.now() + self.pause).await;
        Wake::Look
    }
}
