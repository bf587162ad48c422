use std::time::Duration;

/// How Redis is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What all keys and channels begin with: those who share it share their locks.
    pub namespace: String,
    /// How long one call may take before it counts as a fault.
    pub call: Duration,
    /// How long a connection may take to be made and tested.
    pub connect: Duration,
    /// How long nobody tries to connect again after a fault, where only watches wait for it.
    pub again: Duration,
}

impl Default for Settings {
    /// 200 ms for a call, so that an outage costs little before it is noticed; 1 s for a connection;
    /// 200 ms between attempts.
    fn default() -> Self {
        Self {
            namespace: "castad".to_owned(),
            call: Duration::from_millis(200),
            connect: Duration::from_secs(1),
            again: Duration::from_millis(200),
        }
    }
}

/// The address is not that of a Redis.
#[derive(Debug, thiserror::Error)]
#[error("the address is not one of Redis: redis:// or rediss://, with a host")]
pub struct BadUrl;
