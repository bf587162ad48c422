//! Ports that wait, break or count.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use castad_domain::{
    model::{Claim, Lane, LaneState, LyricText, ProviderName, Work},
    port::{
        Draft, Feeding, KindCounts, LanePace, LyricOrder, LyricWriter, Offer, Ports, ProviderError,
        Store, StoreError, StoreErrorKind, Taking, Turn, UnitOfWork, WorkQueue,
    },
};
use chrono::{DateTime, Utc};
use tokio::sync::watch;

/// A writer that can be made to wait.
pub(crate) struct Patient {
    inner: Arc<dyn LyricWriter>,
    held: watch::Sender<bool>,
    waiting: AtomicUsize,
}

impl Patient {
    pub(crate) fn new(inner: Arc<dyn LyricWriter>) -> Self {
        Self { inner, held: watch::Sender::new(false), waiting: AtomicUsize::new(0) }
    }

    pub(crate) fn hold(&self) {
        self.held.send_replace(true);
    }

    pub(crate) fn let_go(&self) {
        self.held.send_replace(false);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl LyricWriter for Patient {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let waits = Waits(&self.waiting);
        drop(self.held.subscribe().wait_for(|held| !held).await);
        drop(waits);
        self.inner.write(order, draft).await
    }
}

/// A writer with a fault in it.
pub(crate) struct Breaking;

#[async_trait]
impl LyricWriter for Breaking {
    fn name(&self) -> ProviderName {
        ProviderName::new("breaking")
    }

    async fn write(&self, _: &LyricOrder, _: Arc<dyn Draft>) -> Result<LyricText, ProviderError> {
        panic!("on purpose")
    }
}

/// A store with nothing in it that makes sense.
pub(crate) struct Corrupt;

#[async_trait]
impl Store for Corrupt {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Err(StoreErrorKind::Corrupt.into())
    }
}

/// A queue that counts what it is asked, and into which a job slips right after a look.
pub(crate) struct Counting {
    inner: Arc<dyn WorkQueue>,
    store: Arc<dyn Store>,
    pub(crate) asked: AtomicUsize,
    pub(crate) late: Mutex<Option<Work>>,
}

impl Counting {
    pub(crate) fn new(ports: &Ports) -> Self {
        let (inner, store) = (Arc::clone(&ports.queue), Arc::clone(&ports.store));
        Self { inner, store, asked: AtomicUsize::new(0), late: Mutex::default() }
    }

    fn count(&self) -> &dyn WorkQueue {
        self.asked.fetch_add(1, Ordering::SeqCst);
        &*self.inner
    }
}

#[async_trait]
impl WorkQueue for Counting {
    async fn lanes(&self) -> Result<Vec<LaneState>, StoreError> {
        let lanes = self.count().lanes().await;
        let late = self.late.lock().unwrap().take();
        if let Some(work) = late {
            let mut unit = self.store.begin().await?;
            unit.work().push(&[work]).await?;
            unit.commit().await?;
        }
        lanes
    }

    async fn claim_some(
        &self,
        lane: Lane,
        turn: Turn,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        self.count().claim_some(lane, turn, most).await
    }

    async fn feed(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Offer>, StoreError> {
        self.count().feed(lane, feeding).await
    }

    async fn claim_job(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError> {
        self.count().claim_job(offer, turn).await
    }

    async fn rest(&self, lane: Lane, until: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        self.count().rest(lane, until, reason).await
    }

    async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError> {
        self.count().pace(lane, pace).await
    }

    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.count().renew(claim, lease_until, progress).await
    }

    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.count().put_back(claim, due, attempts, progress).await
    }

    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError> {
        self.count().sketch(claim, draft).await
    }

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        self.count().bury(claim, reason).await
    }

    async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError> {
        self.count().counts_of_kinds().await
    }

    fn pushed<'a, 'async_trait>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        self.inner.pushed()
    }
}
