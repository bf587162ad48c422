use castad_domain::{
    model::{
        EventKind, FailureCode, LyricText, Making, Orientation, ProjectStatus, Refusal, Stage,
    },
    port::ProviderErrorKind,
    usecase::{
        Cancel, EditLyric, OrderError, Produce, RemoveImage, RequestStage, Retry, StageOrder,
    },
};
use castad_memory::{Answer, Parcel};
use chrono::TimeDelta;

use crate::stage::Studio;

#[tokio::test]
async fn a_production_goes_through_every_stage_to_a_video() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    assert_eq!(studio.status().await, ProjectStatus::Producing);
    studio.work().await;

    let production = studio.production().await;
    assert_eq!(production.project().status(), ProjectStatus::Finished);
    assert!(Stage::ALL.iter().all(|&stage| production.is_ready(stage)));
    assert!(studio.is_idle().await);
    let log = studio.log().await;
    let story = [
        EventKind::ProjectCreated,
        EventKind::ImagesAdded,
        EventKind::LyricRequested,
        EventKind::LyricWriting,
        EventKind::LyricReady,
        EventKind::SongRequested,
        EventKind::SongSubmitting,
        EventKind::SongComposing,
        EventKind::SongCollecting,
        EventKind::SongReady,
        EventKind::VideoRequested,
        EventKind::VideoSubmitting,
        EventKind::VideoRendering,
        EventKind::VideoCollecting,
        EventKind::VideoReady,
        EventKind::ProjectFinished,
    ];
    assert_eq!(log, story);
}

#[tokio::test]
async fn a_stage_by_itself_leaves_a_draft() {
    let studio = Studio::bare().await;
    let order = studio.order();
    RequestStage::new(&studio.ports).run(Stage::Lyric, order, None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Draft);
    RequestStage::new(&studio.ports).run(Stage::Song, order, None).await.unwrap();
    studio.work().await;
    let refused = RequestStage::new(&studio.ports).run(Stage::Video, order, None).await;
    assert!(matches!(refused, Err(OrderError::Refused(Refusal::Missing("picture")))));
}

#[tokio::test]
async fn what_is_there_is_not_made_again() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    studio.work().await;
    let again = Produce::new(&studio.ports).run(studio.order(), None).await;
    assert!(matches!(again, Err(OrderError::Refused(Refusal::NothingMissing))));

    let square = StageOrder { orientation: Some(Orientation::Square), ..studio.order() };
    Produce::new(&studio.ports).run(square, None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.told(EventKind::SongReady).await, 1);
    assert_eq!(studio.told(EventKind::VideoReady).await, 2);
    assert_eq!(studio.production().await.video().unwrap().orientation, Orientation::Square);
}

#[tokio::test]
async fn a_second_request_while_one_runs_is_refused() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    for stage in Stage::ALL {
        let refused = RequestStage::new(&studio.ports).run(stage, studio.order(), None).await;
        let processing = matches!(refused, Err(OrderError::Refused(Refusal::AlreadyProcessing(_))));
        assert!(processing, "{stage:?}");
    }
}

#[tokio::test]
async fn the_owner_may_edit_the_words_until_they_are_sung() {
    let studio = Studio::fresh().await;
    let edit = EditLyric::new(&studio.ports);
    let words = LyricText::parse("바다", "[Verse]\n파도 소리\n\n[Chorus]\n다온카페").unwrap();
    edit.run(studio.member, studio.project, words.clone(), None).await.unwrap();
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.production().await.lyric().unwrap().text(), Some(&words));
    assert_eq!(studio.told(EventKind::LyricRequested).await, 0);

    let late = edit.run(studio.member, studio.project, words, None).await;
    assert!(matches!(late, Err(OrderError::Refused(Refusal::LyricInUse))));
}

#[tokio::test]
async fn a_failed_stage_is_retried_and_what_was_to_follow_follows() {
    let studio = Studio::fresh().await;
    studio.memory.composer().fail(true, 1);
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    assert_eq!(production.project().status(), ProjectStatus::Failed);
    let failure = production.failure().unwrap();
    assert_eq!((failure.stage, failure.code), (Stage::Song, FailureCode::ProviderFailed));
    assert!(failure.provider.is_some() && failure.retryable);

    Retry::new(&studio.ports).run(studio.order(), None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.told(EventKind::LyricReady).await, 1);
    assert_eq!(studio.memory.composer().starts(), 2);
    let nothing = Retry::new(&studio.ports).run(studio.order(), None).await;
    assert!(matches!(nothing, Err(OrderError::Refused(Refusal::NothingFailed))));
}

