//! The feed of work, with a point at each call.

use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::Lane,
    port::{FeedError, FeedErrorKind, Offer, OfferInHand, WorkFeed},
};
use chrono::TimeDelta;

use super::faults::Faults;

/// The feed as one process has it.
pub(crate) fn feed(inner: Arc<dyn WorkFeed>, faults: &Arc<Faults>) -> Arc<dyn WorkFeed> {
    Arc::new(FaultyFeed { inner, faults: Arc::clone(faults) })
}

struct FaultyFeed {
    inner: Arc<dyn WorkFeed>,
    faults: Arc<Faults>,
}

struct FaultyHand {
    inner: Box<dyn OfferInHand>,
    faults: Arc<Faults>,
}

#[expect(clippy::unnecessary_wraps, reason = "what a point takes")]
fn no_feed() -> Option<FeedError> {
    Some(FeedErrorKind::Unavailable.into())
}

#[async_trait]
impl WorkFeed for FaultyFeed {
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError> {
        self.faults.pass("feed.offer", self.inner.offer(offers), no_feed).await
    }

    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError> {
        // An offer whose answer was lost is in nobody's hand.
        let inner = self.faults.pass("feed.take", self.inner.take(lane, patience), no_feed).await?;
        let faults = Arc::clone(&self.faults);
        Ok(inner.map(|inner| Box::new(FaultyHand { inner, faults }) as _))
    }

    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError> {
        self.faults.pass("feed.outstanding", self.inner.outstanding(lane), no_feed).await
    }

    async fn check(&self) -> Result<(), FeedError> {
        self.inner.check().await
    }
}

#[async_trait]
impl OfferInHand for FaultyHand {
    fn offer(&self) -> Offer {
        self.inner.offer()
    }

    fn times(&self) -> u64 {
        self.inner.times()
    }

    async fn keep(&self) -> Result<(), FeedError> {
        self.faults.pass("feed.keep", self.inner.keep(), no_feed).await
    }

    async fn settle(self: Box<Self>) -> Result<(), FeedError> {
        self.faults.pass("feed.settle", self.inner.settle(), no_feed).await
    }

    async fn give_back(self: Box<Self>, after: TimeDelta) -> Result<(), FeedError> {
        self.faults.pass("feed.give_back", self.inner.give_back(after), no_feed).await
    }
}
