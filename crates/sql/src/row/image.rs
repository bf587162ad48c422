use castad_domain::{
    model::{Image, ImageId, ImageState},
    port::StoreError,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::FileParts;
use crate::fault::{corrupt, whole};

macro_rules! image_columns {
    () => {
        "i.id AS image_id, i.file_key AS image_key, i.file_bytes AS image_bytes, \
         i.file_sha256 AS image_sha256, i.width, i.height, i.added_at"
    };
}
pub(crate) use image_columns;

/// A kept picture as a statement finds it; all absent where a project has none.
#[derive(sqlx::FromRow)]
pub(crate) struct ImageRow {
    pub(crate) image_id: Option<Uuid>,
    image_key: Option<String>,
    image_bytes: Option<i64>,
    image_sha256: Option<Vec<u8>>,
    width: Option<i64>,
    height: Option<i64>,
    added_at: Option<DateTime<Utc>>,
}

impl ImageRow {
    pub(crate) fn image(self) -> Result<Option<Image>, StoreError> {
        let Some(id) = self.image_id else { return Ok(None) };
        let file = FileParts {
            column: "images.file_key",
            key: self.image_key,
            bytes: self.image_bytes,
            sha256: self.image_sha256,
        };
        Ok(Some(Image {
            id: ImageId::from_bits(id.as_u128()),
            file: file.stored()?.ok_or_else(|| corrupt("images.file_key"))?,
            width: whole("images.width", self.width.unwrap_or(-1))?,
            height: whole("images.height", self.height.unwrap_or(-1))?,
            added_at: self.added_at.ok_or_else(|| corrupt("images.added_at"))?,
            state: ImageState::Kept,
        }))
    }
}