#[tokio::test]
async fn a_retry_that_cannot_end_in_a_video_is_refused_before_anything_is_bought() {
    let studio = Studio::fresh().await;
    studio.memory.composer().fail(true, 1);
    studio.produce().await;
    studio.work().await;
    for image in studio.production().await.images() {
        let removing = RemoveImage::new(&studio.ports);
        removing.run(studio.member, studio.project, image.id, None).await.unwrap();
    }
    let refused = Retry::new(&studio.ports).run(studio.order(), None).await;
    assert!(matches!(refused, Err(OrderError::Refused(Refusal::Missing("picture")))));

    studio.add_pictures(1).await;
    Retry::new(&studio.ports).run(studio.order(), None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
}

#[tokio::test]
async fn what_is_canceled_stays_so_and_its_job_is_released() {
    let studio = Studio::fresh().await;
    studio.memory.composer().work_for(u32::MAX);
    let order = StageOrder {
        cancel_at: Some(studio.ports.clock.now() + TimeDelta::minutes(3)),
        ..studio.order()
    };
    Produce::new(&studio.ports).run(order, None).await.unwrap();
    studio.work().await;

    let production = studio.production().await;
    assert_eq!(production.project().status(), ProjectStatus::Canceled);
    assert_eq!(production.song().unwrap().making, Making::Canceled);
    assert!(production.is_ready(Stage::Lyric), "what was ready is kept");
    assert_eq!(studio.memory.composer().calls("release"), 1);
    let again = Cancel::new(&studio.ports).run(studio.member, studio.project, None).await;
    assert!(matches!(again, Err(OrderError::Refused(Refusal::State(_)))));
}

#[tokio::test]
async fn cancel_says_what_was_kept_and_what_was_stopped() {
    let studio = Studio::fresh().await;
    studio.produce().await;
    let (_, left) =
        Cancel::new(&studio.ports).run(studio.member, studio.project, None).await.unwrap();
    assert_eq!((left.kept, left.canceled), (vec![], vec![Stage::Lyric]));
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Canceled);
    assert_eq!(studio.memory.writer().calls(), 0);
}

#[tokio::test]
async fn a_deadline_that_is_not_reached_does_nothing() {
    let studio = Studio::fresh().await;
    let order = StageOrder {
        cancel_at: Some(studio.ports.clock.now() + TimeDelta::hours(3)),
        ..studio.order()
    };
    Produce::new(&studio.ports).run(order, None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert!(studio.is_idle().await);
    assert_eq!(studio.told(EventKind::ProjectCanceled).await, 0);
}

#[tokio::test]
async fn a_result_of_the_wrong_type_fails_the_stage_and_says_so() {
    let studio = Studio::fresh().await;
    studio.memory.renderer().hand_over(Parcel::Rubbish, 1);
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    assert_eq!(production.failure().unwrap().code, FailureCode::ResultUnusable);
    assert!(production.is_ready(Stage::Song), "the song is kept");
}

#[tokio::test]
async fn a_result_that_is_cut_short_is_fetched_again() {
    let studio = Studio::fresh().await;
    studio.memory.renderer().hand_over(Parcel::CutShort, 2);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
    assert_eq!(studio.memory.renderer().starts(), 1);
}

#[tokio::test]
async fn a_provider_that_refuses_is_not_asked_again() {
    let studio = Studio::fresh().await;
    studio.memory.renderer().answer(Answer::Error(ProviderErrorKind::Refused), 1);
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    let failure = production.failure().unwrap();
    assert_eq!((failure.code, failure.retryable), (FailureCode::ProviderRefused, false));
    assert_eq!(studio.memory.renderer().starts(), 1);
}

#[tokio::test]
async fn a_full_store_fails_the_stage_with_the_reason_and_what_was_there_stays() {
    let studio = Studio::fresh().await;
    let kept = studio.memory.media().keys();
    studio.memory.media().be_full(true);
    studio.produce().await;
    studio.work().await;
    let production = studio.production().await;
    let failure = production.failure().unwrap();
    assert_eq!((failure.code, failure.retryable), (FailureCode::StorageFailed, true));
    assert_eq!(failure.detail, "the media store has no room left");
    assert!(production.is_ready(Stage::Lyric));
    assert_eq!(studio.memory.media().keys(), kept);

    studio.memory.media().be_full(false);
    Retry::new(&studio.ports).run(studio.order(), None).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
}

#[tokio::test]
async fn own_words_in_place_of_a_failed_lyric_leave_nothing_to_retry() {
    let studio = Studio::fresh().await;
    studio.memory.writer().answer(ProviderErrorKind::Refused, 1);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Failed);
    let words = LyricText::parse("바다", "[Chorus]\n다온카페").unwrap();
    let edit = EditLyric::new(&studio.ports);
    edit.run(studio.member, studio.project, words, None).await.unwrap();
    assert_eq!(studio.status().await, ProjectStatus::Draft);
    studio.produce().await;
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Finished);
}
