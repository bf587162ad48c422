//! [`LockManager`].

use std::{
    any::Any,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use castad_domain::{
    port::{IdSource, LockAttempt, LockErrorKind, LockKey, LockLease, LockManager, Wake},
    usecase::{Guarded, POINTS_OUT},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use crate::{
    suite::{let_others_run, poll_once},
    time::Timepiece,
};

/// A lock, and how time passes for it.
pub struct Locks {
    /// The lock.
    pub lock: Arc<dyn LockManager>,
    /// The same lock as another process has it.
    pub other: Arc<dyn LockManager>,
    /// Fresh owners.
    pub ids: Arc<dyn IdSource>,
    /// The lock's time.
    pub time: Timepiece,
    /// A short time: what is held for ten of it is held at nine, be the machine busy.
    pub tick: TimeDelta,
    /// How much later than asked for a lock may become free.
    pub late: TimeDelta,
    /// What has to live as long: a server's database.
    pub keep: Option<Box<dyn Any + Send + Sync>>,
}

/// `lock_contract!(fresh)`, where `async fn fresh() -> Locks`.
#[macro_export]
macro_rules! lock_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { lock {
            a_lock_has_one_holder_at_a_time
            who_is_refused_may_be_told_until_when
            of_many_who_ask_at_once_one_gets_it
            keys_are_apart
            a_released_lock_is_free
            a_lock_is_free_once_its_time_is_over
            tokens_only_rise
            the_same_owner_gets_the_same_token
            a_renewed_lock_is_held_longer
            a_lost_lock_cannot_be_renewed
            a_released_lock_cannot_be_renewed
            releasing_what_was_lost_touches_nobody_elses
            what_is_abandoned_is_soon_free
            abandoning_touches_nobody_elses
            a_lock_that_was_forgotten_goes_on_counting
            a_watch_misses_no_release
            a_watch_that_stops_waiting_misses_nothing
            a_watch_hears_of_its_own_key
            many_of_two_processes_work_one_at_a_time
        } $($fresh)+ }
    };
}

/// The case's time, in ticks since it began.
struct Ticks<'a> {
    locks: &'a Locks,
    start: DateTime<Utc>,
}

impl<'a> Ticks<'a> {
    fn of(locks: &'a Locks) -> Self {
        Self { locks, start: locks.time.clock.now() }
    }

    fn at(&self, tick: i32) -> DateTime<Utc> {
        self.start + self.locks.tick * tick
    }

    async fn reach(&self, at: DateTime<Utc>) {
        let clock = &self.locks.time.clock;
        (self.locks.time.pass)((at - clock.now()).max(TimeDelta::zero()));
        clock.reach(at).await;
    }

    async fn pass_to(&self, tick: i32) {
        self.reach(self.at(tick)).await;
    }

    async fn pass_beyond(&self, tick: i32) {
        self.reach(self.at(tick) + self.locks.late).await;
    }

    async fn take(&self, owner: u128, until: i32) -> Option<LockLease> {
        self.take_key(&key(), owner, until).await
    }

    async fn take_key(&self, key: &LockKey, owner: u128, until: i32) -> Option<LockLease> {
        let (lock, now) = (&self.locks.lock, self.locks.time.clock.now());
        match lock.acquire(key, owner, now, self.at(until)).await.expect("the lock answers") {
            LockAttempt::Taken(lease) => Some(lease),
            LockAttempt::Busy { .. } => None,
        }
    }

    async fn have(&self, owner: u128, until: i32) -> LockLease {
        self.take(owner, until).await.expect("the lock is free")
    }

    async fn renew(&self, lease: &LockLease, until: i32) -> Result<LockLease, LockErrorKind> {
        let now = self.locks.time.clock.now();
        self.locks.lock.renew(lease, now, self.at(until)).await.map_err(|error| error.kind())
    }

    async fn forget(&self, since: DateTime<Utc>) {
        self.locks.lock.forget(since).await.expect("the lock answers");
    }

    async fn release(&self, lease: &LockLease) -> bool {
        self.locks.lock.release(lease).await.expect("the lock answers")
    }
}

fn key() -> LockKey {
    LockKey::new("castad:video:project:가-1")
}

/// While somebody holds it nobody else does.
pub async fn a_lock_has_one_holder_at_a_time(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 10).await;
    assert_eq!((&lease.key, lease.owner, lease.until), (&key(), 1, t.at(10)));
    t.pass_to(9).await;
    assert_eq!(t.take(2, 20).await, None);
}

