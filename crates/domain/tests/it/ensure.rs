use castad_domain::{
    model::{EventKind, Language, Orientation, Production, ProjectStatus, Refusal, Wanted},
    usecase::{EnsureStage, OrderError},
};
use tokio::task::JoinSet;

use crate::stage::Studio;

async fn ensure(studio: &Studio, wanted: Wanted) -> Result<Production, OrderError> {
    EnsureStage::new(&studio.ports).run(studio.member, studio.project, wanted, None).await
}

fn is_busy(end: &Result<Production, OrderError>) -> bool {
    matches!(end, Err(OrderError::Refused(Refusal::AlreadyProcessing(_))))
}

/// With a lyric that is ready.
async fn worded() -> Studio {
    let studio = Studio::fresh().await;
    ensure(&studio, Wanted::Lyric(None)).await.unwrap();
    studio.work().await;
    studio
}

/// With a song that is ready.
async fn sung() -> Studio {
    let studio = worded().await;
    ensure(&studio, Wanted::Song).await.unwrap();
    studio.work().await;
    studio
}

#[tokio::test]
async fn of_many_who_want_a_song_at_once_one_begins_it() {
    let studio = worded().await;
    let (asking, member, project) =
        (EnsureStage::new(&studio.ports), studio.member, studio.project);
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let asking = asking.clone();
        all.spawn(async move { asking.run(member, project, Wanted::Song, None).await });
    }
    let ends = all.join_all().await;
    let songs: Vec<_> = ends.iter().map(|end| end.as_ref().unwrap().song().unwrap().id).collect();
    assert!(songs.iter().all(|song| *song == songs[0]));
    assert_eq!(studio.told(EventKind::SongRequested).await, 1);
}

#[tokio::test]
async fn what_is_there_is_not_made_again_and_nothing_is_written() {
    let studio = sung().await;
    let before = studio.production().await;
    assert_eq!(ensure(&studio, Wanted::Song).await.unwrap(), before);
    assert_eq!(studio.production().await.project().version(), before.project().version());
    assert!(studio.is_idle().await);
}

#[tokio::test]
async fn a_song_of_older_words_is_not_the_one_that_is_wanted() {
    let studio = sung().await;
    let old = studio.production().await.song().unwrap().id;
    ensure(&studio, Wanted::Lyric(None)).await.unwrap();
    assert!(is_busy(&ensure(&studio, Wanted::Song).await), "the words are not there yet");
    studio.work().await;
    let new = ensure(&studio, Wanted::Song).await.unwrap();
    assert_ne!(new.song().unwrap().id, old);
}

#[tokio::test]
async fn a_video_is_wanted_in_a_shape() {
    let studio = sung().await;
    let square = Wanted::Video(Some(Orientation::Square));
    let begun = ensure(&studio, square).await.unwrap();
    let video = begun.video().unwrap().id;
    assert!(is_busy(&ensure(&studio, Wanted::Video(None)).await), "the brief's is another");
    assert_eq!(ensure(&studio, square).await.unwrap().video().unwrap().id, video);
    studio.work().await;
    assert_eq!(ensure(&studio, square).await.unwrap().video().unwrap().id, video);
    let upright = ensure(&studio, Wanted::Video(None)).await.unwrap();
    assert_eq!(upright.video().unwrap().orientation, Orientation::Vertical);
    assert_eq!(studio.told(EventKind::VideoRequested).await, 2);
}

#[tokio::test]
async fn what_failed_or_was_canceled_is_begun_anew() {
    let studio = worded().await;
    studio.memory.composer().fail(false, 1);
    let failed = ensure(&studio, Wanted::Song).await.unwrap();
    studio.work().await;
    assert_eq!(studio.status().await, ProjectStatus::Failed);
    let again = ensure(&studio, Wanted::Song).await.unwrap();
    assert_ne!(again.song().unwrap().id, failed.song().unwrap().id);
    let cancel = castad_domain::usecase::Cancel::new(&studio.ports);
    cancel.run(studio.member, studio.project, None).await.unwrap();
    let third = ensure(&studio, Wanted::Song).await.unwrap();
    assert_ne!(third.song().unwrap().id, again.song().unwrap().id);
}

#[tokio::test]
async fn words_in_another_language_change_the_brief() {
    let studio = Studio::fresh().await;
    let english = Wanted::Lyric(Some(Language::English));
    let begun = ensure(&studio, english).await.unwrap();
    assert_eq!(begun.project().brief().language, Language::English);
    assert_eq!(studio.told(EventKind::ProjectUpdated).await, 1);
    let again = ensure(&studio, english).await.unwrap();
    assert_eq!(again.lyric().unwrap().id, begun.lyric().unwrap().id, "it is being written");
    assert!(is_busy(&ensure(&studio, Wanted::Lyric(Some(Language::Korean))).await));
    assert_eq!(studio.production().await.project().brief().language, Language::English);
    studio.work().await;
    let other = ensure(&studio, Wanted::Lyric(None)).await.unwrap();
    assert_ne!(other.lyric().unwrap().id, begun.lyric().unwrap().id, "other words are wanted");
}

#[tokio::test]
async fn what_is_needed_first_is_named() {
    let studio = Studio::bare().await;
    for wanted in [Wanted::Song, Wanted::Video(None)] {
        let refused = ensure(&studio, wanted).await;
        assert!(matches!(refused, Err(OrderError::Refused(Refusal::Missing(_)))), "{wanted:?}");
    }
}
