//! What is made costs points, once, and what comes to nothing gives them back.

use std::{
    future::Future,
    ops::Deref,
    pin::pin,
    task::{Context, Poll, Waker},
    thread,
};

use castad_contract::{airtight, findings};
use castad_domain::{
    model::{
        Cancellation, Credit, EventKind, FailureCode, LotKind, Making, OrderNumber, PointsRefusal,
        Prices, ProjectStatus, Stage,
    },
    port::{Ports, ProviderErrorKind, StoreErrorKind},
    usecase::{
        Accumulate, BooksError, Cancel, CancelUsage, GiveUp, OrderError, Produce, RequestStage,
        Retry, RunTask, StepError, Unresolved, UsePoints,
    },
};
use castad_memory::Answer;
use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::stage::Studio;

/// A studio at the usual prices, in whose books all is right when the test is over.
struct Paid(Studio);

impl Deref for Paid {
    type Target = Studio;

    fn deref(&self) -> &Studio {
        &self.0
    }
}

impl Drop for Paid {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        // In memory nobody is waited for.
        let found = pin!(findings(self.memory.store()));
        let found = found.poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(found, Poll::Ready(Vec::new()), "the books at the end");
    }
}

impl Paid {
    /// With pictures, and a member who has so many points.
    async fn with(points: i64) -> Self {
        let studio = Studio::fresh().await;
        let ports = Ports { prices: Prices::default(), ..studio.memory.ports() };
        let studio = Self(Studio { ports: airtight(ports), ..studio });
        studio.give(points).await;
        studio
    }

    async fn give(&self, points: i64) {
        let credit = Credit { kind: LotKind::Bonus, amount: points, lifetime: None, source: None };
        let giving = Accumulate::new(&self.ports);
        giving.run(self.member, self.member, credit, None).await.unwrap();
    }

    async fn points(&self) -> i64 {
        let now = self.ports.clock.now();
        self.ports.points.balance(self.member, now, now).await.unwrap().available
    }
}

#[tokio::test]
async fn each_stage_is_paid_when_it_is_asked_for() {
    let studio = Paid::with(2_000).await;
    studio.produce().await;
    assert_eq!(studio.points().await, 1_900);
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.points().await, 400);
    assert_eq!(studio.told(EventKind::PointsUsed).await, 3);
}

#[tokio::test]
async fn for_who_has_too_little_nothing_is_made() {
    let studio = Paid::with(99).await;
    let refused = Produce::new(&studio.ports).run(studio.order(), None).await.unwrap_err();
    let too_little = PointsRefusal::Insufficient { available: 99 };
    assert!(matches!(refused, OrderError::Points(refusal) if refusal == too_little));
    assert!(studio.production().await.lyric().is_none());
    assert!(studio.is_idle().await);
    assert_eq!(studio.points().await, 99);
}

#[tokio::test]
async fn where_points_run_out_the_stage_fails_unmade_and_goes_on_once_there_are_more() {
    let studio = Paid::with(650).await;
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    assert_eq!(production.project().status(), ProjectStatus::Failed);
    let failure = production.failure().unwrap();
    assert_eq!((failure.stage, failure.code), (Stage::Video, FailureCode::InsufficientPoints));
    assert!(failure.retryable);
    assert_eq!((studio.points().await, studio.memory.renderer().starts()), (50, 0));
    assert_eq!(studio.told(EventKind::PointsUseCanceled).await, 0, "nothing was taken for it");

    studio.give(1_000).await;
    Retry::new(&studio.ports).run(studio.order(), None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.points().await, 50);
}

#[tokio::test]
async fn a_stage_that_fails_gives_its_price_back_once_and_a_retry_pays_anew() {
    let studio = Paid::with(2_000).await;
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Refused), 1);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Failed);
    assert_eq!(studio.points().await, 1_900);
    assert_eq!(studio.told(EventKind::PointsUseCanceled).await, 1);

    Retry::new(&studio.ports).run(studio.order(), None).await.unwrap();
    assert_eq!(studio.points().await, 1_400);
    studio.work().await;
    assert_eq!(studio.points().await, 400);
}

#[tokio::test]
async fn a_failure_that_is_written_down_again_gives_nothing_back_again() {
    let studio = Paid::with(2_000).await;
    studio.produce().await;
    let (ports, handler) = (&studio.ports, GiveUp::new(&studio.ports));
    let lease = |seconds| ports.clock.now() + TimeDelta::seconds(seconds);
    // The first to handle it fell silent before it wrote anything, and wakes up last.
    let silent = ports.queue.claim(ports.clock.now(), lease(1)).await.unwrap().unwrap();
    studio.memory.clock().advance(TimeDelta::seconds(2));
    let next = ports.queue.claim(ports.clock.now(), lease(30)).await.unwrap().unwrap();
    assert_eq!(next.job, silent.job);
    assert_eq!(studio.points().await, 1_900);

    handler.run(&next, &StepError::Broke).await.unwrap();
    for late in [&next, &silent, &silent] {
        let refused = handler.run(late, &StepError::Broke).await.unwrap_err();
        let StepError::Store(fault) = refused else { panic!("{refused}") };
        assert_eq!(fault.kind(), StoreErrorKind::Conflict);
    }
    assert_eq!(studio.status().await, ProjectStatus::Failed);
    assert_eq!(studio.points().await, 2_000);
    assert_eq!(studio.told(EventKind::PointsUseCanceled).await, 1);
}

