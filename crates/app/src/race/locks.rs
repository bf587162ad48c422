use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use castad_domain::usecase::{GuardError, Lease, LockRule, OnOutage};
use chrono::TimeDelta;

use super::{
    burst::{burst, spread},
    verdict::{Percentiles, Verdict, millis},
};
use crate::{cli::Race, config::Config, wire::Wired};

const COUNTER: LockRule<2> = LockRule::new(
    "race:{mark}:{counter}",
    TimeDelta::seconds(30),
    Lease::Fixed(TimeDelta::seconds(10)),
    OnOutage::FailClosed,
);

/// A number that is read, and written a little later: who does so beside another loses an update.
#[derive(Default)]
pub(super) struct Counter(AtomicI64);

impl Counter {
    pub(super) async fn raise(&self) {
        let read = self.0.load(Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.0.store(read + 1, Ordering::SeqCst);
    }

    pub(super) fn value(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Everybody raises one of `items` counters inside the configured lock.
pub(super) async fn run(config: &Config, flags: &Race) -> anyhow::Result<Verdict> {
    let wired = Wired::open(config).await?;
    let counters: Arc<Vec<Counter>> =
        Arc::new((0..flags.items).map(|_| Counter::default()).collect());
    let mark = wired.ports.ids.next();
    let shots = (0..flags.clients).map(|n| {
        let (guarded, counters) = (wired.ports.guarded.clone(), Arc::clone(&counters));
        async move {
            let counter = n % counters.len();
            let order = COUNTER.of([&format!("{mark:x}"), &counter]);
            guarded.run(order, async |_guard| counters[counter].raise().await).await
        }
    });
    let shots = burst(shots.collect()).await;
    let mut verdict = Verdict {
        contest: "lock",
        clients: flags.clients,
        items: flags.clients,
        began_within_ms: millis(spread(&shots)),
        latency_ms: Percentiles::of(shots.iter().map(|shot| shot.took).collect()),
        ..Verdict::default()
    };
    for shot in &shots {
        match &shot.end {
            Ok(()) => verdict.succeeded += 1,
            Err(GuardError::Busy) => *verdict.refused.entry("busy".to_owned()).or_default() += 1,
            Err(error) => *verdict.failed.entry(error.to_string()).or_default() += 1,
        }
    }
    verdict.expected = Some(i64::try_from(verdict.succeeded)?);
    verdict.found = Some(counters.iter().map(Counter::value).sum());
    wired.close().await;
    Ok(verdict)
}
