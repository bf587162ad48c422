use std::sync::Arc;

use anyhow::Context;
use castad_domain::{
    port::{EventStream, Ports, WorkFeed, chain},
    usecase::PublishEvents,
};
use castad_engine::{Relay, Settings};
use castad_nats::{Nats, NatsEvents, NatsFeed};
use chrono::TimeDelta;

use super::Checked;
use crate::{
    config::{Config, FeedConfig},
    http,
};

/// NATS, where it is set up.
pub(super) struct Feed {
    nats: Nats,
    pub(super) events: Arc<dyn EventStream>,
    pub(super) work: Arc<dyn WorkFeed>,
}

impl Feed {
    /// Does not wait for it: the database is there without.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(FeedConfig { url, settings, .. }) = &config.feed else { return Ok(None) };
        let nats = Nats::open(url.reveal(), settings.clone()).await?;
        let (events, work) = (Arc::new(NatsEvents::new(&nats)), Arc::new(NatsFeed::new(&nats)));
        Ok(Some(Self { nats, events, work }))
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

/// How an engine uses it.
pub(super) fn engine(config: &Config) -> Settings {
    let unset = Settings::default();
    let Some(FeedConfig { settings, offers, .. }) = &config.feed else { return unset };
    let offered = TimeDelta::from_std(settings.offers_kept).unwrap_or(unset.offered);
    Settings { offers: *offers, offered, ..unset }
}

/// Whether the server is there and lets us look; nothing is made.
pub(super) async fn check(config: &Config) -> anyhow::Result<Option<Checked>> {
    let Some(feed) = Feed::open(config).await? else { return Ok(None) };
    Ok(Some(match feed.nats.look().await {
        Ok(true) => Checked { text: "feed: the streams are there".to_owned(), fatal: false },
        Ok(false) => Checked {
            text: "feed: the server answers; the first start makes the streams".to_owned(),
            fatal: false,
        },
        Err(error) => {
            tracing::debug!(error = chain(&error), "NATS was asked");
            Checked { text: format!("feed: {error}"), fatal: true }
        }
    }))
}
