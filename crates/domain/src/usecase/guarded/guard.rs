use std::{
    fmt,
    future::{Future, poll_fn},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use chrono::{DateTime, Utc};

use crate::port::{Clock, LockKey, LockLease};

/// What work that runs inside a lock is given.
///
/// Work that writes somewhere that has no guard of its own names the [token](Guard::token) there: a
/// writer with a lower one than was seen before is late and is refused.
#[derive(Clone)]
pub struct Guard {
    tokens: Arc<[(LockKey, i64)]>,
    hold: Arc<Hold>,
}

impl Guard {
    pub(super) fn of(leases: &[LockLease], hold: &Arc<Hold>) -> Self {
        let tokens = leases.iter().map(|lease| (lease.key.clone(), lease.token)).collect();
        Self { tokens, hold: Arc::clone(hold) }
    }

    /// The fencing token of the lock, of the first in order where there are several; `None` where
    /// the lock did not answer and the database's guard stands alone.
    #[must_use]
    pub fn token(&self) -> Option<i64> {
        self.tokens.first().map(|(_, token)| *token)
    }

    /// The fencing token of each key.
    #[must_use]
    pub fn tokens(&self) -> &[(LockKey, i64)] {
        &self.tokens
    }

    /// Whether the work runs without the lock, under the database's guard alone.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether somebody else may hold the lock by now; for good, once it is so.
    ///
    /// Work asks right before it commits.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.hold.is_lost()
    }

    /// Returns once somebody else may hold the lock; never, where there is none.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + 'static {
        let hold = Arc::clone(&self.hold);
        poll_fn(move |cx| {
            let mut state = hold.state();
            if state.lost {
                return Poll::Ready(());
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tokens, lost) = (&self.tokens, self.is_lost());
        f.debug_struct("Guard").field("tokens", tokens).field("lost", &lost).finish_non_exhaustive()
    }
}

/// Until when a lock is surely held.
pub(super) struct Hold {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// `None` where nothing is held that could be lost.
    deadline: Option<DateTime<Utc>>,
    lost: bool,
    waiting: Vec<Waker>,
}

impl Hold {
    pub(super) fn until(deadline: Option<DateTime<Utc>>, clock: &Arc<dyn Clock>) -> Arc<Self> {
        let state = Mutex::new(State { deadline, lost: false, waiting: Vec::new() });
        Arc::new(Self { clock: Arc::clone(clock), state })
    }

    pub(super) fn prolong(&self, deadline: DateTime<Utc>) {
        self.state().deadline = Some(deadline);
    }

    pub(super) fn deadline(&self) -> Option<DateTime<Utc>> {
        self.state().deadline
    }

    /// Says so to everybody who waits for it.
    pub(super) fn lose(&self) {
        let waiting = {
            let mut state = self.state();
            state.lost = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    fn is_lost(&self) -> bool {
        let now = self.clock.now();
        let state = self.state();
        state.lost || state.deadline.is_some_and(|deadline| deadline <= now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves what was written before it, which is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
