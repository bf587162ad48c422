use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};

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

/// Tells on which day a time falls where ads are on air.
///
/// Every time zone is one.
///
/// # Contract
///
/// * The same time is always on the same day, whatever zone the machine is in.
///
/// ```
/// # use castad_domain::port::Calendar;
/// # use chrono::{FixedOffset, Utc};
/// let late = "2026-05-01T15:00:00Z".parse().unwrap();
/// let korea = FixedOffset::east_opt(9 * 3600).unwrap();
/// assert_eq!(korea.day(late).to_string(), "2026-05-02");
/// assert_eq!(Utc.day(late).to_string(), "2026-05-01");
/// ```
pub trait Calendar: Send + Sync {
    /// The day of that time.
    fn day(&self, at: DateTime<Utc>) -> NaiveDate;
}

impl<Z: TimeZone + Send + Sync> Calendar for Z {
    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(self).date_naive()
    }
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
