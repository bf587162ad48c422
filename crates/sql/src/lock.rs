use async_trait::async_trait;
use castad_domain::port::{LockError, LockErrorKind, LockKey, LockLease, LockManager, StoreError};
use chrono::{DateTime, Utc};

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
}

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
    ) -> Result<Option<LockLease>, LockError> {
        let mut writer = self.writer().await.map_err(no_answer)?;
        let wanted = Wanted { name: key.as_str(), owner: bits(owner), now, until };
        let token = dialect::lock(writer.link(), wanted).await;
        let token = token.map_err(store_error).map_err(no_answer)?;
        Ok(token.map(|token| LockLease { key: key.clone(), owner, token, until }))
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

    async fn release(&self, lease: &LockLease) -> Result<(), LockError> {
        let (name, owner) = (lease.key.as_str(), bits(lease.owner));
        let mut writer = self.writer().await.map_err(no_answer)?;
        execute!(writer.link(), RELEASE, name, owner, lease.token).map_err(no_answer)?;
        Ok(())
    }
}
