use std::{future::Future, pin::pin, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Guarded,
    line::Ticket,
    order::{Lease, LockOrder},
    race::{First, first},
};
use crate::port::{
    LockAttempt, LockError, LockErrorKind, LockEvent, LockKey, LockLease, LockOutcome, Wake,
};

/// Why a lock was not taken.
pub(super) enum Untaken {
    /// Somebody holds it.
    Busy,
    /// The wait ran out.
    Timeout,
    /// The lock does not answer.
    Outage(LockError),
}

/// A clock of another machine says that a holder's time is over, and the lock does not think so.
const LEAST_LOOK: TimeDelta = TimeDelta::milliseconds(10);

/// What is held for some work: dropped, it is let go in the background.
pub(super) struct Taking<'a> {
    at: &'a Guarded,
    pattern: &'static str,
    wait: TimeDelta,
    lease: Lease,
    leases: Vec<LockLease>,
    /// When the first of the leases was asked for.
    pub(super) asked: DateTime<Utc>,
    /// Asked for, with an answer that may be lost.
    pending: Option<(LockKey, u128)>,
    /// Behind the leases: the next in line asks when they are let go.
    tickets: Vec<Ticket>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(at: &'a Guarded, order: &LockOrder) -> Self {
        Self {
            at,
            pattern: order.pattern(),
            wait: order.wait(),
            lease: order.lease(),
            leases: Vec::new(),
            asked: at.clock.now(),
            pending: None,
            tickets: Vec::new(),
        }
    }

    pub(super) fn leases(&self) -> &[LockLease] {
        &self.leases
    }

    /// Takes every key, in order, before the one deadline.
    pub(super) async fn take(&mut self, order: &LockOrder) -> Result<(), Untaken> {
        let deadline = self.at.clock.now() + order.wait();
        for key in order.keys() {
            self.queue(key, deadline).await?;
            self.ask(key, deadline).await?;
        }
        Ok(())
    }

    async fn queue(&mut self, key: &LockKey, deadline: DateTime<Utc>) -> Result<(), Untaken> {
        let ticket = self.at.line.enter(key);
        if !ticket.is_first() {
            if self.wait <= TimeDelta::zero() {
                return Err(Untaken::Busy);
            }
            self.before(deadline, ticket.turn()).await?;
        }
        self.tickets.push(ticket);
        Ok(())
    }

    /// Tries, and as long as somebody holds it waits for a reason to try again. The second try comes
    /// once a release cannot be missed any more.
    async fn ask(&mut self, key: &LockKey, deadline: DateTime<Utc>) -> Result<(), Untaken> {
        let owner = self.at.ids.next();
        let Some(mut until) = self.attempt(key, owner, None).await? else { return Ok(()) };
        if self.wait <= TimeDelta::zero() {
            return Err(Untaken::Busy);
        }
        let watch = self.before(deadline, self.at.locks.watch(key)).await?;
        let mut watch = watch.map_err(Untaken::Outage)?;
        loop {
            match self.attempt(key, owner, Some(deadline)).await? {
                None => return Ok(()),
                Some(busy_until) => until = busy_until.or(until),
            }
            let woken = self.wake(watch.freed(), until, deadline).await?;
            self.note(LockEvent::Woken(woken));
        }
    }

    /// Waits for a hint, or for the end of the holder's time.
    async fn wake(
        &self,
        hint: impl Future<Output = Wake> + Send,
        until: Option<DateTime<Utc>>,
        deadline: DateTime<Utc>,
    ) -> Result<Option<Wake>, Untaken> {
        let Some(until) = until else { return self.before(deadline, hint).await.map(Some) };
        let look = until.max(self.at.clock.now() + LEAST_LOOK);
        let either = async {
            match first(pin!(hint), pin!(self.at.clock.reach(look))).await {
                First::One(wake) => Some(wake),
                First::Other(()) => None,
            }
        };
        self.before(deadline, either).await
    }

    /// One try; `None` if the lock is held now. An answer that was lost is asked for once more.
    async fn attempt(
        &mut self,
        key: &LockKey,
        owner: u128,
        deadline: Option<DateTime<Utc>>,
    ) -> Result<Option<Option<DateTime<Utc>>>, Untaken> {
        self.pending = Some((key.clone(), owner));
        let mut tries = 0;
        let (asked, attempt) = loop {
            let asked = self.at.clock.now();
            self.note(LockEvent::Attempted);
            let until = asked + self.lease.length();
            let asking = self.at.locks.acquire(key, owner, asked, until);
            let answer = match deadline {
                None => asking.await,
                Some(deadline) => self.before(deadline, asking).await?,
            };
            match answer {
                Ok(attempt) => break (asked, attempt),
                Err(error) if error.kind() == LockErrorKind::Unavailable && tries == 0 => {
                    tries += 1;
                }
                Err(error) => return Err(Untaken::Outage(error)),
            }
        };
        self.pending = None;
        match attempt {
            LockAttempt::Busy { until } => Ok(Some(until)),
            LockAttempt::Taken(lease) => {
                if self.leases.is_empty() {
                    self.asked = asked;
                }
                self.leases.push(lease);
                Ok(None)
            }
        }
    }

    async fn before<F: Future>(
        &self,
        deadline: DateTime<Utc>,
        wait: F,
    ) -> Result<F::Output, Untaken> {
        match first(pin!(wait), pin!(self.at.clock.reach(deadline))).await {
            First::One(done) => Ok(done),
            First::Other(()) => Err(Untaken::Timeout),
        }
    }

    /// Holds all of it for longer; says from when on.
    pub(super) async fn renew(&self) -> Result<DateTime<Utc>, LockError> {
        let now = self.at.clock.now();
        let mut renewed = Ok(now);
        for lease in &self.leases {
            renewed = match self.at.locks.renew(lease, now, now + self.lease.length()).await {
                Ok(_) => Ok(now),
                Err(error) => Err(error),
            };
            self.note(LockEvent::Renewed { ok: renewed.is_ok() });
            if renewed.is_err() {
                break;
            }
        }
        renewed
    }

    /// Lets go of all of it, the last taken first.
    pub(super) async fn release(&mut self) {
        while let Some(lease) = self.leases.last() {
            let held = self.at.locks.release(lease).await.ok();
            self.at.journal.note(self.pattern, LockEvent::Released { held });
            let lease = self.leases.pop();
            if let (None, Some(lease)) = (held, lease) {
                self.at.locks.abandon(&lease.key, lease.owner);
            }
        }
        self.tickets.clear();
    }

    /// Lets go of all of it without waiting; the place in the line is kept.
    pub(super) fn abandon(&mut self) {
        if let Some((key, owner)) = self.pending.take() {
            self.at.locks.abandon(&key, owner);
        }
        while let Some(lease) = self.leases.pop() {
            self.at.locks.abandon(&lease.key, lease.owner);
        }
    }

    fn note(&self, event: LockEvent) {
        self.at.journal.note(self.pattern, event);
    }
}

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        self.abandon();
    }
}

