use castad_domain::{
    model::{LineTime, LyricId, Recording, Song, SongId},
    port::StoreError,
};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    FileParts, FileWrite,
    json::{FailureJson, LineJson},
    making::MakingParts,
};
use crate::fault::{corrupt, whole};

macro_rules! song_columns {
    () => {
        "s.id AS song_id, s.lyric_id AS song_lyric, s.requested_at AS song_requested_at, \
         s.changed_at AS song_changed_at, s.state AS song_state, s.attempt AS song_attempt, \
         s.provider_job AS song_job, s.failure AS song_failure, s.file_key AS song_key, \
         s.file_bytes AS song_bytes, s.file_sha256 AS song_sha256, s.duration_ms AS song_ms, \
         s.line_times, s.bars, s.instrumental, s.spare"
    };
}
pub(crate) use song_columns;

/// A song as a statement finds it; all absent where a project has none.
#[derive(sqlx::FromRow)]
pub(crate) struct SongRow {
    pub(crate) song_id: Option<Uuid>,
    song_lyric: Option<Uuid>,
    song_requested_at: Option<DateTime<Utc>>,
    song_changed_at: Option<DateTime<Utc>>,
    song_state: Option<String>,
    song_attempt: Option<Uuid>,
    song_job: Option<String>,
    song_failure: Option<Json<FailureJson>>,
    song_key: Option<String>,
    song_bytes: Option<i64>,
    song_sha256: Option<Vec<u8>>,
    song_ms: Option<i64>,
    line_times: Option<Json<Vec<LineJson>>>,
    bars: Option<Json<Vec<u32>>>,
    instrumental: Option<bool>,
    spare: Option<String>,
}

impl SongRow {
    pub(crate) fn song(mut self) -> Result<Option<Song>, StoreError> {
        let Some(id) = self.song_id else { return Ok(None) };
        let product = self.recording()?;
        let lyric = self.song_lyric.ok_or_else(|| corrupt("songs.lyric_id"))?;
        let making = MakingParts {
            column: "songs.state",
            state: self.song_state.unwrap_or_default(),
            attempt: self.song_attempt,
            job: self.song_job,
            failure: self.song_failure,
            product,
        };
        Ok(Some(Song {
            id: SongId::from_bits(id.as_u128()),
            lyric: LyricId::from_bits(lyric.as_u128()),
            requested_at: self.song_requested_at.ok_or_else(|| corrupt("songs.requested_at"))?,
            changed_at: self.song_changed_at.ok_or_else(|| corrupt("songs.changed_at"))?,
            making: making.making()?,
        }))
    }

    fn recording(&mut self) -> Result<Option<Recording>, StoreError> {
        let file = FileParts {
            column: "songs.file_key",
            key: self.song_key.take(),
            bytes: self.song_bytes,
            sha256: self.song_sha256.take(),
        };
        let lists = (self.line_times.take(), self.bars.take());
        match (file.stored()?, self.song_ms, lists, self.instrumental) {
            (
                Some(file),
                Some(ms),
                (Some(Json(lines)), Some(Json(bars_ms))),
                Some(instrumental),
            ) => {
                let lines = lines.into_iter().map(LineTime::from).collect();
                let duration_ms = whole("songs.duration_ms", ms)?;
                let spare = self.spare.take();
                Ok(Some(Recording { file, duration_ms, lines, bars_ms, instrumental, spare }))
            }
            (None, None, (None, None), None) => Ok(None),
            _ => Err(corrupt("songs.duration_ms")),
        }
    }
}

/// The columns that a recording is written to.
pub(crate) struct RecordingWrite<'a> {
    pub(crate) file: FileWrite<'a>,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) lines: Option<Json<Vec<LineJson>>>,
    pub(crate) bars: Option<Json<&'a [u32]>>,
    pub(crate) instrumental: Option<bool>,
    pub(crate) spare: Option<&'a str>,
}

impl<'a> From<Option<&'a Recording>> for RecordingWrite<'a> {
    fn from(recording: Option<&'a Recording>) -> Self {
        Self {
            file: FileWrite::of(recording.map(|made| &made.file)),
            duration_ms: recording.map(|made| i64::from(made.duration_ms)),
            lines: recording.map(|made| Json(made.lines.iter().map(LineJson::from).collect())),
            bars: recording.map(|made| Json(made.bars_ms.as_slice())),
            instrumental: recording.map(|made| made.instrumental),
            spare: recording.and_then(|made| made.spare.as_deref()),
        }
    }
}
