//! How long a job waits from the moment it is pushed in one of two processes until its step begins in
//! either of them.

use std::{sync::Arc, time::Duration};

use castad_contract::WallClock;
use castad_domain::port::WorkFeed;
use castad_engine::{Engine, Settings};
use castad_nats::{Nats, NatsFeed};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Server, at,
    watch::{Instance, Watch},
};

const PER_SECOND: [u32; 2] = [20, 300];

pub(crate) async fn bench(server: &Server, nats: &str, lasts: Duration) {
    println!("\nfrom the push to the step, two processes, {lasts:?} at each rate");
    let nats = Nats::open(nats, castad_nats::Settings::default()).await.unwrap();
    nats.prepare().await.unwrap();
    for rate in PER_SECOND {
        measure(server, None, rate, lasts).await;
        let feed = Arc::new(NatsFeed::new(&nats));
        measure(server, Some(feed), rate, lasts).await;
    }
}

fn work(
    instance: &Instance,
    feed: Option<&Arc<NatsFeed>>,
    stop: &CancellationToken,
) -> JoinHandle<()> {
    let settings = Settings { steps: 16, ..Settings::default() };
    let engine = Engine::new(&instance.ports, settings);
    let feed = feed.map(|feed| Arc::clone(feed) as Arc<dyn WorkFeed>);
    let engine = if let Some(feed) = feed { engine.with_feed(feed) } else { engine };
    let stop = stop.clone();
    tokio::spawn(async move { engine.run(stop).await })
}

async fn measure(server: &Server, feed: Option<Arc<NatsFeed>>, rate: u32, lasts: Duration) {
    let (clock, watch) = (WallClock::started(), Arc::new(Watch::default()));
    let pushes = Instance::open(server, &watch, &clock).await;
    let other = Instance::open(server, &watch, &clock).await;
    let stop = CancellationToken::new();
    let running = [&pushes, &other].map(|instance| work(instance, feed.as_ref(), &stop));

    let many = usize::try_from(u64::from(rate) * lasts.as_secs()).unwrap();
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..many {
        ticks.tick().await;
        pushes.push_watched(&watch).await;
    }
    watch.until(many).await;
    stop.cancel();
    for ended in running {
        ended.await.unwrap();
    }
    let mut waited = watch.waited();
    let [p50, p95, p99] = [50, 95, 99].map(|percent| at(&mut waited, percent));
    let from = if feed.is_some() { "by JetStream" } else { "from MySQL" };
    println!("{from:<30} {rate:>4}/s   p50 {p50:>9.1?}   p95 {p95:>9.1?}   p99 {p99:>9.1?}");
    pushes.sql.close().await;
    other.sql.close().await;
}
