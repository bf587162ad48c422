use super::step::{Bench, StepEnd, StepError};
use crate::{model::Claim, port::Ports};

/// Cancels what has not ended in time.
#[derive(Clone)]
pub struct ReachDeadline {
    bench: Bench,
}

impl ReachDeadline {
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
    pub async fn run(&self, claim: &Claim) -> Result<StepEnd, StepError> {
        self.bench.finish(claim, |p, now| Ok(p.cancel(now).map(drop)?)).await
    }
}
