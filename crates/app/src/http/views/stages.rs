use castad_domain::{
    model::{
        LineTime, Lyric, LyricState, LyricText, Making, Product, ProjectId, Section, Song, Stage,
        Video,
    },
    port::StageRow,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FailureBody, FileBody, Seen, Standing, song_file, time, video_file};

/// Lines that belong together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Section)]
pub(in crate::http) struct SectionBody {
    /// `verse`, `chorus`, `bridge` or `outro`.
    kind: String,
    /// Its lines.
    lines: Vec<String>,
}

/// One version of a project's words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lyric)]
pub(in crate::http) struct LyricBody {
    id: String,
    project_id: String,
    /// `requested`, `writing`, `ready`, `failed` or `canceled`.
    status: &'static str,
    /// What the song is called, once the words are there.
    title: Option<String>,
    /// What there is of the words while they are being written, where the writer shows it.
    draft: Option<String>,
    /// The words with their headings, as `PUT …/lyric` takes them.
    text: Option<String>,
    /// The words by section.
    sections: Vec<SectionBody>,
    /// Whether the owner wrote or changed them.
    edited: bool,
    created_at: String,
    updated_at: String,
    failure: Option<FailureBody>,
    #[serde(flatten)]
    standing: Standing,
}

impl LyricBody {
    pub(in crate::http) fn new(project: ProjectId, lyric: &Lyric, seen: Option<Seen<'_>>) -> Self {
        let text = lyric.text();
        Self {
            id: lyric.id.to_string(),
            project_id: project.to_string(),
            status: lyric.state.name(),
            title: text.map(|text| text.title().to_owned()),
            draft: seen
                .filter(|_| lyric.state.is_open())
                .and_then(|seen| seen.draft)
                .map(str::to_owned),
            text: text.map(ToString::to_string),
            sections: text.map(sections).unwrap_or_default(),
            edited: matches!(lyric.state, LyricState::Ready { edited: true, .. }),
            created_at: time(lyric.requested_at),
            updated_at: time(lyric.changed_at),
            failure: lyric.failure().map(FailureBody::from),
            standing: Standing::of(lyric.state.is_open().then_some(Stage::Lyric), seen),
        }
    }
}

fn sections(text: &LyricText) -> Vec<SectionBody> {
    let body = |section: &Section| SectionBody {
        kind: section.kind().heading().to_lowercase(),
        lines: section.lines().to_vec(),
    };
    text.sections().iter().map(body).collect()
}

/// When a line of the lyric is sung.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineTime)]
pub(in crate::http) struct LineBody {
    text: String,
    start_ms: u32,
    end_ms: u32,
}

/// One version of a project's song.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Song)]
pub(in crate::http) struct SongBody {
    id: String,
    project_id: String,
    lyric_id: String,
    /// `requested`, `submitting`, `composing`, `collecting`, `ready`, `unresolved`, `failed` or
    /// `canceled`.
    status: &'static str,
    duration_ms: Option<u32>,
    /// Whether nobody sings in it: the words are then carried as captions.
    instrumental: Option<bool>,
    /// When each line is sung.
    lines: Vec<LineBody>,
    file: Option<FileBody>,
    created_at: String,
    updated_at: String,
    failure: Option<FailureBody>,
    #[serde(flatten)]
    standing: Standing,
}

impl SongBody {
    pub(in crate::http) fn new(project: ProjectId, song: &Song, seen: Option<Seen<'_>>) -> Self {
        let recording = song.making.product();
        let line = |line: &LineTime| LineBody {
            text: line.text.clone(),
            start_ms: line.start_ms,
            end_ms: line.end_ms,
        };
        Self {
            id: song.id.to_string(),
            project_id: project.to_string(),
            lyric_id: song.lyric.to_string(),
            status: song.making.name(),
            duration_ms: recording.map(|recording| recording.duration_ms),
            instrumental: recording.map(|recording| recording.instrumental),
            lines: recording.map(|r| r.lines.iter().map(line).collect()).unwrap_or_default(),
            file: recording.map(|made| FileBody::of(song_file(song.id), &made.file)),
            created_at: time(song.requested_at),
            updated_at: time(song.changed_at),
            failure: song.making.failure().map(FailureBody::from),
            standing: Standing::of(open(&song.making, Stage::Song), seen),
        }
    }
}

fn open<P: Product>(making: &Making<P>, stage: Stage) -> Option<Stage> {
    making.is_open().then_some(stage)
}

/// One version of a project's video.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Video)]
pub(in crate::http) struct VideoBody {
    id: String,
    project_id: String,
    song_id: String,
    /// `vertical`, `square` or `horizontal`.
    orientation: &'static str,
    /// `requested`, `submitting`, `rendering`, `collecting`, `ready`, `unresolved`, `failed` or
    /// `canceled`.
    status: &'static str,
    duration_ms: Option<u32>,
    file: Option<FileBody>,
    created_at: String,
    updated_at: String,
    failure: Option<FailureBody>,
    #[serde(flatten)]
    standing: Standing,
}

impl VideoBody {
    pub(in crate::http) fn new(project: ProjectId, video: &Video, seen: Option<Seen<'_>>) -> Self {
        let film = video.making.product();
        Self {
            id: video.id.to_string(),
            project_id: project.to_string(),
            song_id: video.song.to_string(),
            orientation: video.orientation.name(),
            status: video.making.name(),
            duration_ms: film.map(|film| film.duration_ms),
            file: film.map(|film| FileBody::of(video_file(video.id), &film.file)),
            created_at: time(video.requested_at),
            updated_at: time(video.changed_at),
            failure: video.making.failure().map(FailureBody::from),
            standing: Standing::of(open(&video.making, Stage::Video), seen),
        }
    }
}

impl LyricBody {
    pub(in crate::http) fn of(row: &StageRow<Lyric>, now: DateTime<Utc>) -> Self {
        Self::new(row.project, &row.row, Seen::at(now, row.job.as_ref()))
    }
}

impl SongBody {
    pub(in crate::http) fn of(row: &StageRow<Song>, now: DateTime<Utc>) -> Self {
        Self::new(row.project, &row.row, Seen::at(now, row.job.as_ref()))
    }
}

impl VideoBody {
    pub(in crate::http) fn of(row: &StageRow<Video>, now: DateTime<Utc>) -> Self {
        Self::new(row.project, &row.row, Seen::at(now, row.job.as_ref()))
    }
}
