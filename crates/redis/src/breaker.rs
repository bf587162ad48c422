use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use castad_domain::port::{
    Clock, LockAttempt, LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch,
};
use chrono::{DateTime, TimeDelta, Utc};

/// When a lock is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// How many of the last attempts count.
    pub window: usize,
    /// From how many attempts on it is judged.
    pub least: usize,
    /// From how many faults of a hundred attempts on it is left alone.
    pub percent: usize,
    /// For how long.
    pub rest: TimeDelta,
}

impl Default for BreakerSettings {
    /// Half of the last 20 attempts, of 10 at least; for 5 s.
    fn default() -> Self {
        Self { window: 20, least: 10, percent: 50, rest: TimeDelta::seconds(5) }
    }
}

/// Leaves a lock alone while it keeps failing, so that an outage does not cost every caller a wait.
///
/// ```text
/// closed --half of the attempts failed--> open --rest is over--> half-open --one attempt--> closed | open
/// ```
///
/// Attempts to take a lock are counted, and faults are those of the way there: a lock that is held
/// by somebody else is an answer. What is held is renewed and let go in every state.
pub struct Breaker {
    inner: Arc<dyn LockManager>,
    clock: Arc<dyn Clock>,
    settings: BreakerSettings,
    state: Mutex<State>,
}

enum State {
    /// Whether each of the last attempts failed.
    Closed(VecDeque<bool>),
    Open {
        until: DateTime<Utc>,
    },
    /// One attempt is under way.
    HalfOpen,
}

impl State {
    fn name(&self) -> (&'static str, f64) {
        match self {
            Self::Closed(_) => ("closed", 0.0),
            Self::Open { .. } => ("open", 1.0),
            Self::HalfOpen => ("half_open", 2.0),
        }
    }
}

/// An attempt that may be made. One that is dropped without an answer says nothing of the lock.
struct Attempt<'a> {
    breaker: &'a Breaker,
    probe: bool,
    ended: bool,
}

impl Breaker {
    /// That lock, left alone while it keeps failing.
    #[must_use]
    pub fn around(
        inner: Arc<dyn LockManager>,
        clock: Arc<dyn Clock>,
        settings: BreakerSettings,
    ) -> Self {
        Self { inner, clock, settings, state: Mutex::new(State::Closed(VecDeque::new())) }
    }

    /// `closed`, `open` or `half_open`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.lock().name().0
    }

    fn begin(&self) -> Result<Attempt<'_>, LockError> {
        let mut state = self.lock();
        let probe = match &*state {
            State::Closed(_) => false,
            State::Open { until } if *until <= self.clock.now() => {
                turn(&mut state, State::HalfOpen);
                true
            }
            State::Open { .. } | State::HalfOpen => return Err(LockErrorKind::Resting.into()),
        };
        Ok(Attempt { breaker: self, probe, ended: false })
    }

    fn note(&self, failed: bool, probe: bool) {
        let (settings, now) = (self.settings, self.clock.now());
        let open = State::Open { until: now + settings.rest };
        let mut state = self.lock();
        match &mut *state {
            State::Closed(recent) => {
                recent.push_back(failed);
                if recent.len() > settings.window {
                    recent.pop_front();
                }
                let faults = recent.iter().filter(|failed| **failed).count();
                if recent.len() >= settings.least && faults * 100 >= settings.percent * recent.len()
                {
                    turn(&mut state, open);
                }
            }
            State::HalfOpen if probe && failed => turn(&mut state, open),
            State::HalfOpen if probe => turn(&mut state, State::Closed(VecDeque::new())),
            // One that was under way when the rest began.
            State::HalfOpen | State::Open { .. } => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves what was written before it, which is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn turn(state: &mut State, to: State) {
    let (name, number) = to.name();
    *state = to;
    metrics::gauge!("lock_breaker_state").set(number);
    metrics::counter!("lock_breaker_transitions_total", "to" => name).increment(1);
    tracing::warn!(state = name, "the lock's breaker turned");
}

impl Attempt<'_> {
    fn end<T>(mut self, answer: &Result<T, LockError>) {
        self.ended = true;
        let failed = match answer {
            Ok(_) => false,
            Err(error) => error.kind() == LockErrorKind::Unavailable,
        };
        self.breaker.note(failed, self.probe);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.probe && !self.ended {
            // The next attempt tries again at once.
            let mut state = self.breaker.lock();
            if matches!(*state, State::HalfOpen) {
                turn(&mut state, State::Open { until: self.breaker.clock.now() });
            }
        }
    }
}

#[async_trait]
impl LockManager for Breaker {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        let attempt = self.begin()?;
        let answer = self.inner.acquire(key, owner, now, until).await;
        attempt.end(&answer);
        answer
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.inner.renew(lease, now, until).await
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        self.inner.release(lease).await
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        self.inner.abandon(key, owner);
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        self.inner.watch(key).await
    }

    async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError> {
        self.inner.forget(since).await
    }

    async fn check(&self) -> Result<(), LockError> {
        self.inner.check().await
    }
}
