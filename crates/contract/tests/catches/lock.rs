use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Locks, Timepiece};
use castad_domain::port::{
    LockAttempt, LockError, LockKey, LockLease, LockManager, LockWatch, Wake,
};
use castad_memory::{ManualClock, MemoryLock, SequentialIds};
use chrono::{DateTime, TimeDelta, Utc};

/// What is wrong with a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockFault {
    None,
    /// It gives everybody a lock of their own.
    LetsAllIn,
    /// It takes any owner for the holder when it lets go.
    FreesAnybodys,
    /// It forgets the owner that asks again.
    ForgetsOwners,
    /// It begins to listen when it is waited for.
    ListensLate,
    /// It keeps what nobody waits for until its time is over.
    KeepsAbandoned,
}

pub(crate) struct BrokenLock {
    inner: MemoryLock,
    fault: LockFault,
}

/// Begins to watch at every turn, and so forgets what happened before.
struct Late(Arc<BrokenLock>, LockKey);

pub(crate) fn broken(fault: LockFault) -> Locks {
    let clock = ManualClock::default();
    let lock = Arc::new(Shared(Arc::new(BrokenLock { inner: MemoryLock::new(), fault })));
    let passing = clock.clone();
    Locks {
        lock: lock.clone(),
        other: lock,
        ids: Arc::new(SequentialIds::new()),
        time: Timepiece { clock: Arc::new(clock), pass: Box::new(move |by| passing.advance(by)) },
        tick: TimeDelta::seconds(1),
        late: TimeDelta::zero(),
        keep: None,
    }
}

struct Shared(Arc<BrokenLock>);

#[async_trait]
impl LockWatch for Late {
    async fn freed(&mut self) -> Wake {
        let watch = self.0.inner.watch(&self.1).await;
        match watch {
            Ok(mut watch) => watch.freed().await,
            Err(_) => Wake::Look,
        }
    }
}

#[async_trait]
impl LockManager for Shared {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let fresh = MemoryLock::new();
        let inner = if self.0.fault == LockFault::LetsAllIn { &fresh } else { &self.0.inner };
        let owner = if self.0.fault == LockFault::ForgetsOwners { u128::MAX } else { owner };
        inner.acquire(key, owner, now, until).await
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.0.inner.renew(lease, now, until).await
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        if self.0.fault == LockFault::FreesAnybodys {
            for owner in 1..=3 {
                self.0.inner.abandon(&lease.key, owner);
            }
        }
        self.0.inner.release(lease).await
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        if self.0.fault != LockFault::KeepsAbandoned {
            self.0.inner.abandon(key, owner);
        }
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        if self.0.fault == LockFault::ListensLate {
            return Ok(Box::new(Late(Arc::clone(&self.0), key.clone())));
        }
        self.0.inner.watch(key).await
    }

    async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError> {
        self.0.inner.forget(since).await
    }

    async fn check(&self) -> Result<(), LockError> {
        self.0.inner.check().await
    }
}
