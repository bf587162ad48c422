//! The numbers are those of what happened.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use castad_domain::usecase::{Guarded, POINTS_OUT};
use castad_memory::{ManualClock, MemoryLock, SequentialIds};
use castad_redis::LockMetrics;
use chrono::TimeDelta;
use metrics::{
    Counter, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

const NAME: &str = "name=point:use:member:{id}";

type Cells = Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>;

#[derive(Default, Clone)]
struct Numbers(Cells);

impl Numbers {
    fn cell(&self, key: &Key) -> Arc<AtomicU64> {
        let labels: Vec<_> = key.labels().map(|l| format!("{}={}", l.key(), l.value())).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Arc::clone(self.0.lock().unwrap().entry(name.trim().to_owned()).or_default())
    }
}

/// A gauge that whole numbers are added to, and how often a histogram was told.
struct Cell(Arc<AtomicU64>);

impl GaugeFn for Cell {
    fn increment(&self, _: f64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    fn decrement(&self, _: f64) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
    fn set(&self, _: f64) {
        unreachable!("no gauge of a lock is set")
    }
}

impl HistogramFn for Cell {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Recorder for Numbers {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::new(Cell(self.cell(key))))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Cell(self.cell(key))))
    }
}

#[test]
fn the_numbers_are_those_of_what_happened() {
    let numbers = Numbers::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    metrics::with_local_recorder(&numbers, || runtime.block_on(scenario()));
    let seen = numbers.0.lock().unwrap();
    let seen: Vec<_> = seen.iter().map(|(n, v)| (n.as_str(), v.load(Ordering::SeqCst))).collect();
    let expected = [
        (format!("lock_acquire_total {NAME} outcome=acquired"), 3),
        (format!("lock_acquire_total {NAME} outcome=busy"), 1),
        (format!("lock_attempts_total {NAME}"), 3),
        (format!("lock_held {NAME}"), 0),
        (format!("lock_hold_seconds {NAME}"), 3),
        (format!("lock_lost_total {NAME}"), 1),
        (format!("lock_release_total {NAME} outcome=released"), 2),
        (format!("lock_wait_seconds {NAME}"), 4),
        (format!("lock_waiters {NAME}"), 0),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(seen, expected);
}

/// Three take the lock, of whom one loses it, and one finds it busy.
async fn scenario() {
    let (clock, ids) = (ManualClock::default(), Arc::new(SequentialIds::new()));
    let guarded = Guarded::new(Arc::new(MemoryLock::new()), Arc::new(clock.clone()), ids)
        .told_to(Arc::new(LockMetrics));
    let order = || POINTS_OUT.of([&"a member whose id is in no name"]);
    guarded.run(order(), async |_| ()).await.unwrap();
    let inner = guarded.clone();
    let nested = async |_| inner.run(order().waiting(TimeDelta::zero()), async |_| ()).await;
    guarded.run(order(), nested).await.unwrap().unwrap_err();
    let passes = async |_| {
        clock.advance(TimeDelta::seconds(11));
        std::future::pending::<()>().await;
    };
    guarded.run(order(), passes).await.unwrap_err();
}
