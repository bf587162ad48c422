//! The composition root: what names every adapter.

mod feed;
mod locks;
mod mail;
mod providers;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use castad_azure_blob::AzureBlob;
use castad_domain::{
    model::{Answer, Caller, Credit, Fingerprint, IdempotencyKey, Lot, LotKind, MemberId, Role},
    port::{
        Clock, EventStream, Gate, IdSource, Mailer, MediaStore, NoPayments, PaymentGateway, Ports,
        WebhookSender, WorkFeed,
    },
    usecase::{Accumulate, BooksError, Guarded, IssueKey, OWNER, Receipt},
};
use castad_engine::{Courier, Engine, Relay, Settings};
use castad_sql::{Leading, MySql, Options, PoolSize, PoolUse, Sql, Sqlite};
use castad_stand_ins::payments::Payments;
use castad_studio::{LocalMedia, Studio};
use castad_webhooks::StandardWebhooks;
use chrono::TimeDelta;

use feed::Feed;
use locks::Locks;
pub use providers::Checked;
use providers::Providers;

use crate::{
    config::{Config, DatabaseConfig, MediaConfig, PaymentsConfig, PoolConfig, ServerConfig},
    data::{DataFolder, Hold},
    http::{self, Gauges},
    links::Links,
    password::Argon2id,
    system::{SystemClock, TimeOrderedIds},
    telemetry::{self, Tally, TracedCalls},
};

