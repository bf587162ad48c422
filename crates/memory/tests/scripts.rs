//! What the scripted adapters and the clock do when they are told to.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Wake, Waker},
};

use castad_contract::make;
use castad_domain::{
    model::{AttemptToken, SongId},
    port::{
        Clock, LookUp, Maker, MakerStatus, MediaErrorKind, MediaStore, ProviderErrorKind,
        SongComposer, SongOrder, Store,
    },
};
use castad_memory::{Answer, ManualClock, Memory, Parcel, ScriptedComposer};
use chrono::TimeDelta;

fn order(attempt: u128) -> SongOrder {
    SongOrder {
        attempt: AttemptToken::from_bits(attempt),
        song: SongId::from_bits(9),
        brief: make::brief(),
        words: make::words(),
    }
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_clock_knows_its_sleepers_and_wakes_those_whose_time_has_come() {
    let clock = ManualClock::default();
    let start = clock.now();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut cx = Context::from_waker(&waker);
    let mut late = pin!(clock.reach(start + TimeDelta::seconds(9)));
    {
        let mut soon = pin!(clock.reach(start + TimeDelta::seconds(3)));
        assert!(soon.as_mut().poll(&mut cx).is_pending());
        assert!(late.as_mut().poll(&mut cx).is_pending());
        assert_eq!(clock.sleepers(), 2);

        assert_eq!(clock.advance_to_next(), Some(start + TimeDelta::seconds(3)));
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert!(soon.as_mut().poll(&mut cx).is_ready());
    }
    assert_eq!(clock.next_sleeper(), Some(start + TimeDelta::seconds(9)));
    clock.set(start);
    assert_eq!(clock.now(), start + TimeDelta::seconds(3), "time does not go back");
}

#[test]
fn who_stops_waiting_is_no_sleeper() {
    let clock = ManualClock::default();
    let mut cx = Context::from_waker(Waker::noop());
    {
        let mut wait = pin!(clock.reach(clock.now() + TimeDelta::seconds(3)));
        assert!(wait.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!((clock.sleepers(), clock.advance_to_next()), (0, None));
}

#[tokio::test]
async fn a_lost_answer_leaves_a_job_that_can_be_looked_up() {
    let composer = ScriptedComposer::new();
    composer.answer(Answer::Error(ProviderErrorKind::Busy), 1);
    composer.answer(Answer::Lost, 1);
    let busy = composer.start(&order(1)).await.unwrap_err();
    assert_eq!(busy.kind(), ProviderErrorKind::Busy);
    assert_eq!(composer.look_up(AttemptToken::from_bits(1), None).await.unwrap(), LookUp::NotThere);

    let lost = composer.start(&order(1)).await.unwrap_err();
    assert_eq!(lost.kind(), ProviderErrorKind::Unknown);
    let job = composer.jobs()[0].clone();
    assert_eq!(
        composer.look_up(AttemptToken::from_bits(1), None).await.unwrap(),
        LookUp::Found(job)
    );
    assert_eq!((composer.starts(), composer.starts_of(AttemptToken::from_bits(2))), (2, 0));

    composer.forget_attempts();
    assert_eq!(
        composer.look_up(AttemptToken::from_bits(1), None).await.unwrap(),
        LookUp::CannotTell
    );
}

#[tokio::test]
async fn a_job_takes_its_looks_and_may_fail_at_the_end() {
    let composer = ScriptedComposer::new();
    composer.work_for(2);
    composer.fail(true, 1);
    let job = composer.start(&order(1)).await.unwrap();
    for _ in 0..2 {
        assert!(matches!(composer.status(&job).await.unwrap(), MakerStatus::Working { .. }));
    }
    let end = composer.status(&job).await.unwrap();
    assert!(matches!(end, MakerStatus::Failed { retryable: true, .. }));
    assert!(composer.fetch(&job).await.is_err());

    composer.be_silent(1);
    let silent = composer.status(&job).await.unwrap_err();
    assert_eq!(silent.kind(), ProviderErrorKind::Unknown);
    assert_eq!(composer.calls("status"), 4);
    assert_eq!(composer.held(), std::slice::from_ref(&job));
    composer.release(&job).await.unwrap();
    assert_eq!(composer.held(), []);
}

#[tokio::test]
async fn what_is_handed_over_may_be_rubbish_or_cut_short_and_is_not_stored() {
    let memory = Memory::new();
    memory.composer().work_for(0);
    memory.composer().hand_over(Parcel::Rubbish, 1);
    memory.composer().hand_over(Parcel::CutShort, 1);
    let job = memory.composer().start(&order(1)).await.unwrap();
    let key = make::recording(AttemptToken::from_bits(1)).file.key;
    for kind in [MediaErrorKind::WrongType, MediaErrorKind::CutShort] {
        let delivery = memory.composer().fetch(&job).await.unwrap();
        let refused = memory.media().put(&key, delivery.body, 1 << 20).await.unwrap_err();
        assert_eq!(refused.kind(), kind);
    }
    let delivery = memory.composer().fetch(&job).await.unwrap();
    memory.media().put(&key, delivery.body, 1 << 20).await.unwrap();
    assert_eq!(memory.media().keys(), [key]);
}

#[tokio::test]
async fn a_full_media_store_says_so_and_takes_nothing() {
    let memory = Memory::new();
    memory.media().be_full(true);
    assert_eq!(memory.media().check().await.unwrap_err().kind(), MediaErrorKind::Full);
    let key = make::image(1, make::time(0)).file.key;
    let body = castad_domain::port::once(castad_contract::photo::PICTURE.into());
    let refused = memory.media().put(&key, body, 1 << 20).await.unwrap_err();
    assert_eq!(refused.kind(), MediaErrorKind::Full);
}

#[tokio::test]
async fn the_kit_knows_its_members_and_productions() {
    let memory = Memory::new();
    let member = memory.member("다온카페").await.unwrap();
    assert_eq!(memory.member("다온카페").await.unwrap(), member);
    assert!(memory.member("").await.is_err());

    let production = make::production(1, member);
    let id = production.project().id();
    assert!(memory.production(id).await.is_err());
    let mut unit = memory.store().begin().await.unwrap();
    unit.productions().insert(&production).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(memory.production(id).await.unwrap(), production.written());
}
