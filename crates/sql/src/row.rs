//! Rows, the columns that they are read from, and what they mean in the model.

mod coupon;
mod image;
mod job;
mod json;
mod lane;
mod line;
mod lyric;
mod making;
mod project;
mod shop;
mod song;
mod video;
mod webhook;

use castad_domain::{
    model::{MediaKey, Stored},
    port::StoreError,
};
pub(crate) use coupon::{
    CampaignRow, CouponRow, GivenRow, campaign_columns, coupon_columns, off,
    standing as coupon_standing,
};
pub(crate) use image::{ImageRow, image_columns};
pub(crate) use job::{ClaimRow, EntryRow, JobRow, entry_columns, job_columns, stage_id};
pub(crate) use json::{EventData, data_json};
pub(crate) use lane::{LaneRow, OutlookRow};
pub(crate) use line::{
    LineRow, RequestRow, StoodRow, request_columns, standing as request_standing,
};
pub(crate) use lyric::{LyricRow, LyricWrite, lyric_columns};
pub(crate) use making::MakingWrite;
pub(crate) use project::{ProjectRow, project_columns};
pub(crate) use shop::{OrderRow, OrderWrite, PackRow, order_columns, pack_columns};
pub(crate) use song::{RecordingWrite, SongRow, song_columns};
use uuid::Uuid;
pub(crate) use video::{FilmWrite, VideoRow, video_columns};
pub(crate) use webhook::{DeliveryRow, OutcomeWrite, WebhookRow, WebhookWrite, webhook_columns};

use crate::fault::{corrupt, whole};

/// The id as rows hold it.
pub(crate) fn bits(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

/// A length as rows hold it; no file reaches the bound.
pub(crate) fn length(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// The columns of a stored file: all there or all absent.
pub(crate) struct FileParts {
    /// Names the columns where they make no sense.
    pub(crate) column: &'static str,
    pub(crate) key: Option<String>,
    pub(crate) bytes: Option<i64>,
    pub(crate) sha256: Option<Vec<u8>>,
}

impl FileParts {
    pub(crate) fn stored(self) -> Result<Option<Stored>, StoreError> {
        let (key, bytes, sha256) = match (self.key, self.bytes, self.sha256) {
            (Some(key), Some(bytes), Some(sha256)) => (key, bytes, sha256),
            (None, None, None) => return Ok(None),
            _ => return Err(corrupt(self.column)),
        };
        let key = MediaKey::parse(&key).map_err(|_| corrupt(self.column))?;
        let sha256 = sha256.try_into().map_err(|_| corrupt(self.column))?;
        Ok(Some(Stored { key, bytes: whole(self.column, bytes)?, sha256 }))
    }
}

/// The columns of a stored file, as they are written.
pub(crate) struct FileWrite<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) bytes: Option<i64>,
    pub(crate) sha256: Option<&'a [u8]>,
}

impl<'a> FileWrite<'a> {
    pub(crate) fn of(file: Option<&'a Stored>) -> Self {
        Self {
            key: file.map(|file| file.key.as_str()),
            bytes: file.map(|file| length(file.bytes)),
            sha256: file.map(|file| file.sha256.as_slice()),
        }
    }
}
