use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use castad_domain::{
    model::ProviderName,
    port::{Clock, ProviderError, ProviderErrorKind},
};
use reqwest::{
    Client, ClientBuilder, Response, Url,
    header::{CONTENT_TYPE, HeaderValue},
    redirect, retry,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tracing::{Span, field::Empty};

use crate::{Answer, Limits, Request, fault::fault, install_tls, wait::wait};

/// A client that cannot be made: the machine has no certificates to trust, as a rule.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client can be made: are the CA certificates of this machine installed?")]
pub struct SetUpError(#[source] Box<dyn Error + Send + Sync>);

/// Calls one provider. One for a provider and process, so that its limits hold for all of it.
pub struct HttpClient {
    provider: ProviderName,
    client: Client,
    /// The pool of connections has no maximum of its own.
    turns: Arc<Semaphore>,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl HttpClient {
    /// A client within its limits; the clock reads a `Retry-After` that is a date.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] when this machine cannot make one.
    pub fn new(
        provider: ProviderName,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        let client = built(builder(&limits))?;
        let turns = Arc::new(Semaphore::new(limits.at_once));
        Ok(Self { provider, client, turns, limits, clock })
    }

    /// Sends a request and returns with the answer's head; its body is still to be read. An answer
    /// is an answer whatever its status.
    ///
    /// # Errors
    ///
    /// [`ProviderErrorKind::Busy`] when the request surely was not sent, [`ProviderErrorKind::Unknown`]
    /// when it may have been.
    #[tracing::instrument(
        name = "http.call",
        skip_all,
        fields(
            provider = self.provider.as_str(),
            http.method = request.method.as_str(),
            otel.kind = "client",
            server.address = Empty,
            http.status = Empty,
        )
    )]
    pub async fn send(&self, request: Request) -> Result<Answer, ProviderError> {
        let mut request = self.prepare(request)?;
        Span::current().record("server.address", request.url().host_str());
        let (waiting, turn) = (Instant::now(), self.turn().await?);
        *request.timeout_mut() = Some(self.limits.total.saturating_sub(waiting.elapsed()));
        let begun = Instant::now();

        let answered = self.client.execute(request).await;

        if let Ok(answer) = &answered {
            Span::current().record("http.status", answer.status().as_u16());
        }
        self.count(outcome(&answered), begun.elapsed());
        let response = answered.map_err(fault)?;
        let wait = wait(response.headers(), self.clock.now());
        Ok(Answer::new(response, turn, wait, self.limits.answer))
    }

    fn count(&self, outcome: &'static str, took: Duration) {
        let labels = [("provider", self.provider.to_string()), ("outcome", outcome.to_owned())];
        metrics::counter!("castad_provider_calls_total", &labels).increment(1);
        metrics::histogram!("castad_provider_answer_seconds", &labels).record(took);
    }

    fn prepare(&self, request: Request) -> Result<reqwest::Request, ProviderError> {
        let Request { method, url, key, body } = request;
        let url = Url::parse(&url).map_err(|error| {
            ProviderError::new(ProviderErrorKind::Refused, "the provider's address is none")
                .with_source(error)
        })?;
        let mut building = self.client.request(method, url);
        if let Some(key) = &key {
            building = building.bearer_auth(key.reveal());
        }
        if let Some(body) = body {
            let body = body.map_err(|error| {
                ProviderError::new(ProviderErrorKind::Refused, "the request cannot be written")
                    .with_source(error)
            })?;
            let json = HeaderValue::from_static("application/json");
            building = building.header(CONTENT_TYPE, json).body(body);
        }
        building.build().map_err(fault)
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, ProviderError> {
        let turn = timeout(self.limits.total, Arc::clone(&self.turns).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| {
            ProviderError::new(ProviderErrorKind::Busy, "too many calls to the provider wait")
        })
    }
}

/// What became of a call, in one of eight words.
fn outcome(answered: &Result<Response, reqwest::Error>) -> &'static str {
    match answered {
        Ok(answer) => match answer.status().as_u16() {
            200..400 => "taken",
            401 | 403 => "forbidden",
            429 => "busy",
            400..500 => "refused",
            _ => "failed",
        },
        Err(error) if error.is_connect() => "unreachable",
        Err(error) if error.is_timeout() => "timeout",
        Err(_) => "broken",
    }
}

/// What all clients here have in common. Nothing is sent by way of a proxy, which would connect to
/// addresses that nobody checked.
pub(crate) fn builder(limits: &Limits) -> ClientBuilder {
    install_tls();
    Client::builder()
        .connect_timeout(limits.connect)
        .pool_max_idle_per_host(limits.idle)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .user_agent(concat!("castad/", env!("CARGO_PKG_VERSION")))
}

pub(crate) fn built(builder: ClientBuilder) -> Result<Client, SetUpError> {
    builder.build().map_err(|error| SetUpError(error.into()))
}
