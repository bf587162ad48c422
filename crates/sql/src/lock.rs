use std::time::Duration;

use async_trait::async_trait;
use castad_domain::port::{
    LockAttempt, LockEpochs, LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch,
    StoreError, Wake,
};
use chrono::{DateTime, Utc};
use tokio::{runtime::Handle, sync::broadcast, time::timeout};

use crate::{
    dialect::{self, Wanted},
    fault::store_error,
    row::bits,
    store::Sql,
};

texts! {
    RENEW =
        "UPDATE locks SET held_until = ? WHERE name = ? AND owner = ? AND token = ? \
         AND held_until > ?";
    RELEASE = "UPDATE locks SET owner = NULL WHERE name = ? AND owner = ? AND token = ?";
    FORGET = "DELETE FROM locks WHERE held_until < ? AND name <> 'epochs'";
    ABANDON = "UPDATE locks SET owner = NULL WHERE name = ? AND owner = ?";
}

/// How often who waits looks whether another process has let go; of one process one looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

fn no_answer(error: StoreError) -> LockError {
    LockError::new(LockErrorKind::Unavailable).with_source(error)
}

#[async_trait]
impl LockManager for Sql {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let mut writer = self.writer().await.map_err(no_answer)?;
        let wanted = Wanted { name: key.as_str(), owner: bits(owner), now, until };
        let token = dialect::lock(writer.link(), wanted).await;
        let token = token.map_err(store_error).map_err(no_answer)?;
        Ok(match token {
            Some(token) => LockAttempt::Taken(LockLease { key: key.clone(), owner, token, until }),
            // Asking for it would be a second statement for every look.
            None => LockAttempt::Busy { until: None },
        })
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        let (name, owner) = (lease.key.as_str(), bits(lease.owner));
        let mut writer = self.writer().await.map_err(no_answer)?;
        let renewed = execute!(writer.link(), RENEW, until, name, owner, lease.token, now);
        match renewed.map_err(no_answer)? {
            0 => Err(LockErrorKind::Lost.into()),
            _ => Ok(LockLease { until, ..lease.clone() }),
        }
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        let (name, owner) = (lease.key.as_str(), bits(lease.owner));
        let mut writer = self.writer().await.map_err(no_answer)?;
        let freed = execute!(writer.link(), RELEASE, name, owner, lease.token);
        let freed = freed.map_err(no_answer)?;
        self.tell_unlocked(&lease.key);
        Ok(freed > 0)
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        let (sql, key) = (self.clone(), key.clone());
        let let_go = async move {
            // The time of what is not let go runs out.
            if let Ok(mut writer) = sql.writer().await {
                let _ = execute!(writer.link(), ABANDON, key.as_str(), bits(owner));
                sql.tell_unlocked(&key);
            }
        };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(let_go);
        }
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        let unlocked = self.hints().unlocked.subscribe();
        Ok(Box::new(Look { key: key.clone(), unlocked }))
    }

    async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError> {
        let mut writer = self.writer().await.map_err(no_answer)?;
        execute!(writer.link(), FORGET, since).map_err(no_answer)
    }

    async fn check(&self) -> Result<(), LockError> {
        self.writer().await.map(drop).map_err(no_answer)
    }
}

impl Sql {
    fn tell_unlocked(&self, key: &LockKey) {
        // Nobody may be listening.
        let _ = self.hints().unlocked.send(key.clone());
    }
}

/// Tells what this process lets go at once; for the rest it looks now and then.
struct Look {
    key: LockKey,
    unlocked: broadcast::Receiver<LockKey>,
}

impl Look {
    async fn told(&mut self) {
        // Too many to have heard each: this key may be among them.
        while self.unlocked.recv().await.is_ok_and(|key| key != self.key) {}
    }
}

#[async_trait]
impl LockWatch for Look {
    async fn freed(&mut self) -> Wake {
        match timeout(LOOK_EVERY, self.told()).await {
            Ok(()) => Wake::Released,
            Err(_) => Wake::Look,
        }
    }
}

#[async_trait]
impl LockEpochs for Sql {
    async fn next_epoch(&self) -> Result<i64, LockError> {
        let mut writer = self.writer().await.map_err(no_answer)?;
        let epoch = dialect::next_epoch(writer.link()).await;
        epoch.map_err(store_error).map_err(no_answer)
    }
}