/// Everything, put together.
pub struct Wired {
    /// What use cases need.
    pub ports: Ports,
    /// What makes links to files of the data folder, where it may be reached from outside.
    pub links: Option<Arc<Links>>,
    /// Who holds which secret.
    pub gate: Arc<dyn Gate>,
    /// The same over connections of its own: what works in the background needs.
    work: Ports,
    /// The owner's first points.
    welcome: i64,
    data: DataFolder,
    database: Sql,
    /// The container, where files are kept in one.
    container: Option<Arc<AzureBlob>>,
    /// NATS, where it is set up.
    feed: Option<Feed>,
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
        let container = container(config, &clock)?;
        let media = media(container.as_ref(), &data)?;
        let studio = Studio::open(data.studio(), Some(config.work.threads), Arc::clone(&media))
            .context("the studio's folder cannot be opened")?;
        let links = links(config, &data)?;
        let (store, background) = (Arc::new(database.clone()), Arc::new(database.background()));
        let locks = Locks::open(config, &store, &clock, &ids)?;
        let asked = (&media, links.as_ref());
        let providers = Providers::open(config, &studio, asked, &locks, &clock)?;
        let (tests, calls) =
            (sender(config, TESTS, &clock)?, sender(config, Courier::PLACES, &clock)?);
        let mail = mail::mailer(config, &clock)?;
        let rest = (config, &studio, media, (tests, mail), clock, ids);
        let ports = ports(&store, locks.guarded, providers, rest);
        let work = ports.clone().over(Arc::clone(&background));
        let work = Ports { sender: calls, store: Arc::new(Tally::of(background)), ..work };
        let (welcome, feed) = (config.welcome, Feed::open(config).await?);
        Ok(Self { ports, links, gate: store, work, welcome, data, database, container, feed })
    }

    /// Makes the container for files where it is missing; others may do so at the same time.
    ///
    /// # Errors
    ///
    /// When there is none and none can be made; the message says why.
    pub async fn ensure_storage(&self) -> anyhow::Result<()> {
        let Some(container) = &self.container else { return Ok(()) };
        container.ensure().await.context("CASTAD_MEDIA_URL cannot be used")
    }

    /// Makes the streams on NATS, where it is set up, or changes those that are set up otherwise.
    ///
    /// # Errors
    ///
    /// When it does not answer, or does not do it.
    pub async fn prepare_feed(&self) -> anyhow::Result<()> {
        match &self.feed {
            Some(feed) => feed.prepare().await,
            None => Ok(()),
        }
    }

    /// Where events go out, if they do.
    #[must_use]
    pub fn stream(&self) -> Option<Arc<dyn EventStream>> {
        self.feed.as_ref().map(|feed| Arc::clone(&feed.events))
    }

    /// Where work is handed out, if it is.
    #[must_use]
    pub fn work_feed(&self) -> Option<Arc<dyn WorkFeed>> {
        self.feed.as_ref().map(|feed| Arc::clone(&feed.work))
    }

    /// Who takes events there.
    #[must_use]
    pub fn relay(&self) -> Option<Relay> {
        self.feed.as_ref().map(|feed| feed.relay(&self.work))
    }

    /// Who tells webhooks.
    #[must_use]
    pub fn courier(&self) -> Courier {
        Courier::new(&self.work, Arc::new(http::message))
    }

    /// The origin of links to files, where the media store gives links.
    #[must_use]
    pub fn media_origin(&self) -> Option<String> {
        self.container.as_ref().map(|container| container.link_origin())
    }

    /// Holds the data folder against a second `serve`; a database on a server is there for many.
    ///
    /// # Errors
    ///
    /// When another one holds it.
    pub fn hold(&self, config: &Config) -> anyhow::Result<Option<Hold>> {
        match config.database {
            DatabaseConfig::InFolder | DatabaseConfig::File(_) => self.data.hold().map(Some),
            DatabaseConfig::Server(_) => Ok(None),
        }
    }

    /// An engine that works as configured.
    #[must_use]
    pub fn engine(&self, config: &Config) -> Engine {
        let settings = Settings {
            steps: config.work.steps,
            steps_of_lane: config.work.steps_of_provider,
            rates: config.rates,
            lease: TimeDelta::seconds(config.work.lease_s.into()),
            drain: TimeDelta::seconds(config.work.drain_s.into()),
            unresolved: config.outside.unresolved,
            ..feed::engine(config)
        };
        let engine = Engine::new(&self.work, settings).following(telemetry::follow);
        match self.work_feed() {
            Some(feed) => engine.with_feed(feed),
            None => engine,
        }
    }

    /// Counts how the database's connections are used.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let database = self.database.clone();
        Arc::new(move || {
            for PoolUse { name, in_use, idle, most } in database.pools() {
                for (state, count) in [("in_use", in_use), ("idle", idle), ("most", most)] {
                    metrics::gauge!("castad_pool_connections", "pool" => name, "state" => state)
                        .set(f64::from(count));
                }
            }
        })
    }

    /// The member who is there from the first start, as an admin.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn owner(&self) -> anyhow::Result<Caller> {
        let member = IssueKey::new(&self.ports).member(OWNER).await?.id;
        self.welcome(member).await?;
        Ok(Caller::of_the_program(member, Role::Admin))
    }

    /// Gives the owner, who never had points, the first ones; once, however many start at once.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn welcome(&self, owner: MemberId) -> anyhow::Result<()> {
        if self.welcome == 0 || self.ports.points.totals(owner).await?.is_some() {
            return Ok(());
        }
        let answer = |_: &Lot| Answer { status: 201, location: None, body: String::new() };
        let receipt = Receipt {
            key: IdempotencyKey::parse("castad-welcome")?,
            fingerprint: Fingerprint([0; 32]),
            answer: &answer,
        };
        let (kind, amount) = (LotKind::Bonus, self.welcome);
        let credit = Credit { kind, amount, lifetime: None, source: None };
        match Accumulate::new(&self.ports).run(owner, owner, credit, Some(receipt)).await {
            Ok(_) | Err(BooksError::Repeated) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets go of the database in good order.
    pub async fn close(self) {
        self.database.close().await;
    }
}

/// Asks each that is configured whether it would do what it will be asked. Nothing is bought.
///
/// # Errors
///
/// When a client cannot be made.
pub async fn check(config: &Config) -> anyhow::Result<Vec<Checked>> {
    let mut found = providers::check(config).await?;
    found.extend(feed::check(config).await?);
    found.extend(mail::check(config).await?);
    Ok(found)
}

