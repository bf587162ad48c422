use super::step::{Bench, StepEnd, StepError, next_look};
use crate::{
    model::{AttemptToken, Claim, Film, Production, Recording, Stage, Task},
    port::{Advise, Delivery, Ports, Retry},
};

/// The largest song or video that is taken from a provider.
pub const MAX_RESULT_BYTES: u64 = 512 * 1024 * 1024;

/// Fetches a song or a video into the media store.
#[derive(Clone)]
pub struct Collect {
    bench: Bench,
}

impl Collect {
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
        let held = production.provider_job(stage).zip(production.attempt(stage));
        let Some((job, attempt)) = held else { return self.bench.end(claim).await };
        let maker = self.bench.maker(stage);

        let now = self.bench.now();
        let since = production.since(stage).unwrap_or(now);
        let next = next_look(maker.pace(), since, now);
        let delivery = match (maker.fetch(job).await, next) {
            (Ok(delivery), _) => delivery,
            // As with a look: what is paid for is not given up over a silence.
            (Err(error), Some(due)) if let Retry::Later(wait) = error.retry() => {
                let due = wait.map_or(due, |wait| due.max(now + wait));
                return Ok(StepEnd::Again { due, progress: claim.progress });
            }
            (Err(error), _) => return Err(StepError::provider(maker.name())(error)),
        };
        if stage == Stage::Video {
            self.keep_film(claim, attempt, delivery).await
        } else {
            self.keep_recording(claim, attempt, delivery).await
        }
    }

    async fn keep_recording(
        &self,
        claim: &Claim,
        attempt: AttemptToken,
        delivery: Delivery,
    ) -> Result<StepEnd, StepError> {
        let Delivery { body, media_type, duration_ms, lines, bars_ms, instrumental, spare } =
            delivery;
        let key = Recording::key(attempt, media_type);
        let file = self.bench.ports.media.put(&key, body, MAX_RESULT_BYTES).await?;

        let recording = Recording { file, duration_ms, lines, bars_ms, instrumental, spare };
        let next = self.bench.next_id();
        let kept = |p: &mut Production, now| Ok(p.song_collected(recording.clone(), next, now)?);
        self.bench.finish_or(claim, Task::Erase(key), kept).await
    }

    async fn keep_film(
        &self,
        claim: &Claim,
        attempt: AttemptToken,
        delivery: Delivery,
    ) -> Result<StepEnd, StepError> {
        let key = Film::key(attempt, delivery.media_type);
        let file = self.bench.ports.media.put(&key, delivery.body, MAX_RESULT_BYTES).await?;

        let film = Film { file, duration_ms: delivery.duration_ms };
        let next = self.bench.next_id();
        let kept = |p: &mut Production, now| Ok(p.video_collected(film.clone(), next, now)?);
        self.bench.finish_or(claim, Task::Erase(key), kept).await
    }
}
