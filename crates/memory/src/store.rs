use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use castad_domain::{
    model::Work,
    port::{Store, StoreError, UnitOfWork},
};

use crate::{
    bell::{Bell, locked},
    tables::Tables,
    unit::MemoryUnit,
};

/// A database in memory: the store, the catalog, the log and the work queue over one state.
///
/// A unit of work writes to a snapshot of its own and checks every write again when it commits, so
/// any number of units can be open at once and no lock is held meanwhile.
///
/// Clones are handles of the same database.
#[derive(Clone, Default)]
pub struct MemoryStore {
    pub(crate) live: Arc<Mutex<Arc<Tables>>>,
    pub(crate) pushed: Arc<Bell>,
    pub(crate) appended: Arc<Bell>,
    pub(crate) trace: Option<fn() -> Option<String>>,
}

impl MemoryStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, which writes beside each job and event what leads to it.
    #[must_use]
    pub fn tracing(self, leading: fn() -> Option<String>) -> Self {
        Self { trace: Some(leading), ..self }
    }

    /// The jobs that were set aside, with the reasons.
    #[must_use]
    pub fn buried(&self) -> Vec<(Work, String)> {
        let tables = self.snapshot();
        let dead = tables.jobs.values().filter_map(|job| Some((&job.work, job.reason.as_ref()?)));
        dead.map(|(work, reason)| (work.clone(), reason.clone())).collect()
    }

    pub(crate) fn snapshot(&self) -> Arc<Tables> {
        Arc::clone(&locked(&self.live))
    }

    /// Changes the state in one step; a refusal leaves it as it was.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Tables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        change(Arc::make_mut(&mut locked(&self.live)))
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(MemoryUnit::new(self.clone())))
    }
}
