//! The queue of work at a server: what a claim costs however much waits, how many steps an engine
//! takes in a second, and how long a job waits until a worker has it.
//!
//! `cargo bench -p castad-tests --bench work` starts MySQL and NATS in containers. The numbers go to the
//! terminal, nothing is judged. `CASTAD_BENCH_ROWS` is the most rows that wait (1,000,000),
//! `CASTAD_BENCH_SECONDS` how long each rate lasts (20).
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends at a fault"
)]

mod claims;
mod pickup;
mod steps;
mod watch;

use std::{env, sync::Arc, time::Duration};

use castad_memory::SequentialIds;
use castad_tests::{database, nats};

fn number(name: &str, unset: u64) -> u64 {
    env::var(name).map_or(unset, |text| text.parse().unwrap())
}

/// What all instances run on.
struct Server {
    url: String,
    ids: Arc<SequentialIds>,
}

#[tokio::main]
async fn main() {
    let (rows, seconds) =
        (number("CASTAD_BENCH_ROWS", 1_000_000), number("CASTAD_BENCH_SECONDS", 20));
    let (_mysql, url) = database("mysql", "9.7", "MYSQL").await;
    let (_nats, nats) = nats().await;
    let server = Server { url, ids: Arc::default() };
    steps::bench(&server).await;
    pickup::bench(&server, &format!("nats://{nats}"), Duration::from_secs(seconds)).await;
    claims::bench(&server, rows).await;
}

/// A number that no other job has.
fn fresh() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static GIVEN: AtomicU64 = AtomicU64::new(1);
    GIVEN.fetch_add(1, Ordering::Relaxed)
}

/// The time that so many of a hundred stay below.
fn at(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() * percent / 100).copied().unwrap_or_default()
}
