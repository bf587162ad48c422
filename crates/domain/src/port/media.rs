mod checked;

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use async_trait::async_trait;
use bytes::Bytes;
pub use checked::checked;
use chrono::{DateTime, Utc};
use futures_core::Stream;

use super::MediaError;
use crate::model::{MediaKey, Stored};

/// A file on its way, piece by piece.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, MediaError>> + Send>>;

/// A stream of one piece.
#[must_use]
pub fn once(bytes: Bytes) -> ByteStream {
    Box::pin(Once(Some(bytes)))
}

struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = Result<Bytes, MediaError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// A part of a file: from a byte to a byte, both counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

/// A file, or the part of it that was asked for.
pub struct MediaRead {
    /// What it holds.
    pub body: ByteStream,
    /// How long the whole file is.
    pub total: u64,
}

/// Keeps files.
///
/// # Contract
///
/// * A file is there whole or not at all: a `put` that fails leaves what was there before.
/// * The same key again replaces the file.
/// * Memory is bounded, whatever the file's length.
#[async_trait]
pub trait MediaStore: Send + Sync {
    /// Stores a file of at most `most` bytes.
    ///
    /// # Errors
    ///
    /// [`MediaError`] if it is too large, cut short, not of the key's type, or there is no room.
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError>;

    /// Reads a file or a part of it; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`MediaError`] when the store does not answer or the range lies outside the file.
    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError>;

    /// An address under which anybody can fetch the file until then; `None` where the store has
    /// none and the caller serves the bytes.
    ///
    /// # Errors
    ///
    /// [`MediaError`] when no link can be made.
    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError>;

    /// Deletes a file; it is fine if there is none.
    ///
    /// # Errors
    ///
    /// [`MediaError`] when the store does not answer.
    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError>;

    /// Whether the store would take a file now.
    ///
    /// # Errors
    ///
    /// [`MediaError`] says why not.
    async fn check(&self) -> Result<(), MediaError>;
}
