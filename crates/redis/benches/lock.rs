//! What a lock costs beside bare round trips, and what waiting costs, in the same run.
//!
//! `cargo bench -p castad-redis` starts a Redis, or takes the one that `CASTAD_TEST_REDIS_URL` names;
//! the numbers go to the terminal, nothing is judged.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends at a fault"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use castad_contract::WallClock;
use castad_domain::{
    port::{Clock, IdSource, LockAttempt, LockEvent, LockJournal, LockManager, LockOutcome},
    usecase::{Guarded, POINTS_OUT},
};
use castad_memory::{MemoryEpochs, SequentialIds};
use castad_redis::{RedisLock, Settings};
use chrono::TimeDelta;
use futures_util::future::join_all;

#[path = "../tests/server/start.rs"]
#[expect(dead_code, reason = "the suites do more with a server")]
mod start;

const TIMES: usize = 5_000;
const WAITERS: usize = 20;
const WORK: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Attempts(AtomicUsize);

impl LockJournal for Attempts {
    fn note(&self, _: &'static str, event: LockEvent) {
        if event == LockEvent::Attempted {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        let degraded = matches!(event, LockEvent::Ended { outcome: LockOutcome::Degraded, .. });
        assert!(!degraded, "Redis answers");
    }
}

/// Prints the middle and the slow end of what a step takes.
async fn measure(what: &str, mut step: impl AsyncFnMut()) {
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        step().await;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let at = |percent: usize| took[TIMES * percent / 100];
    println!("{what:<52} p50 {:>9.1?}  p99 {:>9.1?}", at(50), at(99));
}

async fn uncontended(lock: &RedisLock, guarded: &Guarded, clock: &WallClock, ids: &SequentialIds) {
    let client = redis::Client::open(start::shared().await).unwrap();
    let bare = client.get_multiplexed_async_connection().await.unwrap();
    let ask = async |command: &redis::Cmd| {
        let mut bare = bare.clone();
        command.query_async::<redis::Value>(&mut bare).await.unwrap();
    };
    let ping = redis::cmd("PING");
    measure("one bare round trip", async || ask(&ping).await).await;
    let mut set = redis::cmd("SET");
    set.arg("castad-bench").arg("me").arg("NX").arg("PX").arg(10_000);
    let mut del = redis::cmd("DEL");
    del.arg("castad-bench");
    let both = async || {
        ask(&set).await;
        ask(&del).await;
    };
    measure("two bare round trips: SET NX PX, DEL", both).await;
    let key = POINTS_OUT.of([&"alone"]).keys()[0].clone();
    let both = async || {
        let (now, owner) = (clock.now(), ids.next());
        let taken = lock.acquire(&key, owner, now, now + TimeDelta::seconds(10)).await.unwrap();
        let LockAttempt::Taken(lease) = taken else { panic!("it is free") };
        lock.release(&lease).await.unwrap();
    };
    measure("acquire and release, with token and message", both).await;
    let run = async || guarded.run(POINTS_OUT.of([&"alone"]), async |_| ()).await.unwrap();
    measure("the same around work: line, deadline, journal", run).await;
}

async fn work(clock: &WallClock) {
    clock.reach(clock.now() + TimeDelta::from_std(WORK).unwrap()).await;
}

async fn waiting(guarded: &Guarded, attempts: &Attempts, clock: &WallClock) {
    attempts.0.store(0, Ordering::Relaxed);
    let began = Instant::now();
    let order = POINTS_OUT.of([&"many"]).waiting(TimeDelta::seconds(60));
    let runs = (0..WAITERS).map(|_| guarded.run(order.clone(), async |_| work(clock).await));
    join_all(runs).await.into_iter().for_each(|run| run.unwrap());
    print("messages and a line", attempts.0.load(Ordering::Relaxed), began.elapsed());
}

/// Everybody asks again after a pause, be it none.
async fn polling(what: &str, lock: &RedisLock, clock: &WallClock, pause: TimeDelta) {
    let (attempts, ids) = (AtomicUsize::new(0), SequentialIds::new());
    let key = POINTS_OUT.of([&what]).keys()[0].clone();
    let began = Instant::now();
    let wait = || async {
        let owner = ids.next();
        let lease = loop {
            attempts.fetch_add(1, Ordering::Relaxed);
            let now = clock.now();
            let until = now + TimeDelta::seconds(10);
            if let LockAttempt::Taken(lease) = lock.acquire(&key, owner, now, until).await.unwrap()
            {
                break lease;
            }
            clock.reach(clock.now() + pause).await;
        };
        work(clock).await;
        lock.release(&lease).await.unwrap();
    };
    join_all((0..WAITERS).map(|_| wait())).await;
    print(what, attempts.into_inner(), began.elapsed());
}

fn print(what: &str, attempts: usize, elapsed: Duration) {
    println!("{what:<52} {attempts:>6} attempts {elapsed:>12.1?}");
}

#[tokio::main]
async fn main() {
    let (url, clock) = (start::shared().await, WallClock::started());
    let (ids, attempts) = (Arc::new(SequentialIds::new()), Arc::new(Attempts::default()));
    let call = Duration::from_secs(2);
    let settings = Settings { namespace: start::namespace(), call, ..Settings::default() };
    let epochs = Arc::new(MemoryEpochs::new());
    let lock = RedisLock::new(url, epochs, clock.clone(), settings).unwrap();
    let guarded = Guarded::new(Arc::new(lock.clone()), clock.clone(), ids.clone());
    let guarded = guarded.told_to(attempts.clone());

    println!("alone, {TIMES} times");
    uncontended(&lock, &guarded, &clock, &ids).await;
    println!("\n{WAITERS} who wait in one process, {WORK:?} of work each");
    waiting(&guarded, &attempts, &clock).await;
    polling("polling every 50 ms", &lock, &clock, TimeDelta::milliseconds(50)).await;
    polling("polling every 5 ms", &lock, &clock, TimeDelta::milliseconds(5)).await;
    polling("spinning", &lock, &clock, TimeDelta::zero()).await;
}
