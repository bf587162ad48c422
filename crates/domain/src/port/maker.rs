use async_trait::async_trait;
use chrono::TimeDelta;

use super::{ByteStream, ProviderError};
use crate::model::{
    AttemptToken, Brief, LineTime, LyricText, MediaKey, MediaType, Orientation, ProviderJob,
    ProviderName, Recording, SongId, VideoId,
};

/// When it is worth asking how a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long a job usually takes before the first look is of use.
    pub first: TimeDelta,
    /// The shortest time between two looks.
    pub least: TimeDelta,
    /// The longest.
    pub most: TimeDelta,
    /// How long a job may take in all.
    pub limit: TimeDelta,
}

/// How a job is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum MakerStatus {
    /// It is being made.
    Working {
        /// How far, from 0 to 1, where the provider says.
        progress: Option<f32>,
    },
    /// It can be fetched.
    Done,
    /// It came to nothing.
    Failed {
        /// The provider's own word for why.
        code: Option<String>,
        /// Why, in words that are safe to show.
        detail: String,
        /// Whether a new job may fare better.
        retryable: bool,
    },
}

/// What became of an attempt whose answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// The provider took it.
    Found(ProviderJob),
    /// The provider surely did not.
    NotThere,
    /// This provider cannot tell.
    CannotTell,
}

/// A result on its way to us.
pub struct Delivery {
    /// The file.
    pub body: ByteStream,
    /// What it is.
    pub media_type: MediaType,
    /// How long it plays.
    pub duration_ms: u32,
    /// When each line is sung; for a song.
    pub lines: Vec<LineTime>,
    /// Where bars begin, if known; for a song.
    pub bars_ms: Vec<u32>,
    /// Whether nobody sings; for a song.
    pub instrumental: bool,
    /// What the provider calls another result of the same job, where it made more than the one.
    pub spare: Option<String>,
}

/// What song composers and video renderers have in common: jobs that take minutes.
#[async_trait]
pub trait Maker: Send + Sync {
    /// Who makes it.
    fn name(&self) -> ProviderName;

    /// When it is worth asking.
    fn pace(&self) -> Pace;

    /// How a job is doing.
    ///
    /// # Contract
    ///
    /// * Asking changes nothing that the caller could see.
    /// * A job that an engine of this machine began goes on after the process was killed.
    ///
    /// # Errors
    ///
    /// [`ProviderError::kind`] tells a job that is not known from a provider that does not answer.
    async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError>;

    /// What became of an attempt whose answer was lost; `told` is a job that a callback names.
    ///
    /// # Contract
    ///
    /// * Who says that an attempt is not there knows attempts apart: asked for it twice, be it by one
    ///   whose call was long on its way, it takes it once.
    /// * A job that somebody told of is found only if the provider itself says that it is of the
    ///   attempt.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when the provider does not answer.
    async fn look_up(
        &self,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<LookUp, ProviderError>;

    /// Which job a callback says that it is about. Nothing of it is believed: it is a reason to ask.
    fn told(&self, message: &[u8]) -> Option<ProviderJob>;

    /// Fetches the result of a job that is done; it may be fetched again until it is released.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when there is none or it cannot be fetched.
    async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError>;

    /// Nothing of the job is wanted any more: it is stopped where that is possible, and what it
    /// holds is freed. It is fine if there is no such job.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when the provider does not answer.
    async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError>;
}

/// A song that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SongOrder {
    /// The decision to buy it.
    pub attempt: AttemptToken,
    /// Which song it is for; an engine that varies takes its seed from here.
    pub song: SongId,
    /// What it is about.
    pub brief: Brief,
    /// The words.
    pub words: LyricText,
}

/// Makes songs.
#[async_trait]
pub trait SongComposer: Maker {
    /// Asks for a song and returns with the provider's job, before the song is made.
    ///
    /// # Contract
    ///
    /// * A song has words to sing or is an instrumental and says so.
    /// * Two calls may start two jobs, unless the provider knows attempts apart: the caller sees to
    ///   it that there is one.
    ///
    /// # Errors
    ///
    /// [`ProviderError::kind`] says whether anything may have been started.
    async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError>;
}

/// A video that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoOrder {
    /// The decision to buy it.
    pub attempt: AttemptToken,
    /// Which video it is for.
    pub video: VideoId,
    /// What it is about.
    pub brief: Brief,
    /// Its shape.
    pub orientation: Orientation,
    /// The pictures, in order; never none.
    pub pictures: Vec<MediaKey>,
    /// The song.
    pub song: Recording,
}

/// Makes videos.
#[async_trait]
pub trait VideoRenderer: Maker {
    /// Asks for a video and returns with the provider's job, before the video is made.
    ///
    /// # Contract
    ///
    /// * Two calls may start two jobs, unless the provider knows attempts apart: the caller sees to
    ///   it that there is one.
    ///
    /// # Errors
    ///
    /// [`ProviderError::kind`] says whether anything may have been started.
    async fn start(&self, order: &VideoOrder) -> Result<ProviderJob, ProviderError>;
}
