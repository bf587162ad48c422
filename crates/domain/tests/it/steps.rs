use castad_domain::{
    model::{EventKind, FailureCode, Making, ProjectStatus, Stage, Task},
    port::{ProviderErrorKind, StoreErrorKind, WorkQueue},
    usecase::{Cancel, GENERATE_VIDEO, RequestStage, RunTask, StepEnd, StepError},
};
use castad_memory::Answer;
use chrono::TimeDelta;

use crate::{
    meddling::{Meanwhile, Meddling, Moment},
    stage::Studio,
};

#[tokio::test]
async fn a_lost_answer_is_adopted_and_nothing_is_bought_twice() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Lost, 1);
    studio.memory.renderer().answer(Answer::Lost, 1);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
    assert_eq!(studio.memory.renderer().starts(), 1);
}

#[tokio::test]
async fn a_lost_answer_that_cannot_be_looked_up_is_never_bought_again_blindly() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Lost, 1);
    studio.memory.composer().forget_attempts();
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    assert!(matches!(production.song().unwrap().making, Making::Unresolved { .. }));
    assert_eq!(studio.memory.composer().starts(), 1);
    assert_eq!(studio.told(EventKind::SongUnresolved).await, 1);
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_with_a_new_decision() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Busy), 2);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.told(EventKind::SongSubmitting).await, 3);
    assert_eq!(studio.memory.composer().jobs().len(), 1);
}

#[tokio::test]
async fn a_provider_that_stays_away_fails_the_stage_in_the_end() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Busy), 99);
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    assert_eq!(production.failure().unwrap().code, FailureCode::ProviderUnavailable);
    assert!(production.failure().unwrap().retryable);
    assert!(studio.is_idle().await);
}

#[tokio::test]
async fn a_job_that_is_paid_for_outlives_its_providers_silence() {
    let studio = Studio::fresh().await;
    studio.memory.composer().be_silent(12);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_provider_that_is_silent_for_longer_than_a_job_may_take_fails_the_stage() {
    let studio = Studio::fresh().await;
    studio.memory.composer().be_silent(1_000);
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    assert_eq!(production.failure().unwrap().code, FailureCode::ProviderUnavailable);
}

#[tokio::test]
async fn words_that_never_arrive_are_asked_for_twice_at_most() {
    let studio = Studio::fresh().await;
    studio.memory.writer().answer(ProviderErrorKind::Unknown, 99);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.memory.writer().calls(), 2);
    assert_eq!(studio.production().await.failure().unwrap().stage, Stage::Lyric);
}

