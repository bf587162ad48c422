//! Jobs that outlive their process, and that several processes on the same folder can see.
//!
//! ```text
//! <workshop>/<attempt>/order.json    what is to be made; where it is gone, nobody wants the job
//!                      lock          locked by whoever makes it, or has it in his queue
//!                      progress      how far that is
//!                      result.json   what was made, once it is there whole
//!                      failure.json  why it came to nothing
//! ```
//!
//! An order that is there, has not ended and is locked by nobody was left behind by a process that
//! ended: whoever asks after it takes it up again. What is made follows from the order alone, so it
//! does not matter how often that happens.

mod folder;
mod hand;
mod yard;

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use castad_domain::{
    model::{AttemptToken, LineTime, MediaType, ProviderJob},
    port::{Delivery, LookUp, MakerStatus, Pace, ProviderError, ProviderErrorKind as Kind},
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::files::{self, blocking, reader};
pub(crate) use folder::Draft;
use folder::Failure;
use yard::{Look, Yard};

/// What a workshop knows how to make.
pub(crate) trait Craft: Send + Sync + 'static {
    /// What it needs to know; all of it, so that the same order always makes the same thing.
    type Order: Serialize + DeserializeOwned + Sync;

    /// What kind of file it makes.
    const MAKES: MediaType;

    /// Makes it: `folder` holds what came with the order, `out` takes the file, and `go_on` is told
    /// how far it is, at least ten times a second, and says whether it is still wanted.
    fn make(
        &self,
        order: &Self::Order,
        folder: &Path,
        out: &mut File,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Label, Flaw>;
}

/// What is known of a finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) duration_ms: u32,
    pub(crate) lines: Vec<Line>,
    pub(crate) bars_ms: Vec<u32>,
    pub(crate) instrumental: bool,
}

/// When a line is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
}

impl From<Line> for LineTime {
    fn from(Line { text, start_ms, end_ms }: Line) -> Self {
        Self { text, start_ms, end_ms }
    }
}

impl From<&LineTime> for Line {
    fn from(line: &LineTime) -> Self {
        Self { text: line.text.clone(), start_ms: line.start_ms, end_ms: line.end_ms }
    }
}

/// Why nothing was made.
#[derive(Debug)]
pub(crate) enum Flaw {
    /// It was not wanted any more.
    Stopped,
    /// The order cannot be filled.
    Order(&'static str, String),
    /// The engine failed at it.
    Engine(&'static str, String),
    /// A file could not be read or written.
    Disk(io::Error),
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// What became of a wish to start.
pub(crate) enum Begun {
    /// The order had been taken before.
    There(ProviderJob),
    /// What is needed can be put beside the order now.
    Fresh(Draft),
}

/// A workshop with its own thread: one job at a time.
#[derive(Debug)]
pub(crate) struct Workshop<C: Craft> {
    yard: Arc<Yard<C>>,
}

impl<C: Craft> Drop for Workshop<C> {
    /// What is being made stops; the next workshop on the folder takes it up again.
    fn drop(&mut self) {
        self.yard.close();
    }
}

impl<C: Craft> Workshop<C> {
    /// Opens the folder, and removes what nobody can make any more.
    pub(crate) fn open(folder: PathBuf, craft: C) -> io::Result<Self> {
        let yard = Arc::new(Yard::open(folder, craft)?);
        hand::hire(&yard)?;
        Ok(Self { yard })
    }

    /// Makes room for a job.
    pub(crate) async fn begin(&self, attempt: AttemptToken) -> Result<Begun, ProviderError> {
        let yard = self.yard.clone();
        let begun = blocking(move || yard.begin(attempt)).await.map_err(away)?;
        begun.ok_or_else(|| ProviderError::new(Kind::Busy, "this job is just being cleared away"))
    }

    /// Takes the order: from here on it is made, whatever happens to this process.
    pub(crate) async fn enter(
        &self,
        draft: Draft,
        order: &C::Order,
    ) -> Result<ProviderJob, ProviderError> {
        let order = serde_json::to_vec(order).map_err(|error| away(error.into()))?;
        let yard = self.yard.clone();
        blocking(move || yard.enter(draft, &order)).await.map_err(away)
    }

    /// Drops a draft that comes to nothing.
    pub(crate) async fn discard(&self, draft: Draft) {
        let yard = self.yard.clone();
        // What stays of it is removed when the workshop is opened next.
        drop(blocking(move || yard.discard(draft)).await);
    }

    pub(crate) async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
        match self.look(job).await? {
            Look::Working(progress) => Ok(MakerStatus::Working { progress }),
            Look::Done(_) => Ok(MakerStatus::Done),
            Look::Failed(Failure { code, detail, retryable }) => {
                Ok(MakerStatus::Failed { code: Some(code), detail, retryable })
            }
            Look::Full => Err(away(io::ErrorKind::StorageFull.into())),
        }
    }

    pub(crate) async fn look_up(&self, attempt: AttemptToken) -> Result<LookUp, ProviderError> {
        let yard = self.yard.clone();
        let found = blocking(move || Ok(yard.is_there(attempt))).await.map_err(away)?;
        Ok(if found { LookUp::Found(name(attempt)) } else { LookUp::NotThere })
    }

    pub(crate) async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
        let label = match self.look(job).await? {
            Look::Done(label) => label,
            Look::Working(_) | Look::Full => {
                return Err(ProviderError::new(Kind::Busy, "it is not ready yet"));
            }
            Look::Failed(failure) => {
                return Err(
                    ProviderError::new(Kind::Failed, failure.detail).with_code(failure.code)
                );
            }
        };
        let (yard, attempt) = (self.yard.clone(), attempt(job)?);
        let found = blocking(move || files::unless_missing(yard.result(attempt))).await;
        let (file, length) = found.map_err(away)?.ok_or_else(unknown)?;
        Ok(Delivery {
            body: reader::stream(file, length),
            media_type: C::MAKES,
            duration_ms: label.duration_ms,
            lines: label.lines.into_iter().map(LineTime::from).collect(),
            bars_ms: label.bars_ms,
            instrumental: label.instrumental,
            spare: None,
        })
    }

    pub(crate) async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
        let Ok(attempt) = attempt(job) else { return Ok(()) };
        let yard = self.yard.clone();
        blocking(move || yard.release(attempt)).await.map_err(away)
    }

    async fn look(&self, job: &ProviderJob) -> Result<Look, ProviderError> {
        let (yard, attempt) = (self.yard.clone(), attempt(job)?);
        blocking(move || yard.look(attempt)).await.map_err(away)?.ok_or_else(unknown)
    }
}

fn name(attempt: AttemptToken) -> ProviderJob {
    ProviderJob::new(attempt.to_string())
}

fn attempt(job: &ProviderJob) -> Result<AttemptToken, ProviderError> {
    job.as_str().parse().map_err(|_| unknown())
}

fn unknown() -> ProviderError {
    ProviderError::new(Kind::NoSuchJob, "the studio has no such job")
}

/// The folder does not answer: nothing was started, and it is worth asking again.
fn away(error: io::Error) -> ProviderError {
    let refused = if files::is_full(&error) {
        ProviderError::new(Kind::Busy, "the studio's disk is full")
    } else {
        ProviderError::new(Kind::Busy, "the studio's folder does not answer")
    };
    refused.with_source(error)
}

#[cfg(test)]
mod tests;

/// When it is worth asking.
pub(crate) fn pace() -> Pace {
    Pace {
        first: TimeDelta::milliseconds(200),
        least: TimeDelta::milliseconds(200),
        most: TimeDelta::seconds(1),
        limit: TimeDelta::minutes(30),
    }
}
