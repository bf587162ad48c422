use castad_domain::{
    model::{
        AttemptToken, EventKind, FailureCode, Making, ProjectStatus, ProviderJob, Stage, Task,
    },
    port::WorkQueue,
    usecase::{RunTask, TakeCallback, Unresolved},
};
use castad_memory::Answer;

use crate::{
    meddling::{Meanwhile, Meddling},
    stage::Studio,
};

impl Studio {
    /// Takes steps until one of them leaves things as they are wanted.
    async fn work_until(&self, steps: &RunTask, wanted: impl Fn(&Task) -> bool) {
        while let Some(task) = self.memory.take_step(&self.ports, steps).await.unwrap() {
            if wanted(&task) {
                return;
            }
        }
        panic!("nothing is left to do");
    }

    async fn call_back(
        &self,
        stage: Stage,
        attempt: AttemptToken,
        job: Option<&ProviderJob>,
    ) -> bool {
        TakeCallback::new(&self.ports).run(stage, attempt, job.cloned()).await.unwrap()
    }

    /// With a song that was bought and whose answer was lost; the provider cannot look it up.
    async fn with_a_lost_answer() -> (Self, AttemptToken, ProviderJob) {
        let studio = Self::fresh().await;
        let composer = studio.memory.composer();
        composer.answer(Answer::Lost, 1);
        composer.forget_attempts();
        studio.produce().await;
        let steps = RunTask::new(&studio.ports);
        studio.work_until(&steps, |task| matches!(task, Task::SubmitSong(_))).await;
        let attempt = studio.production().await.attempt(Stage::Song).unwrap();
        let job = composer.jobs()[0].clone();
        (studio, attempt, job)
    }
}

#[tokio::test]
async fn a_callback_brings_the_next_look_forward_and_is_not_believed() {
    let studio = Studio::fresh().await;
    studio.memory.composer().work_for(1);
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    studio.work_until(&steps, |task| matches!(task, Task::SubmitSong(_))).await;
    let production = studio.production().await;
    let attempt = production.attempt(Stage::Song).unwrap();
    let now = studio.ports.clock.now();
    assert!(studio.memory.queue().next_due().await.unwrap().unwrap() > now);

    assert!(studio.call_back(Stage::Song, attempt, None).await);
    assert_eq!(studio.memory.queue().next_due().await.unwrap(), Some(now));
    studio.work_until(&steps, |task| matches!(task, Task::PollSong(_))).await;
    assert_eq!(studio.production().await.song().unwrap().making.name(), "composing");
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
}

#[tokio::test]
async fn a_callback_for_nobody_is_told_so_and_changes_nothing() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    studio.work_until(&steps, |task| matches!(task, Task::SubmitSong(_))).await;
    let (before, due) =
        (studio.production().await, studio.memory.queue().next_due().await.unwrap());
    let job = ProviderJob::new("scripted-1");
    let attempt = before.attempt(Stage::Song).unwrap();
    assert!(!studio.call_back(Stage::Song, AttemptToken::from_bits(7), Some(&job)).await);
    assert!(!studio.call_back(Stage::Video, attempt, Some(&job)).await, "of another stage");
    assert_eq!(studio.production().await, before);
    assert_eq!(studio.memory.queue().next_due().await.unwrap(), due);
    studio.work().await;
    assert!(!studio.call_back(Stage::Song, attempt, Some(&job)).await, "it is over");
}

#[tokio::test]
async fn a_lost_answer_is_adopted_from_the_callback() {
    let (studio, attempt, job) = Studio::with_a_lost_answer().await;
    assert!(studio.call_back(Stage::Song, attempt, Some(&job)).await);
    assert!(studio.call_back(Stage::Song, attempt, Some(&job)).await, "told twice");
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1, "nothing was bought twice");
    assert_eq!(studio.told(EventKind::SongComposing).await, 1);
    assert_eq!(studio.told(EventKind::SongReady).await, 1);
}

