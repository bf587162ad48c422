//! [`VideoRenderer`].

use std::{any::Any, sync::Arc};

use castad_domain::{
    model::{AttemptToken, MediaKey, MediaType, Orientation, ProviderJob, Recording, VideoId},
    port::{Clock, VideoOrder, VideoRenderer},
};

use crate::{
    make,
    maker::{
        done, fetch, finds, finds_nothing, is_as_it_was, is_sensible, knows_its_jobs, lets_go,
    },
};

/// A renderer, the clock by which it works, and what it can find in its media store.
pub struct Rendering {
    /// Who renders.
    pub renderer: Arc<dyn VideoRenderer>,
    /// What to wait on.
    pub clock: Arc<dyn Clock>,
    /// Pictures that are in the media store.
    pub pictures: Vec<MediaKey>,
    /// A song that is in the media store.
    pub song: Recording,
    /// What must live as long: a folder, a server.
    pub keep: Option<Box<dyn Any + Send + Sync>>,
}

/// `video_contract!(fresh)`, where `async fn fresh() -> Rendering`.
#[macro_export]
macro_rules! video_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { video {
            a_video_is_made_in_every_shape
            a_video_lasts_as_long_as_its_song
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

impl Rendering {
    fn order(&self, n: u64, orientation: Orientation) -> VideoOrder {
        VideoOrder {
            attempt: AttemptToken::from_bits(make::bits(n)),
            video: VideoId::from_bits(make::bits(100 + n)),
            brief: make::brief(),
            orientation,
            pictures: self.pictures.clone(),
            song: self.song.clone(),
        }
    }

    async fn start(&self, n: u64) -> (VideoOrder, ProviderJob) {
        let order = self.order(n, Orientation::Square);
        let job = self.renderer.start(&order).await.expect("the order is taken");
        (order, job)
    }

    async fn made(&self, n: u64) -> ProviderJob {
        let (_, job) = self.start(n).await;
        done(&*self.renderer, &*self.clock, &job).await;
        job
    }
}

/// An order of any shape becomes a job, the job a film of the type that it says.
pub async fn a_video_is_made_in_every_shape(subject: &Rendering) {
    let shapes = [Orientation::Vertical, Orientation::Square, Orientation::Horizontal];
    for (n, shape) in (1..).zip(shapes) {
        let order = subject.order(n, shape);
        let job = subject.renderer.start(&order).await.expect("the order is taken");
        done(&*subject.renderer, &*subject.clock, &job).await;
        let film = fetch(&*subject.renderer, &job).await;
        assert_eq!(film.delivery.media_type, MediaType::Mp4);
        assert!(MediaType::Mp4.matches(&film.file), "the file is what it says");
    }
}

/// The film ends with the song, give or take half a second.
pub async fn a_video_lasts_as_long_as_its_song(subject: &Rendering) {
    let job = subject.made(1).await;
    let film = fetch(&*subject.renderer, &job).await;
    assert!(film.delivery.duration_ms.abs_diff(subject.song.duration_ms) <= 500);
}

/// A result may be fetched again until it is released, and looking at it changes nothing.
pub async fn fetching_again_gives_the_same(subject: &Rendering) {
    let job = subject.made(1).await;
    is_as_it_was(&*subject.renderer, &job).await;
}

/// After an answer was lost, the job is found by its attempt, or the renderer says it cannot tell.
pub async fn an_attempt_is_found_or_cannot_be_told(subject: &Rendering) {
    let (order, job) = subject.start(1).await;
    finds(&*subject.renderer, order.attempt, &job).await;
}

/// What was never ordered is not found.
pub async fn an_attempt_that_never_was_is_not_found(subject: &Rendering) {
    subject.start(1).await;
    finds_nothing(&*subject.renderer, AttemptToken::from_bits(make::bits(77))).await;
}

/// A job that is not known is told from a renderer that does not answer.
pub async fn a_job_that_is_not_known_is_said_to_be(subject: &Rendering) {
    knows_its_jobs(&*subject.renderer).await;
}

/// Releasing a job that is done is fine, and again.
pub async fn a_job_may_be_released_twice(subject: &Rendering) {
    let job = subject.made(1).await;
    lets_go(&*subject.renderer, &job).await;
}

/// A job that nobody wants any more is let go at any time, and others go on.
pub async fn a_job_may_be_released_while_it_runs(subject: &Rendering) {
    let (_, job) = subject.start(1).await;
    lets_go(&*subject.renderer, &job).await;
    let job = subject.made(2).await;
    fetch(&*subject.renderer, &job).await;
}

/// Two orders are two jobs with a result each.
pub async fn jobs_do_not_mix(subject: &Rendering) {
    let (_, first) = subject.start(1).await;
    let (_, second) = subject.start(2).await;
    assert_ne!(first, second);
    done(&*subject.renderer, &*subject.clock, &second).await;
    done(&*subject.renderer, &*subject.clock, &first).await;
    lets_go(&*subject.renderer, &first).await;
    is_as_it_was(&*subject.renderer, &second).await;
}

/// A renderer has a name, and says when it is worth asking.
pub async fn the_pace_is_sensible(subject: &Rendering) {
    is_sensible(&*subject.renderer);
}
