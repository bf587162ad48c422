use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use castad_domain::port::{LockError, LockErrorKind, LockKey, LockLease, LockManager};
use chrono::{DateTime, Utc};

use crate::bell::locked;

/// Locks within one process.
#[derive(Default)]
pub struct MemoryLock(Mutex<BTreeMap<LockKey, Held>>);

/// The last token of a key outlives its holder, so that tokens only rise.
#[derive(Default)]
struct Held {
    token: i64,
    lease: Option<LockLease>,
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
    ) -> Result<Option<LockLease>, LockError> {
        let mut keys = locked(&self.0);
        let held = keys.entry(key.clone()).or_default();
        match &mut held.lease {
            Some(lease) if lease.until > now && lease.owner == owner => lease.until = until,
            Some(lease) if lease.until > now => return Ok(None),
            free => {
                held.token += 1;
                *free = Some(LockLease { key: key.clone(), owner, token: held.token, until });
            }
        }
        Ok(held.lease.clone())
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

    async fn release(&self, lease: &LockLease) -> Result<(), LockError> {
        if let Some(held) = locked(&self.0).get_mut(&lease.key) {
            let mine = |held: &LockLease| (held.owner, held.token) == (lease.owner, lease.token);
            if held.lease.as_ref().is_some_and(mine) {
                held.lease = None;
            }
        }
        Ok(())
    }
}
