//! What becomes of locks and of those who wait when Redis fails.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use castad_contract::{Proxy, WallClock, until};
use castad_domain::{
    port::{
        Clock, LockAttempt, LockErrorKind, LockEvent, LockJournal, LockKey, LockLease, LockManager,
        Wake,
    },
    usecase::{Guard, GuardError, Guarded, Lease, LockOrder, OnOutage, POINTS_OUT},
};
use castad_memory::{MemoryEpochs, SequentialIds};
use castad_redis::{Breaker, BreakerSettings, RedisLock, Settings};
use chrono::TimeDelta;
use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;

use crate::start::{self, Server};

/// Patience with a machine that is busy: far less than the leases that must not be waited for.
const SOON: TimeDelta = TimeDelta::seconds(20);
const LONG: Lease = Lease::Fixed(TimeDelta::seconds(120));

fn by_way_of(proxy: &Proxy) -> String {
    format!("redis://{}", proxy.address())
}

#[derive(Default)]
struct Notes(Mutex<Vec<LockEvent>>);

impl LockJournal for Notes {
    fn note(&self, _: &'static str, event: LockEvent) {
        self.0.lock().unwrap().push(event);
    }
}

impl Notes {
    fn count(&self, of: LockEvent) -> usize {
        self.0.lock().unwrap().iter().filter(|event| **event == of).count()
    }
}

/// Processes that share locks, each by a way of its own.
struct Fleet {
    namespace: String,
    clock: Arc<WallClock>,
    epochs: Arc<MemoryEpochs>,
    ids: Arc<SequentialIds>,
    notes: Arc<Notes>,
    call: Duration,
}

impl Fleet {
    fn new() -> Self {
        Self {
            namespace: start::namespace(),
            clock: WallClock::started(),
            epochs: Arc::new(MemoryEpochs::new()),
            ids: Arc::new(SequentialIds::new()),
            notes: Arc::default(),
            call: Duration::from_secs(2),
        }
    }

    fn impatient() -> Self {
        Self { call: Duration::from_millis(150), ..Self::new() }
    }

    fn lock(&self, url: &str) -> RedisLock {
        let settings = Settings {
            namespace: self.namespace.clone(),
            call: self.call,
            connect: Duration::from_secs(2),
            again: Duration::from_millis(20),
        };
        RedisLock::new(url, self.epochs.clone(), self.clock.clone(), settings).unwrap()
    }

    fn guarded(&self, lock: Arc<dyn LockManager>) -> Guarded {
        Guarded::new(lock, self.clock.clone(), self.ids.clone()).told_to(self.notes.clone())
    }

    fn process(&self, url: &str) -> Guarded {
        self.guarded(Arc::new(self.lock(url)))
    }

    async fn take(&self, lock: &RedisLock, owner: u128, lease: TimeDelta) -> LockLease {
        let now = self.clock.now();
        match lock.acquire(&key(), owner, now, now + lease).await.unwrap() {
            LockAttempt::Taken(lease) => lease,
            LockAttempt::Busy { until } => panic!("held until {until:?}"),
        }
    }

    fn name(&self, kind: &str, rest: &str) -> String {
        format!("{{{}}}:{kind}:{rest}", self.namespace)
    }

    /// How many connections listen for the key.
    async fn listeners(&self, direct: &mut MultiplexedConnection) -> i64 {
        let mut ask = redis::cmd("PUBSUB");
        ask.arg("NUMSUB").arg(self.name("free", key().as_str()));
        let (_, many): (String, i64) = ask.query_async(direct).await.unwrap();
        many
    }

    async fn until_listening(&self, direct: &MultiplexedConnection, many: i64) {
        until(&*self.clock, SOON, || async { self.listeners(&mut direct.clone()).await == many })
            .await;
    }
}

fn order() -> LockOrder {
    POINTS_OUT.of([&"a"]).waiting(TimeDelta::seconds(60)).leased(LONG)
}

