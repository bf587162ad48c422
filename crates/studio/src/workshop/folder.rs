//! The folder of one job.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use castad_domain::model::{AttemptToken, MediaType};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Label;
use crate::files::{self, blocking};

const ORDER: &str = "order.json";
const RESULT: &str = "result.json";
const FAILURE: &str = "failure.json";

/// Why a job came to nothing, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) detail: String,
    pub(super) retryable: bool,
}

/// How a job ended.
pub(super) enum End {
    Made(Label),
    Failed(Failure),
}

/// The folder of one job.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) attempt: AttemptToken,
}

impl Folder {
    /// Whether somebody still wants the job.
    pub(super) fn is_wanted(&self) -> bool {
        self.path.join(ORDER).exists()
    }

    /// What is to be made; `None` where it cannot be read.
    pub(super) fn order<T: DeserializeOwned>(&self) -> Option<T> {
        self.read(ORDER)
    }

    /// How it ended, if it did.
    pub(super) fn end(&self) -> Option<End> {
        self.read(RESULT).map(End::Made).or_else(|| self.read(FAILURE).map(End::Failed))
    }

    pub(super) fn progress(&self) -> Option<f32> {
        let text = fs::read_to_string(self.path.join("progress")).ok()?;
        text.parse().ok().filter(|share| (0.0..=1.0).contains(share))
    }

    /// A progress file that starts anew.
    pub(super) fn gauge(&self) -> io::Result<Gauge> {
        Ok(Gauge { file: File::create(self.path.join("progress"))?, last: String::new() })
    }

    /// Locks the job, unless somebody has.
    pub(super) fn lock(&self) -> io::Result<Option<File>> {
        files::locked(files::lockable(&self.path.join("lock"))?)
    }

    pub(super) fn take(&self, order: &[u8]) -> io::Result<()> {
        files::write_whole(&self.path, ORDER, order)?;
        self.path.parent().map_or(Ok(()), files::sync_folder)
    }

    /// From now on nobody wants the job; it is fine if there is none.
    pub(super) fn cancel(&self) -> io::Result<()> {
        if files::unless_missing(fs::remove_file(self.path.join(ORDER)))?.is_some() {
            // Whoever is at work in it may have cleared it up in the meantime.
            files::unless_missing(files::sync_folder(&self.path))?;
        }
        Ok(())
    }

    pub(super) fn fail(&self, failure: &Failure) -> io::Result<()> {
        files::write_whole(&self.path, FAILURE, &serde_json::to_vec(failure)?)
    }

    /// Publishes what was made.
    pub(super) fn finish(&self, kind: MediaType, label: &Label) -> io::Result<()> {
        fs::rename(self.part(kind), self.made(kind))?;
        files::write_whole(&self.path, RESULT, &serde_json::to_vec(label)?)
    }

    /// Where the file grows.
    pub(super) fn part(&self, kind: MediaType) -> PathBuf {
        self.path.join(format!("made.{}.part", kind.extension()))
    }

    /// Where it is once it is whole.
    pub(super) fn made(&self, kind: MediaType) -> PathBuf {
        self.path.join(format!("made.{}", kind.extension()))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path.join(name)).ok()?).ok()
    }
}

/// Shows other processes how far a job is.
pub(super) struct Gauge {
    file: File,
    last: String,
}

impl Gauge {
    /// Nothing depends on it, so that a disk that is full does not end the work.
    pub(super) fn show(&mut self, share: f32) {
        let text = format!("{:.2}", share.clamp(0.0, 1.0));
        if text != self.last && self.file.rewind().is_ok() {
            drop(self.file.write_all(text.as_bytes()));
            self.last = text;
        }
    }
}

/// How often a job was begun: kept in its lock, which only its holder writes.
pub(super) fn count_begin(lock: &mut File) -> io::Result<u32> {
    let mut text = String::new();
    lock.rewind()?;
    lock.read_to_string(&mut text)?;
    let begun = text.trim().parse().unwrap_or(0) + 1;
    lock.rewind()?;
    write!(lock, "{begun}")?;
    Ok(begun)
}

/// The work ended in peace: the count starts anew.
pub(super) fn forget_begins(lock: &File) {
    drop(lock.set_len(0));
}

/// A folder that waits for its order; locked.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(super) folder: Folder,
    pub(super) lock: File,
}

impl Draft {
    /// Puts a file beside the order.
    pub(crate) async fn put(
        &self,
        name: &str,
        bytes: impl AsRef<[u8]> + Send + 'static,
    ) -> io::Result<()> {
        let path = self.path().join(name);
        blocking(move || files::write_synced(&path, bytes.as_ref())).await
    }

    fn path(&self) -> &Path {
        &self.folder.path
    }
}
