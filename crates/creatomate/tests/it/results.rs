use castad_creatomate::Version;
use castad_domain::{
    model::{MediaType, Orientation, ProviderJob},
    port::{Maker, MakerStatus, MediaErrorKind, MediaStore, ProviderErrorKind, VideoRenderer},
};
use castad_stand_ins::creatomate::{Fate, Order};

use crate::desk::{Desk, order, pictures, song};

async fn fated(fate: Fate) -> (Desk, ProviderJob) {
    let desk = Desk::open(Version::V2).await;
    desk.stand_ins.creatomate.order([Order::Render(fate)]);
    let job = desk.start().await.unwrap();
    (desk, job)
}

async fn parts(desk: &Desk, job: &ProviderJob, looks: usize) -> Vec<Option<f32>> {
    let mut parts = Vec::new();
    for _ in 0..looks {
        match desk.renderer.status(job).await.unwrap() {
            MakerStatus::Working { progress } => parts.push(progress),
            other @ (MakerStatus::Done | MakerStatus::Failed { .. }) => panic!("{other:?}"),
        }
    }
    parts
}

#[tokio::test]
async fn a_render_goes_from_state_to_state_and_is_done_when_its_status_says_so() {
    let desk = Desk::open(Version::V2).await;
    let job = desk.start().await.unwrap();
    let early = desk.renderer.fetch(&job).await.err().unwrap();
    assert_eq!(early.kind(), ProviderErrorKind::Busy, "its address is there, the film is not");
    let parts = parts(&desk, &job, 3).await;
    assert_eq!(parts, [Some(0.1), Some(0.2), Some(0.5)]);
    assert_eq!(desk.renderer.status(&job).await.unwrap(), MakerStatus::Done);
}

#[tokio::test]
async fn what_is_not_known_to_have_ended_goes_on() {
    let (desk, job) = fated(Fate::UnknownStatus).await;
    assert_eq!(parts(&desk, &job, 7).await, [None; 7]);
    let (desk, job) = fated(Fate::NeverEnds).await;
    assert_eq!(parts(&desk, &job, 9).await.last().unwrap(), &Some(0.5));
}

async fn failure(desk: &Desk, job: &ProviderJob) -> (Option<String>, String, bool) {
    desk.finish(job).await;
    assert_eq!(
        desk.renderer.fetch(job).await.err().unwrap().kind(),
        ProviderErrorKind::Failed,
        "there is nothing to fetch"
    );
    match desk.renderer.status(job).await.unwrap() {
        MakerStatus::Failed { code, detail, retryable } => (code, detail, retryable),
        other @ (MakerStatus::Working { .. } | MakerStatus::Done) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_render_that_came_to_nothing_says_why_in_words_that_are_safe() {
    let message = "Font not found at https://files.example/a?sig=1 and /srv/fonts".to_owned();
    let (desk, job) = fated(Fate::Fails { message }).await;
    let said = "Creatomate could not make the film: Font not found at … and …";
    assert_eq!(failure(&desk, &job).await, (Some("failed".to_owned()), said.to_owned(), true));

    let (desk, job) = fated(Fate::Cancelled).await;
    let said = "the film was cancelled at Creatomate";
    assert_eq!(failure(&desk, &job).await, (Some("cancelled".to_owned()), said.to_owned(), true));
}

#[tokio::test]
async fn a_picture_or_a_song_that_cannot_be_fetched_fails_the_render() {
    for key in [pictures()[1].clone(), song().file.key] {
        let desk = Desk::open(Version::V2).await;
        desk.shelf.lose(&key);
        let job = desk.start().await.unwrap();
        let (code, detail, _) = failure(&desk, &job).await;
        assert_eq!(code.as_deref(), Some("failed"));
        assert!(!detail.contains("127.0.0.1") && !detail.contains("signature"), "{detail}");
    }
}

#[tokio::test]
async fn a_render_that_is_gone_is_said_to_be() {
    let (desk, job) = fated(Fate::Gone).await;
    let status = desk.renderer.status(&job).await.unwrap_err();
    let fetched = desk.renderer.fetch(&job).await.err().unwrap();
    assert_eq!(
        (status.kind(), fetched.kind()),
        (ProviderErrorKind::NoSuchJob, ProviderErrorKind::NoSuchJob)
    );
    desk.renderer.release(&job).await.unwrap();
}

#[tokio::test]
async fn a_film_that_cannot_be_had_says_what_may_be_done() {
    for (fate, kind) in [
        (Fate::FileGone, ProviderErrorKind::Failed),
        (Fate::FileHtml, ProviderErrorKind::Unusable),
        (Fate::FileElsewhere, ProviderErrorKind::Refused),
        (Fate::NoDuration, ProviderErrorKind::Unknown),
    ] {
        let (desk, job) = fated(fate.clone()).await;
        desk.finish(&job).await;
        assert_eq!(desk.renderer.fetch(&job).await.err().unwrap().kind(), kind, "{fate:?}");
    }
}

#[tokio::test]
async fn a_film_that_does_not_come_whole_is_not_kept() {
    for (fate, kind) in [
        (Fate::FileCutShort, MediaErrorKind::CutShort),
        (Fate::FileLarger, MediaErrorKind::TooLarge),
    ] {
        let (desk, job) = fated(fate.clone()).await;
        desk.finish(&job).await;
        let film = desk.renderer.fetch(&job).await.unwrap();
        let key = castad_domain::model::MediaKey::parse("videos/a.mp4").unwrap();
        let error = desk.shelf.put(&key, film.body, 1 << 20).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fate:?}");
    }
}

#[tokio::test]
async fn a_film_has_the_shape_and_the_length_that_were_ordered() {
    let desk = Desk::open(Version::V2).await;
    let mut sizes = Vec::new();
    for (n, shape) in
        (1..).zip([Orientation::Vertical, Orientation::Square, Orientation::Horizontal])
    {
        let job = desk.renderer.start(&order(n, shape)).await.unwrap();
        desk.finish(&job).await;
        let film = desk.renderer.fetch(&job).await.unwrap();
        assert_eq!((film.media_type, film.duration_ms), (MediaType::Mp4, 30_001));
        let key = castad_domain::model::MediaKey::parse("videos/a.mp4").unwrap();
        sizes.push(desk.shelf.put(&key, film.body, 1 << 20).await.unwrap().bytes);
    }
    sizes.dedup();
    assert_eq!(sizes.len(), 3, "each shape has its own: {sizes:?}");
}
