use std::{
    fmt,
    sync::{
        Arc, Once,
        atomic::{AtomicBool, Ordering},
    },
};

use async_nats::{
    Client, ConnectOptions, Event,
    connection::State,
    jetstream::{
        self, Context, ErrorCode,
        context::{CreateStreamError, CreateStreamErrorKind, GetStreamError, GetStreamErrorKind},
        stream::Config,
    },
};
use castad_domain::model::Lane;
use tokio::time::timeout;

use crate::{
    events,
    fault::Fault,
    feed,
    settings::{Address, BadUrl, Settings},
};

/// A connection to NATS that is made again whenever it is lost.
///
/// Clones are the same connection.
#[derive(Clone)]
pub struct Nats {
    client: Client,
    context: Context,
    settings: Arc<Settings>,
    state: Arc<Known>,
}

/// What is known of the server that answered last.
#[derive(Default)]
struct Known {
    /// Whether it had our streams.
    streams: AtomicBool,
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client's address may hold a password.
        f.debug_struct("Nats").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Nats {
    /// Whether it is the address of a NATS server, or of several.
    #[must_use]
    pub fn knows(url: &str) -> bool {
        Address::parse(url).is_ok()
    }

    /// Begins to connect, and does not wait for it.
    ///
    /// # Errors
    ///
    /// [`BadUrl`] if it is no address of NATS.
    pub async fn open(url: &str, settings: Settings) -> Result<Self, BadUrl> {
        // The client looks for one where it connects by TLS.
        static ONCE: Once = Once::new();
        ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let address = Address::parse(url)?;
        let state = Arc::new(Known::default());
        let options = Self::options(address.options(), &settings, Arc::clone(&state));
        metrics::gauge!("castad_feed_connected").set(0.0);
        let client = options.connect(address.servers).await.map_err(|_| BadUrl)?;
        let context = jetstream::context::ContextBuilder::new()
            .timeout(settings.call)
            .ack_timeout(settings.call)
            .build(client.clone());
        Ok(Self { client, context, settings: Arc::new(settings), state })
    }

    fn options(options: ConnectOptions, settings: &Settings, state: Arc<Known>) -> ConnectOptions {
        options
            .name("castad")
            .retry_on_initial_connect()
            .max_reconnects(None)
            .connection_timeout(settings.call)
            .request_timeout(Some(settings.call))
            .event_callback(move |event| {
                state.noticed(&event);
                async {}
            })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The way to JetStream, if there is a connection.
    pub(crate) fn live(&self) -> Result<&Context, Fault> {
        match self.client.connection_state() {
            State::Connected => Ok(&self.context),
            State::Pending | State::Disconnected => Err(Fault::Away),
        }
    }

    /// Asks whether the server is there and has that stream.
    pub(crate) async fn look_for(&self, stream: String) -> Result<(), Fault> {
        let context = self.ensure().await?;
        context
            .get_stream(stream)
            .await
            .map(drop)
            .map_err(Fault::asked)
            .inspect_err(|_| self.doubt())
    }

    /// Looks whether the streams are there, and changes nothing.
    ///
    /// # Errors
    ///
    /// When the server does not answer in time, or does not let us look; the text is safe to show.
    pub async fn look(&self) -> Result<bool, LookError> {
        self.reach().await?;
        for config in self.streams() {
            match self.context.get_stream(config.name).await {
                Ok(_) => {}
                Err(error) if is_missing(&error) => return Ok(false),
                Err(error) => return Err(Fault::asked(error).into()),
            }
        }
        Ok(true)
    }

    async fn reach(&self) -> Result<(), Fault> {
        let connected = timeout(self.settings.call, self.client.flush()).await;
        connected.map_err(|_| Fault::Away).and_then(|sent| sent.map_err(Fault::asked))
    }

    /// Makes the streams that are missing, and changes those that are set up otherwise.
    ///
    /// # Errors
    ///
    /// When the server does not answer in time, or does not do it; the text is safe to show.
    pub async fn prepare(&self) -> Result<(), PrepareError> {
        self.reach().await?;
        for config in self.streams() {
            self.set_up(config).await?;
        }
        for lane in Lane::ALL {
            feed::make_consumer(&self.context, &self.settings, lane).await?;
        }
        self.state.streams.store(true, Ordering::Release);
        Ok(())
    }

    /// Another may make it between the look and the making.
    async fn set_up(&self, config: Config) -> Result<(), Fault> {
        match self.context.create_or_update_stream(config.clone()).await {
            Err(error) if is_there(&error) => {
                self.context.update_stream(config).await.map(drop).map_err(Fault::asked)
            }
            made => made.map(drop).map_err(Fault::asked),
        }
    }

    /// Makes the streams that are missing, once for each life of the server.
    pub(crate) async fn ensure(&self) -> Result<&Context, Fault> {
        let context = self.live()?;
        if self.state.streams.load(Ordering::Acquire) {
            return Ok(context);
        }
        for config in self.streams() {
            match context.get_or_create_stream(config).await {
                Ok(_) => {}
                // Another was quicker, and is set up otherwise.
                Err(error) if is_there(&error) => {}
                Err(error) => return Err(Fault::asked(error)),
            }
        }
        for lane in Lane::ALL {
            feed::find_consumer(context, &self.settings, lane).await?;
        }
        self.state.streams.store(true, Ordering::Release);
        Ok(context)
    }

    /// The next call looks whether the streams are there.
    pub(crate) fn doubt(&self) {
        self.state.streams.store(false, Ordering::Release);
    }

    fn streams(&self) -> [Config; 2] {
        [events::config(&self.settings), feed::config(&self.settings)]
    }
}

/// The streams could not be looked at.
#[derive(Debug, thiserror::Error)]
#[error("NATS does not answer, or does not let us look at the streams")]
pub struct LookError(#[from] Fault);

/// The streams could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the streams could not be made on NATS")]
pub struct PrepareError(#[from] Fault);

impl Known {
    fn noticed(&self, event: &Event) {
        match event {
            Event::Connected => {
                metrics::gauge!("castad_feed_connected").set(1.0);
                tracing::info!("NATS is there");
            }
            Event::Disconnected => {
                // Whoever is there next may be another, or have forgotten everything.
                self.streams.store(false, Ordering::Release);
                metrics::gauge!("castad_feed_connected").set(0.0);
                tracing::warn!("NATS is away: it goes on without");
            }
            other @ (Event::LameDuckMode
            | Event::Draining
            | Event::Closed
            | Event::SlowConsumer(_)
            | Event::ServerError(_)
            | Event::ClientError(_)) => tracing::debug!(event = %other, "NATS says"),
        }
    }
}

fn is_there(error: &CreateStreamError) -> bool {
    match error.kind() {
        CreateStreamErrorKind::JetStream(told) => told.error_code() == ErrorCode::STREAM_NAME_EXIST,
        CreateStreamErrorKind::EmptyStreamName
        | CreateStreamErrorKind::InvalidStreamName
        | CreateStreamErrorKind::DomainAndExternalSet
        | CreateStreamErrorKind::JetStreamUnavailable
        | CreateStreamErrorKind::TimedOut
        | CreateStreamErrorKind::Response
        | CreateStreamErrorKind::NotFound
        | CreateStreamErrorKind::ResponseParse => false,
    }
}

fn is_missing(error: &GetStreamError) -> bool {
    match error.kind() {
        GetStreamErrorKind::JetStream(told) => told.error_code() == ErrorCode::STREAM_NOT_FOUND,
        GetStreamErrorKind::EmptyName
        | GetStreamErrorKind::Request
        | GetStreamErrorKind::InvalidStreamName => false,
    }
}
