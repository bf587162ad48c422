use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use castad_domain::{
    model::{MediaKey, Stored},
    port::{
        ByteRange, ByteStream, MediaError, MediaErrorKind, MediaRead, MediaStore, checked, once,
    },
};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use crate::bell::locked;

/// Files in memory, each held whole: for files of a test's size.
#[derive(Default)]
pub struct MemoryMedia {
    files: Mutex<BTreeMap<MediaKey, Bytes>>,
    full: AtomicBool,
}

impl MemoryMedia {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Has no room from now on, or has room again.
    pub fn be_full(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// The names of all files, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<MediaKey> {
        locked(&self.files).keys().cloned().collect()
    }

    fn room(&self) -> Result<(), MediaError> {
        if self.full.load(Ordering::Relaxed) { Err(MediaErrorKind::Full.into()) } else { Ok(()) }
    }
}

#[async_trait]
impl MediaStore for MemoryMedia {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.room()?;
        let mut body = checked(key, body, most)?;
        let mut file = BytesMut::new();
        while let Some(piece) = body.next().await {
            file.extend_from_slice(&piece?);
        }
        let sha256 = Sha256::digest(&file).into();
        let stored = Stored { key: key.clone(), bytes: file.len() as u64, sha256 };
        locked(&self.files).insert(key.clone(), file.freeze());
        Ok(stored)
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        let Some(file) = locked(&self.files).get(key).cloned() else { return Ok(None) };
        let total = file.len() as u64;
        let body = match range {
            None => file,
            Some(ByteRange { first, last }) if first <= last && last < total => {
                let outside = |_| MediaError::new(MediaErrorKind::BadRange);
                let first = usize::try_from(first).map_err(outside)?;
                file.slice(first..=usize::try_from(last).map_err(outside)?)
            }
            Some(_) => return Err(MediaErrorKind::BadRange.into()),
        };
        Ok(Some(MediaRead { body: once(body), total }))
    }

    async fn link(&self, _: &MediaKey, _: DateTime<Utc>) -> Result<Option<String>, MediaError> {
        Ok(None)
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        locked(&self.files).remove(key);
        Ok(())
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.room()
    }
}
