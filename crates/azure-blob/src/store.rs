use std::{fmt, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{MediaKey, Stored},
    port::{
        ByteRange, ByteStream, Clock, MediaError, MediaErrorKind, MediaRead, MediaStore, checked,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use object_store::{
    BackoffConfig, GetOptions, GetRange, ObjectStore, PutOptions, PutPayload, RetryConfig,
    StaticCredentialProvider,
    azure::{MicrosoftAzure, MicrosoftAzureBuilder},
    signer::Method,
};
use tokio::{sync::Mutex, time::timeout};

use crate::{
    Account, Limits, Place,
    answer::{Answered, answered, fault},
    calls::Calls,
    link,
    upload::Upload,
};

/// A blob that is written to see whether one can be; no key has its name.
const TRIAL: &str = "castad-check";
/// How long a trial that went well counts: whoever asks how the service is may ask often.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// Where files are kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The storage account.
    pub account: Account,
    /// The container, and where in it.
    pub place: Place,
}

/// No client can be made: the machine has no certificates to trust, as a rule.
#[derive(Debug, thiserror::Error)]
#[error("no client of the storage can be made: are the CA certificates of this machine installed?")]
pub struct SetUpError(#[source] object_store::Error);

/// A media store in a container of Azure Blob Storage, or of its emulator.
pub struct AzureBlob {
    pub(crate) settings: Settings,
    pub(crate) calls: Calls,
    limits: Limits,
    store: MicrosoftAzure,
    clock: Arc<dyn Clock>,
    /// When a trial went well last.
    tried: Mutex<Option<DateTime<Utc>>>,
}

impl AzureBlob {
    /// A store within its limits; the clock says whether a link would have ended already.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] when this machine cannot make a client.
    pub fn new(
        settings: Settings,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        let account = &settings.account;
        let calls = Calls::new(account, &limits).map_err(SetUpError)?;
        let key = StaticCredentialProvider::new(account.credential());
        let store = MicrosoftAzureBuilder::new()
            .with_account(account.name())
            .with_container_name(settings.place.container())
            .with_endpoint(account.endpoint().to_string())
            .with_credentials(Arc::new(key))
            .with_http_connector(calls.clone())
            .with_retry(retry(&limits))
            .build()
            .map_err(SetUpError)?;
        Ok(Self { settings, calls, limits, store, clock, tried: Mutex::new(None) })
    }

    /// The origin of all links: a page that is to show what they lead to must allow it.
    #[must_use]
    pub fn link_origin(&self) -> String {
        self.settings.account.endpoint().origin().ascii_serialization()
    }

    async fn try_out(&self) -> Result<(), MediaError> {
        let trial = self.settings.place.below(TRIAL);
        let put = self.store.put_opts(&trial, PutPayload::default(), PutOptions::default());
        match timeout(self.limits.look, put).await {
            Ok(put) => put.map(drop).map_err(|error| fault(&error)),
            Err(late) => Err(MediaError::new(MediaErrorKind::Unavailable).with_source(late)),
        }
    }
}

impl fmt::Debug for AzureBlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureBlob").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A call that may be repeated waits a little longer each time, and not for long: whoever gave it to us
/// has a longer breath.
fn retry(limits: &Limits) -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: std::time::Duration::from_millis(100),
        max_backoff: std::time::Duration::from_secs(5),
        base: 3.0,
    };
    RetryConfig { backoff, max_retries: limits.again, retry_timeout: limits.stall }
}

fn is_not_there(said: &Answered) -> bool {
    said.status() == 404 && !said.is("ContainerNotFound")
}

/// The range as the client takes it.
fn bounded(ByteRange { first, last }: ByteRange) -> Result<GetRange, MediaError> {
    // Beyond that the storage reads no numbers, and no blob is so long.
    let end = last.checked_add(1).filter(|end| i64::try_from(*end).is_ok() && first <= last);
    end.map(|end| GetRange::Bounded(first..end)).ok_or(MediaErrorKind::BadRange.into())
}

#[async_trait]
impl MediaStore for AzureBlob {
    #[tracing::instrument(name = "azure_blob.put", skip_all, fields(media.key = %key))]
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        let kind = key.media_type().ok_or(MediaErrorKind::WrongType)?;
        let body = checked(key, body, most)?;
        let path = self.settings.place.of(key);
        Upload::new(&self.store, &self.limits, path, kind).take(key, body).await
    }

    #[tracing::instrument(name = "azure_blob.read", skip_all, fields(media.key = %key))]
    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        let options =
            GetOptions { range: range.map(bounded).transpose()?, ..GetOptions::default() };
        let found = match self.store.get_opts(&self.settings.place.of(key), options).await {
            Ok(found) => found,
            Err(error) if answered(&error).is_some_and(is_not_there) => return Ok(None),
            Err(error) => return Err(fault(&error)),
        };
        let total = found.meta.size;
        if range.is_some_and(|range| range.last >= total) {
            return Err(MediaErrorKind::BadRange.into());
        }
        // Broken off, it is gone on with where the entity tag is still the same, and ends otherwise.
        let body = found.into_stream().map_err(|error| fault(&error));
        Ok(Some(MediaRead { body: Box::pin(body), total }))
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        if until <= self.clock.now() {
            let late = "the link would have ended already";
            return Err(MediaError::new(MediaErrorKind::Unavailable).with_source(late));
        }
        let Settings { account, place } = &self.settings;
        Ok(Some(link::sign(account, place, &place.of(key), until)))
    }

    #[tracing::instrument(name = "azure_blob.remove", skip_all, fields(media.key = %key))]
    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        let Settings { account, place } = &self.settings;
        let address = link::address(account, place, &place.of(key));
        match self.calls.send(account, Method::DELETE, &address).await {
            Ok(_) => Ok(()),
            Err(error) if answered(&error).is_some_and(is_not_there) => Ok(()),
            Err(error) => Err(fault(&error)),
        }
    }

    async fn check(&self) -> Result<(), MediaError> {
        let mut tried = self.tried.lock().await;
        let now = self.clock.now();
        if tried.is_some_and(|at| at <= now && now - at < FRESH) {
            return Ok(());
        }
        *tried = None;
        self.try_out().await?;
        *tried = Some(now);
        Ok(())
    }
}