fn key() -> LockKey {
    order().keys()[0].clone()
}

async fn direct(url: &str) -> MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

async fn forever(_: Guard) {
    std::future::pending::<()>().await;
}

fn epoch(token: i64) -> i64 {
    token >> 40
}

pub(crate) async fn a_redis_that_forgot_everything_issues_higher_tokens() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let (lock, other) = (fleet.lock(url), fleet.lock(url));
    let before = fleet.take(&lock, 1, TimeDelta::seconds(100)).await;
    other.check().await.unwrap();
    let names = [
        fleet.name("lock", &format!("key:{}", key().as_str())),
        fleet.name("lock", "fence"),
        fleet.name("lock", "life"),
    ];
    let removed: i64 =
        redis::cmd("DEL").arg(&names).query_async(&mut direct(url).await).await.unwrap();
    assert_eq!(removed, 3, "that is all there is");

    let now = fleet.clock.now();
    let renewed = lock.renew(&before, now, now + TimeDelta::seconds(100)).await;
    assert_eq!(renewed.unwrap_err().kind(), LockErrorKind::Lost);
    let after = fleet.take(&other, 2, TimeDelta::seconds(100)).await;
    assert!(epoch(after.token) > epoch(before.token), "{} {}", before.token, after.token);
    assert!(!lock.release(&before).await.unwrap());
    assert!(other.release(&after).await.unwrap());
}

pub(crate) async fn a_server_that_began_another_life_issues_higher_tokens() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let first = fleet.take(&fleet.lock(url), 1, TimeDelta::milliseconds(1)).await;
    let (again, mut direct) = (fleet.lock(url), direct(url).await);
    again.check().await.unwrap();
    fleet.clock.reach(fleet.clock.now() + TimeDelta::milliseconds(20)).await;
    let same = fleet.take(&again, 2, TimeDelta::milliseconds(1)).await;
    assert_eq!(epoch(same.token), epoch(first.token), "a process that comes to it is no new life");

    // A replica in its place, or the same from an older file: tokens may be missing.
    let life = fleet.name("lock", "life");
    redis::cmd("SET").arg(life).arg("another").query_async::<()>(&mut direct).await.unwrap();
    fleet.clock.reach(fleet.clock.now() + TimeDelta::milliseconds(20)).await;
    let later = fleet.take(&fleet.lock(url), 3, TimeDelta::seconds(1)).await;
    assert_eq!(epoch(later.token), epoch(first.token) + 1);
}

pub(crate) async fn a_redis_that_died_is_replaced() {
    let fleet = Fleet::new();
    let server = Server::start().await;
    let proxy = Proxy::to(server.address()).await;
    let (holder, waiter) = (fleet.process(&by_way_of(&proxy)), fleet.process(&by_way_of(&proxy)));
    let first = holder.run(order(), async |guard| guard.token()).await.unwrap().unwrap();
    let renewed = order().leased(Lease::Renewed(TimeDelta::seconds(4)));
    let holding = tokio::spawn(async move { holder.run(renewed, forever).await });
    let side = direct(&server.url).await;
    let waiting =
        tokio::spawn(async move { waiter.run(order(), async |guard| guard.token()).await });
    fleet.until_listening(&side, 1).await;

    proxy.refuse(true);
    server.kill();
    proxy.cut();
    assert!(matches!(holding.await.unwrap(), Err(GuardError::Lost)), "it cannot be renewed");
    let next = Server::start().await;
    proxy.lead_to(next.address());
    proxy.refuse(false);
    // Away for that long, the lock was asked and did not answer; else it was taken anew.
    if let Some(token) = waiting.await.unwrap().unwrap() {
        assert!(token > first);
    }
    let after = fleet.process(&by_way_of(&proxy)).run(order(), async |guard| guard.token()).await;
    assert!(epoch(after.unwrap().unwrap()) > epoch(first));
    next.kill();
}