/// Notes how waiting ends, also where who waits goes away.
pub(super) struct Waiting {
    at: Guarded,
    pattern: &'static str,
    since: DateTime<Utc>,
    ended: bool,
}

impl Waiting {
    pub(super) fn begin(at: &Guarded, pattern: &'static str) -> Self {
        at.journal.note(pattern, LockEvent::Waiting);
        Self { at: at.clone(), pattern, since: at.clock.now(), ended: false }
    }

    pub(super) fn end(mut self, outcome: LockOutcome) {
        self.note(outcome);
    }

    fn note(&mut self, outcome: LockOutcome) {
        self.ended = true;
        let waited = self.at.clock.now() - self.since;
        let waited_us = waited.num_microseconds().unwrap_or(i64::MAX);
        self.at.journal.note(self.pattern, LockEvent::Ended { outcome, waited_us });
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.ended {
            self.note(LockOutcome::Gone);
        }
    }
}

/// Tells guards that are still about, however the work ended, that the lock is not theirs any more.
pub(super) struct Leaving {
    pub(super) at: Guarded,
    pub(super) pattern: &'static str,
    pub(super) since: DateTime<Utc>,
    pub(super) hold: Arc<super::guard::Hold>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.hold.lose();
        let held = self.at.clock.now() - self.since;
        let held_us = held.num_microseconds().unwrap_or(i64::MAX);
        self.at.journal.note(self.pattern, LockEvent::Left { held_us });
    }
}
