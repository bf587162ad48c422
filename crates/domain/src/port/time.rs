use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Tells the time and waits for it.
///
/// # Contract
///
/// * Times are whole microseconds: what is stored reads back equal.
/// * `now` does not go back.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once it is that time, at once if it has been.
    async fn reach(&self, at: DateTime<Utc>);
}

/// Gives fresh 128-bit ids.
///
/// # Contract
///
/// * No two are equal, over all processes.
/// * Later ones are greater, so that lists by id are lists by time.
/// * They cannot be guessed.
pub trait IdSource: Send + Sync {
    /// The next id.
    fn next(&self) -> u128;
}
