use super::step::{Bench, StepEnd, StepError};
use crate::{model::Claim, port::Ports};

/// Ends a job that failed for good: its stage fails, or it is set aside.
#[derive(Clone)]
pub struct GiveUp {
    bench: Bench,
}

impl GiveUp {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports) }
    }

    /// The stage that waits for the job fails with the error's reason; a job without one is buried.
    ///
    /// # Errors
    ///
    /// [`StepError`] when even that could not be written.
    pub async fn run(&self, claim: &Claim, error: &StepError) -> Result<StepEnd, StepError> {
        let Some(stage) = claim.work.task.stage() else {
            self.bench.ports.queue.bury(claim, &error.detail()).await?;
            return Ok(StepEnd::Done);
        };
        self.bench.finish(claim, |p, now| Ok(p.failed(error.failure(stage, now))?)).await
    }
}
