use std::{fmt, sync::Arc, time::Instant};

use async_trait::async_trait;
use castad_domain::port::{
    AccessBook, ActionBook, CouponBook, EventBook, IdSource, LockKey, PointsBook,
    ProductionRepository, ReplyBook, SettingsBook, ShopBook, SlotBook, Store, StoreError,
    UnitOfWork, WebhookBook, WorkOutbox,
};
use tokio::sync::{Notify, broadcast};

use crate::{
    fault::store_error,
    link::{Held, Link, Pool, Tx},
    open::{Folder, Leading},
    replica::Replica,
    schema::{self, MigrateError},
    settings::{Cache, Touched},
};

/// One database: its units of work, its readers, its queue and its locks. A clone is the same one.
#[derive(Clone)]
pub struct Sql {
    shared: Arc<Shared>,
    lane: Lane,
}

/// Which connections a [`Sql`] uses, where there are several kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// Somebody waits for the answer.
    Requests,
    /// Nobody does.
    Background,
}

/// What the clones of a [`Sql`] have in common.
pub(crate) struct Shared {
    pub(crate) writer: Pool,
    pub(crate) readers: Pool,
    /// For work in the background, where it has connections of its own.
    pub(crate) background: Option<Pool>,
    /// For reads that may lag behind.
    pub(crate) replica: Option<Replica>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) trace: Option<Leading>,
    pub(crate) hints: Arc<Hints>,
    pub(crate) settings: Arc<Cache>,
    /// Removed with the last clone, if the database is a temporary one.
    pub(crate) _folder: Option<Folder>,
}

/// Rung when something was committed that this process may be waiting for.
pub(crate) struct Hints {
    pub(crate) pushed: Notify,
    pub(crate) appended: Notify,
    /// Keys of locks that were let go.
    pub(crate) unlocked: broadcast::Sender<LockKey>,
}

impl Default for Hints {
    fn default() -> Self {
        let unlocked = broadcast::Sender::new(64);
        Self { pushed: Notify::new(), appended: Notify::new(), unlocked }
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sql").finish_non_exhaustive()
    }
}

impl Sql {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), lane: Lane::Requests }
    }

    /// The same database over the connections that are kept for work in the background, so that it
    /// cannot starve requests. An embedded database has one kind of connections.
    #[must_use]
    pub fn background(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), lane: Lane::Background }
    }

    /// Brings the schema up to date; several that do so at once wait for each other.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if the database was made by a newer version or does not answer; then nothing
    /// was changed.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match self.shared.writer.acquire().await? {
            Held::Sqlite(mut to) => schema::migrate_sqlite(&mut to).await,
            Held::MySql(mut to) => {
                to.close_on_drop();
                schema::migrate_mysql(&mut to).await
            }
        }
    }

    /// Waits until every connection is closed; all that is asked afterwards fails.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        self.shared.writer.close().await;
        if let Some(background) = &self.shared.background {
            background.close().await;
        }
        if let Some(replica) = &self.shared.replica {
            replica.close().await;
        }
    }

    /// The connections of the lane, or else those that are given.
    fn pool<'a>(&'a self, other: &'a Pool) -> &'a Pool {
        match (self.lane, &self.shared.background) {
            (Lane::Background, Some(background)) => background,
            (Lane::Background, None) | (Lane::Requests, _) => other,
        }
    }

    pub(crate) async fn reader(&self) -> Result<Held, StoreError> {
        self.waited("readers", self.pool(&self.shared.readers).acquire()).await
    }

    pub(crate) async fn writer(&self) -> Result<Held, StoreError> {
        self.waited("writer", self.pool(&self.shared.writer).acquire()).await
    }

    /// Waits for a connection and notes for how long, under the name that the pool has embedded or
    /// that of the lane.
    async fn waited<T>(
        &self,
        embedded: &'static str,
        connection: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let began = Instant::now();
        let held = connection.await;
        let pool = match (&self.shared.background, self.lane) {
            (None, _) => embedded,
            (Some(_), Lane::Requests) => "requests",
            (Some(_), Lane::Background) => "background",
        };
        metrics::histogram!("castad_pool_wait_seconds", "pool" => pool).record(began.elapsed());
        held.map_err(store_error)
    }

    pub(crate) async fn transaction(&self) -> Result<Tx, StoreError> {
        self.waited("writer", self.pool(&self.shared.writer).begin()).await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn hints(&self) -> &Hints {
        &self.shared.hints
    }
}

#[async_trait]
impl Store for Sql {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let tx = self.transaction().await?;
        let (ids, hints) = (Arc::clone(&self.shared.ids), Arc::clone(&self.shared.hints));
        let (settings, trace) = (Arc::clone(&self.shared.settings), self.shared.trace);
        let (pushed, appended, touched) = (false, false, None);
        Ok(Box::new(Unit { tx, ids, trace, hints, pushed, appended, settings, touched }))
    }
}

/// One transaction.
pub(crate) struct Unit {
    pub(crate) tx: Tx,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) trace: Option<Leading>,
    hints: Arc<Hints>,
    pub(crate) pushed: bool,
    pub(crate) appended: bool,
    pub(crate) settings: Arc<Cache>,
    /// The settings that were changed.
    pub(crate) touched: Option<Touched>,
}

impl Unit {
    pub(crate) fn link(&mut self) -> Link<'_> {
        self.tx.link()
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { tx, hints, pushed, appended, touched, .. } = *self;
        tx.commit().await.map_err(store_error)?;
        if let Some(touched) = touched {
            touched.lasts();
        }
        if pushed {
            hints.pushed.notify_waiters();
        }
        if appended {
            hints.appended.notify_waiters();
        }
        Ok(())
    }
}
