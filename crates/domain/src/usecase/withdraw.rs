use chrono::{DateTime, Utc};

use super::{
    step::{Bench, StepEnd, StepError},
    submit::LOOK_UP_AGAIN,
};
use crate::{
    model::{AttemptToken, Claim, Stage},
    port::{LookUp, Ports},
};

/// Releases what was bought for an attempt that nobody waits for any more, and whose answer nobody
/// has seen.
#[derive(Clone)]
pub struct Withdraw {
    bench: Bench,
}

impl Withdraw {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports) }
    }

    /// Takes the step of the claimed job: an order that was on its way when its stage ended may take
    /// effect later, so it is looked for until then.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(
        &self,
        claim: &Claim,
        stage: Stage,
        attempt: AttemptToken,
        until: DateTime<Utc>,
    ) -> Result<StepEnd, StepError> {
        let maker = self.bench.maker(stage);
        let fault = StepError::provider(maker.name());
        let now = self.bench.now();
        match maker.look_up(attempt, None).await.map_err(&fault)? {
            LookUp::Found(job) => maker.release(&job).await.map_err(fault)?,
            LookUp::NotThere if now < until => {
                let due = (now + LOOK_UP_AGAIN).min(until);
                return Ok(StepEnd::Again { due, progress: claim.progress });
            }
            // Who cannot tell now will not be able to later.
            LookUp::NotThere | LookUp::CannotTell => {}
        }
        self.bench.end(claim).await
    }
}