/// Every port, the database's over one kind of connections.
fn ports(
    store: &Arc<Sql>,
    guarded: Guarded,
    providers: Providers,
    (config, studio, media, (sender, mail), clock, ids): Rest<'_>,
) -> Ports {
    Ports {
        store: Arc::new(Tally::of(Arc::clone(store) as _)),
        catalog: Arc::clone(store) as _,
        events: Arc::clone(store) as _,
        outbox: Arc::clone(store) as _,
        members: Arc::clone(store) as _,
        points: Arc::clone(store) as _,
        coupons: Arc::clone(store) as _,
        shop: Arc::clone(store) as _,
        slots: Arc::clone(store) as _,
        settings: Arc::clone(store) as _,
        oversight: Arc::clone(store) as _,
        auditor: Arc::clone(store) as _,
        webhooks: Arc::clone(store) as _,
        couriers: Arc::clone(store) as _,
        sender,
        guarded,
        prices: config.prices,
        backlog: config.backlog,
        mail,
        console: config.outside.public_url.clone(),
        payments: payments(config),
        queue: Arc::clone(store) as _,
        media,
        passwords: Arc::new(Argon2id::new(half_of_the_cores())),
        photos: studio.lab(),
        writer: providers.writer,
        composer: providers.composer,
        renderer: providers.renderer,
        clock,
        calendar: Arc::new(config.time_zone),
        ids,
    }
}

/// What else ports are made of.
type Rest<'a> = (
    &'a Config,
    &'a Studio,
    Arc<dyn MediaStore>,
    (Arc<dyn WebhookSender>, Arc<dyn Mailer>),
    Arc<dyn Clock>,
    Arc<dyn IdSource>,
);

/// How many tests of webhooks may be under way; they take no place of what is delivered.
const TESTS: usize = 8;

/// Who calls webhooks, so many at once.
fn sender(
    config: &Config,
    at_once: usize,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<dyn WebhookSender>> {
    let named = config.outside.webhook_hosts.clone();
    let sender = StandardWebhooks::new(named, at_once, Arc::clone(clock))?;
    Ok(Arc::new(TracedCalls::of(Arc::new(sender))))
}

/// Links to files of the data folder, where it can be reached from outside and files lie there.
fn links(config: &Config, data: &DataFolder) -> anyhow::Result<Option<Arc<Links>>> {
    let (MediaConfig::InFolder, Some(base)) = (&config.media, &config.outside.public_url) else {
        return Ok(None);
    };
    Ok(Some(Arc::new(Links::new(base, data.link_key()?))))
}

/// Passwords leave room for everybody else.
fn half_of_the_cores() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

fn payments(config: &Config) -> Arc<dyn PaymentGateway> {
    match config.payments {
        PaymentsConfig::NotSetUp => Arc::new(NoPayments),
        PaymentsConfig::StandIn => {
            tracing::warn!("CASTAD_PAYMENTS is stand-in: orders are paid, and nobody is charged");
            Arc::new(Payments::new())
        }
    }
}

fn container(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<Arc<AzureBlob>>> {
    let MediaConfig::AzureBlob(settings) = &config.media else { return Ok(None) };
    let limits = castad_azure_blob::Limits::default();
    Ok(Some(Arc::new(AzureBlob::new((**settings).clone(), limits, Arc::clone(clock))?)))
}

fn media(
    container: Option<&Arc<AzureBlob>>,
    data: &DataFolder,
) -> anyhow::Result<Arc<dyn MediaStore>> {
    if let Some(container) = container {
        return Ok(Arc::clone(container) as _);
    }
    let local = LocalMedia::open(data.media()).context("the media folder cannot be opened")?;
    Ok(Arc::new(local))
}

async fn database(
    config: &Config,
    data: &DataFolder,
    ids: &Arc<dyn IdSource>,
) -> anyhow::Result<Sql> {
    let trace = config.otlp.as_ref().map(|_| telemetry::leading as Leading);
    let options = Options { trace, ..Options::new(Arc::clone(ids)) };
    match &config.database {
        DatabaseConfig::InFolder => Ok(Sqlite::open(data.database(), options).await?),
        DatabaseConfig::File(path) => Ok(Sqlite::open(path, options).await?),
        DatabaseConfig::Server(server) => {
            Ok(MySql::open(server.url.reveal(), server_options(server, options)).await?)
        }
    }
}

fn server_options(server: &ServerConfig, options: Options) -> Options {
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let size = |pool: PoolConfig| PoolSize {
        kept: pool.kept,
        most: pool.most,
        wait: seconds(pool.wait_s),
    };
    Options {
        replica: server.replica.as_ref().map(|url| url.reveal().to_owned()),
        requests: size(server.requests),
        background: size(server.background),
        lifetime: seconds(server.lifetime_s),
        test_idle: seconds(server.test_idle_s),
        lock_wait: seconds(server.lock_wait_s),
        ..options
    }
}
