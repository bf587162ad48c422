//! Storms over a fleet of real processes: three instances on one MySQL and one Redis, while one of
//! them is killed every two seconds and the servers lose their power now and then. Nothing that was
//! accepted is lost, nothing is bought twice, and the points spent are those of what was delivered.
//!
//! `CASTAD_STORM_SECONDS` says how long it storms, `CASTAD_TEST_SEED` what happens.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "storm/clock.rs"]
mod clock;
#[path = "storm/crowd.rs"]
mod crowd;
#[path = "storm/dice.rs"]
mod dice;
#[path = "storm/fleet.rs"]
mod fleet;
#[path = "storm/gate.rs"]
mod gate;
#[path = "storm/instance.rs"]
mod instance;
#[path = "storm/ledger.rs"]
mod ledger;
#[path = "storm/orders.rs"]
mod orders;
#[path = "world/providers.rs"]
mod providers;
#[path = "storm/servers.rs"]
mod servers;
#[path = "storm/settling.rs"]
mod settling;
#[path = "storm/verdict.rs"]
mod verdict;
#[path = "storm/watch.rs"]
mod watch;
#[path = "storm/weather.rs"]
mod weather;

use std::{
    env,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use castad_tests::{missing, suite};
use futures_util::FutureExt;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

use dice::Dice;
use fleet::{Fleet, INSTANCES, LEASE};
use orders::{Fate, Member, Order};
use verdict::Verdict;
use watch::Watch;

/// How long it storms where nobody says.
const SHORT: u64 = 26;
/// How many order all the time.
const MEMBERS: usize = 12;
/// How many orders of each are on their way at once, at most.
const HANDS: usize = 2;
/// How many productions are open at most: more than a small machine can make are not ordered.
const OPEN: i64 = 40;
/// How often each of them does.
const PACE: Duration = Duration::from_millis(3_600);
/// Enough for a storm of hours.
const CHARGES: usize = 2;

fn main() {
    let missing = missing("mysql", &["docker", "image", "inspect", "mysql:9.7"])
        .or_else(|| missing("docker", &["docker", "image", "inspect", "redis:7.0"]));
    let trial = |name: &str, run: fn() -> Result<(), Failed>| {
        let why = missing.as_deref();
        Trial::test(suite(name, why), run).with_ignored_flag(why.is_some())
    };
    let trials = vec![
        trial("a_storm_loses_nothing_and_buys_nothing_twice", || on_a_fleet(LEASE, storm)),
        trial("two_hundred_at_once_are_all_made_within_the_limits", || {
            on_a_fleet(crowd::LEASE, crowd::crowd)
        }),
    ];
    // One after the other: each is all that a small machine can carry.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials).exit();
}

/// Runs a test over a fleet of its own, which is gone afterwards whatever the test comes to: a
/// container cannot be removed by a runtime that is shutting down.
fn on_a_fleet(lease: Duration, test: impl AsyncFnOnce(Arc<Fleet>)) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let fleet = Arc::new(Fleet::start(lease).await);
        let ended = AssertUnwindSafe(test(Arc::clone(&fleet))).catch_unwind().await;
        while Arc::strong_count(&fleet) > 1 {
            tokio::task::yield_now().await;
        }
        drop(fleet);
        ended.unwrap_or_else(|panic| resume_unwind(panic));
    });
    Ok(())
}

async fn storm(fleet: Arc<Fleet>) {
    let seconds = env::var("CASTAD_STORM_SECONDS").map_or(SHORT, |told| told.parse().unwrap());
    let seed = dice::seed(clock::now().timestamp_micros());
    eprintln!("CASTAD_TEST_SEED={seed} CASTAD_STORM_SECONDS={seconds} does it again");
    let owner = fleet.owner().await;
    let members = Arc::new(fleet.enroll(MEMBERS, CHARGES, &owner).await);

    let until = Instant::now() + Duration::from_secs(seconds);
    let watch = Watch::over(&fleet.database);
    let (mut providing, mut raging) = (JoinSet::new(), JoinSet::new());
    providing.spawn(weather::provide(Arc::clone(&fleet)));
    raging.spawn(weather::rage(Arc::clone(&fleet), Dice::of(seed, 1), until));
    let orders = order_until(&fleet, &members, seed, until).await;
    let weather = raging.join_next().await.unwrap().unwrap();
    fleet.until_ready().await;
    let calm = Instant::now();
    let let_go = settling::settle(&fleet, &members, &orders).await;
    let calm = calm.elapsed();

    let mut verdict = Verdict::of(&fleet, &members, &orders).await;
    verdict.let_go = let_go;
    verdict.weathered(&fleet, &weather, &watch.lapses().await).await;
    eprintln!(
        "seed {seed}: {seconds} s over {INSTANCES} instances, calm {calm:.1?} later\n{verdict}"
    );
    fleet.run("audit", &[]).await;
    verdict.assert();
}

/// Lets every member order all the time; what was accepted.
async fn order_until(
    fleet: &Arc<Fleet>,
    members: &Arc<Vec<Member>>,
    seed: u64,
    until: Instant,
) -> Vec<Order> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut ordering = JoinSet::new();
    for member in 0..members.len() {
        let (fleet, members, next) = (Arc::clone(fleet), Arc::clone(members), Arc::clone(&next));
        let mut dice = Dice::of(seed, 10 + member as u64);
        ordering.spawn(async move {
            let (mut ticks, mut placed) = (interval(PACE), JoinSet::new());
            let mut orders = Vec::new();
            while Instant::now() < until {
                ticks.tick().await;
                if settling::open(&fleet).await.is_some_and(|open| open >= OPEN) {
                    continue;
                }
                if dice.once_in(3) {
                    weather::misbehave(&fleet.stand_ins, &mut dice);
                }
                if placed.len() == HANDS {
                    orders.extend(placed.join_next().await.map(Result::unwrap));
                }
                let (n, fate) = (next.fetch_add(1, Ordering::SeqCst), Fate::of(&mut dice));
                let (fleet, members) = (Arc::clone(&fleet), Arc::clone(&members));
                placed.spawn(
                    async move { fleet.order(n, (member, &members[member].key), fate).await },
                );
            }
            orders.extend(placed.join_all().await);
            orders
        });
    }
    ordering.join_all().await.into_iter().flatten().collect()
}
