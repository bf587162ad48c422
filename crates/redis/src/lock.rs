use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::port::{
    Clock, LockAttempt, LockEpochs, LockError, LockErrorKind, LockKey, LockLease, LockManager,
    LockWatch,
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::runtime::Handle;

use crate::{
    script::{ACQUIRE, RELEASE, RENEW},
    server::{Fault, Server},
    settings::{BadUrl, Settings},
    shelf::RedisShelf,
};

/// Redis counts in milliseconds, and who looks at the very one finds the lock still held.
const A_LITTLE: TimeDelta = TimeDelta::milliseconds(2);

/// Locks that processes share through one Redis.
///
/// Clones share the connection. It is made when it is needed, and made anew after a fault.
#[derive(Debug, Clone)]
pub struct RedisLock(Arc<Server>);

impl RedisLock {
    /// The lock at that address; nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`BadUrl`] if it is no address of a Redis.
    pub fn new(
        url: &str,
        epochs: Arc<dyn LockEpochs>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, BadUrl> {
        Server::new(url, epochs, clock, settings).map(Self)
    }

    /// Whether that can be the address of a Redis.
    #[must_use]
    pub fn knows(url: &str) -> bool {
        Server::client(url).is_ok()
    }

    /// The shelf in the same Redis, over the same connection.
    #[must_use]
    pub fn shelf(&self) -> RedisShelf {
        RedisShelf::new(Arc::clone(&self.0))
    }

    fn name(&self, key: &LockKey) -> String {
        self.0.name("lock", &format!("key:{}", key.as_str()))
    }

    fn channel(&self, key: &LockKey) -> String {
        self.0.name("free", key.as_str())
    }

    async fn try_acquire(
        &self,
        key: &LockKey,
        owner: u128,
        lease: TimeDelta,
    ) -> Result<(i64, String), Fault> {
        let mut acquire = ACQUIRE.prepare_invoke();
        acquire.key(self.name(key)).key(self.0.fence()).arg(mark(owner)).arg(millis(lease));
        self.0.run("acquire", &acquire).await
    }

    async fn let_go(&self, key: &LockKey, owner: u128) -> Result<bool, Fault> {
        let mut release = RELEASE.prepare_invoke();
        release.key(self.name(key)).key(self.channel(key)).arg(mark(owner));
        Ok(self.0.run::<i64>("release", &release).await? == 1)
    }
}

/// What the value of a lock begins with.
fn mark(owner: u128) -> String {
    format!("{owner:032x}:")
}

fn millis(lease: TimeDelta) -> i64 {
    lease.num_milliseconds().max(1)
}

#[derive(Debug, thiserror::Error)]
#[error("Redis answered what no script says")]
struct Nonsense;

fn nonsense<E>(_: E) -> LockError {
    LockError::new(LockErrorKind::Unavailable).with_source(Nonsense)
}

#[async_trait]
impl LockManager for RedisLock {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let mut answer = self.try_acquire(key, owner, until - now).await?;
        if answer.0 == 2 {
            self.0.forgot();
            answer = self.try_acquire(key, owner, until - now).await?;
        }
        match answer {
            (1, token) => {
                let token = token.parse().map_err(nonsense)?;
                Ok(LockAttempt::Taken(LockLease { key: key.clone(), owner, token, until }))
            }
            (0, left) => {
                let left: i64 = left.parse().map_err(nonsense)?;
                // Held without an end only if somebody else wrote it there.
                let left = (left >= 0).then(|| TimeDelta::milliseconds(left) + A_LITTLE);
                Ok(LockAttempt::Busy { until: left.map(|left| now + left) })
            }
            other => Err(nonsense(other)),
        }
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        let mut renew = RENEW.prepare_invoke();
        renew.key(self.name(&lease.key)).arg(mark(lease.owner)).arg(millis(until - now));
        match self.0.run::<i64>("renew", &renew).await? {
            1 => Ok(LockLease { until, ..lease.clone() }),
            _ => Err(LockErrorKind::Lost.into()),
        }
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        Ok(self.let_go(&lease.key, lease.owner).await?)
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        let (lock, key) = (self.clone(), key.clone());
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            // The time of what is not let go runs out.
            let _ = lock.let_go(&key, owner).await;
        });
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        let watch = self.0.watches.begin(&self.0, self.channel(key)).await?;
        Ok(Box::new(watch))
    }

    async fn check(&self) -> Result<(), LockError> {
        let ping = async |mut live: crate::server::Live| {
            redis::cmd("PING").query_async::<()>(&mut live.connection).await
        };
        Ok(self.0.call("ping", ping).await?)
    }
}
