use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::step::{Bench, StepEnd, StepError};
use crate::{
    model::{Claim, LyricState, Production, Stage},
    port::{Clock, Draft, LyricOrder, Ports, ProviderError, ProviderErrorKind, WorkQueue},
};

/// How long a draft stands before a longer one takes its place.
const DRAFT_STANDS: TimeDelta = TimeDelta::milliseconds(300);

/// Notes on the job what there is of the words, not for every one of them.
struct Sketch {
    queue: Arc<dyn WorkQueue>,
    clock: Arc<dyn Clock>,
    claim: Claim,
    shown: Mutex<Option<DateTime<Utc>>>,
}

impl Sketch {
    fn is_due(&self) -> bool {
        let now = self.clock.now();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let due = shown.is_none_or(|at| now - at >= DRAFT_STANDS);
        if due {
            *shown = Some(now);
        }
        due
    }
}

#[async_trait]
impl Draft for Sketch {
    async fn shows(&self, so_far: &str) {
        if self.is_due() {
            // Whoever looks misses a piece of a draft; the words themselves do not depend on it.
            drop(self.queue.sketch(&self.claim, so_far).await);
        }
    }
}

/// Has the words of a lyric written.
#[derive(Clone)]
pub struct WriteLyric {
    bench: Bench,
}

impl WriteLyric {
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
        let Some(order) = self.begin(claim).await? else { return Ok(StepEnd::Done) };
        let writer = &self.bench.ports.writer;

        match writer.write(&order, self.sketch(claim)).await {
            Ok(text) => {
                let next = self.bench.next_id();
                let words =
                    |p: &mut Production, now| Ok(p.lyric_written(text.clone(), next, now)?);
                self.bench.finish(claim, words).await
            }
            Err(error) => {
                if error.kind() != ProviderErrorKind::Unknown {
                    self.bench.note(claim, |p, now| Ok(p.declined(Stage::Lyric, now)?)).await?;
                }
                Err(StepError::provider(writer.name())(error))
            }
        }
    }

    fn sketch(&self, claim: &Claim) -> Arc<Sketch> {
        let ports = &self.bench.ports;
        let (queue, clock) = (Arc::clone(&ports.queue), Arc::clone(&ports.clock));
        Arc::new(Sketch { queue, clock, claim: claim.clone(), shown: Mutex::default() })
    }

    /// Notes the try before the writer is asked; an answer that is lost is asked for once more.
    async fn begin(&self, claim: &Claim) -> Result<Option<LyricOrder>, StepError> {
        let noted = self.bench.note(claim, |p, now| {
            let used_up = p.lyric().is_some_and(|lyric| {
                lyric.state == LyricState::Writing { tries: LyricState::MAX_TRIES }
            });
            if used_up {
                let error = ProviderError::new(
                    ProviderErrorKind::Failed,
                    "the words were written more than once and never arrived",
                );
                return Err(StepError::provider(self.bench.ports.writer.name())(error));
            }
            Ok(p.lyric_began(now)?)
        });
        let production = noted.await?;
        Ok(production.and_then(|p| {
            let brief = p.project().brief().clone();
            p.lyric().map(|lyric| LyricOrder { lyric: lyric.id, brief })
        }))
    }
}
