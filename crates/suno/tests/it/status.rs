use castad_domain::port::{Maker, MakerStatus};
use castad_stand_ins::suno::{Fault, JobFault};

use crate::desk::Desk;

fn working(progress: Option<f32>) -> MakerStatus {
    MakerStatus::Working { progress }
}

async fn looks(fault: Option<JobFault>, count: usize) -> Vec<MakerStatus> {
    let desk = Desk::open().await;
    desk.stand_ins.suno.order(fault.map(Fault::Job));
    let job = desk.start().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..count {
        seen.push(desk.suno.status(&job).await.unwrap());
    }
    seen
}

#[tokio::test]
async fn a_job_goes_forward_until_both_tracks_are_there() {
    let seen = looks(None, 5).await;
    let parts = [0.1, 0.3, 0.7].map(|part| working(Some(part)));
    assert_eq!(seen[..3], parts);
    assert_eq!(seen[3..], [MakerStatus::Done, MakerStatus::Done]);
}

#[tokio::test]
async fn a_word_that_nobody_knows_means_that_it_is_worked_on() {
    let seen = looks(Some(JobFault::UnknownWord), 4).await;
    assert_eq!(seen[..3], [working(None), working(None), working(None)]);
    assert_eq!(seen[3], MakerStatus::Done);
}

#[tokio::test]
async fn a_job_that_never_ends_is_worked_on_for_ever() {
    let seen = looks(Some(JobFault::NeverEnds), 20).await;
    assert!(seen.iter().all(|status| *status == working(Some(0.1))));
}

#[tokio::test]
async fn a_callback_that_nobody_took_does_not_undo_a_song() {
    let with = looks(Some(JobFault::CallbackException), 4).await;
    assert_eq!(with[3], MakerStatus::Done);
    let without = looks(Some(JobFault::CallbackExceptionWithoutTracks), 6).await;
    assert_eq!(without[3..], [working(None), working(None), working(None)]);
}

#[tokio::test]
async fn a_job_that_failed_says_whether_another_may_fare_better() {
    for (fault, word, retryable) in [
        (JobFault::SensitiveWord, "SENSITIVE_WORD_ERROR", false),
        (JobFault::AudioFailed, "GENERATE_AUDIO_FAILED", true),
        (JobFault::CreateFailed, "CREATE_TASK_FAILED", true),
    ] {
        let seen = looks(Some(fault), 4).await;
        let MakerStatus::Failed { code, retryable: told, detail } = &seen[3] else {
            panic!("{:?}", seen[3]);
        };
        assert_eq!((code.as_deref(), *told), (Some(word), retryable));
        assert!(!detail.contains("as ordered"), "the provider's own words are not shown");
    }
}

#[tokio::test]
async fn success_without_a_file_is_waited_for() {
    let seen = looks(Some(JobFault::WithoutAudio), 5).await;
    assert_eq!(seen[3..], [working(Some(0.9)), working(Some(0.9))]);
    assert_eq!(looks(Some(JobFault::NumberTimes), 4).await[3], MakerStatus::Done);
}
