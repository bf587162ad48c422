use chrono::{DateTime, TimeDelta, Utc};

use super::{
    guarded::{GENERATE_VIDEO, GuardError},
    step::{Bench, StepEnd, StepError},
};
use crate::{
    model::{
        AttemptToken, Claim, Failure, FailureCode, Production, ProviderJob, ProviderName, Stage,
        Task, Work,
    },
    port::{
        LookUp, Ports, ProviderError, ProviderErrorKind, SongOrder, StoreErrorKind, VideoOrder,
    },
};

/// How long until an attempt is looked up again that could not be.
pub(super) const LOOK_UP_AGAIN: TimeDelta = TimeDelta::seconds(30);
/// How long a callback may take to tell of a job that cannot be looked up.
const CALLBACK_TIME: TimeDelta = TimeDelta::minutes(10);

/// What becomes of an attempt whose fate nobody can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unresolved {
    /// It waits for a person's decision.
    #[default]
    Wait,
    /// Its stage fails.
    Fail,
}

/// Buys a song or a video: once for each decision to buy.
#[derive(Clone)]
pub struct Submit {
    bench: Bench,
    unresolved: Unresolved,
}

impl Submit {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports), unresolved: Unresolved::default() }
    }

    pub(super) fn unresolved(self, unresolved: Unresolved) -> Self {
        Self { unresolved, ..self }
    }

    /// Takes the step of the claimed job.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(&self, claim: &Claim, stage: Stage) -> Result<StepEnd, StepError> {
        let lock = GENERATE_VIDEO.of([&claim.work.project]);
        let guarded = &self.bench.ports.guarded;
        match guarded.run(lock, async |_guard| self.submit(claim, stage).await).await {
            Ok(end) => end,
            // The claim's fence keeps others away by itself. Who holds the lock may be gone, and
            // its lease may end after the job's.
            Err(GuardError::Busy | GuardError::Unavailable(_)) => self.submit(claim, stage).await,
            Err(GuardError::Lost) => {
                Ok(StepEnd::Again { due: self.bench.now(), progress: claim.progress })
            }
        }
    }

    async fn submit(&self, claim: &Claim, stage: Stage) -> Result<StepEnd, StepError> {
        let Some(production) = self.bench.load(claim).await? else { return Ok(StepEnd::Done) };
        match production.attempt(stage) {
            None => {
                let attempt = AttemptToken::from_bits(self.bench.next_id());
                let decided = |p: &mut Production, now| Ok(p.submitted(stage, attempt, now)?);
                match self.bench.note(claim, decided).await? {
                    Some(production) => {
                        let end = self.buy(claim, stage, attempt, &production).await;
                        self.take_back(claim, stage, end).await
                    }
                    None => Ok(StepEnd::Done),
                }
            }
            Some(attempt) => self.resume(claim, stage, attempt, &production).await,
        }
    }

    /// The decision was taken before: whether the provider heard of it has to be found out first.
    async fn resume(
        &self,
        claim: &Claim,
        stage: Stage,
        attempt: AttemptToken,
        production: &Production,
    ) -> Result<StepEnd, StepError> {
        let maker = self.bench.maker(stage);
        match maker.look_up(attempt, None).await.unwrap_or(LookUp::CannotTell) {
            LookUp::Found(job) => self.record(claim, (stage, attempt), &job).await,
            LookUp::NotThere => self.buy(claim, stage, attempt, production).await,
            LookUp::CannotTell => {
                let now = self.bench.now();
                let since = production.since(stage).unwrap_or(now);
                if now - since < CALLBACK_TIME {
                    let due = (now + LOOK_UP_AGAIN).min(since + CALLBACK_TIME);
                    return Ok(StepEnd::Again { due, progress: claim.progress });
                }
                let name = maker.name();
                let settled = |p: &mut Production, now| match self.unresolved {
                    Unresolved::Wait => Ok(p.lost(stage, now)?),
                    Unresolved::Fail => Ok(p.failed(given_up(stage, name.clone(), now))?),
                };
                self.bench.finish(claim, settled).await
            }
        }
    }

    async fn buy(
        &self,
        claim: &Claim,
        stage: Stage,
        attempt: AttemptToken,
        production: &Production,
    ) -> Result<StepEnd, StepError> {
        match self.start(stage, attempt, production).await {
            Ok(job) => self.record(claim, (stage, attempt), &job).await,
            Err(error) => Err(StepError::provider(self.bench.maker(stage).name())(error)),
        }
    }

    /// Only an answer that says "nothing was started" takes the decision back, and only where nobody
    /// else may have asked for the attempt: a call of an earlier process may be on its way still.
    async fn take_back(
        &self,
        claim: &Claim,
        stage: Stage,
        end: Result<StepEnd, StepError>,
    ) -> Result<StepEnd, StepError> {
        if let Err(StepError::Provider { error, .. }) = &end
            && error.kind() != ProviderErrorKind::Unknown
        {
            self.bench.note(claim, |p, now| Ok(p.declined(stage, now)?)).await?;
        }
        end
    }

    async fn start(
        &self,
        stage: Stage,
        attempt: AttemptToken,
        production: &Production,
    ) -> Result<ProviderJob, ProviderError> {
        let ports = &self.bench.ports;
        let missing = || {
            let detail = "what the stage is made from is no longer there";
            ProviderError::new(ProviderErrorKind::MediaMissing, detail)
        };
        if stage == Stage::Video {
            let order = video_order(production, attempt).ok_or_else(missing)?;
            ports.renderer.start(&order).await
        } else {
            let order = song_order(production, attempt).ok_or_else(missing)?;
            ports.composer.start(&order).await
        }
    }

    async fn record(
        &self,
        claim: &Claim,
        (stage, attempt): (Stage, AttemptToken),
        job: &ProviderJob,
    ) -> Result<StepEnd, StepError> {
        let first = self.bench.maker(stage).pace().first;
        let taken = |p: &mut Production, now| Ok(p.accepted(stage, job, now + first, now)?);
        let undo = Task::Release(stage, job.clone());
        let end = self.bench.finish_or(claim, undo, taken).await;
        if let Err(StepError::Store(fault)) = &end
            && fault.kind() == StoreErrorKind::Conflict
        {
            self.tell(claim, (stage, attempt), job).await?;
        }
        end
    }

    /// Who has lost the claim is the only one who has seen the answer: what was bought is handed to
    /// whoever waits for it, and released if nobody does.
    async fn tell(
        &self,
        claim: &Claim,
        (stage, attempt): (Stage, AttemptToken),
        job: &ProviderJob,
    ) -> Result<(), StepError> {
        let mut unit = self.bench.ports.store.begin().await?;
        let found = unit.productions().find(claim.work.project).await?;
        let known = |p: &Production| p.provider_job(stage) == Some(job);
        if found.as_ref().is_some_and(known) {
            return Ok(());
        }
        let waiting = |p: &Production| p.attempt(stage) == Some(attempt);
        let task = if found.as_ref().is_some_and(waiting) {
            Task::Adopt(stage, attempt, job.clone())
        } else {
            Task::Release(stage, job.clone())
        };
        unit.work().push(&[Work { task, due: self.bench.now(), ..claim.work.clone() }]).await?;
        unit.commit().await?;
        Ok(())
    }
}

fn given_up(stage: Stage, provider: ProviderName, at: DateTime<Utc>) -> Failure {
    Failure {
        stage,
        code: FailureCode::Unresolved,
        provider: Some(provider),
        provider_code: None,
        detail: "nobody could tell whether the provider took the job".to_owned(),
        retryable: true,
        at,
    }
}

fn song_order(production: &Production, attempt: AttemptToken) -> Option<SongOrder> {
    let song = production.song()?.id;
    let words = production.lyric()?.text()?.clone();
    Some(SongOrder { attempt, song, brief: production.project().brief().clone(), words })
}

fn video_order(production: &Production, attempt: AttemptToken) -> Option<VideoOrder> {
    let video = production.video()?;
    Some(VideoOrder {
        attempt,
        video: video.id,
        brief: production.project().brief().clone(),
        orientation: video.orientation,
        pictures: production.images().iter().map(|image| image.file.key.clone()).collect(),
        song: production.song()?.making.product()?.clone(),
    })
}
