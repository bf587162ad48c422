//! Files that are there whole or not at all, and locks that the kernel drops with their process.

pub(crate) mod reader;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Runs work that waits for the disk or needs the processor for a while where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|ended| Err(io::Error::other(ended)))
}

/// Keeps those who clear a folder apart from those who make something in it, over all processes.
///
/// Who makes a file and locks it passes the gate first; who removes what nobody has locked shuts it.
/// Otherwise a file could be removed between the moment it is made and the moment it is locked.
#[derive(Debug, Clone)]
pub(crate) struct Gate(PathBuf);

impl Gate {
    /// The gate of a folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.join(".gate"))
    }

    /// Keeps it open until the answer is dropped.
    pub(crate) fn pass(&self) -> io::Result<File> {
        let gate = self.file()?;
        gate.lock_shared()?;
        Ok(gate)
    }

    /// Keeps it shut until the answer is dropped.
    pub(crate) fn shut(&self) -> io::Result<File> {
        let gate = self.file()?;
        gate.lock()?;
        Ok(gate)
    }

    fn file(&self) -> io::Result<File> {
        lockable(&self.0)
    }
}

/// A file to lock; made where it is missing, and never emptied.
pub(crate) fn lockable(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

/// Locks the file, unless somebody else has: then `None`.
pub(crate) fn locked(file: File) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Writes a file that outlives a power cut from its first moment on. One writer at a time.
pub(crate) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let part = folder.join(format!("{name}.part"));
    write_synced(&part, bytes)?;
    fs::rename(&part, folder.join(name))?;
    sync_folder(folder)
}

/// Writes a file and waits until the disk has it.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Waits until the disk knows the folder's names.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder below `root` and waits until the disk knows it.
pub(crate) fn make_folder(root: &Path, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    folder.ancestors().skip(1).take_while(|above| above.starts_with(root)).try_for_each(sync_folder)
}

/// Nothing, where the file was not there to begin with.
pub(crate) fn unless_missing<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the disk, or what this user may have of it, is used up.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
