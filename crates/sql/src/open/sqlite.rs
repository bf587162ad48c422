use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use super::{OpenError, Options};
use crate::{
    fault::{SqliteFault, sqlite_fault},
    link::Pool,
    schema::{MigrateError, migrate_sqlite},
    store::{Hints, Shared, Sql},
};

/// The embedded engine: a database in one file, that several processes may use at once.
pub struct Sqlite;

impl Sqlite {
    /// Opens the database of a file; the file is made where there is none.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names the file and says what is wrong with it.
    pub async fn open(path: impl AsRef<Path>, options: Options) -> Result<Sql, OpenError> {
        let path = path.as_ref();
        open(path, options, None).await.map_err(|source| OpenError::of(path, source))
    }

    /// Opens an empty database that is gone with its last clone.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the system's temporary folder does not take it.
    pub async fn temporary(options: Options) -> Result<Sql, OpenError> {
        let temporary = std::env::temp_dir();
        let folder = Folder::fresh(&temporary);
        let folder = folder.map_err(|error| MigrateError::Failed(error.into()));
        let folder = folder.map_err(|source| OpenError::of(&temporary, source))?;
        let path = folder.0.join("castad.sqlite");
        let opened = open(&path, options, Some(folder)).await;
        opened.map_err(|source| OpenError::of(&path, source))
    }
}

/// A folder that is removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new one; what a process of the same number left behind is passed over.
    fn fresh(within: &Path) -> io::Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let folder = within.join(format!("castad-{}-{number}", std::process::id()));
            match std::fs::create_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self(folder)),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the system's temporary folder, which is cleared in time.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn open(path: &Path, options: Options, folder: Option<Folder>) -> Result<Sql, MigrateError> {
    let mut connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(options.busy_timeout)
        .synchronous(SqliteSynchronous::Normal);
    if let Some(pages) = options.most_pages {
        connect = connect.pragma("max_page_count", pages.to_string());
    }

    let mut first = SqliteConnection::connect_with(&connect).await?;
    write_ahead(&mut first).await?;
    if options.migrate {
        migrate_sqlite(&mut first).await?;
    }
    first.close().await?;

    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_release(|connection, _| Box::pin(is_fit(connection)))
    };
    let readers = connect.clone().pragma("query_only", "ON");
    Ok(Sql::new(Shared {
        writer: Pool::Sqlite(pool(1).connect_lazy_with(connect)),
        readers: Pool::Sqlite(pool(options.readers.max(1)).connect_lazy_with(readers)),
        background: None,
        replica: None,
        ids: options.ids,
        trace: options.trace,
        hints: Arc::new(Hints::default()),
        settings: Arc::default(),
        _folder: folder,
    }))
}

/// Has the file written ahead, so that readers and the writer do not wait for each other.
///
/// `SQLite` does not wait for the lock that this change needs. A transaction does, so where another
/// process opens the same file just now, one is waited for and then it is tried again.
async fn write_ahead(to: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    const TRIES: u32 = 100;
    for _ in 1..TRIES {
        match sqlx::query("PRAGMA journal_mode = WAL").execute(&mut *to).await {
            Err(error) if sqlite_fault(&error) == Some(SqliteFault::Busy) => {
                to.begin_with("BEGIN IMMEDIATE").await?.rollback().await?;
            }
            other => return other.map(drop),
        }
    }
    sqlx::query("PRAGMA journal_mode = WAL").execute(to).await.map(drop)
}

/// Whether a connection may be used again after its transaction, if it had one, was undone.
///
/// A disk that is full ends a transaction by itself. The driver does not notice, counts it as open,
/// and would refuse to begin another; such a connection is closed.
async fn is_fit(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