#[tokio::test]
async fn what_nobody_could_tell_any_more_is_adopted_from_a_late_callback() {
    let (studio, attempt, job) = Studio::with_a_lost_answer().await;
    studio.work().await;
    assert!(matches!(studio.production().await.song().unwrap().making, Making::Unresolved { .. }));
    assert!(studio.call_back(Stage::Song, attempt, Some(&job)).await);
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_forged_callback_adopts_nothing() {
    let (studio, attempt, _) = Studio::with_a_lost_answer().await;
    let other = Studio::fresh().await;
    other.produce().await;
    for forged in ["scripted-2", "", "../../1"] {
        assert!(studio.call_back(Stage::Song, attempt, Some(&ProviderJob::new(forged))).await);
    }
    let steps = RunTask::new(&studio.ports);
    for _ in 0..3 {
        studio.work_until(&steps, |task| matches!(task, Task::Adopt(..))).await;
    }
    let production = studio.production().await;
    assert!(matches!(production.song().unwrap().making, Making::Submitting { .. }));
}

#[tokio::test]
async fn an_answer_that_arrives_after_its_callback_changes_nothing() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    studio.work_until(&steps, |task| matches!(task, Task::WriteLyric(_))).await;
    let ports = Meddling::ports(&studio, Meanwhile::CallBack);
    let slow = RunTask::new(&ports);
    let taken = studio.memory.take_step(&ports, &slow).await.unwrap();
    assert!(matches!(taken, Some(Task::SubmitSong(_))));
    assert_eq!(studio.production().await.song().unwrap().making.name(), "composing");
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
    assert_eq!(studio.memory.composer().calls("fetch"), 1, "the job was not released before");
}

#[tokio::test]
async fn where_nobody_is_to_decide_an_attempt_without_a_fate_fails_its_stage() {
    let (studio, _, _) = Studio::with_a_lost_answer().await;
    let steps = RunTask::new(&studio.ports).unresolved(Unresolved::Fail);
    while studio.memory.take_step(&studio.ports, &steps).await.unwrap().is_some() {}
    let production = studio.production().await;
    let failure = production.failure().unwrap();
    assert_eq!((failure.code, failure.retryable), (FailureCode::Unresolved, true));
    assert_eq!(failure.provider.as_ref().unwrap().as_str(), "scripted");
    assert!(studio.is_idle().await);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_callback_that_overtakes_the_answer_still_brings_the_look_forward() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    studio.work_until(&steps, |task| matches!(task, Task::WriteLyric(_))).await;
    let ports = Meddling::ports(&studio, Meanwhile::HearCallBack);
    studio.memory.take_step(&ports, &RunTask::new(&ports)).await.unwrap();
    let now = studio.ports.clock.now();
    studio.work_until(&steps, |task| matches!(task, Task::Adopt(..))).await;
    assert_eq!(studio.memory.queue().next_due().await.unwrap(), Some(now));
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_callback_that_is_looked_into_while_the_job_is_found_leaves_nothing_behind() {
    let studio = Studio::fresh().await;
    studio.memory.composer().answer(Answer::Lost, 1);
    studio.produce().await;
    let steps = RunTask::new(&studio.ports);
    studio.work_until(&steps, |task| matches!(task, Task::SubmitSong(_))).await;
    let attempt = studio.production().await.attempt(Stage::Song).unwrap();
    let job = studio.memory.composer().jobs()[0].clone();
    assert!(studio.call_back(Stage::Song, attempt, Some(&job)).await);

    let meddling = RunTask::new(&Meddling::ports(&studio, Meanwhile::FindIt));
    studio.work_until(&meddling, |task| matches!(task, Task::Adopt(..))).await;
    assert_eq!(studio.production().await.provider_job(Stage::Song), Some(&job));
    studio.work().await;
    assert!(studio.memory.store().buried().is_empty(), "{:?}", studio.memory.store().buried());
    assert_eq!(studio.status().await, ProjectStatus::Finished);
}
