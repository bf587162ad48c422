use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    again::Contended,
    biller::Biller,
    books::BooksError,
    desk::settle,
    letters::{LetterEnd, Mailroom},
};
use crate::{
    model::{
        Claim, Failure, FailureCode, IllegalTransition, Production, ProviderName, Refusal, Stage,
        Task, Work,
    },
    port::{
        Advise, MailError, Maker, MediaError, MediaErrorKind, Pace, Ports, ProviderError,
        ProviderErrorKind, Retry, StoreError, StoreErrorKind,
    },
};

/// How a step ended.
#[derive(Debug, Clone, PartialEq)]
pub enum StepEnd {
    /// Its job is over, in the unit that wrote its effect.
    Done,
    /// The same, and that came of a letter.
    Posted(LetterEnd),
    /// It has to be taken again: the job is still claimed.
    Again {
        /// When.
        due: DateTime<Utc>,
        /// How far the stage is.
        progress: f32,
    },
}

/// Why a step was not taken to its end.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of a provider.
    #[error("{provider} did not do what it was asked")]
    Provider {
        /// Which.
        provider: ProviderName,
        /// What it said.
        #[source]
        error: ProviderError,
    },
    /// A fault of the media store.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A letter was surely not sent.
    #[error("a letter was not sent")]
    Letter {
        /// Why.
        #[source]
        error: MailError,
        /// How long until it is tried again.
        wait: TimeDelta,
    },
    /// The production does not allow the step.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The step broke off: a fault in our own code.
    #[error("an internal fault; it is in the log")]
    Broke,
}

impl From<IllegalTransition> for StepError {
    fn from(refused: IllegalTransition) -> Self {
        Self::Refused(refused.into())
    }
}

impl Contended for StepError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.is_conflict())
    }
}

impl Advise for StepError {
    fn retry(&self) -> Retry {
        match self {
            Self::Store(fault) => fault.retry(),
            Self::Provider { error, .. } => error.retry(),
            Self::Media(fault) => fault.retry(),
            Self::Letter { wait, .. } => Retry::Later(Some(*wait)),
            Self::Refused(_) => Retry::Never,
            Self::Broke => Retry::Later(None),
        }
    }
}

impl StepError {
    pub(super) fn provider(name: ProviderName) -> impl Fn(ProviderError) -> Self {
        move |error| Self::Provider { provider: name.clone(), error }
    }

    /// What the owner is told when nothing more is tried.
    pub(super) fn failure(&self, stage: Stage, at: DateTime<Utc>) -> Failure {
        let (code, retryable) = match self {
            Self::Provider { error, .. } => provider_code(stage, error.kind()),
            Self::Media(fault) => match fault.kind() {
                MediaErrorKind::TooLarge | MediaErrorKind::WrongType => {
                    (FailureCode::ResultUnusable, true)
                }
                MediaErrorKind::CutShort
                | MediaErrorKind::BadRange
                | MediaErrorKind::Full
                | MediaErrorKind::Unavailable => (FailureCode::StorageFailed, true),
            },
            Self::Store(_) => (FailureCode::StorageFailed, true),
            Self::Refused(_) | Self::Letter { .. } | Self::Broke => (FailureCode::Internal, true),
        };
        let (provider, provider_code) = match self {
            Self::Provider { provider, error } => {
                (Some(provider.clone()), error.code().map(str::to_owned))
            }
            Self::Store(_)
            | Self::Media(_)
            | Self::Letter { .. }
            | Self::Refused(_)
            | Self::Broke => (None, None),
        };
        Failure { stage, code, provider, provider_code, detail: self.detail(), retryable, at }
    }

    /// Why, in words that are safe to show.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Provider { error, .. } => error.to_string(),
            Self::Letter { error, .. } => error.to_string(),
            Self::Store(_) | Self::Media(_) | Self::Refused(_) | Self::Broke => self.to_string(),
        }
    }
}

fn provider_code(stage: Stage, kind: ProviderErrorKind) -> (FailureCode, bool) {
    match kind {
        ProviderErrorKind::Refused => (FailureCode::ProviderRefused, false),
        ProviderErrorKind::Busy | ProviderErrorKind::Unknown => {
            (FailureCode::ProviderUnavailable, true)
        }
        ProviderErrorKind::Failed | ProviderErrorKind::NoSuchJob => {
            (FailureCode::ProviderFailed, true)
        }
        ProviderErrorKind::Unusable if stage == Stage::Lyric => (FailureCode::LyricUnusable, true),
        ProviderErrorKind::Unusable => (FailureCode::ResultUnusable, true),
        ProviderErrorKind::MediaMissing => (FailureCode::MediaMissing, false),
    }
}

/// What becomes of the claimed job with a write.
enum Job {
    /// It goes on.
    Kept,
    /// It is over, and what it brought about is undone if nobody waits for it.
    Over(Option<Task>),
}

/// Who makes a stage's product; the lyric has a writer instead.
pub(super) fn maker(ports: &Ports, stage: Stage) -> Arc<dyn Maker> {
    match stage {
        Stage::Lyric | Stage::Song => Arc::clone(&ports.composer) as Arc<dyn Maker>,
        Stage::Video => Arc::clone(&ports.renderer) as Arc<dyn Maker>,
    }
}

/// What all steps of a worker have in common.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) ports: Ports,
    biller: Biller,
}

