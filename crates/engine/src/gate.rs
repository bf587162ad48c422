use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use castad_domain::{
    model::{Lane, LaneState, Rate},
    port::LanePace,
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::Settings;

/// How a step ended, as far as its provider is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The provider did or said something.
    Given,
    /// It did not, or nothing of use.
    Missing,
    /// It was not asked, or nobody knows.
    Open,
}

/// What this process lets begin in one lane.
#[derive(Debug, Default)]
struct Gate {
    running: usize,
    /// How often in a row the provider gave no answer.
    missed: u32,
    /// When it may be asked again, once it missed too often; then one step tries.
    opens: Option<DateTime<Utc>>,
    /// How long steps take, each new one counting for a quarter.
    step: Option<TimeDelta>,
    /// Whether `step` has changed since it was told.
    news: bool,
}

/// What this process lets begin: a part of its places for each lane, and nothing for a while where
/// a provider gives no answer.
pub(crate) struct Gates {
    lanes: [Mutex<Gate>; Lane::ALL.len()],
    settings: Settings,
    /// Whose turn is next, so that a lane with much to do leaves room for the others.
    next: AtomicUsize,
    freed: Notify,
}

/// A place in a lane; dropped when its step has ended.
pub(crate) struct Place {
    gates: Arc<Gates>,
    lane: Lane,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.gates.with(self.lane, |gate| gate.running -= 1);
        self.gates.freed.notify_waiters();
    }
}

impl Gates {
    pub(crate) fn new(settings: Settings) -> Self {
        let lanes = Lane::ALL.map(|_| Mutex::default());
        Self { lanes, settings, next: AtomicUsize::new(0), freed: Notify::new() }
    }

    fn with<T>(&self, lane: Lane, look: impl FnOnce(&mut Gate) -> T) -> T {
        look(&mut self.lanes[lane as usize].lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lanes in the order in which they are tried now.
    pub(crate) fn in_turn(&self, mut lanes: Vec<LaneState>) -> Vec<LaneState> {
        let first = self.next.load(Ordering::Relaxed);
        lanes
            .sort_by_key(|state| (state.lane as usize + Lane::ALL.len() - first) % Lane::ALL.len());
        lanes
    }

    /// When a step of the lane may begin, as far as the provider's silence is concerned.
    pub(crate) fn opens(&self, lane: Lane) -> Option<DateTime<Utc>> {
        self.with(lane, |gate| gate.opens)
    }

    /// Takes a place; `None` if the lane has all of its own, or one step is to try first.
    pub(crate) fn enter(self: &Arc<Self>, lane: Lane) -> Option<Place> {
        let most = if lane.stage().is_some() { self.settings.steps_of_lane } else { usize::MAX };
        let entered = self.with(lane, |gate| {
            let most = if gate.opens.is_some() { 1 } else { most };
            let free = gate.running < most;
            gate.running += usize::from(free);
            free
        });
        entered.then(|| Place { gates: Arc::clone(self), lane })
    }

    /// Notes that a step of the lane was claimed: another lane is tried first next time.
    pub(crate) fn took(&self, lane: Lane) {
        self.next.store((lane as usize + 1) % Lane::ALL.len(), Ordering::Relaxed);
    }

    /// Resolves when a place was given back since the call began.
    pub(crate) fn freed(&self) -> impl Future<Output = ()> {
        self.freed.notified()
    }

    /// Notes how a step ended, and how long it took.
    pub(crate) fn ended(&self, lane: Lane, answer: Answer, took: TimeDelta, now: DateTime<Utc>) {
        if lane.stage().is_none() {
            return;
        }
        let rests = self.with(lane, |gate| {
            let step = gate.step.map_or(took, |before| (before * 3 + took) / 4);
            (gate.step, gate.news) = (Some(step), true);
            match answer {
                Answer::Given => (gate.missed, gate.opens) = (0, None),
                Answer::Missing => gate.missed += 1,
                Answer::Open => {}
            }
            let rests = answer == Answer::Missing && gate.missed >= self.settings.misses;
            if rests {
                gate.opens = Some(now + self.settings.silence);
            }
            rests
        });
        metrics::gauge!("castad_provider_resting", "lane" => lane.name())
            .set(f64::from(u8::from(self.opens(lane).is_some())));
        if rests {
            tracing::warn!(lane = lane.name(), "the provider gives no answer: it is left alone");
        }
    }

    /// How long steps of the lane take, if that is news.
    pub(crate) fn pace(&self, lane: Lane) -> Option<LanePace> {
        let step = self.with(lane, |gate| {
            let news = std::mem::take(&mut gate.news);
            gate.step.filter(|_| news)
        })?;
        let rate = self.settings.rates.of(lane);
        Some(LanePace { step, spacing: rate.map_or(TimeDelta::zero(), Rate::spacing) })
    }
}
