use castad_redis::RedisLock;

use super::{ServerUrl, source::Source};

/// Where who waits is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockConfig {
    /// In the database.
    Database,
    /// In Redis.
    Redis(ServerUrl),
}

impl LockConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        let url = source.text("CASTAD_LOCK_URL", "");
        if url.is_empty() {
            return Self::Database;
        }
        if !RedisLock::knows(&url) {
            let what = "must be redis://host:6379 or rediss://user:password@host:6379";
            source.fault("CASTAD_LOCK_URL", what.to_owned());
        }
        Self::Redis(ServerUrl::new(url))
    }
}
