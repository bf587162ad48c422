use std::{
    future::Future,
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::JoinSet};

/// What one of a burst did.
pub(super) struct Shot<T> {
    /// The how many-th of the burst it is, from 0.
    pub(super) turn: usize,
    pub(super) end: T,
    pub(super) began: Instant,
    pub(super) took: Duration,
}

/// Runs all at once: each stands ready before the first begins.
pub(super) async fn burst<T, F>(shots: Vec<F>) -> Vec<Shot<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (signal, waiting) = watch::channel(false);
    let mut running = JoinSet::new();
    for (turn, shot) in shots.into_iter().enumerate() {
        let mut go = waiting.clone();
        running.spawn(async move {
            // The signal outlives the burst.
            let _ = go.wait_for(|go| *go).await;
            let began = Instant::now();
            let end = shot.await;
            Shot { turn, end, began, took: began.elapsed() }
        });
    }
    tokio::task::yield_now().await;
    signal.send_replace(true);
    running.join_all().await
}

/// How far apart the first and the last began.
pub(super) fn spread<T>(shots: &[Shot<T>]) -> Duration {
    let first = shots.iter().map(|shot| shot.began).min();
    let last = shots.iter().map(|shot| shot.began).max();
    first.zip(last).map_or(Duration::ZERO, |(first, last)| last - first)
}
