use castad_contract::make;
use castad_domain::{
    model::{MediaType, ProviderJob},
    port::{
        Delivery, Maker, MediaErrorKind,
        ProviderErrorKind::{self, Busy, Failed, Refused},
    },
};
use castad_http_client::{Hosts, Secret};
use castad_stand_ins::suno::{self, Failing, Fault, FileFault, JobFault, WordsFault};
use castad_suno::{Settings, Suno};
use futures_util::StreamExt;

use crate::desk::{Desk, composer, file};

async fn fetched(faults: &[Fault]) -> Delivery {
    let desk = Desk::open().await;
    desk.stand_ins.suno.order(faults.to_vec());
    let job = desk.made().await;
    desk.suno.fetch(&job).await.unwrap()
}

async fn kind(faults: &[Fault]) -> ProviderErrorKind {
    let desk = Desk::open().await;
    desk.stand_ins.suno.order(faults.to_vec());
    let job = desk.made().await;
    desk.suno.fetch(&job).await.err().unwrap().kind()
}

/// The stand-in's first track; the second is a second and a half longer.
const FIRST: &str = "a0d10000-0000-4000-8000-000000000000";
const SECOND: &str = "a0d10000-0000-4000-8001-000000000000";

fn is_of(file: &[u8], track: &str) -> bool {
    file.windows(track.len()).any(|bytes| bytes == track.as_bytes())
}

#[tokio::test]
async fn the_first_track_is_taken_and_the_second_remembered() {
    let song = fetched(&[]).await;
    assert_eq!((song.media_type, song.instrumental), (MediaType::Mp3, false));
    assert_eq!(song.spare.as_deref(), Some(SECOND));
    let length = song.duration_ms;
    let file = file(song).await;
    assert!(is_of(&file, FIRST));
    let frames = u32::try_from((file.len() - 57) / 96).unwrap();
    assert!(frames.abs_diff(length / 24) <= 1, "{frames} frames for {length} ms");
}

#[tokio::test]
async fn the_second_track_stands_in_for_a_first_that_is_not_to_be_had() {
    for fault in [
        Fault::Job(JobFault::FirstWithoutAudio),
        Fault::Job(JobFault::FirstGone),
        Fault::File(FileFault::Missing),
        Fault::File(FileFault::Html),
        Fault::File(FileFault::Unavailable),
    ] {
        let song = fetched(std::slice::from_ref(&fault)).await;
        assert_eq!(song.spare, None, "{fault:?}");
        let sung: Vec<_> = song.lines.iter().map(|line| line.text.clone()).collect();
        assert_eq!(sung, make::words().lines().collect::<Vec<_>>());
        assert!(is_of(&file(song).await, SECOND), "{fault:?}");
    }
}

#[tokio::test]
async fn what_may_come_later_is_told_from_what_is_gone() {
    let (missing, html) = (Fault::File(FileFault::Missing), Fault::File(FileFault::Html));
    assert_eq!(kind(&[Fault::Job(JobFault::BothGone)]).await, Failed);
    assert_eq!(kind(&[missing.clone(), missing.clone()]).await, Failed);
    assert_eq!(kind(&[html.clone(), missing.clone()]).await, Busy);
    assert_eq!(kind(&[missing, html.clone()]).await, Busy);
    assert_eq!(kind(&[html.clone(), html]).await, Busy);
    assert_eq!(kind(&[Fault::Job(JobFault::WithoutAudio)]).await, Busy);
    assert_eq!(kind(&[Fault::Job(JobFault::SensitiveWord)]).await, Failed);
    let elsewhere = Fault::File(FileFault::Elsewhere);
    assert_eq!(kind(&[elsewhere.clone(), elsewhere]).await, Refused);
}