/// A time that is told is that of the holder.
pub async fn who_is_refused_may_be_told_until_when(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 10).await;
    let now = locks.time.clock.now();
    let attempt = locks.lock.acquire(&key(), 2, now, t.at(20)).await.expect("the lock answers");
    let LockAttempt::Busy { until } = attempt else { panic!("{attempt:?} beside {lease:?}") };
    if let Some(until) = until {
        assert!((until - lease.until).abs() <= locks.late, "{until} is not {}", lease.until);
    }
}

/// A race has one winner.
pub async fn of_many_who_ask_at_once_one_gets_it(locks: &Locks) {
    let t = Ticks::of(locks);
    let leases = join_all((1..=8).map(|owner| t.take(owner, 10))).await;
    assert_eq!(leases.into_iter().flatten().count(), 1);
}

/// Another key is another lock.
pub async fn keys_are_apart(locks: &Locks) {
    let t = Ticks::of(locks);
    t.have(1, 10).await;
    let other = LockKey::new("castad:video:project:가-2");
    assert!(t.take_key(&other, 2, 10).await.is_some());
}

/// A lock that was let go is taken at once.
pub async fn a_released_lock_is_free(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 10).await;
    assert!(t.release(&lease).await, "it was held");
    assert_eq!(t.have(2, 10).await.owner, 2);
}

/// A holder that fell silent loses the lock when its time is over.
pub async fn a_lock_is_free_once_its_time_is_over(locks: &Locks) {
    let t = Ticks::of(locks);
    t.have(1, 10).await;
    t.pass_beyond(10).await;
    assert_eq!(t.have(2, 20).await.owner, 2);
}

/// Every holder's token is higher than those of all before, however their locks ended.
pub async fn tokens_only_rise(locks: &Locks) {
    let t = Ticks::of(locks);
    let first = t.have(1, 10).await;
    t.release(&first).await;
    let second = t.have(2, 10).await;
    t.pass_beyond(10).await;
    let third = t.have(3, 20).await;
    t.release(&third).await;
    let fourth = t.have(1, 20).await;
    let tokens = [first.token, second.token, third.token, fourth.token];
    assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{tokens:?}");
}

/// What nobody has held for a time may be forgotten, but for how far the tokens had come; what is
/// held is not.
pub async fn a_lock_that_was_forgotten_goes_on_counting(locks: &Locks) {
    let t = Ticks::of(locks);
    let first = t.have(1, 10).await;
    t.release(&first).await;
    t.pass_beyond(10).await;
    let held = t.take_key(&LockKey::new("held"), 2, 30).await.expect("the lock is free");
    t.forget(t.at(20)).await;
    let second = t.have(3, 30).await;
    assert!(first.token < second.token, "{} after {}", second.token, first.token);
    assert!(t.release(&held).await, "what is held was forgotten");
    assert!(t.release(&second).await);
}

/// An owner whose answer was lost asks again and gets the same lock, for as long as it asks now.
pub async fn the_same_owner_gets_the_same_token(locks: &Locks) {
    let t = Ticks::of(locks);
    let first = t.have(1, 10).await;
    let again = t.have(1, 30).await;
    assert_eq!(again, LockLease { until: t.at(30), ..first });
    t.pass_to(20).await;
    assert_eq!(t.take(2, 40).await, None);
}

/// A lock that is renewed in time is held until the new time.
pub async fn a_renewed_lock_is_held_longer(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 10).await;
    t.pass_to(5).await;
    let longer = t.renew(&lease, 20).await.expect("it is held");
    assert_eq!(longer, LockLease { until: t.at(20), ..lease });
    t.pass_to(15).await;
    assert_eq!(t.take(2, 40).await, None);
    t.pass_beyond(20).await;
    assert!(t.take(2, 40).await.is_some());
}

/// A lock whose time is over, or that somebody else took, is lost.
pub async fn a_lost_lock_cannot_be_renewed(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 10).await;
    t.pass_beyond(10).await;
    assert_eq!(t.renew(&lease, 30).await, Err(LockErrorKind::Lost));
    let next = t.have(2, 30).await;
    assert_eq!(t.renew(&lease, 40).await, Err(LockErrorKind::Lost));
    t.renew(&next, 40).await.expect("the next holder's is untouched");
}

