use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Feeds, Timepiece};
use castad_domain::{
    model::Lane,
    port::{FeedError, Offer, OfferInHand, WorkFeed},
};
use castad_memory::{ManualClock, MemoryFeed};
use chrono::{DateTime, TimeDelta};

/// What is wrong with a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedFault {
    None,
    /// It knows a job by its id alone.
    KnowsJobsOnly,
    /// It knows nothing it was given before.
    KnowsNothing,
    /// It has one lane.
    MixesLanes,
    /// It takes what is settled for given back.
    Unsettled,
    /// It hears no sign of life.
    Deaf,
}

struct BrokenFeed {
    inner: MemoryFeed,
    fault: FeedFault,
    given: std::sync::atomic::AtomicU64,
}

struct BrokenHand {
    inner: Box<dyn OfferInHand>,
    fault: FeedFault,
}

#[async_trait]
impl WorkFeed for BrokenFeed {
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError> {
        let given = |mut offer: Offer| {
            match self.fault {
                FeedFault::KnowsJobsOnly => {
                    (offer.fence, offer.due, offer.until) =
                        (0, DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
                }
                FeedFault::KnowsNothing => {
                    offer.fence = self.given.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
                FeedFault::MixesLanes => offer.lane = Lane::House,
                FeedFault::None | FeedFault::Unsettled | FeedFault::Deaf => {}
            }
            offer
        };
        let given: Vec<_> = offers.iter().copied().map(given).collect();
        self.inner.offer(&given).await
    }

    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError> {
        let lane = if self.fault == FeedFault::MixesLanes { Lane::House } else { lane };
        let taken = self.inner.take(lane, patience).await?;
        let fault = self.fault;
        Ok(taken.map(|inner| Box::new(BrokenHand { inner, fault }) as _))
    }

    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError> {
        self.inner.outstanding(lane).await
    }

    async fn check(&self) -> Result<(), FeedError> {
        self.inner.check().await
    }
}

#[async_trait]
impl OfferInHand for BrokenHand {
    fn offer(&self) -> Offer {
        self.inner.offer()
    }

    fn times(&self) -> u64 {
        self.inner.times()
    }

    async fn keep(&self) -> Result<(), FeedError> {
        if self.fault == FeedFault::Deaf { Ok(()) } else { self.inner.keep().await }
    }

    async fn settle(self: Box<Self>) -> Result<(), FeedError> {
        match self.fault {
            FeedFault::Unsettled => self.inner.give_back(TimeDelta::zero()).await,
            FeedFault::None
            | FeedFault::KnowsJobsOnly
            | FeedFault::KnowsNothing
            | FeedFault::MixesLanes
            | FeedFault::Deaf => self.inner.settle().await,
        }
    }

    async fn give_back(self: Box<Self>, after: TimeDelta) -> Result<(), FeedError> {
        self.inner.give_back(after).await
    }
}

pub(crate) fn broken_feed(fault: FeedFault) -> Feeds {
    let (clock, wait) = (ManualClock::default(), TimeDelta::seconds(8));
    let inner = MemoryFeed::new(Arc::new(clock.clone()), wait);
    let feed = Arc::new(BrokenFeed { inner, fault, given: 0.into() });
    let hand = clock.clone();
    let time = Timepiece { clock: Arc::new(clock), pass: Box::new(move |by| hand.advance(by)) };
    Feeds { feed: feed.clone(), other: feed, wait, time, keep: None }
}
