use std::{marker::PhantomData, sync::Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::{
    model::{AttemptToken, LineTime, LyricText, MediaType, ProviderJob, ProviderName},
    port::{
        Delivery, LookUp, Maker, MakerStatus, Pace, ProviderError, ProviderErrorKind, SongComposer,
        SongOrder, VideoOrder, VideoRenderer,
    },
};
use chrono::TimeDelta;

use crate::{
    bell::locked,
    script::{Answer, Bench, Parcel, Taken},
};

/// What a scripted maker makes.
pub trait Craft: Send + Sync + 'static {
    /// What its files are.
    const KIND: MediaType;
}

/// Songs.
pub struct Music;

/// Videos.
pub struct Pictures;

impl Craft for Music {
    const KIND: MediaType = MediaType::M4a;
}

impl Craft for Pictures {
    const KIND: MediaType = MediaType::Mp4;
}

/// A composer that goes by a script.
pub type ScriptedComposer = Scripted<Music>;

/// A renderer that goes by a script.
pub type ScriptedRenderer = Scripted<Pictures>;

/// Makes small files that begin like real ones, or fails as it is told; counts what it is asked.
pub struct Scripted<C>(Mutex<Bench>, PhantomData<C>);

impl<C: Craft> Scripted<C> {
    /// A maker that does what it is asked, and is done at the second look. It knows attempts apart:
    /// one that it is asked for twice, it takes once.
    #[must_use]
    pub fn new() -> Self {
        Self(Mutex::new(Bench { looks: 1, ..Bench::default() }), PhantomData)
    }

    /// Jobs that it takes from now on are done after so many looks.
    pub fn work_for(&self, looks: u32) {
        locked(&self.0).looks = looks;
    }

    /// Answers so many orders so, behind what it was told before.
    pub fn answer(&self, answer: Answer, times: usize) {
        locked(&self.0).answers.add(answer, times);
    }

    /// Does not answer so many of all other calls.
    pub fn be_silent(&self, times: usize) {
        locked(&self.0).silence.add((), times);
    }

    /// Fails at so many of the jobs that it takes from now on.
    pub fn fail(&self, retryable: bool, times: usize) {
        locked(&self.0).failures.add(retryable, times);
    }

    /// Hands something else over, so many times.
    pub fn hand_over(&self, parcel: Parcel, times: usize) {
        locked(&self.0).parcels.add(parcel, times);
    }

    /// Cannot tell from now on what became of an attempt, and takes it as often as it is asked.
    pub fn forget_attempts(&self) {
        locked(&self.0).forgetful = true;
    }

    /// How many orders it was given, whatever it answered.
    #[must_use]
    pub fn starts(&self) -> usize {
        locked(&self.0).starts.len()
    }

    /// How many orders it was given for one attempt.
    #[must_use]
    pub fn starts_of(&self, attempt: AttemptToken) -> usize {
        locked(&self.0).starts.iter().filter(|of| **of == attempt).count()
    }

    /// How often one of its other methods was called: `status`, `look_up`, `fetch`, `release`.
    #[must_use]
    pub fn calls(&self, method: &str) -> usize {
        locked(&self.0).calls.get(method).copied().unwrap_or_default()
    }

    /// The jobs that it took, in order.
    #[must_use]
    pub fn jobs(&self) -> Vec<ProviderJob> {
        locked(&self.0).jobs.iter().map(|(job, _)| job.clone()).collect()
    }

    /// The jobs that nobody has released.
    #[must_use]
    pub fn held(&self) -> Vec<ProviderJob> {
        let bench = locked(&self.0);
        let held = bench.jobs.iter().filter(|(_, taken)| !taken.released);
        held.map(|(job, _)| job.clone()).collect()
    }

    fn take(
        &self,
        attempt: AttemptToken,
        duration_ms: u32,
        lines: Vec<LineTime>,
        bars_ms: Vec<u32>,
    ) -> Result<ProviderJob, ProviderError> {
        let mut bench = locked(&self.0);
        bench.starts.push(attempt);
        if !bench.forgetful
            && let Some(job) = bench.taken_for(attempt)
        {
            return Ok(job);
        }
        let answer = bench.answers.next();
        if let Some(Answer::Error(kind)) = answer {
            return Err(ProviderError::new(kind, "the script says so"));
        }
        let job = ProviderJob::new(format!("scripted-{}", bench.jobs.len() + 1));
        let (looks, fails) = (bench.looks, bench.failures.next());
        let taken = Taken { attempt, looks, fails, released: false, duration_ms, lines, bars_ms };
        bench.jobs.push((job.clone(), taken));
        if answer == Some(Answer::Lost) {
            return Err(ProviderError::new(ProviderErrorKind::Unknown, "the answer was lost"));
        }
        Ok(job)
    }

