use std::sync::Arc;

use chrono::TimeDelta;

use super::{SlotError, tell};
use crate::{
    model::{Hold, IllegalTransition},
    port::{Clock, Ports, Store},
    usecase::again::again,
};

/// How many are written off in one transaction.
const BATCH: u32 = 50;

/// Writes off holds whose time is over.
///
/// Nobody waits for it: a slot whose hold is over is anybody's at once. Any number may run at the
/// same time.
#[derive(Clone)]
pub struct ExpireHolds {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl ExpireHolds {
    /// How often it is run.
    pub const EVERY: TimeDelta = TimeDelta::seconds(30);

    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// Writes off all whose time is over by now, and says how many.
    ///
    /// # Errors
    ///
    /// [`SlotError`] when the store does not answer.
    pub async fn run(&self) -> Result<u64, SlotError> {
        let mut expired = 0;
        loop {
            let batch = again(|| self.batch()).await?;
            expired += u64::from(batch);
            if batch < BATCH {
                return Ok(expired);
            }
        }
    }

    async fn batch(&self) -> Result<u32, SlotError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let lapsed = unit.slots().lapsed(now, BATCH).await?;
        if lapsed.is_empty() {
            return Ok(0);
        }

        let expired: Result<Vec<Hold>, IllegalTransition> =
            lapsed.iter().map(|hold| hold.expired(now)).collect();
        let expired = expired?;

        for hold in &expired {
            unit.slots().write_hold(hold).await?;
        }
        tell(&mut *unit, expired.iter().collect()).await?;
        unit.commit().await?;
        Ok(u32::try_from(expired.len()).unwrap_or(BATCH))
    }
}
