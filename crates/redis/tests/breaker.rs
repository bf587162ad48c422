//! The breaker, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use castad_domain::{
    port::{
        Clock, LockAttempt, LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch,
    },
    usecase::{Guarded, POINTS_OUT},
};
use castad_memory::{ManualClock, MemoryLock, SequentialIds};
use castad_redis::{Breaker, BreakerSettings};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::poll;
use tokio::sync::Notify;

/// How the way to a lock is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Down,
    Hangs,
}

struct Line {
    inner: MemoryLock,
    way: Mutex<Way>,
    asked: AtomicUsize,
    never: Notify,
}

impl Line {
    fn is(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }
}

#[async_trait]
impl LockManager for Line {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let way = *self.way.lock().unwrap();
        match way {
            Way::Open => self.inner.acquire(key, owner, now, until).await,
            Way::Down => Err(LockErrorKind::Unavailable.into()),
            Way::Hangs => {
                self.never.notified().await;
                Err(LockErrorKind::Unavailable.into())
            }
        }
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.inner.renew(lease, now, until).await
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        self.inner.release(lease).await
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        self.inner.abandon(key, owner);
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        self.inner.watch(key).await
    }

    async fn check(&self) -> Result<(), LockError> {
        self.inner.check().await
    }
}

struct Bench {
    clock: ManualClock,
    line: Arc<Line>,
    breaker: Arc<Breaker>,
}

impl Bench {
    fn new() -> Self {
        let clock = ManualClock::default();
        let line = Arc::new(Line {
            inner: MemoryLock::new(),
            way: Mutex::new(Way::Open),
            asked: AtomicUsize::new(0),
            never: Notify::new(),
        });
        let settings = BreakerSettings::default();
        let breaker = Breaker::around(line.clone(), Arc::new(clock.clone()), settings);
        Self { clock, line, breaker: Arc::new(breaker) }
    }

    async fn ask(&self, owner: u128) -> Result<LockAttempt, LockErrorKind> {
        let (key, now) = (LockKey::new("a"), self.clock.now());
        let until = now + TimeDelta::days(1);
        self.breaker.acquire(&key, owner, now, until).await.map_err(|error| error.kind())
    }

    async fn opened() -> Self {
        let bench = Self::new();
        bench.line.is(Way::Down);
        for _ in 0..10 {
            assert_eq!(bench.breaker.state(), "closed");
            assert_eq!(bench.ask(1).await, Err(LockErrorKind::Unavailable));
        }
        bench
    }
}

#[tokio::test]
async fn it_opens_rests_tries_once_and_closes() {
    let bench = Bench::opened().await;
    assert_eq!(bench.breaker.state(), "open");
    assert_eq!(bench.ask(1).await, Err(LockErrorKind::Resting));
    assert_eq!(bench.line.asked.load(Ordering::SeqCst), 10, "it is left alone");

    bench.clock.advance(TimeDelta::milliseconds(4_999));
    assert_eq!(bench.ask(1).await, Err(LockErrorKind::Resting));
    bench.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(bench.ask(1).await, Err(LockErrorKind::Unavailable), "one tries");
    assert_eq!(bench.ask(1).await, Err(LockErrorKind::Resting), "and it rests again");

    bench.clock.advance(TimeDelta::seconds(5));
    bench.line.is(Way::Open);
    assert!(bench.ask(1).await.is_ok());
    assert_eq!(bench.breaker.state(), "closed");
    bench.line.is(Way::Down);
    assert_eq!(bench.ask(1).await, Err(LockErrorKind::Unavailable));
    assert_eq!(bench.breaker.state(), "closed", "what was before the rest counts no more");
}

#[tokio::test]
async fn of_many_one_tries() {
    let bench = Bench::opened().await;
    bench.clock.advance(TimeDelta::seconds(5));
    bench.line.is(Way::Hangs);
    {
        let mut probe = pin!(bench.ask(1));
        assert!(poll!(probe.as_mut()).is_pending());
        assert_eq!(bench.breaker.state(), "half_open");
        assert_eq!(bench.ask(2).await, Err(LockErrorKind::Resting));
    }
    bench.line.is(Way::Open);
    assert!(bench.ask(2).await.is_ok(), "one that went away does not keep it shut");
    assert_eq!(bench.breaker.state(), "closed");
}

#[tokio::test]
async fn a_lock_that_is_held_is_an_answer() {
    let bench = Bench::new();
    assert!(matches!(bench.ask(1).await, Ok(LockAttempt::Taken(_))));
    for _ in 0..50 {
        assert!(matches!(bench.ask(2).await, Ok(LockAttempt::Busy { .. })));
    }
    assert_eq!(bench.breaker.state(), "closed");
}

#[tokio::test]
async fn fewer_faults_than_half_are_borne() {
    let bench = Bench::new();
    for n in 0..200 {
        bench.line.is(if n % 20 < 11 { Way::Open } else { Way::Down });
        let _ = bench.ask(1).await;
    }
    assert_eq!(bench.breaker.state(), "closed");
    bench.line.is(Way::Down);
    for _ in 0..2 {
        let _ = bench.ask(1).await;
    }
    assert_eq!(bench.breaker.state(), "open", "of the last twenty half failed");
}

#[tokio::test]
async fn what_is_held_is_let_go_while_it_rests() {
    let bench = Bench::new();
    let Ok(LockAttempt::Taken(lease)) = bench.ask(1).await else { panic!("it is free") };
    bench.line.is(Way::Down);
    while bench.breaker.state() == "closed" {
        let _ = bench.ask(1).await;
    }
    let now = bench.clock.now();
    let lease = bench.breaker.renew(&lease, now, now + TimeDelta::days(2)).await.unwrap();
    assert!(bench.breaker.release(&lease).await.unwrap());
}

#[tokio::test]
async fn work_runs_once_in_every_state() {
    let bench = Bench::new();
    let ids = Arc::new(SequentialIds::new());
    let guarded = Guarded::new(bench.breaker.clone(), Arc::new(bench.clock.clone()), ids);
    let runs = AtomicUsize::new(0);
    let mut seen = Vec::new();
    for n in 0..30 {
        bench.line.is(if (5..20).contains(&n) { Way::Down } else { Way::Open });
        let refused = guarded.run(POINTS_OUT.of([&"a"]), async |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>("too few points")
        });
        assert_eq!(refused.await.unwrap(), Err("too few points"), "the work's own refusal");
        seen.push(bench.breaker.state());
        bench.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(runs.into_inner(), 30);
    seen.dedup();
    assert_eq!(seen, ["closed", "open", "closed"]);
}
