//! Ports that wait, break or count.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{Claim, LyricText, ProviderName},
    port::{LyricOrder, LyricWriter, ProviderError, QueueCounts, StoreError, WorkQueue},
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

    async fn write(&self, order: &LyricOrder) -> Result<LyricText, ProviderError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let waits = Waits(&self.waiting);
        drop(self.held.subscribe().wait_for(|held| !held).await);
        drop(waits);
        self.inner.write(order).await
    }
}

/// A writer with a fault in it.
pub(crate) struct Breaking;

#[async_trait]
impl LyricWriter for Breaking {
    fn name(&self) -> ProviderName {
        ProviderName::new("breaking")
    }

    async fn write(&self, _: &LyricOrder) -> Result<LyricText, ProviderError> {
        panic!("on purpose")
    }
}

/// A queue that counts what it is asked.
pub(crate) struct Counting {
    pub(crate) inner: Arc<dyn WorkQueue>,
    pub(crate) asked: AtomicUsize,
}

impl Counting {
    fn count(&self) -> &dyn WorkQueue {
        self.asked.fetch_add(1, Ordering::SeqCst);
        &*self.inner
    }
}

#[async_trait]
impl WorkQueue for Counting {
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Claim>, StoreError> {
        self.count().claim(now, lease_until).await
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

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        self.count().bury(claim, reason).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.count().next_due().await
    }

    async fn counts(&self) -> Result<QueueCounts, StoreError> {
        self.count().counts().await
    }

    async fn pushed(&self) {
        self.inner.pushed().await;
    }
}