pub(crate) async fn who_waits_through_a_cut_is_served() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let proxy = Proxy::to(url.trim_start_matches("redis://").to_owned()).await;
    let (holder, side) = (fleet.lock(url), direct(url).await);
    let lease = fleet.take(&holder, u128::MAX, TimeDelta::seconds(120)).await;
    let waiter = fleet.process(&by_way_of(&proxy));
    let waiting = waiter.clone();
    let waiting =
        tokio::spawn(async move { waiting.run(order(), async |guard| guard.token()).await });
    fleet.until_listening(&side, 1).await;
    // It tries once more when it listens. Answers come in turn: behind this one, that one has come.
    let tried = || async { fleet.notes.count(LockEvent::Attempted) == 2 };
    until(&*fleet.clock, SOON, tried).await;
    waiter.check().await.unwrap();

    proxy.refuse(true);
    proxy.cut();
    fleet.until_listening(&side, 0).await;
    assert!(holder.release(&lease).await.unwrap(), "nobody hears of it");
    proxy.refuse(false);
    let token = waiting.await.unwrap().unwrap().expect("the lock is back");
    assert!(token > lease.token);
    assert_eq!(fleet.notes.count(LockEvent::Woken(Some(Wake::Returned))), 1);
    fleet.until_listening(&side, 0).await;
}

pub(crate) async fn who_listens_is_subscribed_again_after_a_cut() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let proxy = Proxy::to(url.trim_start_matches("redis://").to_owned()).await;
    let (holder, side) = (fleet.lock(url), direct(url).await);
    let lease = fleet.take(&holder, u128::MAX, TimeDelta::seconds(120)).await;
    let waiter = fleet.process(&by_way_of(&proxy));
    let waiting = tokio::spawn(async move { waiter.run(order(), async |_| ()).await });
    fleet.until_listening(&side, 1).await;
    proxy.refuse(true);
    proxy.cut();
    fleet.until_listening(&side, 0).await;
    proxy.refuse(false);
    fleet.until_listening(&side, 1).await;
    assert!(holder.release(&lease).await.unwrap());
    waiting.await.unwrap().expect("the message comes over the new connection");
}

pub(crate) async fn a_holder_that_fell_silent_is_followed_when_its_time_is_over() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let began = fleet.clock.now();
    let lease = fleet.take(&fleet.lock(url), u128::MAX, TimeDelta::milliseconds(1_500)).await;
    let token = fleet.process(url).run(order(), async |guard| guard.token()).await.unwrap();
    assert!(token.unwrap() > lease.token);
    assert!(fleet.clock.now() >= began + TimeDelta::milliseconds(1_499), "not before");
    // The end that it was told is a guess of milliseconds: it may look once more right after.
    let (woken, asked) = (LockEvent::Woken(None), LockEvent::Attempted);
    let (woken, asked) = (fleet.notes.count(woken), fleet.notes.count(asked));
    assert!((1..=4).contains(&woken), "{woken}: nobody told");
    assert_eq!(asked, 2 + woken, "and it did not look in between");
}

