//! What resources look like on the wire.

mod slots;
mod stages;

use bytes::Bytes;
use castad_domain::model::{
    Datum, Event, Failure, Image, ImageId, Job, JobState, MediaType, Outlook, Production,
    ProjectId, ProjectStatus, Quote, SongId, Stage, Stored, VideoId,
};
use castad_domain::port::ProjectView;
use castad_domain::usecase::{Begun, Waits};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::secret::hex;
pub(super) use slots::{ChannelBody, HoldBody, QueueTokenBody, SlotBody};
pub(super) use stages::{LyricBody, SongBody, VideoBody};

/// A time as the API writes it: RFC 3339 in UTC with microseconds.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// How a stage failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
pub(super) struct FailureBody {
    /// The stage that failed.
    stage: &'static str,
    /// Why, as a word.
    code: &'static str,
    /// Why, as a sentence.
    detail: String,
    /// Whether retrying may help.
    retryable: bool,
    /// Whose fault it was, if a provider's.
    provider: Option<String>,
    /// The provider's own word for it.
    provider_code: Option<String>,
    /// When.
    at: String,
    /// What was charged for it.
    charged_points: u64,
}

impl From<&Failure> for FailureBody {
    fn from(failure: &Failure) -> Self {
        Self {
            stage: failure.stage.name(),
            code: failure.code.name(),
            detail: failure.detail.clone(),
            retryable: failure.retryable,
            provider: failure.provider.as_ref().map(ToString::to_string),
            provider_code: failure.provider_code.clone(),
            at: time(failure.at),
            charged_points: 0,
        }
    }
}

/// How far a job is, and when it was looked at.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    progress: f32,
    /// What there is of the words.
    draft: Option<&'a str>,
    /// When it is due and what comes before it, as long as nothing of its stage is being made.
    waits: Option<(DateTime<Utc>, &'a Outlook)>,
    now: DateTime<Utc>,
}

impl<'a> Seen<'a> {
    pub(super) fn at(now: DateTime<Utc>, job: Option<&'a Job>) -> Option<Self> {
        job.map(|job| {
            let begins = job.state == JobState::Waiting && job.work.task.begins();
            let waits = begins.then_some((job.work.due, &job.outlook));
            Self { progress: job.progress, draft: job.draft.as_deref(), waits, now }
        })
    }

    /// The same of what was only just begun.
    pub(super) fn begun(now: DateTime<Utc>, begun: &'a Begun) -> Option<Self> {
        let Waits { due, outlook } = begun.waits.as_ref()?;
        Some(Self { progress: 0.0, draft: None, waits: Some((*due, outlook)), now })
    }
}

/// How far a stage is that is being made.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Standing {
    /// The stage that is being made.
    stage: Option<&'static str>,
    /// How far it is, from 0 to 1.
    progress: Option<f32>,
    /// How many jobs come before it, while it waits.
    queue_position: Option<u64>,
    /// When it will probably be begun, while it waits; nobody knows while its provider is paused.
    estimated_start: Option<String>,
}

impl Standing {
    fn of(stage: Option<Stage>, seen: Option<Seen<'_>>) -> Self {
        let Some(stage) = stage else { return Self::default() };
        let waits = seen.and_then(|seen| Some((seen.waits?, seen.now)));
        let start = waits.and_then(|((due, outlook), now)| outlook.start(due, now));
        Self {
            stage: Some(stage.name()),
            progress: Some(seen.map_or(0.0, |seen| seen.progress)),
            queue_position: waits.map(|((_, outlook), _)| outlook.ahead),
            estimated_start: start.map(time),
        }
    }
}

/// A file that can be fetched.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub(super) struct FileBody {
    /// Where, on this service.
    url: String,
    /// What it is: `image/jpeg`, `audio/mp4`, `audio/mpeg` or `video/mp4`.
    media_type: Option<&'static str>,
    /// How long it is.
    bytes: u64,
    /// Its SHA-256, in hexadecimal digits.
    sha256: String,
}

impl FileBody {
    fn of(url: String, file: &Stored) -> Self {
        let media_type = file.key.media_type().map(MediaType::mime);
        Self { url, media_type, bytes: file.bytes, sha256: hex(&file.sha256) }
    }
}

/// A picture of a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Image)]
pub(super) struct ImageBody {
    id: String,
    /// Where it stands among the project's pictures, from 0.
    position: usize,
    width: u32,
    height: u32,
    file: FileBody,
    created_at: String,
}

/// Where a picture's file is, on this service.
pub(super) fn image_file(project: ProjectId, image: ImageId) -> String {
    format!("/v1/projects/{project}/images/{image}/file")
}

/// Where a song's file is, on this service.
pub(super) fn song_file(song: SongId) -> String {
    format!("/v1/songs/{song}/file")
}

/// Where a video's file is, on this service.
pub(super) fn video_file(video: VideoId) -> String {
    format!("/v1/videos/{video}/file")
}

