use bytes::Bytes;
use castad_domain::{
    model::{MediaKey, MediaType, Stored},
    port::{ByteStream, MediaError, MediaErrorKind},
};
use futures_util::TryStreamExt;
use object_store::{
    Attribute, Attributes, MultipartUpload, ObjectStore, PutMultipartOptions, PutOptions,
    azure::MicrosoftAzure, path::Path,
};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::{Limits, answer::fault};

/// A file on its way up. Dropped before its end, it leaves nothing that anybody sees.
pub(crate) struct Upload<'s> {
    store: &'s MicrosoftAzure,
    limits: &'s Limits,
    path: Path,
    about: Attributes,
    filling: Vec<u8>,
    sent: Option<Box<dyn MultipartUpload>>,
    under_way: JoinSet<object_store::Result<()>>,
}

impl<'s> Upload<'s> {
    pub(crate) fn new(
        store: &'s MicrosoftAzure,
        limits: &'s Limits,
        path: Path,
        kind: MediaType,
    ) -> Self {
        Self {
            store,
            limits,
            path,
            about: Attributes::from_iter([(Attribute::ContentType, kind.mime())]),
            filling: Vec::new(),
            sent: None,
            under_way: JoinSet::new(),
        }
    }

    /// Sends a body that was checked.
    pub(crate) async fn take(
        mut self,
        key: &MediaKey,
        mut body: ByteStream,
    ) -> Result<Stored, MediaError> {
        let (mut bytes, mut digest) = (0, Sha256::new());
        while let Some(piece) = body.try_next().await? {
            digest.update(&piece);
            bytes += piece.len() as u64;
            self.add(&piece).await?;
        }
        self.finish().await?;
        Ok(Stored { key: key.clone(), bytes, sha256: digest.finalize().into() })
    }

    /// Copies the piece: whoever made it may have cut it from something far larger.
    async fn add(&mut self, piece: &Bytes) -> Result<(), MediaError> {
        let mut rest = &piece[..];
        while !rest.is_empty() {
            if self.filling.len() == self.limits.block {
                self.send().await?;
                self.filling.reserve_exact(self.limits.block);
            }
            let (now, later) =
                rest.split_at(rest.len().min(self.limits.block - self.filling.len()));
            self.filling.extend_from_slice(now);
            rest = later;
        }
        Ok(())
    }

    /// Sends what was filled, as a block, once there is room for one more under way.
    async fn send(&mut self) -> Result<(), MediaError> {
        while self.under_way.len() >= self.limits.at_once {
            self.arrived().await?;
        }
        if self.sent.is_none() {
            let options =
                PutMultipartOptions { attributes: self.about.clone(), ..Default::default() };
            let begun = self.store.put_multipart_opts(&self.path, options).await;
            self.sent = Some(begun.map_err(|error| fault(&error))?);
        }
        if let Some(sent) = &mut self.sent {
            self.under_way.spawn(sent.put_part(std::mem::take(&mut self.filling).into()));
        }
        Ok(())
    }

    /// Waits for a block, if any is under way.
    async fn arrived(&mut self) -> Result<(), MediaError> {
        let Some(joined) = self.under_way.join_next().await else { return Ok(()) };
        let sent = joined
            .map_err(|error| MediaError::new(MediaErrorKind::Unavailable).with_source(error))?;
        sent.map_err(|error| fault(&error))
    }

    async fn finish(mut self) -> Result<(), MediaError> {
        if self.sent.is_none() {
            let options = PutOptions { attributes: self.about, ..Default::default() };
            let put = self.store.put_opts(&self.path, self.filling.into(), options).await;
            return put.map(drop).map_err(|error| fault(&error));
        }
        self.send().await?;
        while !self.under_way.is_empty() {
            self.arrived().await?;
        }
        match &mut self.sent {
            Some(sent) => sent.complete().await.map(drop).map_err(|error| fault(&error)),
            None => Ok(()),
        }
    }
}
