//! [`Clock`], and how to wait on one.

use std::{future::Future, pin::pin, sync::Arc, task::Poll};

use castad_domain::port::Clock;
use chrono::TimeDelta;
use futures_util::future::join5;

use crate::suite::{let_others_run, poll_once};

/// A clock, and what makes time pass on it.
pub struct Timepiece {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Lets that much time pass; nothing, where it passes by itself.
    pub pass: Box<dyn Fn(TimeDelta) + Send + Sync>,
}

/// `time_contract!(fresh)`, where `async fn fresh() -> Timepiece`.
#[macro_export]
macro_rules! time_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { time {
            a_time_is_whole_microseconds
            time_does_not_go_back
            a_time_that_has_been_is_reached_at_once
            who_waits_for_a_time_is_woken_then
            everybody_who_waits_is_woken
        } $($fresh)+ }
    };
}

/// What is stored reads back equal.
pub async fn a_time_is_whole_microseconds(piece: &Timepiece) {
    for _ in 0..100 {
        (piece.pass)(TimeDelta::nanoseconds(1_234_567));
        assert_eq!(piece.clock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}

/// A later look shows no earlier time.
pub async fn time_does_not_go_back(piece: &Timepiece) {
    let mut last = piece.clock.now();
    for _ in 0..1_000 {
        let now = piece.clock.now();
        assert!(now >= last);
        last = now;
        (piece.pass)(TimeDelta::microseconds(3));
    }
}

/// Nobody waits for what has been.
pub async fn a_time_that_has_been_is_reached_at_once(piece: &Timepiece) {
    let now = piece.clock.now();
    assert_eq!(poll_once(piece.clock.reach(now)).await, Poll::Ready(()));
    assert_eq!(poll_once(piece.clock.reach(now - TimeDelta::days(1))).await, Poll::Ready(()));
}

/// Waiting ends when the time has come and not before.
pub async fn who_waits_for_a_time_is_woken_then(piece: &Timepiece) {
    let day = piece.clock.now() + TimeDelta::days(1);
    assert_eq!(poll_once(piece.clock.reach(day)).await, Poll::Pending);
    let soon = piece.clock.now() + TimeDelta::milliseconds(20);
    let mut wait = pin!(piece.clock.reach(soon));
    if poll_once(wait.as_mut()).await.is_pending() {
        (piece.pass)(TimeDelta::milliseconds(20));
        wait.await;
    }
    assert!(piece.clock.now() >= soon);
}

/// Each of those who wait is woken, whoever began first.
pub async fn everybody_who_waits_is_woken(piece: &Timepiece) {
    let start = piece.clock.now();
    let wait = async |millis: i64| {
        let at = start + TimeDelta::milliseconds(millis);
        piece.clock.reach(at).await;
        assert!(piece.clock.now() >= at);
    };
    let pass = async {
        for _ in 0..4 {
            (piece.pass)(TimeDelta::milliseconds(10));
            let_others_run().await;
        }
    };
    join5(wait(30), wait(10), wait(10), wait(20), pass).await;
}

/// Waits on a clock until something is so.
///
/// # Panics
///
/// If it is not so within the limit.
pub async fn until<F: Future<Output = bool>>(
    clock: &dyn Clock,
    limit: TimeDelta,
    mut condition: impl FnMut() -> F,
) {
    let end = clock.now() + limit;
    while !condition().await {
        assert!(clock.now() < end, "it is not so after {limit}");
        clock.reach(clock.now() + TimeDelta::milliseconds(20)).await;
    }
}
