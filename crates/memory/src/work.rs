use std::sync::Arc;

use castad_domain::{
    model::{Claim, Task},
    port::{Advise, Ports, Retry, StoreError, WorkQueue},
    usecase::{GiveUp, RunTask, StepEnd, StepError},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::Memory;

/// How often a step is taken before it is given up.
const ATTEMPTS: u32 = 4;
/// How long a failed step waits.
const WAIT: TimeDelta = TimeDelta::seconds(10);
/// How long a claim holds.
const LEASE: TimeDelta = TimeDelta::seconds(30);

impl Memory {
    /// Takes every step that is due or will be, one after the other, until no job is left; the
    /// clock goes ahead to each.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when a step could not be claimed or given up.
    pub async fn work_until_idle(&self) -> Result<(), StoreError> {
        Box::pin(self.work_with(&self.ports())).await
    }

    /// The same through other ports, whose clock is this memory's.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when a step could not be claimed or given up.
    pub async fn work_with(&self, ports: &Ports) -> Result<(), StoreError> {
        let steps = RunTask::new(ports);
        while self.take_step(ports, &steps).await?.is_some() {}
        Ok(())
    }

    /// Takes the one step that is due next, and says which; `None` if no job is left.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the step could not be claimed or given up.
    pub async fn take_step(
        &self,
        ports: &Ports,
        steps: &RunTask,
    ) -> Result<Option<Task>, StoreError> {
        let queue = &ports.queue;
        while let Some(due) = next_ready(queue).await? {
            let now = due.max(ports.clock.now());
            self.clock().set(now);
            let Some(claim) = queue.claim(now, now + LEASE).await? else { continue };
            match steps.run(&claim).await {
                Ok(StepEnd::Done | StepEnd::Posted(_)) => {}
                Ok(StepEnd::Again { due, progress }) => {
                    queue.put_back(&claim, due, 0, progress).await?;
                }
                Err(error) => failed(ports, &GiveUp::new(ports), (&claim, &error)).await?,
            }
            return Ok(Some(claim.work.task));
        }
        Ok(None)
    }
}

/// When a job may be claimed next; what stands still for good counts as none.
async fn next_ready(queue: &Arc<dyn WorkQueue>) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(queue.lanes().await?.iter().filter_map(|lane| lane.ready(None)).min())
}

async fn failed(
    ports: &Ports,
    give_up: &GiveUp,
    (claim, error): (&Claim, &StepError),
) -> Result<(), StoreError> {
    if error.retry() != Retry::Never && claim.attempts + 1 < ATTEMPTS {
        let due = ports.clock.now() + WAIT;
        return ports.queue.put_back(claim, due, claim.attempts + 1, claim.progress).await;
    }
    match give_up.run(claim, error).await {
        Err(StepError::Store(fault)) => Err(fault),
        Ok(_) | Err(_) => Ok(()),
    }
}