#[tokio::test]
async fn what_was_delivered_is_neither_given_back_by_hand_nor_paid_under_a_number_of_ones_own() {
    let studio = Paid::with(2_000).await;
    studio.produce().await;
    studio.work().await;
    let bill = studio.production().await.bill(Stage::Song).unwrap();
    let mut unit = studio.ports.store.begin().await.unwrap();
    let usage = unit.points().usage_of(studio.member, &bill).await.unwrap().unwrap();
    drop(unit);

    let back = CancelUsage::new(&studio.ports)
        .run(studio.member, usage.id, &Cancellation::default(), None)
        .await;
    let reserved = |refusal: BooksError<PointsRefusal>| {
        matches!(refusal, BooksError::Refused(PointsRefusal::OrderNumberReserved))
    };
    assert!(reserved(back.unwrap_err()));
    let ahead = OrderNumber::parse("SLOT-hld_1").unwrap();
    let spent = UsePoints::new(&studio.ports).run(studio.member, &ahead, 1, None).await;
    assert!(reserved(spent.unwrap_err()));
    assert_eq!(studio.points().await, 400);
}

#[tokio::test]
async fn cancel_gives_back_what_was_not_delivered_and_says_how_much() {
    let studio = Paid::with(2_000).await;
    let cancel = Cancel::new(&studio.ports);
    studio.produce().await;
    let (_, left) = cancel.run(studio.member, studio.project, None).await.unwrap();
    assert_eq!((left.returned, studio.points().await), (100, 2_000));
    let again = cancel.run(studio.member, studio.project, None).await;
    assert!(matches!(again, Err(OrderError::Refused(_))));
    studio.work().await;
    assert_eq!(studio.points().await, 2_000);
}

#[tokio::test]
async fn a_deadline_gives_back_too() {
    let studio = Paid::with(2_000).await;
    studio.memory.composer().work_for(1_000_000);
    let cancel_at = Some(studio.ports.clock.now() + TimeDelta::minutes(5));
    let order = castad_domain::usecase::StageOrder { cancel_at, ..studio.order() };
    Produce::new(&studio.ports).run(order, None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Canceled);
    assert_eq!(studio.points().await, 1_900, "the lyric was delivered, the song was not");
}

#[tokio::test]
async fn what_nobody_can_tell_keeps_its_price_until_it_is_given_up() {
    for (unresolved, points) in [(Unresolved::Wait, 1_400), (Unresolved::Fail, 1_900)] {
        let studio = Paid::with(2_000).await;
        studio.memory.composer().answer(Answer::Lost, 1);
        studio.memory.composer().forget_attempts();
        studio.produce().await;
        let steps = RunTask::new(&studio.ports).unresolved(unresolved);
        while studio.memory.take_step(&studio.ports, &steps).await.unwrap().is_some() {}
        assert_eq!(studio.points().await, points, "{unresolved:?}");
        let making = studio.production().await.song().unwrap().making.clone();
        assert_eq!(matches!(making, Making::Unresolved { .. }), unresolved == Unresolved::Wait);
    }
}

#[tokio::test]
async fn of_ten_who_ask_for_one_stage_at_once_one_pays() {
    let studio = Paid::with(2_000).await;
    let mut asking = JoinSet::new();
    for _ in 0..10 {
        let (request, order) = (RequestStage::new(&studio.ports), studio.order());
        asking.spawn(async move { request.run(Stage::Lyric, order, None).await });
    }
    let ends = asking.join_all().await;
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1);
    for end in ends.into_iter().filter_map(Result::err) {
        assert!(matches!(end, OrderError::Refused(_) | OrderError::Busy(_)), "{end}");
    }
    assert_eq!(studio.points().await, 1_900);
}

#[tokio::test]
async fn each_version_of_a_stage_is_paid_under_a_number_of_its_own() {
    let studio = Paid::with(2_000).await;
    let request = RequestStage::new(&studio.ports);
    for points in [1_900, 1_800] {
        request.run(Stage::Lyric, studio.order(), None).await.unwrap();
        studio.work().await;
        assert_eq!(studio.points().await, points);
        let bill = studio.production().await.bill(Stage::Lyric).unwrap();
        let begins = format!("GEN-{}-lyric-", studio.project);
        assert!(bill.as_str().starts_with(&begins), "{bill}");
    }
}
