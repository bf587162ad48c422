use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use castad_domain::port::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::timeout;

use crate::make;

/// A clock on which as much time passes as does, for adapters that keep time themselves.
pub struct WallClock(Instant);

impl WallClock {
    /// One that begins at the time of the cases.
    #[must_use]
    pub fn started() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

#[async_trait]
impl Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        let micros = i64::try_from(self.0.elapsed().as_micros()).expect("a test is short");
        make::time(0) + TimeDelta::microseconds(micros)
    }

    async fn reach(&self, at: DateTime<Utc>) {
        while let Ok(left) = (at - self.now()).to_std() {
            if left.is_zero() {
                return;
            }
            let reached = timeout(left.max(Duration::from_millis(1)), pending::<()>()).await;
            assert!(reached.is_err(), "nothing else ends it");
        }
    }
}
