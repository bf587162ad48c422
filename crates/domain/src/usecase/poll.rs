use super::step::{Bench, StepEnd, StepError, next_look};
use crate::{
    model::{Claim, Stage},
    port::{Advise, MakerStatus, Ports, ProviderError, ProviderErrorKind, Retry},
};

/// Asks how a song or a video is doing.
#[derive(Clone)]
pub struct Poll {
    bench: Bench,
}

impl Poll {
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
    pub async fn run(&self, claim: &Claim, stage: Stage) -> Result<StepEnd, StepError> {
        let Some(production) = self.bench.load(claim).await? else { return Ok(StepEnd::Done) };
        let Some(job) = production.provider_job(stage) else { return self.bench.end(claim).await };
        let maker = self.bench.maker(stage);

        let fault = StepError::provider(maker.name());
        let now = self.bench.now();
        let since = production.since(stage).unwrap_or(now);
        let next = next_look(maker.pace(), since, now);
        let status = match (maker.status(job).await, next) {
            (Ok(status), _) => status,
            (Err(error), Some(due)) if let Retry::Later(wait) = error.retry() => {
                // The job is paid for and goes on without us: its own limit ends it, not a silence.
                let due = wait.map_or(due, |wait| due.max(now + wait));
                return Ok(StepEnd::Again { due, progress: claim.progress });
            }
            (Err(error), _) => return Err(fault(error)),
        };
        match status {
            MakerStatus::Done => {
                self.bench.finish(claim, |p, now| Ok(p.delivered(stage, now)?)).await
            }
            MakerStatus::Failed { code, detail, retryable } => {
                let kind =
                    if retryable { ProviderErrorKind::Failed } else { ProviderErrorKind::Refused };
                let error = ProviderError::new(kind, detail);
                Err(fault(code.into_iter().fold(error, ProviderError::with_code)))
            }
            MakerStatus::Working { progress } => {
                let due = next.ok_or_else(|| {
                    let detail = "the job took longer than it may";
                    fault(ProviderError::new(ProviderErrorKind::Failed, detail))
                })?;
                Ok(StepEnd::Again { due, progress: progress.unwrap_or(claim.progress) })
            }
        }
    }
}
