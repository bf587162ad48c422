use std::sync::Arc;

use castad_domain::{
    port::{Clock, IdSource, LockManager, Shelf},
    usecase::Guarded,
};
use castad_redis::{Breaker, BreakerSettings, LockMetrics, RedisLock, Settings};
use castad_sql::Sql;

use crate::config::{Config, LockConfig};

/// Who decides who waits, and what instances share beside the database.
pub(super) struct Locks {
    pub(super) guarded: Guarded,
    /// Where instances find what another has read, if there is such a place.
    pub(super) shelf: Option<Arc<dyn Shelf>>,
}

impl Locks {
    pub(super) fn open(
        config: &Config,
        database: &Arc<Sql>,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        let (manager, shelf): (Arc<dyn LockManager>, Option<Arc<dyn Shelf>>) = match &config.lock {
            LockConfig::Database => (Arc::clone(database) as _, None),
            LockConfig::Redis(url) => {
                let (epochs, settings) = (Arc::clone(database) as _, Settings::default());
                let redis = RedisLock::new(url.reveal(), epochs, Arc::clone(clock), settings)?;
                let shelf = Arc::new(redis.shelf());
                let settings = BreakerSettings::default();
                let breaker = Breaker::around(Arc::new(redis), Arc::clone(clock), settings);
                (Arc::new(breaker), Some(shelf))
            }
        };
        let guarded = Guarded::new(manager, Arc::clone(clock), Arc::clone(ids));
        Ok(Self { guarded: guarded.told_to(Arc::new(LockMetrics)), shelf })
    }
}
