//! Work inside a lock.

mod guard;
mod line;
mod order;
mod race;
mod taking;

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
pub use guard::Guard;
use guard::Hold;
use line::Line;
pub use order::{
    CANCEL_ACCUMULATION, CANCEL_USAGE, EXPIRE_POINTS, GENERATE_VIDEO, LOCKS, Lease, LockOrder,
    LockRule, OnOutage, POINTS_IN, POINTS_OUT, REFRESH_TEMPLATE, RESERVE_SLOT, TELL_EVENTS,
};
use race::{First, first, now_or_never};
use taking::{Leaving, Taking, Untaken, Waiting};

use crate::port::{
    Advise, Clock, IdSource, LockError, LockErrorKind, LockEvent, LockJournal, LockManager,
    LockOutcome, NoJournal, Retry,
};

/// Why work inside a lock has no result.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// Somebody else held the lock for as long as was waited. The work has not begun.
    #[error("somebody else is at it")]
    Busy,
    /// The lock does not answer, and the work is not done without it. It has not begun.
    #[error("the lock does not answer")]
    Unavailable(#[source] LockError),
    /// The lock was lost while the work ran, and the work was dropped at the next point where it
    /// waited. What it had not committed is undone; what it was committing is one or the other.
    #[error("the lock was lost before the work was done")]
    Lost,
}

impl Advise for GuardError {
    fn retry(&self) -> Retry {
        match self {
            Self::Busy => Retry::Later(Some(TimeDelta::seconds(1))),
            Self::Unavailable(_) => Retry::Later(Some(TimeDelta::seconds(5))),
            Self::Lost => Retry::Now,
        }
    }
}

/// Runs work inside a lock: the one way to take one.
///
/// The work opens its transaction inside and commits it before it returns, so that nobody who takes
/// the lock next reads what was there before.
///
/// * Those of one process wait in the order in which they came, and only the first asks the lock:
///   clones share the line, so there is one `Guarded` in a process.
/// * While the lock does not answer the work runs under the database's guard alone, or is refused:
///   the order says which, and it is decided before the work begins. Work never runs twice.
/// * Dropped at any point, nothing is held for longer than its lease, and nobody is kept waiting.
///
/// ```
/// use castad_domain::usecase::{Guarded, POINTS_OUT};
/// # use castad_memory::Memory;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let memory = Memory::new();
/// # let ports = memory.ports();
/// # let locks = std::sync::Arc::new(castad_memory::MemoryLock::new());
/// let guarded = Guarded::new(locks, ports.clock, ports.ids);
///
/// let left = guarded
///     .run(POINTS_OUT.of([&"mem_1"]), async |guard| {
///         assert!(guard.token().is_some());
///         // begin, decide, store, commit
///         9_500
///     })
///     .await?;
/// assert_eq!(left, 9_500);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Guarded {
    locks: Arc<dyn LockManager>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    journal: Arc<dyn LockJournal>,
    line: Arc<Line>,
}

impl Guarded {
    /// Work inside that lock.
    #[must_use]
    pub fn new(locks: Arc<dyn LockManager>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let journal = Arc::new(NoJournal);
        Self { locks, clock, ids, journal, line: Arc::default() }
    }

    /// The same, telling what happens.
    #[must_use]
    pub fn told_to(self, journal: Arc<dyn LockJournal>) -> Self {
        Self { journal, ..self }
    }

    /// Whether the lock answers.
    ///
    /// # Errors
    ///
    /// [`LockError`] when it does not: work that may goes on without it.
    pub async fn check(&self) -> Result<(), LockError> {
        self.locks.check().await
    }

    /// Forgets locks that nobody has held since then, and says how many.
    ///
    /// # Errors
    ///
    /// [`LockError`] when the lock does not answer.
    pub async fn forget(&self, since: DateTime<Utc>) -> Result<u64, LockError> {
        self.locks.forget(since).await
    }

