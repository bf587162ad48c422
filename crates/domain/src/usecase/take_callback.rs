use std::sync::Arc;

use super::again::again;
use crate::{
    model::{AttemptToken, ProviderJob, Stage, Task, Work},
    port::{Clock, Ports, Store, StoreError},
};

/// Takes a provider's word that something happened, as a reason to ask the provider now.
#[derive(Clone)]
pub struct TakeCallback {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl TakeCallback {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// Whether anything waits for that attempt. `told` is the job that the callback names.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be noted; the provider calls again.
    pub async fn run(
        &self,
        stage: Stage,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<bool, StoreError> {
        again(|| self.once(stage, attempt, told.clone())).await
    }

    async fn once(
        &self,
        stage: Stage,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let Some(project) = unit.productions().of_attempt(stage, attempt).await? else {
            return Ok(false);
        };
        let found = unit.productions().find(project).await?;
        let Some(production) = found.filter(|p| p.attempt(stage) == Some(attempt)) else {
            return Ok(false);
        };

        if production.provider_job(stage).is_some() {
            if let Some(look) = production.look(stage) {
                unit.work().hurry(&look, now).await?;
            }
        } else if let Some(job) = told {
            let member = production.project().member();
            let task = Task::Adopt(stage, attempt, job);
            unit.work().push(&[Work { member, project, task, due: now }]).await?;
        }
        unit.commit().await?;
        Ok(true)
    }
}
