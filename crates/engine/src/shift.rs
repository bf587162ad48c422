use std::{panic::AssertUnwindSafe, sync::Arc};

use castad_domain::{
    model::{Claim, Stage, Task},
    port::{Advise, Ports, ProviderErrorKind, Retry, StoreErrorKind, chain},
    usecase::{GiveUp, RunTask, StepEnd, StepError},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, field::Empty};

use crate::{
    Settings, backoff,
    gate::{Answer, Gates},
};

/// How long a step waits that somebody else was quicker than.
const AFTER_CONFLICT: TimeDelta = TimeDelta::milliseconds(100);

/// How a step came to its end here.
enum End {
    /// It ran.
    Ran(Result<StepEnd, StepError>),
    /// Somebody else has the job now.
    Lost,
    /// The engine stops and cannot wait.
    HandBack,
}

impl End {
    /// What it says of the provider.
    fn answer(&self) -> Answer {
        match self {
            Self::Ran(Ok(_)) => Answer::Given,
            Self::Ran(Err(StepError::Provider { error, .. })) => match error.kind() {
                ProviderErrorKind::Busy | ProviderErrorKind::Unknown => Answer::Missing,
                ProviderErrorKind::Refused
                | ProviderErrorKind::Failed
                | ProviderErrorKind::NoSuchJob
                | ProviderErrorKind::Unusable
                | ProviderErrorKind::MediaMissing => Answer::Given,
            },
            Self::Ran(Err(_)) | Self::Lost | Self::HandBack => Answer::Open,
        }
    }
}

/// How long a step's provider wants to be left alone, by whoever asks.
fn rest(claim: &Claim, error: &StepError) -> Option<TimeDelta> {
    let StepError::Provider { error, .. } = error else { return None };
    match error.retry() {
        // What was made lies elsewhere than where it was ordered.
        Retry::Later(wait) if !claim.work.task.collects() => wait,
        Retry::Later(_) | Retry::Now | Retry::Never => None,
    }
}

/// Counts what came of a letter, if the claim was one's.
fn letter(claim: &Claim, outcome: &'static str) {
    if let Task::SendLetter(news) = claim.work.task {
        let labels = [("kind", news.kind().name()), ("outcome", outcome)];
        metrics::counter!("castad_letters_total", &labels).increment(1);
    }
}

/// Takes the step of one claim and sees to what follows.
pub(crate) struct Shift {
    ports: Ports,
    settings: Settings,
    gates: Arc<Gates>,
    run_task: RunTask,
    give_up: GiveUp,
    follow: Option<Follow>,
}

/// Has a span belong to what led to it, as a claim tells.
pub type Follow = fn(&Span, &str);

fn span(claim: &Claim) -> Span {
    tracing::info_span!(
        "engine.step",
        otel.name = format!("step {}", claim.work.task.name()),
        otel.kind = "consumer",
        job_id = %claim.job,
        task_id = %claim.work.project,
        member_id = %claim.work.member,
        task = claim.work.task.name(),
        stage = claim.work.task.stage().map(Stage::name),
        attempt = claim.attempts + 1,
        end = Empty,
    )
}

impl Shift {
    pub(crate) fn new(ports: &Ports, settings: Settings, gates: Arc<Gates>) -> Self {
        let run_task = RunTask::new(ports).unresolved(settings.unresolved);
        let give_up = GiveUp::new(ports);
        Self { ports: ports.clone(), settings, gates, run_task, give_up, follow: None }
    }

    /// The same, whose steps belong to what led to them.
    pub(crate) fn following(self, follow: Follow) -> Self {
        Self { follow: Some(follow), ..self }
    }

    pub(crate) async fn work(&self, claim: Claim, hand_back: CancellationToken) {
        let span = span(&claim);
        if let (Some(follow), Some(trace)) = (self.follow, &claim.trace) {
            follow(&span, trace);
        }
        self.step(claim, hand_back).instrument(span).await;
    }

    async fn step(&self, claim: Claim, hand_back: CancellationToken) {
        let began = self.ports.clock.now();
        let step = AssertUnwindSafe(self.run_task.run(&claim)).catch_unwind();
        // What has ended has: a lease that is lost at the same moment changes nothing.
        let end = tokio::select! {
            biased;
            end = step => End::Ran(end.unwrap_or(Err(StepError::Broke))),
            () = self.keep(&claim) => End::Lost,
            () = hand_back.cancelled() => End::HandBack,
        };
        let now = self.ports.clock.now();
        self.gates.ended(claim.work.task.lane(), end.answer(), now - began, now);
        let word = self.conclude(&claim, end).await;
        Span::current().record("end", word);
        tracing::debug!("a step ended");
        let labels = [("task", claim.work.task.name()), ("end", word)];
        metrics::counter!("castad_steps_total", &labels).increment(1);
        let took = (now - began).to_std().unwrap_or_default();
        metrics::histogram!("castad_step_seconds", &labels).record(took);
    }

