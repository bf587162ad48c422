//! [`SongComposer`].

use std::sync::Arc;

use castad_domain::{
    model::{AttemptToken, Brief, LyricText, MediaType, ProviderJob, SongId},
    port::{Clock, SongComposer, SongOrder},
};

use crate::{
    make,
    maker::{
        done, fetch, finds, finds_nothing, is_as_it_was, is_sensible, knows_its_jobs, lets_go,
    },
};

/// A composer, and the clock by which it works.
pub struct Composing {
    /// Who composes.
    pub composer: Arc<dyn SongComposer>,
    /// What to wait on.
    pub clock: Arc<dyn Clock>,
}

/// `song_contract!(fresh)`, where `async fn fresh() -> Composing`.
#[macro_export]
macro_rules! song_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { song {
            a_song_is_made_from_words
            an_english_song_is_made_too
            every_line_has_its_time
            fetching_again_gives_the_same
            an_attempt_is_found_or_cannot_be_told
            an_attempt_that_never_was_is_not_found
            a_job_that_is_not_known_is_said_to_be
            a_job_may_be_released_twice
            a_job_may_be_released_while_it_runs
            jobs_do_not_mix
            the_pace_is_sensible
        } $($fresh)+ }
    };
}

fn order(n: u64, brief: Brief, words: LyricText) -> SongOrder {
    let attempt = AttemptToken::from_bits(make::bits(n));
    SongOrder { attempt, song: SongId::from_bits(make::bits(100 + n)), brief, words }
}

impl Composing {
    async fn start(&self, n: u64) -> (SongOrder, ProviderJob) {
        let order = order(n, make::brief(), make::words());
        let job = self.composer.start(&order).await.expect("the order is taken");
        (order, job)
    }

    async fn made(&self, order: &SongOrder) -> ProviderJob {
        let job = self.composer.start(order).await.expect("the order is taken");
        done(&*self.composer, &*self.clock, &job).await;
        job
    }
}

async fn is_a_song(subject: &Composing, order: &SongOrder) {
    let job = subject.made(order).await;
    let song = fetch(&*subject.composer, &job).await;
    let kind = song.delivery.media_type;
    assert!(matches!(kind, MediaType::M4a | MediaType::Mp3), "{kind:?}");
    assert!(kind.matches(&song.file), "the file is what it says");
    assert!(song.delivery.duration_ms >= 1_000);
}

/// An order becomes a job, the job a recording of the type that it says.
pub async fn a_song_is_made_from_words(subject: &Composing) {
    is_a_song(subject, &order(1, make::brief(), make::words())).await;
}

/// English words without any wishes do as well.
pub async fn an_english_song_is_made_too(subject: &Composing) {
    let words =
        LyricText::parse("Bread", "[Verse]\nWarm bread\n\n[Chorus]\nJoe's Bakery\n\n[Outro]\nYes");
    let words = words.expect("plain words are taken");
    is_a_song(subject, &order(1, make::english_brief(), words)).await;
}

/// Each line of the words has one time; times rise, do not overlap and lie inside the song.
pub async fn every_line_has_its_time(subject: &Composing) {
    let order = order(1, make::brief(), make::words());
    let job = subject.made(&order).await;
    let delivery = fetch(&*subject.composer, &job).await.delivery;
    let sung: Vec<_> = delivery.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(sung, order.words.lines().collect::<Vec<_>>());
    assert!(delivery.lines.iter().all(|line| line.start_ms < line.end_ms));
    assert!(delivery.lines.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms));
    assert!(delivery.lines.last().is_some_and(|line| line.end_ms <= delivery.duration_ms));
    assert!(delivery.bars_ms.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(delivery.bars_ms.last().is_none_or(|bar| *bar < delivery.duration_ms));
}

/// A result may be fetched again until it is released, and looking at it changes nothing.
pub async fn fetching_again_gives_the_same(subject: &Composing) {
    let job = subject.made(&order(1, make::brief(), make::words())).await;
    is_as_it_was(&*subject.composer, &job).await;
}

/// After an answer was lost, the job is found by its attempt, or the composer says it cannot tell.
pub async fn an_attempt_is_found_or_cannot_be_told(subject: &Composing) {
    let (order, job) = subject.start(1).await;
    finds(&*subject.composer, order.attempt, &job).await;
}

/// What was never ordered is not found.
pub async fn an_attempt_that_never_was_is_not_found(subject: &Composing) {
    subject.start(1).await;
    finds_nothing(&*subject.composer, AttemptToken::from_bits(make::bits(77))).await;
}

/// A job that is not known is told from a composer that does not answer.
pub async fn a_job_that_is_not_known_is_said_to_be(subject: &Composing) {
    knows_its_jobs(&*subject.composer).await;
}

/// Releasing a job that is done is fine, and again.
pub async fn a_job_may_be_released_twice(subject: &Composing) {
    let job = subject.made(&order(1, make::brief(), make::words())).await;
    lets_go(&*subject.composer, &job).await;
}

/// A job that nobody wants any more is let go at any time, and others go on.
pub async fn a_job_may_be_released_while_it_runs(subject: &Composing) {
    let (_, job) = subject.start(1).await;
    lets_go(&*subject.composer, &job).await;
    is_a_song(subject, &order(2, make::brief(), make::words())).await;
}

/// Two orders are two jobs with a result each.
pub async fn jobs_do_not_mix(subject: &Composing) {
    let (_, first) = subject.start(1).await;
    let (_, second) = subject.start(2).await;
    assert_ne!(first, second);
    done(&*subject.composer, &*subject.clock, &second).await;
    done(&*subject.composer, &*subject.clock, &first).await;
    lets_go(&*subject.composer, &first).await;
    is_as_it_was(&*subject.composer, &second).await;
}

/// A composer has a name, and says when it is worth asking.
pub async fn the_pace_is_sensible(subject: &Composing) {
    is_sensible(&*subject.composer);
}
