//! What becomes of work when NATS, or who takes it there, fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use castad_contract::{Proxy, WallClock, make, photo, until};
use castad_domain::{
    model::{
        Event, EventKind, EventSeq, Lane, LyricState, LyricText, MemberId, ProjectId, ProviderName,
    },
    port::{
        Clock, Draft, FeedError, LyricOrder, LyricWriter, Offer, OfferInHand, Ports, ProviderError,
        Store, WorkFeed, WorkQueue,
    },
    usecase::{AddImages, Guarded, OpenProject, Produce, StageOrder},
};
use castad_engine::{Engine, Settings};
use castad_memory::Memory;
use castad_nats::{Nats, NatsFeed};
use chrono::TimeDelta;
use futures_util::future::join_all;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::start::{self, Server};

/// Patience with a machine that is busy.
const SOON: TimeDelta = TimeDelta::seconds(90);

/// A writer who takes a moment.
struct Slow {
    inner: Arc<dyn LyricWriter>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl LyricWriter for Slow {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        self.clock.reach(self.clock.now() + TimeDelta::milliseconds(100)).await;
        self.inner.write(order, draft).await
    }
}

/// A feed of which is counted what it brings.
struct Counted {
    inner: NatsFeed,
    taken: Arc<AtomicUsize>,
}

#[async_trait]
impl WorkFeed for Counted {
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError> {
        self.inner.offer(offers).await
    }

    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError> {
        let taken = self.inner.take(lane, patience).await?;
        self.taken.fetch_add(usize::from(taken.is_some()), Ordering::SeqCst);
        Ok(taken)
    }

    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError> {
        self.inner.outstanding(lane).await
    }

    async fn check(&self) -> Result<(), FeedError> {
        self.inner.check().await
    }
}

fn ends(event: &Event) -> bool {
    matches!(event.kind, EventKind::LyricReady | EventKind::LyricFailed)
}

/// Workers beside one server and one database.
struct Works {
    server: Server,
    proxy: Arc<Proxy>,
    clock: Arc<WallClock>,
    memory: Memory,
    ports: Ports,
    nats: castad_nats::Settings,
    members: [MemberId; 2],
    taken: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Works {
    /// Nothing is done beyond words.
    async fn new() -> Self {
        let (server, clock, memory) = (Server::start().await, WallClock::started(), Memory::new());
        let proxy = Proxy::to(server.address()).await;
        let (call, ack_wait) = (Duration::from_millis(500), Duration::from_secs(2));
        let nats = castad_nats::Settings { call, ack_wait, ..start::settings() };
        let plain = memory.ports();
        let ports = Ports {
            guarded: Guarded::new(memory.lock().clone(), clock.clone(), Arc::clone(&plain.ids)),
            writer: Arc::new(Slow { inner: Arc::clone(&plain.writer), clock: clock.clone() }),
            clock: clock.clone(),
            ..plain
        };
        let members = [memory.member("하나").await, memory.member("둘").await].map(Result::unwrap);
        let mut unit = memory.store().begin().await.unwrap();
        unit.work().pause(Lane::Song, "words are enough").await.unwrap();
        unit.commit().await.unwrap();
        let (taken, over) = (Arc::default(), Arc::default());
        let works = Self { server, proxy, clock, memory, ports, nats, members, taken, over };
        start::connected(&works.url(), &works.nats).await;
        works
    }

    fn url(&self) -> String {
        format!("nats://{}", self.proxy.address())
    }

    async fn pass(&self, millis: i64) {
        self.clock.reach(self.clock.now() + TimeDelta::milliseconds(millis)).await;
    }

    async fn order(&self, many: usize) -> Vec<(MemberId, ProjectId)> {
        let mut orders = Vec::new();
        for n in 0..many {
            let member = self.members[n % 2];
            let opened = OpenProject::new(&self.ports).run(member, make::brief(), None).await;
            let project = opened.unwrap().project().id();
            let adding = AddImages::new(&self.ports);
            let picture = bytes::Bytes::from_static(photo::PICTURE);
            let image = adding.take(0, picture).await.unwrap();
            adding.run(member, project, vec![image], None).await.unwrap();
            let order = StageOrder { member, project, orientation: None, cancel_at: None };
            Produce::new(&self.ports).run(order, None).await.unwrap();
            orders.push((member, project));
        }
        orders
    }

    /// Works with connections of its own, one life after the other, and says how many it had.
    fn worker(&self, life: i64) -> JoinHandle<u32> {
        let (ports, nats, url) = (self.ports.clone(), self.nats.clone(), self.url());
        let (clock, taken, over) =
            (Arc::clone(&self.clock), Arc::clone(&self.taken), Arc::clone(&self.over));
        let settings = Settings {
            steps: 2,
            steps_of_lane: 2,
            lease: TimeDelta::seconds(2),
            look: TimeDelta::milliseconds(250),
            offered: TimeDelta::seconds(5),
            grace: TimeDelta::seconds(1),
            ..Settings::default()
        };
        tokio::spawn(async move {
            let mut lives = 0;
            while !over.load(Ordering::SeqCst) {
                lives += 1;
                let nats = Nats::open(&url, nats.clone()).await.unwrap();
                let feed = Counted { inner: NatsFeed::new(&nats), taken: Arc::clone(&taken) };
                let engine = Engine::new(&ports, settings).with_feed(Arc::new(feed));
                // Whoever is torn away leaves steps, offers and leases as they are.
                tokio::select! {
                    () = engine.run(CancellationToken::new()) => {}
                    () = clock.reach(clock.now() + TimeDelta::milliseconds(life)) => {}
                }
            }
            lives
        })
    }

    async fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for member in self.members {
            let mut after = EventSeq(0);
            loop {
                let page = self.ports.events.events(member, None, after, 100).await.unwrap();
                let Some(last) = page.last() else { break };
                after = last.seq;
                events.extend(page);
            }
        }
        events
    }

