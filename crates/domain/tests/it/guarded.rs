//! Work inside a lock: who waits, who is let in, and what becomes of work that loses its lock.

#[path = "guarded/flaky.rs"]
mod flaky;

use std::{
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use castad_domain::{
    port::{
        Advise, Clock, LockAttempt, LockErrorKind, LockEvent, LockJournal, LockManager,
        LockOutcome, Retry,
    },
    usecase::{Guard, GuardError, Guarded, Lease, LockOrder, OnOutage, POINTS_OUT},
};
use castad_memory::{ManualClock, SequentialIds};
use chrono::TimeDelta;
use flaky::{Fault, Flaky};
use tokio::task::{JoinHandle, yield_now};

#[derive(Default)]
struct Notes(Mutex<Vec<LockEvent>>);

impl LockJournal for Notes {
    fn note(&self, pattern: &'static str, event: LockEvent) {
        assert_eq!(pattern, "point:use:member:{id}", "a pattern, never a key");
        self.0.lock().unwrap().push(event);
    }
}

struct Bench {
    clock: ManualClock,
    lock: Arc<Flaky>,
    notes: Arc<Notes>,
    guarded: Guarded,
    /// The same lock as another process has it.
    elsewhere: Guarded,
}

impl Bench {
    fn new() -> Self {
        let (clock, lock, notes) = (ManualClock::default(), Flaky::new(), Arc::default());
        let (ids, journal) = (Arc::new(SequentialIds::new()), Arc::<Notes>::clone(&notes));
        let process = || Guarded::new(lock.clone(), Arc::new(clock.clone()), ids.clone());
        let (guarded, elsewhere) = (process().told_to(journal), process());
        Self { clock, lock, notes, guarded, elsewhere }
    }

    /// Runs work beside the test.
    fn begin<T: Send + 'static, W: Future<Output = T> + Send + 'static>(
        &self,
        order: LockOrder,
        work: impl FnOnce(Guard) -> W + Send + 'static,
    ) -> JoinHandle<Result<T, GuardError>> {
        let guarded = self.guarded.clone();
        tokio::spawn(async move { guarded.run(order, work).await })
    }

    async fn is_free(&self, name: &str) -> bool {
        let (key, now) = (POINTS_OUT.of([&name]).keys()[0].clone(), self.clock.now());
        let attempt = self.lock.inner.acquire(&key, 99, now, now + seconds(1)).await.unwrap();
        self.lock.inner.abandon(&key, 99);
        matches!(attempt, LockAttempt::Taken(_))
    }

    async fn pass(&self, by: TimeDelta) {
        settle().await;
        self.clock.advance(by);
        settle().await;
    }

    fn count(&self, of: impl Fn(&LockEvent) -> bool) -> usize {
        self.notes.0.lock().unwrap().iter().filter(|event| of(event)).count()
    }

    fn outcomes(&self, of: LockOutcome) -> usize {
        self.count(|event| matches!(event, LockEvent::Ended { outcome, .. } if *outcome == of))
    }
}

async fn settle() {
    for _ in 0..200 {
        yield_now().await;
    }
}

fn seconds(seconds: i64) -> TimeDelta {
    TimeDelta::seconds(seconds)
}

fn one() -> LockOrder {
    POINTS_OUT.of([&"a"])
}

fn renewed() -> LockOrder {
    one().leased(Lease::Renewed(seconds(300)))
}

async fn forever(_: Guard) {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn nobody_waits_who_does_not_want_to() {
    let bench = Bench::new();
    let holder = bench.begin(one(), forever);
    settle().await;
    let asked = bench.lock.calls().len();
    let busy = bench.guarded.run(one().waiting(TimeDelta::zero()), async |_| ()).await;
    assert!(matches!(busy, Err(GuardError::Busy)));
    assert_eq!(bench.lock.calls().len(), asked, "of one process nobody even asks");

    let busy =
        bench.elsewhere.run(one().waiting(TimeDelta::zero()), async |_| ()).await.unwrap_err();
    assert_eq!(busy.retry(), Retry::Later(Some(seconds(1))));
    assert_eq!(bench.lock.calls().len(), asked + 1, "one try");
    holder.abort();
}

#[tokio::test]
async fn a_wait_runs_out_when_it_was_to() {
    let bench = Bench::new();
    let _holder = bench.begin(one().leased(Lease::Fixed(seconds(100))), forever);
    settle().await;
    let waiter = bench.begin(one(), async |_| ());
    bench.pass(TimeDelta::milliseconds(4_999)).await;
    assert!(!waiter.is_finished());
    bench.pass(TimeDelta::milliseconds(1)).await;
    assert!(matches!(waiter.await.unwrap(), Err(GuardError::Busy)));
    assert_eq!(bench.outcomes(LockOutcome::Timeout), 1);
    assert!(bench.count(|event| *event == LockEvent::Attempted) == 1, "only the first asks");
}

#[tokio::test]
async fn a_lock_that_hangs_keeps_nobody_longer_than_their_wait() {
    let bench = Bench::new();
    let holder = bench.begin(one().leased(Lease::Fixed(seconds(100))), forever);
    settle().await;
    let guarded = bench.elsewhere.clone();
    let waiter = tokio::spawn(async move { guarded.run(one(), async |_| ()).await });
    settle().await;
    bench.lock.fail([Fault::Hangs]);
    holder.abort();
    bench.pass(seconds(5)).await;
    assert!(matches!(waiter.await.unwrap(), Err(GuardError::Busy)));
}

#[tokio::test]
async fn of_one_process_who_came_first_is_first_and_each_asks_once() {
    let bench = Bench::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    let crowd: Vec<_> = (0..100)
        .map(|n| {
            let order = Arc::clone(&order);
            bench.begin(one(), async move |guard: Guard| {
                yield_now().await;
                order.lock().unwrap().push((n, guard.token().unwrap()));
            })
        })
        .collect();
    for one in crowd {
        one.await.unwrap().unwrap();
    }
    let order = order.lock().unwrap();
    assert!(order.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1), "{order:?}");
    assert_eq!(bench.count(|event| *event == LockEvent::Attempted), 100);
    assert_eq!(bench.count(|event| matches!(event, LockEvent::Waiting)), 100);
    assert_eq!(bench.outcomes(LockOutcome::Acquired), 100);
    assert_eq!(bench.count(|event| *event == LockEvent::Released { held: Some(true) }), 100);
    assert_eq!(bench.count(|event| matches!(event, LockEvent::Left { .. })), 100);
}

#[tokio::test]
async fn work_that_outlives_a_fixed_lease_is_told_and_dropped() {
    let bench = Bench::new();
    let dropped = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&dropped);
    let work = bench.begin(one(), async move |_: Guard| {
        let _end = End(seen);
        std::future::pending::<()>().await;
    });
    bench.pass(TimeDelta::milliseconds(9_800)).await;
    assert!(!work.is_finished());
    bench.pass(TimeDelta::milliseconds(200)).await;
    assert!(matches!(work.await.unwrap(), Err(GuardError::Lost)));
    assert!(dropped.load(Ordering::SeqCst));
    assert_eq!(bench.count(|event| *event == LockEvent::Lost), 1);
    assert!(bench.is_free("a").await);
}

