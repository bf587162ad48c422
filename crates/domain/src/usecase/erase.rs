use super::step::{Bench, StepEnd, StepError};
use crate::{
    model::{Claim, MediaKey},
    port::Ports,
};

/// Deletes a file that nothing refers to.
#[derive(Clone)]
pub struct Erase {
    bench: Bench,
}

impl Erase {
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
    pub async fn run(&self, claim: &Claim, key: &MediaKey) -> Result<StepEnd, StepError> {
        self.bench.ports.media.remove(key).await?;
        self.bench.end(claim).await
    }
}
