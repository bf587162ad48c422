use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use castad_domain::{
    model::{Lane, LaneState},
    port::{Clock, FeedError, Offer, OfferInHand, WorkFeed, chain},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};

/// How often the wait doubles for a feed that answers and does not do what it is asked.
const DOUBLINGS: u32 = 5;

/// What is known of a lane since it was looked at last.
#[derive(Clone)]
struct Seen {
    state: LaneState,
    swept: DateTime<Utc>,
}

/// The feed as an engine sees it: whether it answers, and what was seen of the lanes.
pub(crate) struct Fed {
    feed: Arc<dyn WorkFeed>,
    clock: Arc<dyn Clock>,
    look: TimeDelta,
    up: watch::Sender<bool>,
    /// Whether it was said that work comes from the database.
    told: AtomicBool,
    /// How often it failed since it last did what it was asked.
    losses: AtomicU32,
    lanes: Mutex<[Seen; Lane::ALL.len()]>,
    /// Rung after each look.
    looked: Notify,
    /// An offer was taken: there is room for another.
    taken: Notify,
}

impl Fed {
    pub(crate) fn new(feed: Arc<dyn WorkFeed>, clock: Arc<dyn Clock>, look: TimeDelta) -> Self {
        let seen = |lane| Seen { state: LaneState::open(lane), swept: DateTime::UNIX_EPOCH };
        Self {
            feed,
            clock,
            look,
            up: watch::Sender::new(false),
            told: AtomicBool::new(false),
            losses: AtomicU32::new(0),
            lanes: Mutex::new(Lane::ALL.map(seen)),
            looked: Notify::new(),
            taken: Notify::new(),
        }
    }

    fn lanes(&self) -> MutexGuard<'_, [Seen; Lane::ALL.len()]> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_up(&self) -> bool {
        *self.up.borrow()
    }

    /// Resolves while it answers, or while it does not.
    pub(crate) async fn until(&self, up: bool) {
        // The sender lives as long as this does.
        drop(self.up.subscribe().wait_for(|now| *now == up).await);
    }

    /// Whether it answers, asked if it did not before.
    pub(crate) async fn answers(&self) -> bool {
        self.is_up() || self.ask().await
    }

    /// Asks a feed that did not answer, again and again until it does.
    pub(crate) async fn until_it_answers(&self) {
        let doublings = self.losses.load(Ordering::Relaxed).min(DOUBLINGS);
        if doublings > 0 {
            self.clock.reach(self.clock.now() + self.look * (1 << (doublings - 1))).await;
        }
        let mut asked = 0;
        while !self.ask().await {
            asked += 1;
            // At a start the connection is still being made.
            if asked == 2 {
                self.tell_of_loss(None);
            }
            self.clock.reach(self.clock.now() + self.look).await;
        }
    }

    async fn ask(&self) -> bool {
        if self.feed.check().await.is_err() {
            return false;
        }
        self.told.store(false, Ordering::Relaxed);
        if !self.up.send_replace(true) {
            tracing::info!("work comes from the feed");
        }
        metrics::gauge!("castad_work_fed").set(1.0);
        true
    }

    fn tell_of_loss(&self, fault: Option<&FeedError>) {
        metrics::gauge!("castad_work_fed").set(0.0);
        if self.told.swap(true, Ordering::Relaxed) {
            return;
        }
        let error = fault.map(|fault| chain(fault)).unwrap_or_default();
        tracing::warn!(error, "the feed gives no answer: work comes from the database");
    }

    /// What it did, if it did; otherwise it is left alone for a while.
    fn heard<T>(&self, answer: Result<T, FeedError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(fault) => {
                if self.up.send_replace(false) {
                    self.losses.fetch_add(1, Ordering::Relaxed);
                    self.tell_of_loss(Some(&fault));
                }
                None
            }
        }
    }

    /// Hands on offers; `false` if it does not answer.
    pub(crate) async fn offer(&self, offers: &[Offer]) -> bool {
        let offered = self.heard(self.feed.offer(offers).await).is_some();
        if offered {
            self.losses.store(0, Ordering::Relaxed);
        }
        offered
    }

    /// The next offer of a lane, if one comes.
    pub(crate) async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Option<Box<dyn OfferInHand>> {
        let hand = self.heard(self.feed.take(lane, patience).await).flatten()?;
        self.losses.store(0, Ordering::Relaxed);
        self.taken.notify_one();
        Some(hand)
    }

    /// How many offers wait; `None` if it does not answer.
    pub(crate) async fn outstanding(&self, lane: Lane) -> Option<u64> {
        self.heard(self.feed.outstanding(lane).await)
    }

    pub(crate) async fn keep(&self, hand: &dyn OfferInHand) {
        self.heard(hand.keep().await);
    }

    pub(crate) async fn settle(&self, hand: Box<dyn OfferInHand>) {
        self.heard(hand.settle().await);
    }

    pub(crate) async fn give_back(&self, hand: Box<dyn OfferInHand>, after: TimeDelta) {
        self.heard(hand.give_back(after.max(TimeDelta::zero())).await);
    }

    /// Resolves when an offer was taken here since the feeder looked last.
    pub(crate) async fn taken(&self) {
        self.taken.notified().await;
    }

    /// Notes how the lanes are.
    pub(crate) fn saw(&self, lanes: &[LaneState]) {
        let mut seen = self.lanes();
        for state in lanes {
            seen[state.lane as usize].state.clone_from(state);
        }
        drop(seen);
        self.looked.notify_waiters();
    }

    /// Resolves when the lanes were looked at since the call began.
    pub(crate) fn looked(&self) -> impl Future<Output = ()> {
        self.looked.notified()
    }

    /// A lane as it was seen last.
    pub(crate) fn lane(&self, lane: Lane) -> LaneState {
        self.lanes()[lane as usize].state.clone()
    }

    /// Whether it is time to look for what the feed did not bring to anybody.
    pub(crate) fn may_sweep(&self, lane: Lane, every: TimeDelta) -> bool {
        let now = self.clock.now();
        let seen = &mut self.lanes()[lane as usize];
        let may = seen.swept + every <= now;
        if may {
            seen.swept = now;
        }
        may
    }
}