struct End(Arc<AtomicBool>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn work_that_hears_of_the_loss_may_end_by_itself() {
    let bench = Bench::new();
    let work = bench.begin(one(), async |guard: Guard| {
        assert!(!guard.is_lost());
        guard.lost().await;
        guard.is_lost()
    });
    bench.pass(seconds(10)).await;
    assert!(work.await.unwrap().unwrap());
}

#[tokio::test]
async fn a_renewed_lock_is_held_for_as_long_as_the_work_takes() {
    let bench = Bench::new();
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    let work = bench.begin(renewed(), async move |guard: Guard| {
        wait.await.unwrap();
        guard.is_lost()
    });
    for _ in 0..9 {
        bench.pass(seconds(100)).await;
        assert!(!bench.is_free("a").await);
    }
    assert_eq!(bench.count(|event| *event == LockEvent::Renewed { ok: true }), 9);
    done.send(()).unwrap();
    assert!(!work.await.unwrap().unwrap());
    assert_eq!(bench.clock.sleepers(), 0, "nobody is left who would renew");
    assert!(bench.is_free("a").await);
}

#[tokio::test]
async fn a_lock_that_cannot_be_renewed_is_lost_before_others_may_have_it() {
    let bench = Bench::new();
    let work = bench.begin(renewed(), forever);
    settle().await;
    bench.lock.fail(std::iter::repeat_n(Fault::Down, 100));
    let began = bench.clock.now();
    while !work.is_finished() {
        assert!(bench.clock.now() < began + seconds(300), "others may have it");
        bench.pass(seconds(1)).await;
    }
    assert!(bench.clock.now() > began + seconds(290), "a renewal may still succeed");
    assert!(matches!(work.await.unwrap(), Err(GuardError::Lost)));
}

#[tokio::test]
async fn a_renewal_that_fails_is_tried_again() {
    let bench = Bench::new();
    let work = bench.begin(renewed(), forever);
    settle().await;
    bench.lock.fail([Fault::Down, Fault::Down]);
    for _ in 0..40 {
        bench.pass(seconds(10)).await;
    }
    assert!(!work.is_finished(), "400 s are more than a lease");
    work.abort();
}

#[tokio::test]
async fn a_lock_that_somebody_else_has_is_lost_at_once() {
    let bench = Bench::new();
    let work = bench.begin(renewed(), forever);
    settle().await;
    bench.lock.fail([Fault::Lost]);
    bench.pass(seconds(100)).await;
    assert!(matches!(work.await.unwrap(), Err(GuardError::Lost)));
}

#[tokio::test]
async fn a_renewal_under_way_is_waited_for_before_the_release() {
    let bench = Bench::new();
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    let work = bench.begin(renewed(), async move |_: Guard| wait.await.unwrap());
    settle().await;
    bench.lock.fail([Fault::Hangs]);
    bench.pass(seconds(100)).await;
    done.send(()).unwrap();
    settle().await;
    assert!(!bench.lock.calls().contains(&"release"), "the renewal may yet arrive");
    bench.lock.go_on();
    work.await.unwrap().unwrap();
    assert_eq!(bench.lock.calls().last(), Some(&"release"));
    assert!(bench.is_free("a").await);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_once_more() {
    let bench = Bench::new();
    bench.lock.fail([Fault::LosesAnswer]);
    let order = one().waiting(TimeDelta::zero());
    let token = bench.guarded.run(order, async |guard| guard.token()).await.unwrap();
    let first = bench.clock.now().timestamp_micros();
    assert_eq!(token, Some(first), "it is the lock that was taken at first");
    assert!(bench.is_free("a").await);
}

#[tokio::test]
async fn without_the_lock_work_runs_once_or_not_at_all() {
    for (on_outage, runs) in [(OnOutage::DbGuardOnly, 1), (OnOutage::FailClosed, 0)] {
        let bench = Bench::new();
        let ran = AtomicUsize::new(0);
        bench.lock.fail([Fault::Down, Fault::Down]);
        let done = bench
            .guarded
            .run(one().on_outage(on_outage), async |guard| {
                ran.fetch_add(1, Ordering::SeqCst);
                assert!(guard.is_degraded() && guard.token().is_none() && !guard.is_lost());
            })
            .await;
        assert_eq!(ran.load(Ordering::SeqCst), runs);
        match on_outage {
            OnOutage::DbGuardOnly => done.unwrap(),
            OnOutage::FailClosed => assert!(matches!(done, Err(GuardError::Unavailable(_)))),
        }
        let outcome = [LockOutcome::Degraded, LockOutcome::Error][1 - runs];
        assert_eq!(bench.outcomes(outcome), 1);
    }
}

#[tokio::test]
async fn a_lock_that_dies_while_it_is_held_runs_nothing_twice() {
    let bench = Bench::new();
    let (ran, lock) = (AtomicUsize::new(0), Arc::clone(&bench.lock));
    let done = bench.guarded.run(one(), async |_| {
        ran.fetch_add(1, Ordering::SeqCst);
        lock.fail(std::iter::repeat_n(Fault::Down, 9));
        Err::<(), _>("the work's own refusal")
    });
    assert_eq!(done.await.unwrap(), Err("the work's own refusal"));
    assert_eq!(ran.load(Ordering::SeqCst), 1);
    assert_eq!(bench.count(|event| *event == LockEvent::Released { held: None }), 1);
}

#[tokio::test]
async fn who_goes_away_at_any_point_leaves_nothing_behind() {
    // How often it is polled before it is dropped; every call of the lock waits once.
    for turns in 0..20 {
        let bench = Bench::new();
        bench.lock.dawdle();
        let holder = bench.begin(one(), async |_| {
            yield_now().await;
        });
        let next = bench.begin(one().and(POINTS_OUT.of([&"b"])), forever);
        for _ in 0..turns {
            yield_now().await;
        }
        next.abort();
        holder.await.unwrap().unwrap();
        settle().await;
        assert!(bench.is_free("a").await && bench.is_free("b").await, "after {turns} turns");
        let after = bench.guarded.run(one(), async |guard| guard.is_lost()).await;
        assert!(!after.unwrap(), "nobody is kept waiting after {turns} turns");
    }
}

#[tokio::test]
async fn a_guard_that_outlives_its_work_is_lost() {
    let bench = Bench::new();
    let guard = bench.guarded.run(one(), async |guard| guard).await.unwrap();
    assert!(guard.is_lost());
    guard.lost().await;
}

#[tokio::test]
async fn those_who_need_the_same_locks_never_wait_for_each_other() {
    let bench = Bench::new();
    let pairs = (0..50).map(|n| {
        let (a, b) = (POINTS_OUT.of([&"a"]), POINTS_OUT.of([&"b"]));
        let order = if n % 2 == 0 { a.and(b) } else { b.and(a) };
        bench.begin(order, async |guard: Guard| {
            yield_now().await;
            assert_eq!(guard.tokens().len(), 2);
        })
    });
    for one in pairs.collect::<Vec<_>>() {
        one.await.unwrap().unwrap();
    }
    let released: Vec<_> = bench.lock.released();
    assert_eq!(released[..2], ["point:use:member:b", "point:use:member:a"], "the last comes first");
}

#[tokio::test]
async fn who_gets_only_some_of_the_locks_lets_them_go() {
    let bench = Bench::new();
    let holder = bench.begin(POINTS_OUT.of([&"b"]), forever);
    settle().await;
    let both = one().and(POINTS_OUT.of([&"b"])).waiting(TimeDelta::zero());
    assert!(matches!(bench.guarded.run(both, async |_| ()).await, Err(GuardError::Busy)));
    settle().await;
    assert!(bench.is_free("a").await);
    holder.abort();
}

/// A row, and transactions that read what was committed when they began.
#[derive(Default)]
struct Row(Mutex<i64>);

struct Change<'a> {
    row: &'a Row,
    value: i64,
}

impl Row {
    fn begin(&self) -> Change<'_> {
        Change { row: self, value: *self.0.lock().unwrap() }
    }
}

