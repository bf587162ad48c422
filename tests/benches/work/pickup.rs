//! How long a job waits that one process pushes and another one takes.

use std::{sync::Arc, time::Duration};

use castad_contract::WallClock;
use castad_engine::{Engine, Settings};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    Server, at,
    watch::{Instance, Watch},
};

const PER_SECOND: [u32; 2] = [20, 300];

pub(crate) async fn bench(server: &Server, lasts: Duration) {
    println!("\nfrom the push in one process to the step in another, {lasts:?} at each rate");
    for rate in PER_SECOND {
        measure(server, rate, lasts).await;
    }
}

async fn measure(server: &Server, rate: u32, lasts: Duration) {
    let (clock, watch) = (WallClock::started(), Arc::new(Watch::default()));
    let pushes = Instance::open(server, &watch, &clock).await;
    let works = Instance::open(server, &watch, &clock).await;
    let settings = Settings { steps: 16, ..Settings::default() };
    let engine = Engine::new(&works.ports, settings);
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });

    let many = usize::try_from(u64::from(rate) * lasts.as_secs()).unwrap();
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..many {
        ticks.tick().await;
        pushes.push_watched(&watch).await;
    }
    watch.until(many).await;
    stop.cancel();
    running.await.unwrap();
    let mut waited = watch.waited();
    let [p50, p95, p99] = [50, 95, 99].map(|percent| at(&mut waited, percent));
    println!(
        "{:<30} {rate:>4}/s   p50 {p50:>9.1?}   p95 {p95:>9.1?}   p99 {p99:>9.1?}",
        "from the database"
    );
    pushes.sql.close().await;
    works.sql.close().await;
}