    /// Waits for the lock, does the work and lets go.
    ///
    /// # Errors
    ///
    /// [`GuardError`] if the work was not begun, or not ended.
    pub async fn run<T, W>(
        &self,
        order: LockOrder,
        work: impl FnOnce(Guard) -> W + Send,
    ) -> Result<T, GuardError>
    where
        W: Future<Output = T> + Send,
        T: Send,
    {
        let waiting = Waiting::begin(self, order.pattern());
        let mut taking = Taking::new(self, &order);
        match taking.take(&order).await {
            Ok(()) => waiting.end(LockOutcome::Acquired),
            Err(Untaken::Busy) => {
                waiting.end(LockOutcome::Busy);
                return Err(GuardError::Busy);
            }
            Err(Untaken::Timeout) => {
                waiting.end(LockOutcome::Timeout);
                return Err(GuardError::Busy);
            }
            Err(Untaken::Outage(error)) => {
                taking.abandon();
                return match order.outage() {
                    OnOutage::FailClosed => {
                        waiting.end(LockOutcome::Error);
                        Err(GuardError::Unavailable(error))
                    }
                    OnOutage::DbGuardOnly => {
                        waiting.end(LockOutcome::Degraded);
                        let hold = Hold::until(None, &self.clock);
                        Ok(work(Guard::of(&[], &hold)).await)
                    }
                };
            }
        }
        self.hold(&order, taking, work).await
    }

    async fn hold<T, W>(
        &self,
        order: &LockOrder,
        mut taking: Taking<'_>,
        work: impl FnOnce(Guard) -> W + Send,
    ) -> Result<T, GuardError>
    where
        W: Future<Output = T> + Send,
        T: Send,
    {
        let since = self.clock.now();
        let hold = Hold::until(Some(surely(order.lease(), taking.asked)), &self.clock);
        let (at, pattern) = (self.clone(), order.pattern());
        let leaving = Leaving { at, pattern, since, hold: Arc::clone(&hold) };
        let guard = Guard::of(taking.leases(), &hold);
        let done = {
            let mut work = pin!(work(guard));
            let done = self.attend(order.lease(), &taking, &hold, work.as_mut()).await;
            if done.is_some() {
                done
            } else {
                // Told, it may end by itself at this very point.
                hold.lose();
                self.journal.note(order.pattern(), LockEvent::Lost);
                now_or_never(work).await
            }
        };
        drop(leaving);
        match done {
            Some(done) => {
                taking.release().await;
                Ok(done)
            }
            None => Err(GuardError::Lost),
        }
    }

    /// Sees the work to its end and renews the lock meanwhile; `None` once the lock is lost. A
    /// renewal that is under way when the work ends is waited for: nothing touches the lock behind
    /// its release.
    async fn attend<W: Future + Send>(
        &self,
        lease: Lease,
        taking: &Taking<'_>,
        hold: &Hold,
        mut work: Pin<&mut W>,
    ) -> Option<W::Output> {
        let mut next = taking.asked + lease.length() / 3;
        loop {
            let deadline = hold.deadline()?;
            let due = match lease {
                Lease::Fixed(_) => deadline,
                Lease::Renewed(_) => next.min(deadline),
            };
            let due = self.clock.reach(due);
            if let First::One(done) = first(work.as_mut(), pin!(due)).await {
                return Some(done);
            }
            if matches!(lease, Lease::Fixed(_)) || self.clock.now() >= deadline {
                return None;
            }
            let (renewal, end) = (pin!(taking.renew()), pin!(self.clock.reach(deadline)));
            let mut renewal = pin!(first(renewal, end));
            let renewed = match first(work.as_mut(), renewal.as_mut()).await {
                First::One(done) => {
                    renewal.await;
                    return Some(done);
                }
                First::Other(First::One(renewed)) => renewed,
                First::Other(First::Other(())) => return None,
            };
            match renewed {
                Ok(from) => {
                    hold.prolong(surely(lease, from));
                    next = from + lease.length() / 3;
                }
                Err(error) if error.kind() == LockErrorKind::Lost => return None,
                Err(_) => next = self.clock.now() + lease.length() / 12,
            }
        }
    }
}

/// Until when a lock that was asked for then is held, even if the other side's clock is quicker.
fn surely(lease: Lease, asked: DateTime<Utc>) -> DateTime<Utc> {
    let length = lease.length();
    asked + length - length / 100 - TimeDelta::milliseconds(2)
}
