//! Everything at once, by many, some of whom are torn away in the middle of it: whatever comes of
//! it, the books are right at the end.
//!
//! What each of them does follows from a seed, which is told when something is wrong; the same seed
//! does the same again, in memory in the same order: `CASTAD_TEST_SEED=7 cargo test -p
//! castad-memory storm`.

mod acts;
mod close;
mod dice;
mod end;
mod gateway;

use std::{
    collections::BTreeMap,
    env,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use acts::{Act, MEMBERS, Worker};
use castad_domain::{
    model::{Credit, LotKind, MemberId, OfferName, PackTerms, Prices},
    port::{Page, Ports},
    usecase::{Accumulate, OpenPack, Produce},
};
use castad_memory::Memory;
use dice::Dice;
use end::End;
use futures_util::FutureExt;
use gateway::Fickle;

use crate::{Books, Database, ledger, mingled, race::at_once};

/// `storm_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! storm_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { storm audited {
            whatever_many_do_at_once_and_whoever_is_torn_away_the_books_are_right
        } $($fresh)+ }
    };
}

const WORKERS: u64 = 16;

/// Who does so much has done everything once.
const ENOUGH: u64 = 200;

/// How often each act was done, was refused, was too slow again and again, and was torn away.
type Log = Arc<Mutex<BTreeMap<Act, [usize; 4]>>>;

/// The seed that was asked for, or one that is as good as any other.
fn seed() -> u64 {
    let told = env::var("CASTAD_TEST_SEED").ok();
    told.map_or(20_260_501, |told| told.parse().expect("CASTAD_TEST_SEED is a number"))
}

/// Sixteen do whatever there is to do. Nobody meets anything but an answer, a refusal, or somebody
/// who was quicker; the money, the points, the packs, the coupons and the slots are where they
/// belong.
pub async fn whatever_many_do_at_once_and_whoever_is_torn_away_the_books_are_right(db: &Database) {
    storm(db, seed(), db.steps).await;
}

/// Lets sixteen do so many things each, as they follow from the seed.
///
/// # Panics
///
/// If anything is wrong then; the message names the seed.
pub async fn storm(db: &Database, seed: u64, steps: u64) {
    let weathered = AssertUnwindSafe(Box::pin(weather(db, seed, steps))).catch_unwind().await;
    assert!(weathered.is_ok(), "CASTAD_TEST_SEED={seed} does it again");
}

async fn weather(db: &Database, seed: u64, steps: u64) {
    let rest = Memory::new();
    let (books, gateway) = (Books::over(db, &rest), Fickle::new(Dice::of(seed, 0)));
    let ports = Ports {
        store: mingled(db.store.clone()),
        payments: gateway.clone(),
        prices: Prices::default(),
        guarded: rest.ports().guarded,
        ..books.ports.clone()
    };
    let mut members = Vec::new();
    for n in 1..=MEMBERS {
        members.push(db.member(n).await);
    }
    open_shop(&rest, &ports, &members).await;
    let page = Page { limit: 100, after: None };
    let packs = ports.shop.packs(page).await.expect("the store answers");

    let crew = Crew { books: &books, ports: &ports, rest: &rest, members: &members };
    let log = crew.let_loose(seed, steps).await;
    let all_done = log.values().all(|[done, ..]| *done > 0) && log.len() == Act::ALL.len();
    assert!(all_done || steps < ENOUGH, "each act was done at least once: {log:?}");
    assert!(log.values().any(|[.., killed]| *killed > 0), "somebody was torn away: {log:?}");

    let calm = Ports { guarded: books.elsewhere().ports.guarded, ..ports };
    close::close(db, &calm, &rest, &gateway).await;
    for &member in &members {
        close::compare_points(&calm, member).await;
    }
    close::compare_sales(&calm, &gateway, &members, &packs).await;
}

/// What all of them share.
struct Crew<'a> {
    books: &'a Books,
    ports: &'a Ports,
    rest: &'a Memory,
    members: &'a [MemberId],
}

impl Crew<'_> {
    /// Until each has done so many things, or tried to.
    async fn let_loose(&self, seed: u64, steps: u64) -> BTreeMap<Act, [usize; 4]> {
        let log = Log::default();
        let tasks = (1..=WORKERS).map(|n| {
            // Half of them wait in line in one process, the others are each in one of their own.
            let elsewhere = self.books.elsewhere().ports.guarded;
            let guarded = if n % 2 == 0 { self.ports.guarded.clone() } else { elsewhere };
            let worker = Worker {
                ports: Ports { guarded, ..self.ports.clone() },
                rest: self.rest.clone(),
                dice: Dice::of(seed, n),
                members: self.members.to_vec(),
                name: format!("W{n}"),
            };
            work(worker, steps, log.clone())
        });
        let ticking = tokio::spawn(tick(self.rest.clone()));
        at_once(tasks).await;
        ticking.abort();
        std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Everybody has some points and a video, and there is something to be had for points and money.
async fn open_shop(rest: &Memory, ports: &Ports, members: &[MemberId]) {
    ledger::pack(ports, members[0]).await;
    let name = OfferName::parse("천 포인트").expect("a plain name is taken");
    for (stock, hot) in [(None, false), (Some(9), false), (Some(500), true)] {
        let terms = PackTerms { name: name.clone(), points: 1_000, price: 5_000, stock, hot };
        OpenPack::new(ports).run(members[0], terms, None).await.expect("a pack is made");
    }
    ledger::channel(ports, members[0]).await;
    for &member in members {
        let (kind, amount) = (LotKind::Bonus, 20_000);
        let credit = Credit { kind, amount, lifetime: None, source: None };
        let given = Accumulate::new(ports).run(member, member, credit, None).await;
        given.expect("the limits allow it");
        let order = ledger::project(ports, member).await;
        Produce::new(ports).run(order, None).await.expect("there are points enough");
    }
    rest.work_with(ports).await.expect("the store answers");
}

/// Time goes on by itself, so that whoever waits for somebody who was torn away waits in vain no
/// longer than they would.
async fn tick(rest: Memory) {
    loop {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        rest.clock().advance(chrono::TimeDelta::milliseconds(50));
    }
}

async fn work(mut worker: Worker, steps: u64, log: Log) {
    for step in 0..steps {
        let act = worker.think();
        let end = if worker.dice.once_in(3) {
            // On a server each statement is waited for, in memory only now and then anybody.
            let many = if worker.dice.once_in(2) { 6 } else { 40 };
            let after = 1 + worker.dice.below(many);
            dice::killed(after, Box::pin(worker.act(act))).await
        } else {
            Some(Box::pin(worker.act(act)).await)
        };
        let how = match end {
            Some(End::Done) => 0,
            Some(End::Refused) => 1,
            Some(End::Conflict) => 2,
            None => 3,
            Some(End::Fault(why)) => panic!("{} at step {step}, {act:?}: {why}", worker.name),
        };
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.entry(act).or_default()[how] += 1;
    }
}