impl Bench {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), biller: Biller::new(ports) }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }

    pub(super) fn next_id(&self) -> u128 {
        self.ports.ids.next()
    }

    /// Who makes a stage's product; the lyric has a writer instead.
    pub(super) fn maker(&self, stage: Stage) -> Arc<dyn Maker> {
        maker(&self.ports, stage)
    }

    /// The production, if it still waits for the claimed task; else the job is over.
    pub(super) async fn load(&self, claim: &Claim) -> Result<Option<Production>, StepError> {
        let mut unit = self.ports.store.begin().await?;
        let found = unit.productions().find(claim.work.project).await?;
        if let Some(production) = found.filter(|p| p.awaits(&claim.work.task)) {
            return Ok(Some(production));
        }
        unit.work().finish(claim).await?;
        unit.commit().await?;
        Ok(None)
    }

    /// Decides on the production and ends the job, in one unit; again when the owner wrote first.
    pub(super) async fn finish(
        &self,
        claim: &Claim,
        decide: impl Fn(&mut Production, DateTime<Utc>) -> Result<(), StepError> + Send + Sync,
    ) -> Result<StepEnd, StepError> {
        self.write(claim, &Job::Over(None), &decide).await.map(|_| StepEnd::Done)
    }

    /// The same; what the step has brought about is undone if the production waits no more.
    pub(super) async fn finish_or(
        &self,
        claim: &Claim,
        undo: Task,
        decide: impl Fn(&mut Production, DateTime<Utc>) -> Result<(), StepError> + Send + Sync,
    ) -> Result<StepEnd, StepError> {
        self.write(claim, &Job::Over(Some(undo)), &decide).await.map(|_| StepEnd::Done)
    }

    /// Decides on the production and keeps the job; `None` if the production waits no more.
    pub(super) async fn note(
        &self,
        claim: &Claim,
        decide: impl Fn(&mut Production, DateTime<Utc>) -> Result<(), StepError> + Send + Sync,
    ) -> Result<Option<Production>, StepError> {
        self.write(claim, &Job::Kept, &decide).await
    }

    async fn write(
        &self,
        claim: &Claim,
        job: &Job,
        decide: &(impl Fn(&mut Production, DateTime<Utc>) -> Result<(), StepError> + Send + Sync),
    ) -> Result<Option<Production>, StepError> {
        let mut tries = 0;
        loop {
            match self.try_write(claim, job, decide).await {
                Err(StepError::Store(fault))
                    if fault.kind() == StoreErrorKind::Conflict && tries < 3 =>
                {
                    tries += 1;
                }
                end => return end,
            }
        }
    }

    async fn try_write(
        &self,
        claim: &Claim,
        job: &Job,
        decide: &(impl Fn(&mut Production, DateTime<Utc>) -> Result<(), StepError> + Send + Sync),
    ) -> Result<Option<Production>, StepError> {
        let mut unit = self.ports.store.begin().await?;
        let found = unit.productions().find(claim.work.project).await?;
        // A callback may have told of the job before its answer arrived.
        let kept = |undo: &Task| {
            let Task::Release(stage, job) = undo else { return false };
            found.as_ref().is_some_and(|p| p.provider_job(*stage) == Some(job))
        };
        let undo =
            if let Job::Over(Some(undo)) = job { Some(undo).filter(|u| !kept(u)) } else { None };
        let waiting = found.filter(|p| p.awaits(&claim.work.task));
        match job {
            Job::Kept if waiting.is_some() => unit.work().hold(claim).await?,
            Job::Kept | Job::Over(_) => unit.work().finish(claim).await?,
        }
        let Some(mut production) = waiting else {
            if let Some(undo) = undo {
                let undo = Work { task: undo.clone(), due: self.now(), ..claim.work.clone() };
                unit.work().push(&[undo]).await?;
            }
            unit.commit().await?;
            return Ok(None);
        };

        decide(&mut production, self.now())?;

        match self.biller.settle(&mut *unit, &production, self.now()).await {
            Ok(_) => {}
            Err(BooksError::Refused(refusal)) => {
                production.unpaid(refusal.to_string(), self.now())?;
            }
            Err(BooksError::Store(fault)) => return Err(fault.into()),
            Err(BooksError::Repeated | BooksError::Busy(_)) => return Err(StepError::Broke),
        }
        settle(&mut *unit, &production, &Mailroom::new(&self.ports)).await?;
        unit.commit().await?;
        Ok(Some(production.written()))
    }

    /// Ends a job, and lets another wait no longer.
    pub(super) async fn end_and_hurry(
        &self,
        claim: &Claim,
        other: Option<Task>,
    ) -> Result<StepEnd, StepError> {
        let mut unit = self.ports.store.begin().await?;
        unit.work().finish(claim).await?;
        if let Some(other) = other {
            unit.work().hurry(&other, self.now()).await?;
        }
        unit.commit().await?;
        Ok(StepEnd::Done)
    }

    /// Ends a job that changes no production.
    pub(super) async fn end(&self, claim: &Claim) -> Result<StepEnd, StepError> {
        let mut unit = self.ports.store.begin().await?;
        unit.work().finish(claim).await?;
        unit.commit().await?;
        Ok(StepEnd::Done)
    }
}

/// The longer a job runs, the rarer it is asked after; `None` once it has run too long.
pub(super) fn next_look(
    pace: Pace,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let elapsed = now - since;
    let quarter = TimeDelta::milliseconds(elapsed.num_milliseconds() / 4);
    (elapsed < pace.limit).then(|| now + quarter.clamp(pace.least, pace.most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_rarer_within_bounds_and_end() {
        let pace = Pace {
            first: TimeDelta::seconds(20),
            least: TimeDelta::seconds(5),
            most: TimeDelta::seconds(30),
            limit: TimeDelta::minutes(10),
        };
        let since = DateTime::UNIX_EPOCH;
        let wait = |elapsed: i64| {
            let now = since + TimeDelta::seconds(elapsed);
            next_look(pace, since, now).map(|due| (due - now).num_seconds())
        };
        assert_eq!([0, 20, 60, 400].map(wait), [Some(5), Some(5), Some(15), Some(30)]);
        assert_eq!(wait(600), None);
    }
}