#[tokio::test]
async fn a_job_that_is_not_done_has_nothing_to_fetch_yet() {
    let desk = Desk::open().await;
    let job = desk.start().await.unwrap();
    assert_eq!(desk.suno.fetch(&job).await.err().unwrap().kind(), Busy);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_told_so() {
    let mut song = fetched(&[Fault::File(FileFault::CutShort)]).await;
    let mut last = None;
    while let Some(piece) = song.body.next().await {
        last = Some(piece.map(|_| ()).map_err(|error| error.kind()));
    }
    assert_eq!(last, Some(Err(MediaErrorKind::CutShort)));
}

#[tokio::test]
async fn a_page_that_is_called_a_song_is_left_to_who_looks_into_it() {
    let song = fetched(&[Fault::File(FileFault::Disguised)]).await;
    assert!(!song.media_type.matches(&file(song).await));
}

#[tokio::test]
async fn a_file_elsewhere_is_not_fetched() {
    let desk = Desk::open().await;
    let job = desk.made().await;
    let settings = Settings {
        base: desk.stand_ins.suno_url(),
        key: Secret::new(suno::KEY),
        model: "V5".to_owned(),
        callbacks: None,
    };
    let stranger = composer(settings, Suno::limits(), Hosts::new(&Suno::HOSTS, Vec::new()));
    assert_eq!(stranger.fetch(&job).await.err().unwrap().kind(), Refused);
}

fn are_in_order(song: &Delivery) {
    let sung: Vec<_> = song.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(sung, make::words().lines().collect::<Vec<_>>());
    assert!(song.lines.iter().all(|line| line.start_ms < line.end_ms));
    assert!(song.lines.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms));
    assert!(song.lines.last().unwrap().end_ms <= song.duration_ms);
}

fn are_even(song: &Delivery) -> bool {
    let count = u32::try_from(song.lines.len()).unwrap();
    let even = |(n, line): (u32, &castad_domain::model::LineTime)| {
        line.start_ms == song.duration_ms * n / count
    };
    (0..).zip(&song.lines).all(even)
}

#[tokio::test]
async fn lines_have_the_times_of_their_words() {
    for fault in [None, Some(WordsFault::HalfAligned), Some(WordsFault::Letters)] {
        let song = fetched(&fault.map(Fault::Words).into_iter().collect::<Vec<_>>()).await;
        are_in_order(&song);
        assert!(!are_even(&song), "{fault:?}");
        // The stand-in lets two seconds pass before the first word.
        assert_eq!(song.lines[0].start_ms, 2_000, "{fault:?}");
    }
}

#[tokio::test]
async fn lines_whose_times_are_not_to_be_had_are_spread_over_the_song() {
    for fault in [
        Fault::Words(WordsFault::Missing),
        Fault::Words(WordsFault::Wrong),
        Fault::Words(WordsFault::Unaligned),
        Fault::Words(WordsFault::Others),
        Fault::Lyrics(Failing::BadGateway),
        Fault::Lyrics(Failing::Html),
        Fault::Lyrics(Failing::Dropped),
        Fault::Lyrics(Failing::CutShort),
        Fault::Lyrics(Failing::NoData),
        Fault::Lyrics(Failing::Refused { code: 430, mirrored: true, retry_after: None }),
    ] {
        let song = fetched(std::slice::from_ref(&fault)).await;
        are_in_order(&song);
        assert!(are_even(&song), "{fault:?}: {:?}", song.lines);
    }
}

#[tokio::test]
async fn a_track_that_does_not_say_what_is_sung_sings_what_was_ordered() {
    let song = fetched(&[Fault::Job(JobFault::WithoutPrompt)]).await;
    are_in_order(&song);
    assert!(!are_even(&song));
}

#[tokio::test]
async fn timed_words_are_asked_for_by_job_and_track() {
    let desk = Desk::open().await;
    let job: ProviderJob = desk.made().await;
    desk.suno.fetch(&job).await.unwrap();
    let requests = desk.stand_ins.suno.requests();
    let asked = requests.iter().find(|request| request["call"] == "Lyrics").unwrap();
    let expected = serde_json::json!({"taskId": job.as_str(), "audioId": FIRST});
    assert_eq!(asked["body"], expected);
}