pub(crate) async fn a_redis_that_is_away_from_the_start_costs_little() {
    let fleet = Fleet::impatient();
    let guarded = fleet.process("redis://127.0.0.1:1");
    let (began, ran) = (Instant::now(), AtomicUsize::new(0));
    for _ in 0..10 {
        let done = guarded.run(order(), async |guard| {
            ran.fetch_add(1, Ordering::SeqCst);
            guard.is_degraded()
        });
        assert!(done.await.unwrap());
    }
    assert_eq!(ran.load(Ordering::SeqCst), 10);
    assert!(
        began.elapsed() < 10 * 2 * fleet.call + Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    let closed = order().on_outage(OnOutage::FailClosed);
    assert!(matches!(guarded.run(closed, async |_| ()).await, Err(GuardError::Unavailable(_))));
}

pub(crate) async fn a_redis_that_stands_still_opens_the_breaker() {
    let (fleet, url) = (Fleet::impatient(), start::shared().await);
    let proxy = Proxy::to(url.trim_start_matches("redis://").to_owned()).await;
    let rest = TimeDelta::milliseconds(400);
    let settings = BreakerSettings { rest, ..BreakerSettings::default() };
    let lock = Arc::new(fleet.lock(&by_way_of(&proxy)));
    let breaker = Arc::new(Breaker::around(lock, fleet.clock.clone(), settings));
    let guarded = fleet.guarded(breaker.clone());
    // What was asked for while Redis stood still may arrive when nobody wants it any more.
    let short = order().leased(Lease::Fixed(TimeDelta::seconds(1)));
    let token = async || guarded.run(short.clone(), async |guard| guard.token()).await.unwrap();
    until(&*fleet.clock, SOON, || async { token().await.is_some() }).await;

    proxy.stand_still(true);
    let mut degraded = 0;
    while breaker.state() == "closed" {
        assert_eq!(token().await, None);
        degraded += 1;
    }
    assert!(degraded <= 5, "{degraded}: each asks twice, and of ten that count nine failed");
    let opened = proxy.opened();

    proxy.stand_still(false);
    proxy.cut();
    until(&*fleet.clock, SOON, || async { token().await.is_some() }).await;
    assert_eq!(breaker.state(), "closed");
    assert!(proxy.opened() > opened);
}

pub(crate) async fn a_wait_ends_in_time_though_redis_stands_still() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let proxy = Proxy::to(url.trim_start_matches("redis://").to_owned()).await;
    let lease = fleet.take(&fleet.lock(url), u128::MAX, TimeDelta::seconds(60)).await;
    let (waiter, side) = (fleet.process(&by_way_of(&proxy)), direct(url).await);
    let patience = Duration::from_secs(4);
    let wait = order().waiting(TimeDelta::from_std(patience).unwrap());
    let began = Instant::now();
    let waiting = tokio::spawn(async move { waiter.run(wait, async |_| ()).await });
    fleet.until_listening(&side, 1).await;
    proxy.stand_still(true);
    assert!(fleet.lock(url).release(&lease).await.unwrap());
    assert!(matches!(waiting.await.unwrap(), Err(GuardError::Busy)));
    assert!(began.elapsed() < patience + fleet.call);
}

pub(crate) async fn an_answer_that_was_lost_is_asked_for_once_more() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let proxy = Proxy::to(url.trim_start_matches("redis://").to_owned()).await;
    let guarded = fleet.process(&by_way_of(&proxy));
    let first = guarded.run(order(), async |guard| guard.token()).await.unwrap().unwrap();
    proxy.lose_answers();
    let second = guarded.run(order(), async |guard| guard.token()).await.unwrap();
    assert_eq!(second, Some(first + 1), "the lock that was taken unheard, not a second one");
    assert_eq!(fleet.notes.count(LockEvent::Attempted), 3);
}

pub(crate) async fn a_script_that_was_forgotten_is_sent_again() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let guarded = fleet.process(url);
    let mut direct = direct(url).await;
    for _ in 0..3 {
        redis::cmd("SCRIPT").arg("FLUSH").query_async::<()>(&mut direct).await.unwrap();
        assert!(guarded.run(order(), async |guard| guard.token()).await.unwrap().is_some());
    }
}

pub(crate) async fn who_goes_away_leaves_nothing_behind() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let side = direct(url).await;
    let (one, other) = (fleet.process(url), fleet.process(url));
    let holding = tokio::spawn(async move { one.run(order(), forever).await });
    let exists = async || {
        let name = fleet.name("lock", &format!("key:{}", key().as_str()));
        let there: bool =
            redis::cmd("EXISTS").arg(name).query_async(&mut side.clone()).await.unwrap();
        there
    };
    until(&*fleet.clock, SOON, async || exists().await).await;
    let waits = other.clone();
    let waiting = tokio::spawn(async move { waits.run(order(), forever).await });
    fleet.until_listening(&side, 1).await;
    waiting.abort();
    fleet.until_listening(&side, 0).await;
    holding.abort();
    until(&*fleet.clock, SOON, async || !exists().await).await;
    assert!(other.run(order(), async |guard| guard.token()).await.unwrap().is_some());
}