impl ImageBody {
    pub(super) fn new(project: ProjectId, position: usize, image: &Image) -> Self {
        Self {
            id: image.id.to_string(),
            position,
            width: image.width,
            height: image.height,
            file: FileBody::of(image_file(project, image.id), &image.file),
            created_at: time(image.added_at),
        }
    }
}

/// A project with its pictures and the newest of each stage.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Project)]
pub(super) struct ProjectBody {
    id: String,
    /// `draft`, `producing`, `finished`, `failed`, `canceled` or `archived`.
    status: &'static str,
    business_name: String,
    region: String,
    details: String,
    /// `ko` or `en`.
    language: &'static str,
    /// `vertical`, `square` or `horizontal`.
    orientation: &'static str,
    style: Option<String>,
    /// With which the built-in engines make the same ad again.
    seed: Option<u64>,
    images: Vec<ImageBody>,
    lyric: Option<LyricBody>,
    song: Option<SongBody>,
    video: Option<VideoBody>,
    /// How the newest stage failed, while the project is `failed`.
    failure: Option<FailureBody>,
    /// When what is being made will be canceled.
    cancel_at: Option<String>,
    created_at: String,
    updated_at: String,
    #[serde(flatten)]
    standing: Standing,
}

impl ProjectBody {
    pub(super) fn new(production: &Production, seen: Option<Seen<'_>>) -> Self {
        let project = production.project();
        let (id, brief) = (project.id(), project.brief());
        let failed = project.status() == ProjectStatus::Failed;
        let failure = production.failure().filter(|_| failed);
        let images = production.images().iter().enumerate();
        Self {
            id: id.to_string(),
            status: project.status().name(),
            business_name: brief.business_name.to_string(),
            region: brief.region.to_string(),
            details: brief.details.to_string(),
            language: brief.language.code(),
            orientation: brief.orientation.name(),
            style: brief.style.as_ref().map(ToString::to_string),
            seed: brief.seed,
            images: images.map(|(i, image)| ImageBody::new(id, i, image)).collect(),
            lyric: production.lyric().map(|lyric| LyricBody::new(id, lyric, seen)),
            song: production.song().map(|song| SongBody::new(id, song, seen)),
            video: production.video().map(|video| VideoBody::new(id, video, seen)),
            failure: failure.map(FailureBody::from),
            cancel_at: project.cancel_at().map(time),
            created_at: time(project.created_at()),
            updated_at: time(project.changed_at()),
            standing: Standing::of(production.open_stage(), seen),
        }
    }

    pub(super) fn of(view: &ProjectView, now: DateTime<Utc>) -> Self {
        Self::new(&view.production, Seen::at(now, view.job.as_ref()))
    }
}

/// What a cancellation left.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Canceled)]
pub(super) struct CanceledBody {
    /// The project as it now is.
    pub(super) project: ProjectBody,
    /// Stages that are ready and stay.
    pub(super) kept: Vec<&'static str>,
    /// Stages that were stopped.
    pub(super) canceled: Vec<&'static str>,
    /// What was given back.
    pub(super) returned_points: u64,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventBody {
    /// Where it stands in the log; later events have greater ids.
    pub(super) id: String,
    /// What happened: `song.ready`.
    #[serde(rename = "type")]
    kind: &'static str,
    at: String,
    project_id: Option<String>,
    /// What else is told.
    #[schema(value_type = Object)]
    data: Value,
}

impl From<&Event> for EventBody {
    fn from(event: &Event) -> Self {
        let datum = |datum: &Datum| match datum {
            Datum::Text(text) => Value::from(text.as_str()),
            Datum::Number(number) => Value::from(*number),
            Datum::Flag(flag) => Value::from(*flag),
        };
        Self {
            id: event.seq.to_string(),
            kind: event.kind.name(),
            at: time(event.at),
            project_id: event.project.map(|id| id.to_string()),
            data: event.data.iter().map(|(k, v)| (k.clone(), datum(v))).collect(),
        }
    }
}

/// An event as `/v1/events` shows it, for those who hear of it elsewhere.
pub(crate) fn told(event: &Event) -> Bytes {
    super::shown::text(&EventBody::from(event)).into()
}

/// What one stage costs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuoteItem)]
pub(super) struct QuoteItemBody {
    stage: &'static str,
    points: u32,
}

/// A price; nothing is spent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quote)]
pub(super) struct QuoteBody {
    points: u64,
    items: Vec<QuoteItemBody>,
}

impl From<&Quote> for QuoteBody {
    fn from(quote: &Quote) -> Self {
        let item = |&(stage, points): &(Stage, u32)| QuoteItemBody { stage: stage.name(), points };
        Self { points: quote.points, items: quote.items.iter().map(item).collect() }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = List)]
pub(super) struct ListBody<T: ToSchema> {
    /// The rows.
    pub(super) items: Vec<T>,
    /// What to send as `after` for the next page; `null` when there is none.
    pub(super) next: Option<String>,
}
