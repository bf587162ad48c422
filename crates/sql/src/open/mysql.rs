use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    Connection, Executor, MySqlConnection, MySqlPool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    pool::PoolConnectionMetadata,
};

use super::{OpenError, Options, PoolSize};
use crate::{
    link::Pool,
    replica::Replica,
    schema::{MigrateError, migrate_mysql},
    store::{Hints, Shared, Sql},
};

/// How long a reader waits for a replica until it turns to the server itself.
const REPLICA_WAIT: Duration = Duration::from_secs(1);

/// A database of a `MySQL` or `MariaDB` server, that any number of processes may use at once.
pub struct MySql;

impl MySql {
    /// Opens the database that a URL names: `mysql://user:password@host:3306/database`.
    ///
    /// Connections are encrypted where the server can do that; `?ssl-mode=REQUIRED`, `VERIFY_CA` and
    /// `VERIFY_IDENTITY` (with `ssl-ca=<file>`) insist on it.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names the server and the database and says what is wrong.
    pub async fn open(url: &str, options: Options) -> Result<Sql, OpenError> {
        let connect = named(url)?;
        let replica = options.replica.as_deref().map(named).transpose()?;
        let place = format!(
            "{} at {}:{}",
            connect.get_database().unwrap_or_default(),
            connect.get_host(),
            connect.get_port()
        );
        let opened = open(&connect, replica, options).await;
        opened.map_err(|source| OpenError::of_server(place, source))
    }
}

/// The database that a URL names.
fn named(url: &str) -> Result<MySqlConnectOptions, OpenError> {
    match MySqlConnectOptions::from_str(url) {
        Ok(connect) if connect.get_database().is_some() => {
            Ok(connect.charset("utf8mb4").collation("utf8mb4_unicode_ci"))
        }
        Ok(_) | Err(_) => Err(OpenError::of_url()),
    }
}

async fn open(
    connect: &MySqlConnectOptions,
    replica: Option<MySqlConnectOptions>,
    options: Options,
) -> Result<Sql, MigrateError> {
    let mut first = MySqlConnection::connect_with(connect).await?;
    if options.migrate {
        migrate_mysql(&mut first).await?;
    }
    first.close().await?;

    let requests = pool(connect, options.requests, &options);
    let size = PoolSize { kept: 0, wait: REPLICA_WAIT, ..options.requests };
    let replica = replica.map(|place| Replica::new(pool(&place, size, &options)));
    Ok(Sql::new(Shared {
        writer: Pool::MySql(requests.clone()),
        readers: Pool::MySql(requests),
        background: Some(Pool::MySql(pool(connect, options.background, &options))),
        replica,
        ids: options.ids,
        trace: options.trace,
        hints: Arc::new(Hints::default()),
        settings: Arc::default(),
        _folder: None,
    }))
}

/// Connections that are opened as they are needed. One that comes back is undone first if a
/// transaction was open.
fn pool(connect: &MySqlConnectOptions, size: PoolSize, options: &Options) -> MySqlPool {
    let (test_idle, settings) = (options.test_idle, settings(options.lock_wait));
    MySqlPoolOptions::new()
        .min_connections(size.kept)
        .max_connections(size.most.max(1))
        .acquire_timeout(size.wait)
        .max_lifetime(options.lifetime)
        .idle_timeout(None)
        .test_before_acquire(false)
        .before_acquire(move |connection, metadata| {
            Box::pin(is_alive(connection, metadata, test_idle))
        })
        .after_connect(move |connection, _| {
            let settings = sqlx::AssertSqlSafe(settings.clone());
            Box::pin(async move { connection.execute(sqlx::raw_sql(settings)).await.map(drop) })
        })
        .connect_lazy_with(connect.clone())
}

/// What a session is told: `READ COMMITTED`, so that a guarded write sees what was committed last and
/// no gaps are locked; and how long to wait for a row.
fn settings(lock_wait: Duration) -> String {
    format!(
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
         SET SESSION innodb_lock_wait_timeout = {}",
        lock_wait.as_secs().max(1)
    )
}

async fn is_alive(
    connection: &mut MySqlConnection,
    metadata: PoolConnectionMetadata,
    test_idle: Duration,
) -> Result<bool, sqlx::Error> {
    if metadata.idle_for > test_idle {
        connection.ping().await?;
    }
    Ok(true)
}
