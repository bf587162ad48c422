use std::sync::Arc;

use super::recall::REPLIES_KEPT;
use crate::port::{Clock, Ports, Store, StoreError};

/// Forgets what is kept for a time only.
#[derive(Clone)]
pub struct Housekeeping {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Housekeeping {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// Forgets answers that are too old to be asked for again, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let mut unit = self.store.begin().await?;
        let forgotten = unit.replies().forget(self.clock.now() - REPLIES_KEPT).await?;
        unit.commit().await?;
        Ok(forgotten)
    }
}
