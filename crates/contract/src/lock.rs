//! [`LockManager`].

use std::sync::Arc;

use castad_domain::port::{LockErrorKind, LockKey, LockLease, LockManager};
use futures_util::future::join_all;

use crate::make;

/// `lock_contract!(fresh)`, where `async fn fresh() -> Arc<dyn LockManager>` (or of any type of it).
#[macro_export]
macro_rules! lock_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { lock {
            a_lock_has_one_holder_at_a_time
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
        } $($fresh)+ }
    };
}

fn key() -> LockKey {
    LockKey::new("castad:video:project:가-1")
}

async fn take<L: LockManager + ?Sized>(
    lock: &Arc<L>,
    owner: u128,
    now: i64,
    until: i64,
) -> Option<LockLease> {
    let lease = lock.acquire(&key(), owner, make::time(now), make::time(until)).await;
    lease.expect("the lock answers")
}

async fn have<L: LockManager + ?Sized>(
    lock: &Arc<L>,
    owner: u128,
    now: i64,
    until: i64,
) -> LockLease {
    take(lock, owner, now, until).await.expect("the lock is free")
}

/// While somebody holds it nobody else does.
pub async fn a_lock_has_one_holder_at_a_time<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let lease = have(lock, 1, 0, 10).await;
    assert_eq!((&lease.key, lease.owner, lease.until), (&key(), 1, make::time(10)));
    assert_eq!(take(lock, 2, 9, 20).await, None);
}

/// A race has one winner.
pub async fn of_many_who_ask_at_once_one_gets_it<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let leases = join_all((1..=8).map(|owner| take(lock, owner, 0, 10))).await;
    assert_eq!(leases.into_iter().flatten().count(), 1);
}

/// Another key is another lock.
pub async fn keys_are_apart<L: LockManager + ?Sized>(lock: &Arc<L>) {
    have(lock, 1, 0, 10).await;
    let other = LockKey::new("castad:video:project:가-2");
    let lease = lock.acquire(&other, 2, make::time(0), make::time(10)).await;
    assert!(lease.expect("the lock answers").is_some());
}

/// A lock that was let go is taken at once.
pub async fn a_released_lock_is_free<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let lease = have(lock, 1, 0, 10).await;
    lock.release(&lease).await.expect("the lock answers");
    assert_eq!(have(lock, 2, 1, 10).await.owner, 2);
}

/// A holder that fell silent loses the lock when its time is over, at that very microsecond.
pub async fn a_lock_is_free_once_its_time_is_over<L: LockManager + ?Sized>(lock: &Arc<L>) {
    have(lock, 1, 0, 10).await;
    assert_eq!(have(lock, 2, 10, 20).await.owner, 2);
}

/// Every holder's token is higher than those of all before, however their locks ended.
pub async fn tokens_only_rise<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let first = have(lock, 1, 0, 10).await;
    lock.release(&first).await.expect("the lock answers");
    let second = have(lock, 2, 1, 10).await;
    let third = have(lock, 3, 10, 20).await;
    lock.release(&third).await.expect("the lock answers");
    let fourth = have(lock, 1, 11, 20).await;
    let tokens = [first.token, second.token, third.token, fourth.token];
    assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{tokens:?}");
}

/// An owner whose answer was lost asks again and gets the same lock.
pub async fn the_same_owner_gets_the_same_token<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let first = have(lock, 1, 0, 10).await;
    let again = have(lock, 1, 1, 10).await;
    assert_eq!(again, first);
}

/// A lock that is renewed in time is held until the new time.
pub async fn a_renewed_lock_is_held_longer<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let lease = have(lock, 1, 0, 10).await;
    let longer = lock.renew(&lease, make::time(9), make::time(30)).await.expect("it is held");
    assert_eq!(longer, LockLease { until: make::time(30), ..lease });
    assert_eq!(take(lock, 2, 29, 40).await, None);
    assert!(take(lock, 2, 30, 40).await.is_some());
}

/// A lock whose time is over, or that somebody else took, is lost.
pub async fn a_lost_lock_cannot_be_renewed<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let lease = have(lock, 1, 0, 10).await;
    let late = lock.renew(&lease, make::time(10), make::time(30)).await;
    assert_eq!(late.map_err(|lost| lost.kind()), Err(LockErrorKind::Lost));
    have(lock, 2, 10, 20).await;
    let late = lock.renew(&lease, make::time(11), make::time(30)).await;
    assert_eq!(late.map_err(|lost| lost.kind()), Err(LockErrorKind::Lost));
}

/// What was let go is not held any more.
pub async fn a_released_lock_cannot_be_renewed<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let lease = have(lock, 1, 0, 10).await;
    lock.release(&lease).await.expect("the lock answers");
    let late = lock.renew(&lease, make::time(1), make::time(30)).await;
    assert_eq!(late.map_err(|lost| lost.kind()), Err(LockErrorKind::Lost));
}

/// Letting go of a lock that was lost, or twice, leaves the next holder's alone.
pub async fn releasing_what_was_lost_touches_nobody_elses<L: LockManager + ?Sized>(lock: &Arc<L>) {
    let lost = have(lock, 1, 0, 10).await;
    have(lock, 2, 10, 20).await;
    lock.release(&lost).await.expect("it is fine");
    lock.release(&lost).await.expect("it is fine");
    assert_eq!(take(lock, 3, 11, 20).await, None);
}
