use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use castad_domain::port::{
    LockAttempt, LockEpochs, LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch,
    Wake,
};
use chrono::{DateTime, Utc};

use crate::bell::{Bell, Ring, locked};

/// Locks within one process.
#[derive(Default)]
pub struct MemoryLock(Mutex<BTreeMap<LockKey, Held>>);

/// The last token of a key outlives its holder, so that tokens only rise; a key that was forgotten
/// begins anew with the time, which no count of holders overtakes.
#[derive(Default)]
struct Held {
    token: i64,
    lease: Option<LockLease>,
    /// When the last lease was to end that was let go.
    until: DateTime<Utc>,
    freed: Arc<Bell>,
}

impl Held {
    fn free_if(&mut self, is_it: impl FnOnce(&LockLease) -> bool) -> bool {
        let Some(lease) = self.lease.take_if(|lease| is_it(lease)) else { return false };
        self.until = lease.until;
        self.freed.ring();
        true
    }
}

impl MemoryLock {
    /// Nothing is locked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl LockManager for MemoryLock {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let mut keys = locked(&self.0);
        let held = keys.entry(key.clone()).or_default();
        let lease = match held.lease.take() {
            Some(lease) if lease.until > now && lease.owner == owner => {
                LockLease { until, ..lease }
            }
            Some(lease) if lease.until > now => {
                let until = Some(lease.until);
                held.lease = Some(lease);
                return Ok(LockAttempt::Busy { until });
            }
            _ => {
                held.token = (held.token + 1).max(now.timestamp_micros());
                LockLease { key: key.clone(), owner, token: held.token, until }
            }
        };
        held.lease = Some(lease.clone());
        Ok(LockAttempt::Taken(lease))
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        let mut keys = locked(&self.0);
        let held = keys.get_mut(&lease.key).and_then(|held| held.lease.as_mut());
        let mine = held.filter(|held| {
            (held.owner, held.token) == (lease.owner, lease.token) && held.until > now
        });
        let held = mine.ok_or(LockErrorKind::Lost)?;
        held.until = until;
        Ok(held.clone())
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        let mine = |held: &LockLease| (held.owner, held.token) == (lease.owner, lease.token);
        let mut keys = locked(&self.0);
        Ok(keys.get_mut(&lease.key).is_some_and(|held| held.free_if(mine)))
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        if let Some(held) = locked(&self.0).get_mut(key) {
            held.free_if(|held| held.owner == owner);
        }
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        let bell = Arc::clone(&locked(&self.0).entry(key.clone()).or_default().freed);
        let next = bell.next();
        Ok(Box::new(MemoryWatch { bell, next }))
    }

    async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError> {
        let mut keys = locked(&self.0);
        let before = keys.len();
        keys.retain(|_, held| {
            let watched = Arc::strong_count(&held.freed) > 1;
            watched || held.lease.as_ref().map_or(held.until, |lease| lease.until) >= since
        });
        Ok((before - keys.len()) as u64)
    }

    async fn check(&self) -> Result<(), LockError> {
        Ok(())
    }
}

struct MemoryWatch {
    bell: Arc<Bell>,
    next: Ring,
}

#[async_trait]
impl LockWatch for MemoryWatch {
    async fn freed(&mut self) -> Wake {
        (&mut self.next).await;
        self.next = self.bell.next();
        Wake::Released
    }
}

/// Numbers the lives of a lock, for as long as the process lives.
#[derive(Default)]
pub struct MemoryEpochs(AtomicI64);

impl MemoryEpochs {
    /// No life has begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl LockEpochs for MemoryEpochs {
    async fn next_epoch(&self) -> Result<i64, LockError> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
