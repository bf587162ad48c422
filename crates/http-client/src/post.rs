use std::{error::Error, iter::successors, sync::Arc, time::Duration};

use bytes::Bytes;
use castad_domain::port::Clock;
use chrono::TimeDelta;
use reqwest::{Client, Response, Url, header::CONTENT_TYPE};
use tokio::{sync::Semaphore, time::timeout};
use tracing::{Span, field::Empty};

use crate::{
    Hosts, Limits, SetUpError,
    address::{NoSuchName, NotPublic, PublicOnly},
    client::{builder, built},
    wait::wait,
};

/// How long it is waited for what an answer says beyond its head: nobody reads it.
const REST: Duration = Duration::from_secs(1);

/// Why a call to somebody else's address got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// The address may not be called, or leads into a private network.
    #[error("the address may not be called")]
    Address,
    /// Its name was not found.
    #[error("the host's name was not found")]
    Name,
    /// No connection came about.
    #[error("no connection came about")]
    Connect,
    /// The connection could not be made safe.
    #[error("the connection could not be made safe")]
    Tls,
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    Timeout,
    /// The connection ended before an answer.
    #[error("the connection ended before an answer")]
    Broken,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// How long they want to be left alone, where they say so.
    pub wait: Option<TimeDelta>,
}

/// Posts JSON to addresses that somebody else named, as far as their [`Hosts`] go.
///
/// What is connected to is what was checked, an address in a URL as well as one that a name leads to.
pub struct Posts {
    client: Client,
    hosts: Arc<Hosts>,
    turns: Arc<Semaphore>,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl Posts {
    /// Calls within limits; of an answer's body `answer` bytes are read at most, and thrown away.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] when this machine cannot make a client.
    pub fn new(hosts: Hosts, limits: Limits, clock: Arc<dyn Clock>) -> Result<Self, SetUpError> {
        let hosts = Arc::new(hosts);
        let resolver = Arc::new(PublicOnly(Arc::clone(&hosts)));
        let client = built(builder(&limits).timeout(limits.total).dns_resolver(resolver))?;
        let turns = Arc::new(Semaphore::new(limits.at_once));
        Ok(Self { client, hosts, turns, limits, clock })
    }

    /// Whether such an address may be called; where a name leads is looked at with each call.
    #[must_use]
    pub fn allow(&self, url: &str) -> bool {
        self.checked(url).is_some()
    }

    fn checked(&self, url: &str) -> Option<Url> {
        Url::parse(url).ok().filter(|url| self.hosts.allow(url))
    }

    /// Posts a body under these headers; an answer is an answer whatever its status.
    ///
    /// # Errors
    ///
    /// [`PostFault`] says why there was none.
    #[tracing::instrument(
        name = "http.post",
        skip_all,
        fields(server.address = Empty, http.status = Empty)
    )]
    pub async fn send(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Posted, PostFault> {
        let url = self.checked(url).ok_or(PostFault::Address)?;
        Span::current().record("server.address", url.host_str());
        let turn = timeout(self.limits.total, Arc::clone(&self.turns).acquire_owned()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(PostFault::Timeout)?;
        let mut request = self.client.post(url).header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }

        let response = request.body(body).send().await.map_err(|error| fault(&error))?;

        let status = response.status().as_u16();
        Span::current().record("http.status", status);
        let wait = wait(response.headers(), self.clock.now());
        drop(timeout(REST, read_away(response, self.limits.answer)).await);
        Ok(Posted { status, wait })
    }
}

/// Reads the rest, so that the connection can be used again; one that says too much is closed.
async fn read_away(mut response: Response, most: u64) {
    let mut left = most;
    while let Ok(Some(piece)) = response.chunk().await {
        match left.checked_sub(piece.len() as u64) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

fn fault(error: &reqwest::Error) -> PostFault {
    if leads_to(error, <dyn Error>::is::<NotPublic>) {
        PostFault::Address
    } else if leads_to(error, <dyn Error>::is::<NoSuchName>) {
        PostFault::Name
    } else if leads_to(error, is_tls) {
        PostFault::Tls
    } else if error.is_timeout() {
        PostFault::Timeout
    } else if error.is_connect() {
        PostFault::Connect
    } else {
        PostFault::Broken
    }
}

fn leads_to(error: &reqwest::Error, such: fn(&(dyn Error + 'static)) -> bool) -> bool {
    let first: &(dyn Error + 'static) = error;
    successors(Some(first), |&error| error.source()).any(such)
}

/// Handshakes fail within errors of input and output, which name what lies beneath them only here.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}
