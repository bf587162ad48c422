use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use castad_domain::port::{Clock, IdSource};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::bell::locked;

/// A clock that stands until it is set, and then wakes those whose time has come.
///
/// Clones are handles of the same clock.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<Face>>);

struct Face {
    now: DateTime<Utc>,
    sleepers: BTreeMap<(DateTime<Utc>, u64), Waker>,
    slept: u64,
}

impl ManualClock {
    /// A clock that shows that time.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        let now = now.trunc_subsecs(6);
        Self(Arc::new(Mutex::new(Face { now, sleepers: BTreeMap::new(), slept: 0 })))
    }

    /// Sets the clock forward to that time; a time that is over changes nothing.
    pub fn set(&self, to: DateTime<Utc>) {
        let due: Vec<Waker> = {
            let mut face = locked(&self.0);
            let now = face.now.max(to.trunc_subsecs(6));
            face.now = now;
            let asleep = face.sleepers.split_off(&(now, u64::MAX));
            std::mem::replace(&mut face.sleepers, asleep).into_values().collect()
        };
        due.into_iter().for_each(Waker::wake);
    }

    /// Sets the clock forward by that much.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }

    /// How many wait for a time to come.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        locked(&self.0).sleepers.len()
    }

    /// The first time that anybody waits for.
    #[must_use]
    pub fn next_sleeper(&self) -> Option<DateTime<Utc>> {
        locked(&self.0).sleepers.keys().next().map(|(at, _)| *at)
    }

    /// Sets the clock to the first time that anybody waits for, and says which that is.
    #[must_use = "`None` says that nobody waits"]
    pub fn advance_to_next(&self) -> Option<DateTime<Utc>> {
        let at = self.next_sleeper()?;
        self.set(at);
        Some(at)
    }
}

impl Default for ManualClock {
    /// Nine in the morning of an ordinary day.
    fn default() -> Self {
        Self::at(DateTime::UNIX_EPOCH + TimeDelta::seconds(1_750_000_000))
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        locked(&self.0).now
    }

    async fn reach(&self, at: DateTime<Utc>) {
        let ticket = {
            let mut face = locked(&self.0);
            face.slept += 1;
            face.slept
        };
        Sleep { face: Arc::clone(&self.0), key: (at.trunc_subsecs(6), ticket) }.await;
    }
}

struct Sleep {
    face: Arc<Mutex<Face>>,
    key: (DateTime<Utc>, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut face = locked(&self.face);
        if face.now >= self.key.0 {
            return Poll::Ready(());
        }
        face.sleepers.insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        locked(&self.face).sleepers.remove(&self.key);
    }
}

/// A clock that shows a time as soon as somebody waits for it, for what waits in one place only.
#[derive(Clone, Default)]
pub struct HurriedClock(pub ManualClock);

#[async_trait]
impl Clock for HurriedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn reach(&self, at: DateTime<Utc>) {
        self.0.set(at);
    }
}

/// Ids that count up: the same in every run, so that a test can name them.
///
/// They can be guessed, and two sources give the same: not for a service.
pub struct SequentialIds(AtomicU64);

impl SequentialIds {
    const FIRST: u128 = 0x0198_0000_0000_7000_8000_0000_0000_0000;

    /// Counts from one.
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Default for SequentialIds {
    fn default() -> Self {
        Self::new()
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> u128 {
        Self::FIRST + u128::from(self.0.fetch_add(1, Ordering::Relaxed))
    }
}
