use std::{fmt, path::PathBuf};

use super::source::Source;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseConfig {
    /// The embedded one, in the data folder.
    InFolder,
    /// The embedded one, in a file somewhere else.
    File(PathBuf),
    /// `MySQL` or `MariaDB`.
    Server(ServerConfig),
}

/// A server, and how it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Where it is, with user and password.
    pub url: ServerUrl,
    /// Where reads go that may lag behind, if not there.
    pub replica: Option<ServerUrl>,
    /// The connections of requests.
    pub requests: PoolConfig,
    /// The connections of background work.
    pub background: PoolConfig,
    /// How old a connection may grow, in seconds.
    pub lifetime_s: u32,
    /// How long a connection may be idle until it is tested before use, in seconds.
    pub test_idle_s: u32,
    /// How long a statement waits for a locked row, in seconds.
    pub lock_wait_s: u32,
}

/// How many connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// How many are kept open.
    pub kept: u32,
    /// How many there are at most.
    pub most: u32,
    /// How long somebody waits for one, in seconds.
    pub wait_s: u32,
}

/// A URL with a password, which is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    pub(super) fn new(url: String) -> Self {
        Self(url)
    }

    /// The whole of it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerUrl(..)")
    }
}

impl DatabaseConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        let url = source.text("CASTAD_DATABASE_URL", "");
        let server = ServerConfig::read(source, url.clone());
        let behind = |scheme| url.strip_prefix(scheme).filter(|rest: &&str| !rest.is_empty());
        if url.is_empty() {
            return Self::InFolder;
        }
        if let Some(path) = behind("sqlite://") {
            return Self::File(PathBuf::from(path));
        }
        if behind("mysql://").is_none() {
            let what = "must be sqlite://<file> or mysql://user:password@host:3306/database";
            source.fault("CASTAD_DATABASE_URL", what.to_owned());
        }
        Self::Server(server)
    }
}

impl ServerConfig {
    /// Read in any case, so that a setting which another database has no use for is not unknown.
    fn read(source: &mut Source, url: String) -> Self {
        const REQUESTS: [&str; 3] =
            ["CASTAD_POOL_REQUESTS_KEPT", "CASTAD_POOL_REQUESTS_MOST", "CASTAD_POOL_REQUESTS_WAIT"];
        const BACKGROUND: [&str; 3] = [
            "CASTAD_POOL_BACKGROUND_KEPT",
            "CASTAD_POOL_BACKGROUND_MOST",
            "CASTAD_POOL_BACKGROUND_WAIT",
        ];
        Self {
            replica: replica(source, &url),
            url: ServerUrl::new(url),
            requests: PoolConfig::read(source, REQUESTS, (20, 40, 30)),
            background: PoolConfig::read(source, BACKGROUND, (10, 20, 60)),
            lifetime_s: source.between("CASTAD_POOL_LIFETIME", 280, 10, 86_400),
            test_idle_s: source.between("CASTAD_POOL_TEST_IDLE", 1, 0, 3_600),
            lock_wait_s: source.between("CASTAD_POOL_LOCK_WAIT", 10, 1, 600),
        }
    }
}

fn replica(source: &mut Source, primary: &str) -> Option<ServerUrl> {
    let url = source.text("CASTAD_DATABASE_READ_URL", "");
    if url.is_empty() {
        return None;
    }
    if !primary.starts_with("mysql://") {
        let what = "is a replica of CASTAD_DATABASE_URL, which names no server".to_owned();
        source.fault("CASTAD_DATABASE_READ_URL", what);
    } else if url.strip_prefix("mysql://").is_none_or(str::is_empty) {
        let what = "must be mysql://user:password@host:3306/database".to_owned();
        source.fault("CASTAD_DATABASE_READ_URL", what);
    }
    Some(ServerUrl::new(url))
}

impl PoolConfig {
    fn read(source: &mut Source, names: [&'static str; 3], unset: (u32, u32, u32)) -> Self {
        let most = source.between(names[1], unset.1, 1, 1_000);
        let pool = Self {
            kept: source.between(names[0], unset.0.min(most), 0, 1_000),
            most,
            wait_s: source.between(names[2], unset.2, 1, 600),
        };
        if pool.kept > pool.most {
            let what = format!("is {}, and {} is only {}", pool.kept, names[1], pool.most);
            source.fault(names[0], what);
        }
        pool
    }
}
