mod error;
mod mysql;
mod sqlite;

use std::{sync::Arc, time::Duration};

use castad_domain::port::IdSource;
pub use error::{OpenError, OpenErrorKind};
pub use mysql::MySql;
pub(crate) use sqlite::Folder;
pub use sqlite::Sqlite;

/// How many connections one kind of work has to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSize {
    /// How many are kept open, once they were needed.
    pub kept: u32,
    /// How many there are at most.
    pub most: u32,
    /// How long a caller waits for one.
    pub wait: Duration,
}

/// Tells what leads to what is done just now, as text of at most 55 ASCII characters.
pub type Leading = fn() -> Option<String>;

/// How a database is used.
#[derive(Clone)]
pub struct Options {
    /// Where the ids of jobs come from.
    pub ids: Arc<dyn IdSource>,
    /// What is written beside a job that is pushed, for who claims it; `None` for nothing.
    pub trace: Option<Leading>,
    /// Whether opening also brings the schema up to date.
    pub migrate: bool,
    /// `SQLite`: how many may read at once.
    pub readers: u32,
    /// `SQLite`: how long a write waits for another process.
    pub busy_timeout: Duration,
    /// `SQLite`: how long a caller waits for a connection.
    pub acquire_timeout: Duration,
    /// `SQLite`: how large the file may grow, in pages of 4 KiB; `None` for as large as the disk allows.
    pub most_pages: Option<u32>,
    /// Servers: the URL of a replica, for reads that may lag behind; `None` for the server itself.
    pub replica: Option<String>,
    /// Servers: the connections of requests.
    pub requests: PoolSize,
    /// Servers: the connections of background work.
    pub background: PoolSize,
    /// Servers: how old a connection may grow; less than the server's `wait_timeout`.
    pub lifetime: Duration,
    /// Servers: a connection that was idle for longer is tested before it is used.
    pub test_idle: Duration,
    /// Servers: how long a statement waits for a row that another transaction has locked.
    pub lock_wait: Duration,
}

impl Options {
    /// `SQLite`: four readers, 5 s for another process's write, 30 s for a connection, no limit to the
    /// size. Servers: 20 connections kept and at most 40 for requests, with 30 s to wait for one; 10
    /// and at most 20 for background work, with 60 s to wait; each lives for 280 s at most and is
    /// tested when idle for more than a second; 10 s for a locked row. The schema is brought up to
    /// date.
    #[must_use]
    pub fn new(ids: Arc<dyn IdSource>) -> Self {
        Self {
            ids,
            trace: None,
            migrate: true,
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            acquire_timeout: Duration::from_secs(30),
            most_pages: None,
            replica: None,
            requests: PoolSize { kept: 20, most: 40, wait: Duration::from_secs(30) },
            background: PoolSize { kept: 10, most: 20, wait: Duration::from_mins(1) },
            lifetime: Duration::from_secs(280),
            test_idle: Duration::from_secs(1),
            lock_wait: Duration::from_secs(10),
        }
    }
}
