use bytes::Bytes;
use castad_domain::port::{ProviderError, ProviderErrorKind};
use chrono::TimeDelta;
use reqwest::{Response, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use crate::fault::fault;

/// A provider's answer, whose body is still to be read. It holds its turn until it is dropped.
pub struct Answer {
    response: Response,
    wait: Option<TimeDelta>,
    left: u64,
    _turn: OwnedSemaphorePermit,
}

impl Answer {
    pub(crate) fn new(
        response: Response,
        turn: OwnedSemaphorePermit,
        wait: Option<TimeDelta>,
        most: u64,
    ) -> Self {
        Self { response, wait, left: most, _turn: turn }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// How long the provider wants to be left alone, where it says.
    #[must_use]
    pub fn wait(&self) -> Option<TimeDelta> {
        self.wait
    }

    /// A header, where it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body says that it is of that media type.
    #[must_use]
    pub fn is(&self, media_type: &str) -> bool {
        let told = self.header(CONTENT_TYPE.as_str()).and_then(|told| told.split(';').next());
        told.is_some_and(|told| told.trim().eq_ignore_ascii_case(media_type))
    }

    /// The next piece of the body; `None` after the last.
    ///
    /// # Errors
    ///
    /// [`ProviderErrorKind::Unknown`] when the body breaks off, takes too long or is too long.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, ProviderError> {
        let piece = self.response.chunk().await.map_err(fault)?;
        if let Some(piece) = &piece {
            let left = self.left.checked_sub(piece.len() as u64);
            self.left = left.ok_or_else(|| {
                let text = "the provider's answer is longer than is read";
                ProviderError::new(ProviderErrorKind::Unknown, text)
            })?;
        }
        Ok(piece)
    }

    /// The whole body.
    ///
    /// # Errors
    ///
    /// As of [`Answer::piece`].
    pub async fn bytes(mut self) -> Result<Vec<u8>, ProviderError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    /// The whole body, read as JSON.
    ///
    /// # Errors
    ///
    /// As of [`Answer::piece`], and [`ProviderErrorKind::Unknown`] when it is not the JSON expected.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, ProviderError> {
        let whole = self.bytes().await?;
        serde_json::from_slice(&whole).map_err(|error| {
            let text = "the provider's answer is not what its documents describe";
            ProviderError::new(ProviderErrorKind::Unknown, text).with_source(error)
        })
    }
}
