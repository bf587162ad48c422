use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use castad_domain::{
    model::{JobId, Lane},
    port::{Clock, FeedError, FeedErrorKind, Offer, OfferInHand, WorkFeed},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{Either, select};

use crate::bell::{Bell, locked};

/// How often an offer is handed out.
const TIMES: u64 = 5;

/// Offers within one process.
///
/// Clones are ways to the same offers.
#[derive(Clone)]
pub struct MemoryFeed {
    kept: Arc<Mutex<Kept>>,
    bell: Arc<Bell>,
    clock: Arc<dyn Clock>,
    wait: TimeDelta,
}

/// What makes an offer another one.
type Name = (JobId, u64, DateTime<Utc>, DateTime<Utc>);

#[derive(Default)]
struct Kept {
    known: BTreeSet<Name>,
    waiting: VecDeque<Waiting>,
    away: bool,
}

struct Waiting {
    offer: Offer,
    times: u64,
    /// In somebody's hand, or not wanted, until then.
    from: DateTime<Utc>,
}

fn name(offer: &Offer) -> Name {
    (offer.job, offer.fence, offer.due, offer.until)
}

impl Kept {
    fn at(&mut self, offer: &Offer, times: u64) -> Option<usize> {
        let found = |kept: &Waiting| name(&kept.offer) == name(offer) && kept.times == times;
        self.waiting.iter().position(found)
    }
}

impl MemoryFeed {
    /// Nothing is offered; nothing that was taken is waited for longer than that.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, wait: TimeDelta) -> Self {
        Self { kept: Arc::default(), bell: Arc::default(), clock, wait }
    }

    /// It does not answer, or does again.
    pub fn away(&self, away: bool) {
        locked(&self.kept).away = away;
        self.bell.ring();
    }

    /// It loses what it has.
    pub fn forget(&self) {
        *locked(&self.kept) = Kept::default();
    }

    fn answer(&self) -> Result<(), FeedError> {
        if locked(&self.kept).away { Err(FeedErrorKind::Unavailable.into()) } else { Ok(()) }
    }

    /// The next offer, or when one comes back.
    fn next(&self, lane: Lane) -> Result<Held, Option<DateTime<Utc>>> {
        let (mut kept, now) = (locked(&self.kept), self.clock.now());
        kept.waiting.retain(|waiting| waiting.times < TIMES || waiting.from > now);
        let mut later = None;
        for waiting in kept.waiting.iter_mut().filter(|waiting| waiting.offer.lane == lane) {
            if waiting.from > now {
                let first = later.unwrap_or(waiting.from);
                later = Some(waiting.from.min(first));
                continue;
            }
            waiting.times += 1;
            waiting.from = now + self.wait;
            let (offer, times) = (waiting.offer, waiting.times);
            return Ok(Held { feed: self.clone(), offer, times });
        }
        Err(later)
    }
}

#[async_trait]
impl WorkFeed for MemoryFeed {
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError> {
        self.answer()?;
        {
            let mut kept = locked(&self.kept);
            for offer in offers {
                if kept.known.insert(name(offer)) {
                    let from = DateTime::UNIX_EPOCH;
                    kept.waiting.push_back(Waiting { offer: *offer, times: 0, from });
                }
            }
        }
        self.bell.ring();
        Ok(())
    }

    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError> {
        let end = self.clock.now() + patience;
        loop {
            let rung = self.bell.next();
            self.answer()?;
            let later = match self.next(lane) {
                Ok(held) => return Ok(Some(Box::new(held))),
                Err(later) => later,
            };
            if self.clock.now() >= end {
                return Ok(None);
            }
            let look = self.clock.reach(later.map_or(end, |later| later.min(end)));
            match select(rung, look).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }

    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError> {
        self.answer()?;
        let kept = locked(&self.kept);
        Ok(kept.waiting.iter().filter(|waiting| waiting.offer.lane == lane).count() as u64)
    }

    async fn check(&self) -> Result<(), FeedError> {
        self.answer()
    }
}

struct Held {
    feed: MemoryFeed,
    offer: Offer,
    times: u64,
}

#[async_trait]
impl OfferInHand for Held {
    fn offer(&self) -> Offer {
        self.offer
    }

    fn times(&self) -> u64 {
        self.times
    }

    async fn keep(&self) -> Result<(), FeedError> {
        self.feed.answer()?;
        let (mut kept, until) = (locked(&self.feed.kept), self.feed.clock.now() + self.feed.wait);
        if let Some(at) = kept.at(&self.offer, self.times) {
            kept.waiting[at].from = until;
        }
        Ok(())
    }

    async fn settle(self: Box<Self>) -> Result<(), FeedError> {
        self.feed.answer()?;
        let mut kept = locked(&self.feed.kept);
        if let Some(at) = kept.at(&self.offer, self.times) {
            kept.waiting.remove(at);
        }
        Ok(())
    }

    async fn give_back(self: Box<Self>, after: TimeDelta) -> Result<(), FeedError> {
        self.feed.answer()?;
        {
            let (mut kept, from) = (locked(&self.feed.kept), self.feed.clock.now() + after);
            if let Some(at) = kept.at(&self.offer, self.times) {
                kept.waiting[at].from = from;
            }
        }
        self.feed.bell.ring();
        Ok(())
    }
}
