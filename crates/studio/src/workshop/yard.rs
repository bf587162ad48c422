//! All jobs of a workshop, and who has them.

use std::{
    collections::{HashSet, VecDeque},
    fmt,
    fs::{self, File},
    io,
    path::PathBuf,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use castad_domain::model::{AttemptToken, ProviderJob};

use super::{
    Begun, Craft, Label,
    folder::{Draft, End, Failure, Folder},
    name,
};
use crate::files::{self, Gate};

/// How a job is doing.
pub(super) enum Look {
    Working(Option<f32>),
    Done(Label),
    Failed(Failure),
    /// There was no room to make it; it is tried again when it is looked at next.
    Full,
}

/// A job that this process has locked.
pub(super) struct Shift {
    pub(super) folder: Folder,
    pub(super) lock: File,
}

#[derive(Default)]
struct Desk {
    waiting: VecDeque<Shift>,
    full: HashSet<AttemptToken>,
}

/// The workshop's folder and queue.
pub(super) struct Yard<C> {
    root: PathBuf,
    gate: Gate,
    pub(super) craft: C,
    desk: Mutex<Desk>,
    bell: Condvar,
    closed: AtomicBool,
}

impl<C> fmt::Debug for Yard<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yard").field("root", &self.root).finish_non_exhaustive()
    }
}

impl<C: Craft> Yard<C> {
    /// Opens the folder, and removes the jobs whose order cannot be read.
    pub(super) fn open(root: PathBuf, craft: C) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        let (desk, bell, closed) = (Mutex::default(), Condvar::new(), AtomicBool::new(false));
        let yard = Self { gate: Gate::of(&root), root, craft, desk, bell, closed };
        yard.clear()?;
        Ok(yard)
    }

    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let known = entry?.file_name().to_str().and_then(|name| name.parse().ok());
            let Some(folder) = known.map(|attempt| self.folder(attempt)) else { continue };
            if folder.order::<C::Order>().is_none() {
                self.sweep(&folder, |folder| folder.order::<C::Order>().is_none())?;
            }
        }
        Ok(())
    }

    fn folder(&self, attempt: AttemptToken) -> Folder {
        Folder { path: self.root.join(attempt.to_string()), attempt }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` while another has the job's folder and it is not a job yet, or not any more.
    pub(super) fn begin(&self, attempt: AttemptToken) -> io::Result<Option<Begun>> {
        let folder = self.folder(attempt);
        let _pass = self.gate.pass()?;
        fs::create_dir_all(&folder.path)?;
        let lock = folder.lock()?;
        if folder.is_wanted() {
            return Ok(Some(Begun::There(name(attempt))));
        }
        Ok(lock.map(|lock| Begun::Fresh(Draft { folder, lock })))
    }

    pub(super) fn enter(&self, draft: Draft, order: &[u8]) -> io::Result<ProviderJob> {
        let Draft { folder, lock } = draft;
        let job = name(folder.attempt);
        if let Err(error) = folder.take(order) {
            self.discard(Draft { folder, lock })?;
            return Err(error);
        }
        self.queue(Shift { folder, lock });
        Ok(job)
    }

    pub(super) fn discard(&self, draft: Draft) -> io::Result<()> {
        let Draft { folder, lock } = draft;
        folder.cancel()?;
        drop(lock);
        self.tidy(&folder)
    }

    fn queue(&self, shift: Shift) {
        self.desk().waiting.push_back(shift);
        self.bell.notify_one();
    }

    /// The next job; waits for one. `None` once the workshop is closed.
    pub(super) fn next(&self) -> Option<Shift> {
        let mut desk = self.desk();
        loop {
            if self.is_closed() {
                desk.waiting.clear();
                return None;
            }
            if let Some(shift) = desk.waiting.pop_front() {
                return Some(shift);
            }
            desk = self.bell.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub(super) fn close(&self) {
        let _desk = self.desk();
        self.closed.store(true, Ordering::Relaxed);
        self.bell.notify_all();
    }

    /// There was no room to make it.
    pub(super) fn is_full(&self, attempt: AttemptToken) {
        self.desk().full.insert(attempt);
    }

    pub(super) fn is_there(&self, attempt: AttemptToken) -> bool {
        self.folder(attempt).is_wanted()
    }

    /// How a job is doing; `None` if there is none. What nobody makes any more is taken up again.
    pub(super) fn look(&self, attempt: AttemptToken) -> io::Result<Option<Look>> {
        let folder = self.folder(attempt);
        if !folder.is_wanted() {
            return Ok(None);
        }
        if let Some(end) = folder.end() {
            return Ok(Some(end.into()));
        }
        let Some(lock) = self.claim(&folder)? else {
            return Ok(Some(Look::Working(folder.progress().or(Some(0.0)))));
        };
        // It may have ended between the look and the lock.
        if let Some(end) = folder.end() {
            return Ok(Some(end.into()));
        }
        if self.desk().full.remove(&attempt) {
            return Ok(Some(Look::Full));
        }
        self.queue(Shift { folder, lock });
        Ok(Some(Look::Working(Some(0.0))))
    }

    fn claim(&self, folder: &Folder) -> io::Result<Option<File>> {
        let _pass = self.gate.pass()?;
        if folder.is_wanted() { folder.lock() } else { Ok(None) }
    }

    /// What was made, and how long it is.
    pub(super) fn result(&self, attempt: AttemptToken) -> io::Result<(File, u64)> {
        let file = File::open(self.folder(attempt).made(C::MAKES))?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    /// Nobody wants the job any more. Whoever makes it sees that, stops and clears up.
    pub(super) fn release(&self, attempt: AttemptToken) -> io::Result<()> {
        let folder = self.folder(attempt);
        folder.cancel()?;
        let mut desk = self.desk();
        desk.full.remove(&attempt);
        desk.waiting.retain(|shift| shift.folder.attempt != attempt);
        drop(desk);
        self.tidy(&folder)
    }

    /// Removes a folder that nobody wants and nobody is at work in.
    pub(super) fn tidy(&self, folder: &Folder) -> io::Result<()> {
        self.sweep(folder, |folder| !folder.is_wanted())
    }

    fn sweep(&self, folder: &Folder, unwanted: impl Fn(&Folder) -> bool) -> io::Result<()> {
        let _shut = self.gate.shut()?;
        if !folder.path.exists() || !unwanted(folder) {
            return Ok(());
        }
        match folder.lock()? {
            Some(_lock) => files::unless_missing(fs::remove_dir_all(&folder.path)).map(drop),
            None => Ok(()),
        }
    }
}

impl From<End> for Look {
    fn from(end: End) -> Self {
        match end {
            End::Made(label) => Self::Done(label),
            End::Failed(failure) => Self::Failed(failure),
        }
    }
}
