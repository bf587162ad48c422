use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaRead, MediaStore, once},
};
use castad_memory::MemoryMedia;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};

/// What is wrong with a media store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaFault {
    /// It loses the last byte of what it reads.
    Truncates,
    /// It lets go of the old file as soon as a new one begins, and gathers the whole of that.
    Gathers,
}

/// A media store with one fault.
pub(crate) struct BrokenMedia {
    inner: MemoryMedia,
    fault: MediaFault,
}

impl BrokenMedia {
    pub(crate) fn with(fault: MediaFault) -> Arc<Self> {
        Arc::new(Self { inner: MemoryMedia::new(), fault })
    }
}

#[async_trait]
impl MediaStore for BrokenMedia {
    async fn put(
        &self,
        key: &MediaKey,
        mut body: ByteStream,
        most: u64,
    ) -> Result<Stored, MediaError> {
        if self.fault == MediaFault::Gathers {
            self.inner.remove(key).await?;
            let mut pieces = Vec::new();
            while let Some(piece) = body.next().await {
                pieces.push(piece?);
            }
            body = stream::iter(pieces).map(Ok).boxed();
        }
        self.inner.put(key, body, most).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        let Some(mut read) = self.inner.read(key, range).await? else { return Ok(None) };
        if self.fault == MediaFault::Truncates {
            let piece = read.body.next().await.unwrap_or_else(|| Ok(Bytes::new()))?;
            read.body = once(piece.slice(..piece.len().saturating_sub(1)));
        }
        Ok(Some(read))
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        self.inner.link(key, until).await
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.inner.remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.inner.check().await
    }
}