#[tokio::test]
async fn a_step_that_is_taken_again_after_its_end_changes_nothing() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    let (steps, queue) = (RunTask::new(&studio.ports), studio.memory.queue());
    while let Some(due) = queue.next_due().await.unwrap() {
        let now = due.max(studio.ports.clock.now());
        studio.memory.clock().set(now);
        let claim = queue.claim(now, now + TimeDelta::seconds(30)).await.unwrap().unwrap();
        match steps.run(&claim).await.unwrap() {
            StepEnd::Done | StepEnd::Posted(_) => {
                let before = (studio.production().await, studio.log().await);
                let again = steps.run(&claim).await;
                let lost = |error: &StepError| matches!(error, StepError::Store(f) if f.kind() == StoreErrorKind::Conflict);
                let quiet = matches!(claim.work.task, Task::Release(..) | Task::Erase(_));
                assert!(
                    quiet || again.as_ref().is_err_and(lost),
                    "{:?}: {again:?}",
                    claim.work.task
                );
                assert_eq!((studio.production().await, studio.log().await), before);
            }
            StepEnd::Again { due, progress } => {
                queue.put_back(&claim, due, 0, progress).await.unwrap();
            }
        }
    }
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn what_arrives_after_a_cancel_is_released_and_erased() {
    for moment in [Moment::Started, Moment::Fetching] {
        let studio = Studio::fresh().await;
        studio.produce().await;
        let before = studio.memory.media().keys();
        studio
            .memory
            .work_with(&Meddling::ports(&studio, Meanwhile::Cancel(moment)))
            .await
            .unwrap();
        assert_eq!(studio.status().await, ProjectStatus::Canceled);
        assert_eq!(studio.memory.composer().jobs().len(), 1);
        assert!(studio.memory.composer().held().is_empty(), "the provider was told");
        assert_eq!(studio.memory.media().keys(), before, "no file stays behind");
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    let studio = Studio::bare().await;
    RequestStage::new(&studio.ports).run(Stage::Lyric, studio.order(), None).await.unwrap();
    let (steps, queue) = (RunTask::new(&studio.ports), studio.memory.queue());
    let now = studio.ports.clock.now();
    let slow = queue.claim(now, now + TimeDelta::seconds(1)).await.unwrap().unwrap();
    let later = now + TimeDelta::seconds(2);
    studio.memory.clock().set(later);
    let quick = queue.claim(later, later + TimeDelta::seconds(30)).await.unwrap().unwrap();
    assert!(quick.fence > slow.fence);

    let log = studio.log().await;
    let refused = steps.run(&slow).await.unwrap_err();
    assert!(matches!(refused, StepError::Store(f) if f.kind() == StoreErrorKind::Conflict));
    assert_eq!(studio.log().await, log);
    assert_eq!(studio.memory.writer().calls(), 0);
    assert_eq!(steps.run(&quick).await.unwrap(), StepEnd::Done);
    assert!(studio.production().await.is_ready(Stage::Lyric));
}

#[tokio::test]
async fn a_use_case_can_run_on_any_thread() {
    let studio = Studio::bare().await;
    let (request, order) = (RequestStage::new(&studio.ports), studio.order());
    let done = tokio::spawn(async move { request.run(Stage::Lyric, order, None).await });
    assert!(done.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_to_hand_over_is_asked_until_it_is() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Lost, 1);
    studio.memory.composer().be_silent(12);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_lock_that_somebody_left_behind_keeps_no_claimed_step_waiting() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    let left_behind = GENERATE_VIDEO.of([&studio.project]);
    let worked = studio.ports.guarded.run(left_behind, async |_guard| studio.work().await);
    worked.await.unwrap();
    assert_eq!(studio.status().await, ProjectStatus::Finished);
}

#[tokio::test]
async fn what_was_bought_without_an_answer_is_released_once_nobody_waits_for_it() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Lost, 1);
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    while studio.memory.composer().jobs().is_empty() {
        studio.memory.take_step(&studio.ports, &steps).await.unwrap();
    }
    let making = studio.production().await.song().unwrap().making.clone();
    assert!(matches!(making, Making::Submitting { .. }));

    Cancel::new(&studio.ports).run(studio.member, studio.project, None).await.unwrap();
    studio.work().await;
    assert!(studio.memory.composer().held().is_empty(), "the provider was told");
    assert!(studio.is_idle().await);
}

#[tokio::test]
async fn an_order_that_was_never_sent_is_looked_for_until_it_cannot_come_any_more() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Unknown), 1);
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    while studio.memory.composer().starts() == 0 {
        studio.memory.take_step(&studio.ports, &steps).await.unwrap();
    }
    Cancel::new(&studio.ports).run(studio.member, studio.project, None).await.unwrap();
    let ended = studio.ports.clock.now();
    studio.work().await;
    let looked = studio.ports.clock.now() - ended;
    assert_eq!(looked, TimeDelta::minutes(10));
    assert!(studio.is_idle().await);
}

#[tokio::test]
async fn an_answer_that_comes_after_the_claim_was_lost_is_not_lost_with_it() {
    for canceled in [false, true] {
        let studio = Studio::fresh().await;
        studio.memory.composer().forget_attempts();
        studio.produce().await;
        let slow = Meddling::ports(&studio, Meanwhile::LoseTheClaim);
        let steps = RunTask::new(&slow);
        let end = loop {
            let end = studio.memory.take_step(&slow, &steps).await;
            if end.is_err() || end.as_ref().is_ok_and(Option::is_none) {
                break end;
            }
        };
        assert_eq!(end.unwrap_err().kind(), StoreErrorKind::Conflict);
        if canceled {
            Cancel::new(&studio.ports).run(studio.member, studio.project, None).await.unwrap();
        }
        studio.work().await;
        let status = if canceled { ProjectStatus::Canceled } else { ProjectStatus::Finished };
        assert_eq!(studio.status().await, status);
        assert_eq!(studio.memory.composer().starts(), 1);
        assert!(studio.memory.composer().held().is_empty());
    }
}

#[tokio::test]
async fn a_decision_that_an_earlier_process_may_carry_out_yet_is_not_taken_again() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Unknown), 1);
    studio.memory.composer().answer(Answer::Error(ProviderErrorKind::Busy), 1);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 3);
    assert_eq!(
        studio.told(EventKind::SongSubmitting).await,
        1,
        "one attempt, asked for three times"
    );
}
