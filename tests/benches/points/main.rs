//! Spending points under each guard, for one hot member and for many, beside the same statements sent
//! bare; and what it costs those who want something else meanwhile.
//!
//! `cargo bench -p castad-tests --bench points` starts MySQL and Redis in containers. The numbers go to
//! the terminal, nothing is judged but the books: they must be right after every run that has a guard.
//! `CASTAD_BENCH_USES` says how many uses a run has.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends at a fault"
)]

mod bare;
mod fleet;
mod front;
mod table;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use castad_memory::SequentialIds;
use castad_tests::{database, redis};
use futures_util::{StreamExt, future::BoxFuture, stream};

use bare::{Bare, Guard};
use fleet::{Fleet, Servers};
use front::Front;
use table::Row;

/// How many ask at once.
const CLIENTS: usize = 64;
/// How many members there are when they are many.
const MEMBERS: usize = 100;

/// Whose points are spent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    OneMembers,
    ManyMembers,
}

/// What a use came to.
enum Came {
    Through,
    /// Turned away: somebody else was at it for too long, or too often.
    Back,
}

/// Spends a point of a member, of that number, on the instance of that number.
type Use<'a> = dyn Fn(usize, usize) -> BoxFuture<'a, Came> + Sync + 'a;

#[tokio::main]
async fn main() {
    let uses = std::env::var("CASTAD_BENCH_USES").map_or(2_000, |text| text.parse().unwrap());
    let (_mysql, url) = database("mysql", "9.7", "MYSQL").await;
    let (_redis, lock) = redis().await;
    let ids = Arc::new(SequentialIds::new());
    let servers = Servers { database: url, lock: format!("redis://{lock}"), ids };
    for whose in [Whose::OneMembers, Whose::ManyMembers] {
        let of = if whose == Whose::OneMembers { "one member's" } else { "many members'" };
        println!("\n{uses} uses of {of} points, {CLIENTS} at once, {} instances", fleet::INSTANCES);
        table::head();
        let mut floor = None;
        for guard in [Guard::RowLock, Guard::Conditional, Guard::VersionOnce, Guard::VersionRetry] {
            let fleet = Fleet::start(&servers, Front::None).await;
            let bare = Bare::connect(&servers.database).await;
            let spend: &Use<'_> = &|member, _| Box::pin(bare.spend(guard, fleet.member(member)));
            let row = run(&fleet, uses, whose, spend).await;
            let floor = *floor.get_or_insert(row.rate());
            row.print(guard.name(), floor);
        }
        for front in Front::ALL {
            let fleet = Fleet::start(&servers, front).await;
            let spend: &Use<'_> = &|member, turn| Box::pin(fleet.spend(member, turn));
            let row = run(&fleet, uses, whose, spend).await;
            row.print(front.name(), floor.unwrap_or_default());
        }
    }
}

/// Spends so often, and reads something else all the while.
async fn run(fleet: &Fleet, uses: usize, whose: Whose, spend: &Use<'_>) -> Row {
    // Connections are opened before the clock runs.
    let warm = spend_all(CLIENTS * 4, whose, spend).await;
    let began = Instant::now();
    let (spent, beside) = fleet.beside(spend_all(uses, whose, spend)).await;
    let elapsed = began.elapsed();
    let through = |spent: &[(bool, Duration)]| spent.iter().filter(|(through, _)| *through).count();
    let (warm, through) = (through(&warm), through(&spent));
    fleet.prove(warm + through).await;
    let took = spent.iter().map(|(_, took)| *took).collect();
    Row { took, beside, elapsed, through, back: spent.len() - through }
}

/// Whether each use came through, and how long it took.
async fn spend_all(uses: usize, whose: Whose, spend: &Use<'_>) -> Vec<(bool, Duration)> {
    let one = |turn| async move {
        let member = if whose == Whose::OneMembers { 0 } else { turn % MEMBERS };
        let began = Instant::now();
        let came = spend(member, turn).await;
        (matches!(came, Came::Through), began.elapsed())
    };
    stream::iter(0..uses).map(one).buffer_unordered(CLIENTS).collect().await
}

/// A number that no other order has.
fn number() -> u64 {
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    GIVEN.fetch_add(1, Ordering::Relaxed)
}