    /// How many have their words, or were given up.
    async fn ended(&self) -> usize {
        self.events().await.iter().filter(|event| ends(event)).count()
    }

    async fn until_ended(&self, many: usize) {
        until(&*self.clock, SOON, || async { self.ended().await >= many }).await;
    }

    /// Orders a few at a time until the feed brought so many more.
    async fn until_fed(&self, orders: &mut Vec<(MemberId, ProjectId)>, more: usize) {
        let taken = || self.taken.load(Ordering::SeqCst);
        let enough = taken() + more;
        while taken() < enough {
            assert!(orders.len() < 5_000, "the feed is not used");
            orders.extend(self.order(6).await);
            self.until_ended(orders.len().saturating_sub(12)).await;
        }
    }

    /// Each came to its end, once, and nothing else is left to do. Given up is only whose writer was
    /// torn away as often as it may be asked.
    async fn all_is_done(&self, orders: &[(MemberId, ProjectId)]) {
        self.until_ended(orders.len()).await;
        let events = self.events().await;
        for (member, project) in orders {
            let of_it = |event: &&Event| (event.member, event.project) == (*member, Some(*project));
            let of_it: Vec<_> = events.iter().filter(of_it).collect();
            let many = |kind| of_it.iter().filter(|event| event.kind == kind).count();
            let (ready, failed) = (many(EventKind::LyricReady), many(EventKind::LyricFailed));
            assert_eq!(ready + failed, 1, "each is written once by effect");
            let tries = many(EventKind::LyricWriting);
            assert!(
                failed == 0 || u32::try_from(tries) == Ok(LyricState::MAX_TRIES),
                "{tries} tries"
            );
        }
        let counts = self.memory.queue().counts().await.unwrap();
        assert_eq!(counts.dead, 0);
    }

    async fn end(self, workers: Vec<JoinHandle<u32>>) -> u32 {
        self.over.store(true, Ordering::SeqCst);
        let lives = join_all(workers).await.into_iter().map(Result::unwrap).sum();
        self.server.remove();
        lives
    }
}

/// Workers are torn away in the middle of steps, and the server is killed and comes back.
pub(crate) async fn workers_and_the_server_are_killed_and_all_is_done_once() {
    const MANY: usize = 200;
    let works = Works::new().await;
    let workers = Vec::from([1_300, 1_900, 2_700].map(|life| works.worker(life)));
    let mut orders = Vec::new();
    works.until_fed(&mut orders, 1).await;
    orders.extend(works.order(MANY).await);
    works.until_ended(orders.len() - MANY + 20).await;

    works.server.kill();
    works.proxy.cut();
    let some = (works.ended().await + 20).min(orders.len());
    works.until_ended(some).await;
    works.server.start_again();
    works.proxy.lead_to(works.server.address());
    works.until_fed(&mut orders, 20).await;
    works.all_is_done(&orders).await;
    let lives = works.end(workers).await;
    assert!(lives > 6, "workers were killed: {lives} lived");
}

/// A server that takes everything and answers nothing.
pub(crate) async fn a_server_that_hangs_holds_up_nobody() {
    const MANY: usize = 60;
    let works = Works::new().await;
    let orders = works.order(MANY).await;
    let workers = Vec::from([600_000, 600_000].map(|life| works.worker(life)));
    works.until_ended(10).await;
    works.proxy.stand_still(true);
    let some = (works.ended().await + 20).min(MANY);
    works.until_ended(some).await;
    works.proxy.stand_still(false);
    works.all_is_done(&orders).await;
    for worker in &workers {
        worker.abort();
    }
    works.server.remove();
}

/// From the first moment on, and by the feed when it is there.
pub(crate) async fn a_server_that_comes_later_is_used_then() {
    let works = Works::new().await;
    works.proxy.refuse(true);
    works.proxy.cut();
    let first = works.order(8).await;
    let workers = Vec::from([600_000].map(|life| works.worker(life)));
    works.all_is_done(&first).await;
    assert_eq!(works.taken.load(Ordering::SeqCst), 0);
    works.proxy.refuse(false);
    let mut orders = first;
    works.until_fed(&mut orders, 1).await;
    works.all_is_done(&orders).await;
    for worker in &workers {
        worker.abort();
    }
    works.pass(0).await;
    works.server.remove();
}