impl Change<'_> {
    fn commit(self) {
        *self.row.0.lock().unwrap() = self.value;
    }
}

async fn counted(inside: bool) -> i64 {
    let (bench, row) = (Bench::new(), Row::default());
    let workers = (0..20).map(|_| async {
        let guarded = bench.guarded.run(one(), async |_| {
            let mut change = row.begin();
            yield_now().await;
            change.value += 1;
            if !inside {
                return Some(change);
            }
            change.commit();
            None
        });
        if let Some(late) = guarded.await.unwrap() {
            yield_now().await;
            late.commit();
        }
    });
    let mut workers: Vec<_> = workers.map(Box::pin).collect();
    std::future::poll_fn(|cx| {
        workers.retain_mut(|worker| worker.as_mut().poll(cx).is_pending());
        if workers.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    *row.0.lock().unwrap()
}

#[tokio::test]
async fn what_is_committed_inside_the_lock_is_never_overwritten() {
    assert_eq!(counted(true).await, 20);
    assert!(counted(false).await < 20, "committed behind the release, updates are lost");
}

#[tokio::test]
async fn a_fault_that_is_not_the_way_there_is_not_tried_twice() {
    let bench = Bench::new();
    bench.lock.fail([Fault::Rests]);
    let degraded = bench.guarded.run(one(), async |guard| guard.is_degraded()).await.unwrap();
    assert!(degraded);
    assert_eq!(bench.lock.calls().iter().filter(|call| **call == "acquire").count(), 1);
    assert_eq!(Fault::Rests.kind(), Some(LockErrorKind::Resting));
}
