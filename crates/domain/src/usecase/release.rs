use super::step::{Bench, StepEnd, StepError};
use crate::{
    model::{Claim, ProviderJob, Stage},
    port::Ports,
};

/// Tells a provider that nothing of a job is wanted any more.
#[derive(Clone)]
pub struct Release {
    bench: Bench,
}

impl Release {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports) }
    }

    /// Takes the step of the claimed job.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(
        &self,
        claim: &Claim,
        stage: Stage,
        job: &ProviderJob,
    ) -> Result<StepEnd, StepError> {
        let maker = self.bench.maker(stage);
        maker.release(job).await.map_err(StepError::provider(maker.name()))?;
        self.bench.end(claim).await
    }
}
