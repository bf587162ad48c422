use super::step::{Bench, StepEnd, StepError};
use crate::{
    model::{AttemptToken, Claim, Production, ProviderJob, Stage},
    port::{LookUp, Ports},
};

/// Takes on a job that a callback told of, for an attempt whose answer was lost.
#[derive(Clone)]
pub struct Adopt {
    bench: Bench,
}

impl Adopt {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports) }
    }

    /// Takes the step of the claimed job: the provider has to confirm what the callback said.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(
        &self,
        claim: &Claim,
        stage: Stage,
        attempt: AttemptToken,
        told: &ProviderJob,
    ) -> Result<StepEnd, StepError> {
        let Some(production) = self.load(claim).await? else {
            return self.let_go(claim, stage, attempt, told).await;
        };
        if production.provider_job(stage).is_some() {
            // The answer arrived after all: what the callback says is a reason to look.
            return self.bench.end_and_hurry(claim, production.look(stage)).await;
        }
        let maker = self.bench.maker(stage);
        let found = maker.look_up(attempt, Some(told.clone())).await;
        match found.map_err(StepError::provider(maker.name()))? {
            LookUp::Found(job) => {
                let adopted = |p: &mut Production, now| {
                    // Whoever sent the order may have heard of it while the provider was asked.
                    let unheard = p.provider_job(stage).is_none();
                    if unheard { Ok(p.accepted(stage, &job, now, now)?) } else { Ok(()) }
                };
                self.bench.finish(claim, adopted).await
            }
            LookUp::NotThere | LookUp::CannotTell => self.bench.end(claim).await,
        }
    }

    async fn load(&self, claim: &Claim) -> Result<Option<Production>, StepError> {
        let mut unit = self.bench.ports.store.begin().await?;
        let found = unit.productions().find(claim.work.project).await?;
        Ok(found.filter(|p| p.awaits(&claim.work.task)))
    }

    /// Nobody waits for it any more: what was bought is released.
    async fn let_go(
        &self,
        claim: &Claim,
        stage: Stage,
        attempt: AttemptToken,
        told: &ProviderJob,
    ) -> Result<StepEnd, StepError> {
        let maker = self.bench.maker(stage);
        let fault = StepError::provider(maker.name());
        let found = maker.look_up(attempt, Some(told.clone())).await.map_err(&fault)?;
        if let LookUp::Found(job) = found {
            maker.release(&job).await.map_err(fault)?;
        }
        self.bench.end(claim).await
    }
}
