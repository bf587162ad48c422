//! Several instances over one shelf.

use std::sync::Arc;

use async_trait::async_trait;
use castad_creatomate::{Creatomate, Reads, Version};
use castad_domain::{
    model::Orientation,
    port::{Clock, LockKey, LockManager, Shelf, ShelfError, ShelfErrorKind, VideoRenderer},
    usecase::Guarded,
};
use castad_memory::{ManualClock, MemoryLock, MemoryShelf, SequentialIds};
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::desk::{Desk, order};

/// What instances have in common.
struct House {
    desk: Desk,
    copies: Arc<dyn Shelf>,
    locks: Arc<MemoryLock>,
    ids: Arc<SequentialIds>,
}

impl House {
    async fn open() -> Self {
        let desk = Desk::open(Version::V2).await;
        let copies = Arc::new(MemoryShelf::new(Arc::new(desk.clock.clone())));
        let (locks, ids) = (Arc::new(MemoryLock::new()), Arc::new(SequentialIds::new()));
        Self { desk, copies, locks, ids }
    }

    /// A process of its own: its line before the lock is nobody else's.
    fn instance(&self) -> Creatomate {
        let clock = Arc::new(self.desk.clock.clone());
        let guarded = Guarded::new(self.locks.clone(), clock, self.ids.clone());
        self.desk.instance(Arc::clone(&self.copies), guarded)
    }
}

async fn start(instance: &Creatomate) {
    instance.start(&order(1, Orientation::Square)).await.unwrap();
}

#[tokio::test]
async fn of_three_instances_that_begin_at_once_one_reads() {
    let house = House::open().await;
    let instances = [house.instance(), house.instance(), house.instance()];
    join_all(instances.iter().flat_map(|one| (0..20).map(move |_| start(one)))).await;
    assert_eq!(house.desk.template_reads(), 1);
    let reads: Vec<_> = instances.iter().map(Creatomate::reads).collect();
    assert_eq!(reads.iter().map(|reads| reads.misses).sum::<u64>(), 1);
    assert_eq!(reads.iter().map(|reads| reads.shared).sum::<u64>(), 2);
    assert_eq!(reads.iter().map(|reads| reads.hits).sum::<u64>(), 57);
}

#[tokio::test]
async fn what_was_read_survives_a_restart_and_grows_no_older_by_it() {
    let house = House::open().await;
    start(&house.instance()).await;
    house.desk.clock.advance(TimeDelta::seconds(200));
    let restarted = house.instance();
    start(&restarted).await;
    assert_eq!(restarted.reads(), Reads { hits: 0, shared: 1, misses: 0 });
    assert_eq!(house.desk.template_reads(), 1);
    house.desk.clock.advance(TimeDelta::seconds(101));
    start(&restarted).await;
    assert_eq!(house.desk.template_reads(), 2, "three hundred seconds after it was read");
}

#[tokio::test]
async fn who_would_wait_too_long_for_a_refresh_takes_the_older_copy() {
    let house = House::open().await;
    start(&house.instance()).await;
    house.desk.clock.advance(TimeDelta::seconds(301));
    let now = house.desk.clock.now();
    let key = LockKey::new(format!("template:refresh:{}", castad_stand_ins::creatomate::SQUARE));
    house.locks.acquire(&key, 77, now, now + TimeDelta::minutes(5)).await.unwrap();

    let waiting = house.instance();
    let mut begun = Box::pin(start(&waiting));
    passing(&house.desk.clock, begun.as_mut()).await;
    assert_eq!(waiting.reads(), Reads { hits: 0, shared: 1, misses: 0 });
    assert_eq!(house.desk.template_reads(), 1);
}

/// Time passes by seconds until the work is done.
async fn passing(clock: &ManualClock, mut work: impl Future<Output = ()> + Unpin) {
    loop {
        tokio::select! {
            biased;
            () = &mut work => return,
            () = tokio::task::yield_now() => clock.advance(TimeDelta::milliseconds(1)),
        }
    }
}

struct Away;

#[async_trait]
impl Shelf for Away {
    async fn look(&self, _: &str) -> Result<Option<String>, ShelfError> {
        Err(ShelfErrorKind::Unavailable.into())
    }

    async fn put(&self, _: &str, _: &str, _: TimeDelta) -> Result<(), ShelfError> {
        Err(ShelfErrorKind::Unavailable.into())
    }
}

#[tokio::test]
async fn without_the_shelf_each_reads_for_itself() {
    let house = House { copies: Arc::new(Away), ..House::open().await };
    let instances = [house.instance(), house.instance()];
    join_all(instances.iter().flat_map(|one| (0..5).map(move |_| start(one)))).await;
    assert_eq!(house.desk.template_reads(), 2);
}