pub(crate) async fn many_who_wait_in_one_process_ask_once_each() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let guarded = fleet.process(url);
    let work = (0..20).map(|_| guarded.run(order(), async |guard| guard.token()));
    let tokens: Vec<_> = join_all(work).await.into_iter().map(|t| t.unwrap().unwrap()).collect();
    assert!(tokens.windows(2).all(|two| two[0] < two[1]), "in the order in which they came");
    assert_eq!(fleet.notes.count(LockEvent::Attempted), 20);
}

pub(crate) async fn the_heads_of_two_processes_alone_ask() {
    const EACH: usize = 25;
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let processes = [fleet.process(url), fleet.process(url)];
    let (inside, served) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = processes.iter().flat_map(|process| {
        (0..EACH).map(|_| {
            process.run(order(), async |_| {
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "somebody else is inside");
                tokio::task::yield_now().await;
                served.fetch_add(1, Ordering::SeqCst);
                inside.fetch_sub(1, Ordering::SeqCst);
            })
        })
    });
    for done in join_all(work).await {
        done.unwrap();
    }
    assert_eq!(served.into_inner(), 2 * EACH);
    let attempts = fleet.notes.count(LockEvent::Attempted);
    // Each in its turn asks before and after it listens, and whenever one before it let go.
    assert!(attempts <= 4 * 2 * EACH, "{attempts}: at most the two heads for each release");
    fleet.until_listening(&direct(url).await, 0).await;
}

pub(crate) async fn nothing_is_locked_for_ever() {
    let (fleet, url) = (Fleet::new(), start::shared().await);
    let (lock, mut direct) = (fleet.lock(url), direct(url).await);
    let lease = fleet.take(&lock, 1, TimeDelta::seconds(30)).await;
    let name = fleet.name("lock", &format!("key:{}", key().as_str()));
    let mut left = async || {
        let left: i64 = redis::cmd("PTTL").arg(&name).query_async(&mut direct).await.unwrap();
        left
    };
    assert!((1..=30_000).contains(&left().await));
    let now = fleet.clock.now();
    lock.renew(&lease, now, now + TimeDelta::seconds(90)).await.unwrap();
    assert!((30_001..=90_000).contains(&left().await));
    lock.release(&lease).await.unwrap();
    assert_eq!(left().await, -2, "it is gone");
}

pub(crate) async fn a_lock_that_cannot_be_reached_is_lost_within_its_lease() {
    let (fleet, url) = (Fleet::impatient(), start::shared().await);
    let proxy = Proxy::to(url.trim_start_matches("redis://").to_owned()).await;
    let guarded = fleet.process(&by_way_of(&proxy));
    let lease = TimeDelta::seconds(3);
    let (told, heard) = tokio::sync::oneshot::channel();
    let holding = tokio::spawn(async move {
        let work = async move |guard: Guard| {
            told.send(guard.clone()).unwrap();
            guard.lost().await;
        };
        guarded.run(order().leased(Lease::Renewed(lease)), work).await
    });
    let guard = heard.await.unwrap();
    // Twice its lease it is held.
    fleet.clock.reach(fleet.clock.now() + lease * 2).await;
    assert!(!guard.is_lost());
    let cut = fleet.clock.now();
    proxy.stand_still(true);
    guard.lost().await;
    assert!(fleet.clock.now() <= cut + lease + TimeDelta::seconds(1), "others may have it");
    holding.await.unwrap().expect("told, it ended by itself");
}
