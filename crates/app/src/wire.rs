//! The composition root: the one file that names every adapter.

use std::sync::Arc;

use anyhow::Context;
use castad_chatgpt::ChatGpt;
use castad_domain::{
    model::{Caller, ProviderName, Role},
    port::{Clock, Gate, IdSource, LyricWriter, MediaStore, Ports},
    usecase::{IssueKey, OWNER},
};
use castad_engine::{Engine, Settings};
use castad_http_client::{HttpClient, Limits};
use castad_sql::{Options, Sql, Sqlite};
use castad_studio::{LocalMedia, Studio};
use chrono::TimeDelta;

use crate::{
    config::Config,
    data::DataFolder,
    system::{SystemClock, TimeOrderedIds},
};

/// Everything, put together.
pub struct Wired {
    /// What use cases need.
    pub ports: Ports,
    /// Who holds which secret.
    pub gate: Arc<dyn Gate>,
    /// The data folder.
    pub data: DataFolder,
    database: Sql,
}

impl Wired {
    /// Opens what the configuration names.
    ///
    /// # Errors
    ///
    /// When a part of it cannot be opened; the message says which and what to do.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let data = DataFolder::open(&config.data)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let ids: Arc<dyn IdSource> = Arc::new(TimeOrderedIds::default());
        let database = database(config, &data, &ids).await?;
        let media =
            Arc::new(LocalMedia::open(data.media()).context("the media folder cannot be opened")?);
        let media: Arc<dyn MediaStore> = media;
        let studio = Studio::open(data.studio(), Some(config.work.threads), Arc::clone(&media))
            .context("the studio's folder cannot be opened")?;
        let store = Arc::new(database.clone());
        let ports = Ports {
            store: store.clone(),
            catalog: store.clone(),
            events: store.clone(),
            queue: store.clone(),
            media,
            photos: studio.lab(),
            writer: writer(config, &studio, &clock)?,
            composer: studio.composer(),
            renderer: studio.renderer(),
            clock,
            ids,
        };
        Ok(Self { ports, gate: store, data, database })
    }

    /// An engine that works as configured.
    #[must_use]
    pub fn engine(&self, config: &Config) -> Engine {
        let settings = Settings {
            steps: config.work.steps,
            lease: TimeDelta::seconds(config.work.lease_s.into()),
            drain: TimeDelta::seconds(config.work.drain_s.into()),
            ..Settings::default()
        };
        Engine::new(&self.ports, settings)
    }

    /// The member who is there from the first start, as an admin.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn owner(&self) -> anyhow::Result<Caller> {
        let member = IssueKey::new(&self.ports).member(OWNER).await?;
        Ok(Caller { member: member.id, role: Role::Admin })
    }

    /// Lets go of the database in good order.
    pub async fn close(self) {
        self.database.close().await;
    }
}

fn writer(
    config: &Config,
    studio: &Studio,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<dyn LyricWriter>> {
    let Some(settings) = &config.chatgpt else { return Ok(studio.writer()) };
    let name = ProviderName::new(ChatGpt::NAME);
    let http = HttpClient::new(name, Limits::default(), Arc::clone(clock))?;
    Ok(Arc::new(ChatGpt::new(settings.clone(), http)))
}

async fn database(
    config: &Config,
    data: &DataFolder,
    ids: &Arc<dyn IdSource>,
) -> anyhow::Result<Sql> {
    let path = config.database.clone().unwrap_or_else(|| data.database());
    Ok(Sqlite::open(path, Options::new(Arc::clone(ids))).await?)
}