    /// Does something with a job, unless the script wants silence.
    fn at<T>(
        &self,
        method: &'static str,
        job: &ProviderJob,
        act: impl FnOnce(&mut Taken) -> T,
    ) -> Result<T, ProviderError> {
        let mut bench = locked(&self.0);
        bench.heard(method)?;
        let taken = bench.jobs.iter_mut().find(|(name, taken)| name == job && !taken.released);
        let (_, taken) = taken.ok_or_else(|| {
            ProviderError::new(ProviderErrorKind::NoSuchJob, "there is no such job")
        })?;
        Ok(act(taken))
    }
}

impl Bench {
    fn taken_for(&self, attempt: AttemptToken) -> Option<ProviderJob> {
        let taken = self.jobs.iter().find(|(_, taken)| taken.attempt == attempt);
        taken.map(|(job, _)| job.clone())
    }

    fn heard(&mut self, method: &'static str) -> Result<(), ProviderError> {
        *self.calls.entry(method).or_default() += 1;
        match self.silence.next() {
            Some(()) => Err(ProviderError::new(ProviderErrorKind::Unknown, "nobody answers")),
            None => Ok(()),
        }
    }
}

impl<C: Craft> Default for Scripted<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// A file that begins like one of its kind and is told from those of other jobs.
fn file(job: &ProviderJob) -> Bytes {
    let mut file = b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec();
    file.extend(job.as_str().bytes().cycle().take(2_000));
    Bytes::from(file)
}

#[async_trait]
impl<C: Craft> Maker for Scripted<C> {
    fn name(&self) -> ProviderName {
        ProviderName::new("scripted")
    }

    fn pace(&self) -> Pace {
        Pace {
            first: TimeDelta::seconds(20),
            least: TimeDelta::seconds(5),
            most: TimeDelta::seconds(30),
            limit: TimeDelta::minutes(30),
        }
    }

    async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
        self.at("status", job, |taken| match (taken.looks, taken.fails) {
            (0, None) => MakerStatus::Done,
            (0, Some(retryable)) => MakerStatus::Failed {
                code: Some("SCRIPTED".to_owned()),
                detail: "the script says so".to_owned(),
                retryable,
            },
            (left, _) => {
                taken.looks -= 1;
                MakerStatus::Working {
                    progress: Some(
                        1.0 / (1.0 + f32::from(u16::try_from(left).unwrap_or(u16::MAX))),
                    ),
                }
            }
        })
    }

    async fn look_up(
        &self,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<LookUp, ProviderError> {
        let mut bench = locked(&self.0);
        bench.heard("look_up")?;
        if bench.forgetful {
            let taken = bench
                .jobs
                .iter()
                .find(|(job, taken)| told.as_ref() == Some(job) && taken.attempt == attempt);
            return Ok(taken.map_or(LookUp::CannotTell, |(job, _)| LookUp::Found(job.clone())));
        }
        Ok(bench.taken_for(attempt).map_or(LookUp::NotThere, LookUp::Found))
    }

    /// A callback of this maker is the job's name.
    fn told(&self, message: &[u8]) -> Option<ProviderJob> {
        std::str::from_utf8(message).ok().map(ProviderJob::new)
    }

    async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
        let made = self.at("fetch", job, |taken| {
            let done = taken.looks == 0 && taken.fails.is_none();
            done.then(|| (taken.duration_ms, taken.lines.clone(), taken.bars_ms.clone()))
        })?;
        let (duration_ms, lines, bars_ms) = made.ok_or_else(|| {
            ProviderError::new(ProviderErrorKind::Unusable, "there is nothing to fetch")
        })?;
        let parcel = locked(&self.0).parcels.next();
        let body = Parcel::body(parcel, &file(job));
        Ok(Delivery {
            body,
            media_type: C::KIND,
            duration_ms,
            lines,
            bars_ms,
            instrumental: false,
            spare: Some(format!("{job}-b")),
        })
    }

    async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
        match self.at("release", job, |taken| taken.released = true) {
            Err(refused) if refused.kind() == ProviderErrorKind::NoSuchJob => Ok(()),
            other => other,
        }
    }
}

/// Four seconds for each line.
const LINE_MS: u32 = 4_000;

fn timed(words: &LyricText) -> Vec<LineTime> {
    let starts = (0..).map(|n: u32| n * LINE_MS);
    let line = |(start_ms, text): (u32, &str)| LineTime {
        text: text.to_owned(),
        start_ms,
        end_ms: start_ms + LINE_MS,
    };
    starts.zip(words.lines()).map(line).collect()
}

#[async_trait]
impl SongComposer for Scripted<Music> {
    async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError> {
        let lines = timed(&order.words);
        let duration_ms = lines.last().map_or(LINE_MS, |line| line.end_ms);
        let bars = lines.iter().map(|line| line.start_ms).collect();
        self.take(order.attempt, duration_ms, lines, bars)
    }
}

#[async_trait]
impl VideoRenderer for Scripted<Pictures> {
    async fn start(&self, order: &VideoOrder) -> Result<ProviderJob, ProviderError> {
        self.take(order.attempt, order.song.duration_ms, Vec::new(), Vec::new())
    }
}
