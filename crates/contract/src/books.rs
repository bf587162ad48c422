use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{PointLimits, Settings, SettingsVersion},
    port::{
        Clock, IdSource, LockAttempt, LockError, LockErrorKind, LockKey, LockLease, LockManager,
        LockWatch, MockLyricWriter, MockMediaStore, MockPhotoLab, MockSongComposer,
        MockVideoRenderer, Ports, SettingsReader, StoreError,
    },
    usecase::Guarded,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Database, make, suite::let_others_run};

/// The books of a database, as use cases keep them: with a clock and limits that a test sets, and
/// behind a lock that keeps nobody out, so that the database's own guard stands alone.
///
/// Nobody writes, composes or renders: who asks them panics.
#[derive(Clone)]
pub struct Books {
    /// Every port, as a use case takes them.
    pub ports: Ports,
    clock: Arc<Dial>,
    settings: Arc<Rules>,
}

impl Books {
    /// The books of that database.
    #[must_use]
    pub fn of(db: &Database) -> Self {
        let (clock, settings) = (Arc::new(Dial::default()), Arc::new(Rules::default()));
        let ids = Arc::new(Ids);
        let lock = Arc::new(NoLock::default());
        let ports = Ports {
            store: db.store.clone(),
            catalog: db.catalog.clone(),
            events: db.events.clone(),
            points: db.points.clone(),
            coupons: db.coupons.clone(),
            shop: db.shop.clone(),
            slots: db.slots.clone(),
            settings: settings.clone(),
            guarded: Guarded::new(lock, clock.clone(), ids.clone()),
            queue: db.queue.clone(),
            media: Arc::new(MockMediaStore::new()),
            photos: Arc::new(MockPhotoLab::new()),
            writer: Arc::new(MockLyricWriter::new()),
            composer: Arc::new(MockSongComposer::new()),
            renderer: Arc::new(MockVideoRenderer::new()),
            clock: clock.clone(),
            ids,
        };
        Self { ports, clock, settings }
    }

    /// The same books in another process: nobody there waits in line with those here.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let (lock, clock, ids) = (NoLock::default(), self.clock.clone(), self.ports.ids.clone());
        let guarded = Guarded::new(Arc::new(lock), clock, ids);
        Self { ports: Ports { guarded, ..self.ports.clone() }, ..self.clone() }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, by: TimeDelta) {
        *self.clock.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Sets limits from now on.
    pub fn limit(&self, change: impl FnOnce(&mut PointLimits)) {
        change(&mut self.settings.0.lock().unwrap_or_else(PoisonError::into_inner).points);
    }
}

/// A clock that a test sets.
struct Dial(Mutex<DateTime<Utc>>);

impl Default for Dial {
    fn default() -> Self {
        Self(Mutex::new(make::time(0)))
    }
}

#[async_trait]
impl Clock for Dial {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reach(&self, at: DateTime<Utc>) {
        while self.now() < at {
            let_others_run().await;
        }
    }
}

/// Settings that a test sets.
#[derive(Default)]
struct Rules(Mutex<Settings>);

#[async_trait]
impl SettingsReader for Rules {
    async fn settings(&self, _known: SettingsVersion) -> Result<Arc<Settings>, StoreError> {
        Ok(Arc::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}

/// Fresh ids of the whole process, so that several books of one database do not meet.
struct Ids;

static IDS: AtomicU64 = AtomicU64::new(1_000_000);

impl IdSource for Ids {
    fn next(&self) -> u128 {
        make::bits(IDS.fetch_add(1, Ordering::Relaxed))
    }
}

/// A lock that everybody gets.
#[derive(Default)]
struct NoLock(AtomicI64);

#[async_trait]
impl LockManager for NoLock {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        _now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let token = 1 + self.0.fetch_add(1, Ordering::Relaxed);
        Ok(LockAttempt::Taken(LockLease { key: key.clone(), owner, token, until }))
    }

    async fn renew(
        &self,
        lease: &LockLease,
        _now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        Ok(LockLease { until, ..lease.clone() })
    }

    async fn release(&self, _lease: &LockLease) -> Result<bool, LockError> {
        Ok(true)
    }

    fn abandon(&self, _key: &LockKey, _owner: u128) {}

    async fn watch(&self, _key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        Err(LockErrorKind::Unavailable.into())
    }
}
