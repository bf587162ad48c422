use std::sync::Arc;

use anyhow::Context;
use castad_domain::{
    port::{EventStream, Ports, chain},
    usecase::PublishEvents,
};
use castad_engine::Relay;
use castad_nats::{Nats, NatsEvents};

use super::Checked;
use crate::{
    config::{Config, FeedConfig},
    http,
};

/// NATS, where it is set up.
pub(super) struct Feed {
    nats: Nats,
    pub(super) events: Arc<dyn EventStream>,
}

impl Feed {
    /// Does not wait for it: the database is there without.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(FeedConfig { url, settings }) = &config.feed else { return Ok(None) };
        let nats = Nats::open(url.reveal(), settings.clone()).await?;
        let events = Arc::new(NatsEvents::new(&nats));
        Ok(Some(Self { nats, events }))
    }

    /// Makes the streams, or changes those that are set up otherwise.
    pub(super) async fn prepare(&self) -> anyhow::Result<()> {
        self.nats.prepare().await.context("CASTAD_FEED_URL cannot be used")
    }

    pub(super) fn relay(&self, ports: &Ports) -> Relay {
        let telling = Arc::new(http::told);
        Relay::new(ports, PublishEvents::new(ports, Arc::clone(&self.events), telling))
    }
}

/// Whether the server is there and lets us have our streams.
pub(super) async fn check(config: &Config) -> anyhow::Result<Option<Checked>> {
    let Some(feed) = Feed::open(config).await? else { return Ok(None) };
    Ok(Some(match feed.prepare().await {
        Ok(()) => Checked { text: "feed: the streams are there".to_owned(), fatal: false },
        Err(error) => {
            tracing::debug!(error = chain(error.root_cause()), "NATS was asked");
            Checked { text: format!("feed: {error}"), fatal: true }
        }
    }))
}
