use castad_domain::{
    model::{Film, SongId, Video, VideoId},
    port::StoreError,
};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{FileParts, FileWrite, json::FailureJson, making::MakingParts};
use crate::fault::{corrupt, whole};

macro_rules! video_columns {
    () => {
        "v.id AS video_id, v.song_id AS video_song, v.orientation AS video_orientation, \
         v.requested_at AS video_requested_at, v.changed_at AS video_changed_at, \
         v.state AS video_state, v.attempt AS video_attempt, v.provider_job AS video_job, \
         v.failure AS video_failure, v.file_key AS video_key, v.file_bytes AS video_bytes, \
         v.file_sha256 AS video_sha256, v.duration_ms AS video_ms"
    };
}
pub(crate) use video_columns;

/// A video as a statement finds it; all absent where a project has none.
#[derive(sqlx::FromRow)]
#[expect(clippy::struct_field_names, reason = "a wide row has the columns of several tables")]
pub(crate) struct VideoRow {
    pub(crate) video_id: Option<Uuid>,
    video_song: Option<Uuid>,
    video_orientation: Option<String>,
    video_requested_at: Option<DateTime<Utc>>,
    video_changed_at: Option<DateTime<Utc>>,
    video_state: Option<String>,
    video_attempt: Option<Uuid>,
    video_job: Option<String>,
    video_failure: Option<Json<FailureJson>>,
    video_key: Option<String>,
    video_bytes: Option<i64>,
    video_sha256: Option<Vec<u8>>,
    video_ms: Option<i64>,
}

impl VideoRow {
    pub(crate) fn video(mut self) -> Result<Option<Video>, StoreError> {
        let Some(id) = self.video_id else { return Ok(None) };
        let product = self.film()?;
        let song = self.video_song.ok_or_else(|| corrupt("videos.song_id"))?;
        let orientation = self.video_orientation.unwrap_or_default().parse();
        let making = MakingParts {
            column: "videos.state",
            state: self.video_state.unwrap_or_default(),
            attempt: self.video_attempt,
            job: self.video_job,
            failure: self.video_failure,
            product,
        };
        Ok(Some(Video {
            id: VideoId::from_bits(id.as_u128()),
            song: SongId::from_bits(song.as_u128()),
            orientation: orientation.map_err(|_| corrupt("videos.orientation"))?,
            requested_at: self.video_requested_at.ok_or_else(|| corrupt("videos.requested_at"))?,
            changed_at: self.video_changed_at.ok_or_else(|| corrupt("videos.changed_at"))?,
            making: making.making()?,
        }))
    }

    fn film(&mut self) -> Result<Option<Film>, StoreError> {
        let file = FileParts {
            column: "videos.file_key",
            key: self.video_key.take(),
            bytes: self.video_bytes,
            sha256: self.video_sha256.take(),
        };
        match (file.stored()?, self.video_ms) {
            (Some(file), Some(ms)) => {
                Ok(Some(Film { file, duration_ms: whole("videos.duration_ms", ms)? }))
            }
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(corrupt("videos.duration_ms")),
        }
    }
}

/// The columns that a film is written to.
pub(crate) struct FilmWrite<'a> {
    pub(crate) file: FileWrite<'a>,
    pub(crate) duration_ms: Option<i64>,
}

impl<'a> From<Option<&'a Film>> for FilmWrite<'a> {
    fn from(film: Option<&'a Film>) -> Self {
        Self {
            file: FileWrite::of(film.map(|made| &made.file)),
            duration_ms: film.map(|made| i64::from(made.duration_ms)),
        }
    }
}
