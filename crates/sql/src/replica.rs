use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use castad_domain::port::{StoreError, StoreErrorKind, chain};
use sqlx::MySqlPool;

use crate::{
    link::{Held, Link},
    store::Sql,
};

/// How long a replica that did not answer is left alone.
const REST: Duration = Duration::from_secs(5);

/// A copy of the database that may lag behind.
pub(crate) struct Replica {
    pool: MySqlPool,
    resting_until: Mutex<Option<Instant>>,
}

impl Replica {
    pub(crate) fn new(pool: MySqlPool) -> Self {
        Self { pool, resting_until: Mutex::default() }
    }

    fn rests(&self) -> bool {
        let until = *self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) {
        let until = Instant::now() + REST;
        *self.resting_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A read that is under way.
pub(crate) type Reading<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

impl Sql {
    /// Reads what may lag behind: from the replica if there is one, and from the database itself
    /// while it does not answer.
    pub(crate) async fn lagging<T>(
        &self,
        read: impl for<'c> Fn(Link<'c>) -> Reading<'c, T> + Send + Sync,
    ) -> Result<T, StoreError> {
        if let Some(replica) = self.shared().replica.as_ref().filter(|replica| !replica.rests()) {
            let held = replica.pool.acquire().await.map(Held::MySql);
            let end = match held {
                Ok(mut held) => read(held.link()).await,
                Err(error) => Err(crate::fault::store_error(error)),
            };
            match end {
                Err(fault) if fault.kind() == StoreErrorKind::Unavailable => {
                    tracing::warn!(error = chain(&fault), "the replica does not answer");
                    replica.rest();
                }
                end => return end,
            }
        }
        read(self.reader().await?.link()).await
    }
}
