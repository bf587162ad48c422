use std::sync::Arc;

use bytes::Bytes;
use castad_domain::{
    model::ProviderName,
    port::{ByteStream, Clock, MediaError, MediaErrorKind, ProviderError, ProviderErrorKind},
};
use futures_util::stream::try_unfold;
use reqwest::{Client, Response, Url, header::CONTENT_TYPE};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tracing::{Span, field::Empty};

use crate::{
    Hosts, Limits, SetUpError,
    address::PublicOnly,
    client::{builder, built},
    fault::fault,
    wait::wait,
};

/// A result on its way from a provider.
pub struct Download {
    /// The file, no longer than allowed.
    pub body: ByteStream,
    /// How long it says that it is.
    pub length: Option<u64>,
    /// What it says that it is.
    pub media_type: Option<String>,
}

/// Fetches results of one provider, from the hosts that are allowed for it.
pub struct Downloads {
    provider: ProviderName,
    client: Client,
    hosts: Arc<Hosts>,
    turns: Arc<Semaphore>,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl Downloads {
    /// Downloads within limits, of which `answer` is the longest file.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] when this machine cannot make a client.
    pub fn new(
        provider: ProviderName,
        hosts: Hosts,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        let hosts = Arc::new(hosts);
        let resolver = Arc::new(PublicOnly(Arc::clone(&hosts)));
        let client = built(builder(&limits).read_timeout(limits.total).dns_resolver(resolver))?;
        let turns = Arc::new(Semaphore::new(limits.at_once));
        Ok(Self { provider, client, hosts, turns, limits, clock })
    }

    /// Fetches what is at an address that the provider gave.
    ///
    /// # Errors
    ///
    /// [`ProviderErrorKind::Refused`] for an address that is not allowed, and where it leads on to
    /// another; [`ProviderErrorKind::Failed`] when nothing is there.
    #[tracing::instrument(
        name = "http.download",
        skip_all,
        fields(provider = self.provider.as_str(), server.address = Empty, http.status = Empty)
    )]
    pub async fn fetch(&self, url: &str) -> Result<Download, ProviderError> {
        let allowed = Url::parse(url).ok().filter(|url| self.hosts.allow(url));
        let url = allowed.ok_or_else(|| {
            let text = "the provider's result lies on a host that is not allowed";
            ProviderError::new(ProviderErrorKind::Refused, text)
        })?;
        Span::current().record("server.address", url.host_str());
        let turn = timeout(self.limits.total, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or_else(|| {
            ProviderError::new(ProviderErrorKind::Busy, "too many downloads wait")
        })?;

        let response = self.client.get(url).send().await.map_err(fault)?;

        Span::current().record("http.status", response.status().as_u16());
        self.refused(&response).map_or(Ok(()), Err)?;
        let told = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = told.map(str::to_owned);
        let length = response.content_length();
        if length.is_some_and(|length| length > self.limits.answer) {
            let text = "the provider's result is larger than allowed";
            return Err(ProviderError::new(ProviderErrorKind::Unusable, text));
        }
        Ok(Download { body: body(response, turn, self.limits.answer), length, media_type })
    }

    fn refused(&self, response: &Response) -> Option<ProviderError> {
        let status = response.status();
        let (kind, text) = if status.as_u16() == 200 {
            return None;
        } else if status.is_redirection() {
            (ProviderErrorKind::Refused, "the provider's result leads on to another address")
        } else if status.is_server_error() || status.as_u16() == 429 {
            (ProviderErrorKind::Busy, "the provider's result cannot be fetched now")
        } else {
            (ProviderErrorKind::Failed, "the provider's result is not there any more")
        };
        let error = ProviderError::new(kind, text).with_code(status.as_str());
        Some(match wait(response.headers(), self.clock.now()) {
            Some(wait) => error.with_wait(wait),
            None => error,
        })
    }
}

/// The body, counted; what holds the turn goes with it.
fn body(response: Response, turn: OwnedSemaphorePermit, most: u64) -> ByteStream {
    Box::pin(try_unfold((response, turn, most), |(mut response, turn, left)| async move {
        match response.chunk().await {
            Ok(Some(piece)) => {
                counted(piece, left).map(|(piece, left)| Some((piece, (response, turn, left))))
            }
            Ok(None) => Ok(None),
            Err(error) => {
                Err(MediaError::new(MediaErrorKind::CutShort).with_source(error.without_url()))
            }
        }
    }))
}

fn counted(piece: Bytes, left: u64) -> Result<(Bytes, u64), MediaError> {
    let left = left.checked_sub(piece.len() as u64);
    left.map(|left| (piece, left)).ok_or(MediaErrorKind::TooLarge.into())
}