/// What was let go is not held any more.
pub async fn a_released_lock_cannot_be_renewed(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 10).await;
    t.release(&lease).await;
    assert_eq!(t.renew(&lease, 30).await, Err(LockErrorKind::Lost));
    assert!(t.take(2, 30).await.is_some(), "a late renewal takes nothing");
}

/// Letting go of a lock that was lost, or twice, leaves the next holder's alone.
pub async fn releasing_what_was_lost_touches_nobody_elses(locks: &Locks) {
    let t = Ticks::of(locks);
    let lost = t.have(1, 10).await;
    t.pass_beyond(10).await;
    t.have(2, 30).await;
    assert!(!t.release(&lost).await, "it was not held any more");
    assert!(!t.release(&lost).await, "it was not held any more");
    assert_eq!(t.take(3, 40).await, None);
}

/// Who goes away without waiting leaves the lock free, before its time is over.
pub async fn what_is_abandoned_is_soon_free(locks: &Locks) {
    let t = Ticks::of(locks);
    t.have(1, 1_000_000).await;
    locks.lock.abandon(&key(), 1);
    // The lock's own time may stand still, and the lock answers in the machine's.
    for _ in 0..100_000 {
        if t.take(2, 10).await.is_some() {
            return;
        }
        let_others_run().await;
    }
    panic!("it is still held");
}

/// Nobody lets go of what is not theirs.
pub async fn abandoning_touches_nobody_elses(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(2, 1_000).await;
    locks.lock.abandon(&key(), 1);
    for _ in 0..100 {
        assert_eq!(t.take(3, 1_000).await, None);
        let_others_run().await;
    }
    assert!(t.release(&lease).await);
}

/// A release right after the watch began is told, be it listened for by then or not.
pub async fn a_watch_misses_no_release(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 1_000).await;
    let mut watch = locks.lock.watch(&key()).await.expect("the lock answers");
    t.release(&lease).await;
    assert_ne!(watch.freed().await, Wake::Returned);
    assert!(t.take(2, 1_000).await.is_some());
}

/// Who is dropped while it waits for a release takes it up where it was.
pub async fn a_watch_that_stops_waiting_misses_nothing(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 1_000).await;
    let mut watch = locks.lock.watch(&key()).await.expect("the lock answers");
    assert_eq!(poll_once(watch.freed()).await, Poll::Pending);
    t.release(&lease).await;
    assert_ne!(watch.freed().await, Wake::Returned);
}

/// What is let go elsewhere, also by another process, is told as long as a watch lives.
pub async fn a_watch_hears_of_its_own_key(locks: &Locks) {
    let t = Ticks::of(locks);
    let lease = t.have(1, 1_000).await;
    let theirs = LockKey::new("castad:video:project:가-2");
    t.take_key(&theirs, 1, 1_000).await.expect("it is free");
    let mut first = locks.other.watch(&key()).await.expect("the lock answers");
    let mut second = locks.other.watch(&key()).await.expect("the lock answers");
    drop(locks.other.watch(&theirs).await.expect("the lock answers"));
    t.release(&lease).await;
    first.freed().await;
    second.freed().await;
    drop(first);
    let lease = t.have(2, 1_000).await;
    let mut freed = pin!(second.freed());
    let _ = poll_once(freed.as_mut()).await;
    t.release(&lease).await;
    freed.await;
}

/// Of many who wait in two processes each has its turn, one at a time, with a higher token than all
/// before it.
pub async fn many_of_two_processes_work_one_at_a_time(locks: &Locks) {
    const EACH: usize = 20;
    let clock = &locks.time.clock;
    let guarded = [&locks.lock, &locks.other]
        .map(|lock| Guarded::new(Arc::clone(lock), Arc::clone(clock), Arc::clone(&locks.ids)));
    let (inside, tokens) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let order = POINTS_OUT.of([&"many"]).waiting(TimeDelta::minutes(5));
    let work = guarded.iter().flat_map(|guarded| {
        (0..EACH).map(|_| {
            guarded.run(order.clone(), async |guard| {
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "somebody else is inside");
                tokens.lock().expect("no case panics").push(guard.token());
                for _ in 0..5 {
                    let_others_run().await;
                }
                inside.fetch_sub(1, Ordering::SeqCst);
            })
        })
    });
    for served in join_all(work).await {
        served.expect("everybody is served");
    }
    let tokens = tokens.into_inner().expect("no case panics");
    assert_eq!(tokens.len(), 2 * EACH);
    assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{tokens:?}");
}