    /// Renews the lease until it is lost.
    async fn keep(&self, claim: &Claim) {
        let mut until = claim.lease_until;
        loop {
            let now = self.ports.clock.now();
            self.ports.clock.reach(now + self.settings.lease / 3).await;
            let now = self.ports.clock.now();
            let next = now + self.settings.lease;
            match self.ports.queue.renew(claim, next, claim.progress).await {
                Ok(()) => until = next,
                Err(fault) if fault.kind() == StoreErrorKind::Conflict || now >= until => return,
                Err(fault) => {
                    tracing::warn!(error = chain(&fault), "the lease could not be renewed");
                }
            }
        }
    }

    async fn conclude(&self, claim: &Claim, end: End) -> &'static str {
        match end {
            End::Ran(Ok(StepEnd::Done)) => "done",
            End::Ran(Ok(StepEnd::Posted(end))) => {
                letter(claim, end.name());
                "done"
            }
            End::Ran(Ok(StepEnd::Again { due, progress })) => {
                self.put_back(claim, due, 0, progress).await;
                "again"
            }
            End::Ran(Err(error)) => self.failed(claim, &error).await,
            End::Lost => {
                tracing::warn!("the lease was lost: somebody else goes on");
                "lost"
            }
            End::HandBack => {
                let now = self.ports.clock.now();
                self.put_back(claim, now, claim.attempts, claim.progress).await;
                "handed_back"
            }
        }
    }

    async fn failed(&self, claim: &Claim, error: &StepError) -> &'static str {
        let told = chain(error);
        let counts = !matches!(error, StepError::Store(_));
        if let Some(wait) = rest(claim, error) {
            return self.rest(claim, wait, error).await;
        }
        match error.retry() {
            Retry::Now => {
                let due = self.ports.clock.now() + AFTER_CONFLICT;
                self.put_back(claim, due, claim.attempts, claim.progress).await;
                "conflict"
            }
            Retry::Later(wait) if !counts => {
                tracing::warn!(error = told, "a step waits for the store");
                let wait = wait.unwrap_or(self.settings.look);
                let due = self.ports.clock.now() + wait;
                self.put_back(claim, due, claim.attempts, claim.progress).await;
                "store"
            }
            Retry::Later(wait) if claim.attempts + 1 < self.settings.attempts => {
                tracing::warn!(error = told, "a step failed and is taken again");
                letter(claim, "deferred");
                self.later(claim, wait).await;
                "failed"
            }
            Retry::Later(_) | Retry::Never => {
                tracing::warn!(error = told, "a step failed for good");
                letter(claim, "given_up");
                self.give_up(claim, error).await;
                "given_up"
            }
        }
    }

    /// The provider asks to be left alone: nobody asks it before then, and nothing is counted.
    async fn rest(&self, claim: &Claim, wait: TimeDelta, error: &StepError) -> &'static str {
        let until = self.ports.clock.now() + wait;
        let lane = claim.work.task.lane();
        tracing::warn!(error = chain(error), lane = lane.name(), %until, "a provider rests");
        if let Err(fault) = self.ports.queue.rest(lane, until, &error.detail()).await {
            tracing::warn!(error = chain(&fault), "a provider's rest was not noted");
        }
        self.put_back(claim, until, claim.attempts, claim.progress).await;
        "rested"
    }

    async fn give_up(&self, claim: &Claim, error: &StepError) {
        if let Err(fault) = self.give_up.run(claim, error).await {
            let told = chain(&fault);
            if fault.retry() == Retry::Never {
                tracing::error!(error = told, "a failure cannot be written down");
                return self.bury(claim, error).await;
            }
            tracing::warn!(error = told, "a failure could not be written down");
            let due = self.ports.clock.now() + self.settings.look;
            self.put_back(claim, due, claim.attempts, claim.progress).await;
        }
    }

    /// For a person to look at: taking it again would fail in the same way.
    async fn bury(&self, claim: &Claim, error: &StepError) {
        if let Err(fault) = self.ports.queue.bury(claim, &error.to_string()).await {
            tracing::warn!(error = chain(&fault), "a job was not set aside");
        }
    }

    async fn later(&self, claim: &Claim, wait: Option<TimeDelta>) {
        let failures = claim.attempts + 1;
        let jittered = || backoff::wait(&self.settings, failures, self.ports.ids.next());
        let due = self.ports.clock.now() + wait.unwrap_or_else(jittered);
        self.put_back(claim, due, failures, claim.progress).await;
    }

    /// A job that cannot be put back comes back by itself when its lease ends.
    async fn put_back(&self, claim: &Claim, due: DateTime<Utc>, attempts: u32, progress: f32) {
        if let Err(fault) = self.ports.queue.put_back(claim, due, attempts, progress).await {
            tracing::debug!(error = chain(&fault), "a job was not put back");
        }
    }
}
