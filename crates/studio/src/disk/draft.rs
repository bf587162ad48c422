//! Files that are still on their way in.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::files::{self, Gate};

/// Bytes that are taken together to the disk.
const ENOUGH: usize = 512 << 10;
/// Pieces that are, however small.
const MANY: usize = 64;

/// Pieces that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pieces: Vec<Bytes>,
    bytes: usize,
}

impl Batch {
    /// Adds a piece and says whether it is time to write.
    pub(super) fn add(&mut self, piece: Bytes) -> bool {
        self.bytes += piece.len();
        self.pieces.push(piece);
        self.bytes >= ENOUGH || self.pieces.len() >= MANY
    }
}

/// The folder of the drafts of all processes. Each is locked by its writer for as long as it lives.
#[derive(Debug)]
pub(super) struct Drafts {
    folder: PathBuf,
    gate: Gate,
    next: AtomicU64,
}

impl Drafts {
    /// Opens the folder and removes what nobody writes any more.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let folder = root.join(".incoming");
        fs::create_dir_all(&folder)?;
        let drafts = Self { gate: Gate::of(&folder), folder, next: AtomicU64::new(0) };
        drafts.clear()?;
        Ok(drafts)
    }

    fn clear(&self) -> io::Result<()> {
        let _shut = self.gate.shut()?;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "part") {
                continue;
            }
            let Some(file) = files::unless_missing(File::open(&path))? else { continue };
            if files::locked(file)?.is_some() {
                files::unless_missing(fs::remove_file(&path))?;
            }
        }
        Ok(())
    }

    /// Begins a draft.
    pub(super) fn begin(&self) -> io::Result<Draft> {
        let (file, path) = self.fresh()?;
        Ok(Draft { file, trace: Trace(Some(path)), bytes: 0, sha256: Sha256::new() })
    }

    /// Writes a little and takes it away again.
    pub(super) fn try_out(&self) -> io::Result<()> {
        let (mut file, path) = self.fresh()?;
        let _trace = Trace(Some(path));
        file.write_all(&[0; 4096])?;
        file.sync_all()
    }

    /// A new file, locked. Where process ids repeat, as they do in containers, the next name is free.
    fn fresh(&self) -> io::Result<(File, PathBuf)> {
        let _pass = self.gate.pass()?;
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let path = self.folder.join(format!("{}-{number}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    file.lock()?;
                    return Ok((file, path));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A file that goes away with this, unless it was placed.
#[derive(Debug)]
struct Trace(Option<PathBuf>);

impl Drop for Trace {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // What cannot be removed now is removed when the folder is opened next.
            drop(fs::remove_file(path));
        }
    }
}

/// A file that nobody can read yet.
#[derive(Debug)]
pub(super) struct Draft {
    file: File,
    trace: Trace,
    bytes: u64,
    sha256: Sha256,
}

impl Draft {
    /// Appends.
    pub(super) fn write(mut self, batch: &Batch) -> io::Result<Self> {
        for piece in &batch.pieces {
            self.file.write_all(piece)?;
            self.sha256.update(piece);
            self.bytes += piece.len() as u64;
        }
        Ok(self)
    }

    /// Gives the file its name, once the disk has all of it; says how long it is, and its SHA-256.
    pub(super) fn place(mut self, root: &Path, path: &Path) -> io::Result<(u64, [u8; 32])> {
        self.file.sync_all()?;
        let folder = path.parent().unwrap_or(root);
        files::make_folder(root, folder)?;
        if let Some(draft) = &self.trace.0 {
            fs::rename(draft, path)?;
        }
        self.trace.0 = None;
        files::sync_folder(folder)?;
        Ok((self.bytes, self.sha256.finalize().into()))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let draft = Draft { file, trace: Trace(None), bytes: 0, sha256: Sha256::new() };
        let mut batch = Batch::default();
        batch.add(Bytes::from_static(b"\xff\xd8\xff\xe0"));
        assert!(files::is_full(&draft.write(&batch).unwrap_err()));
    }
}
