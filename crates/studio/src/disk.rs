//! Media in a folder of this machine.

mod draft;

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaErrorKind, MediaRead, MediaStore, checked},
};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;

use crate::files::{self, blocking, reader};
use draft::{Draft, Drafts};

/// A media store in a folder. Several processes may use the same folder at the same time.
///
/// A key's path is the file's path below the folder; what is still on its way in lies in
/// `.incoming`, which no key can name.
#[derive(Debug, Clone)]
pub struct LocalMedia {
    root: Arc<Path>,
    drafts: Arc<Drafts>,
}

impl LocalMedia {
    /// Opens the folder, makes it where it is missing, and removes what killed processes left half
    /// written; what others are writing at this moment stays.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or read.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let root: Arc<Path> = folder.into().into();
        let drafts = Drafts::open(&root)?;
        Ok(Self { root, drafts: Arc::new(drafts) })
    }

    fn path(&self, key: &MediaKey) -> PathBuf {
        self.root.join(key.as_str())
    }
}

#[async_trait]
impl MediaStore for LocalMedia {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        let mut body = checked(key, body, most)?;
        let drafts = self.drafts.clone();
        let mut draft = blocking(move || drafts.begin()).await.map_err(fault)?;

        let mut batch = draft::Batch::default();
        while let Some(piece) = body.try_next().await? {
            if batch.add(piece) {
                draft = write(draft, std::mem::take(&mut batch)).await?;
            }
        }
        draft = write(draft, batch).await?;

        let (root, path) = (self.root.clone(), self.path(key));
        let placed = blocking(move || draft.place(&root, &path)).await;
        let (bytes, sha256) = placed.map_err(fault)?;
        Ok(Stored { key: key.clone(), bytes, sha256 })
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        let path = self.path(key);
        let found = blocking(move || files::unless_missing(File::open(path)).and_then(measured));
        let Some((file, total)) = found.await.map_err(fault)? else { return Ok(None) };
        let Some(ByteRange { first, last }) = range else {
            return Ok(Some(MediaRead { body: reader::stream(file, total), total }));
        };
        if first > last || last >= total {
            return Err(MediaErrorKind::BadRange.into());
        }
        let from = blocking(move || at(file, first)).await.map_err(fault)?;
        Ok(Some(MediaRead { body: reader::stream(from, last - first + 1), total }))
    }

    async fn link(
        &self,
        _key: &MediaKey,
        _until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        Ok(None)
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        let path = self.path(key);
        let removed = blocking(move || match files::unless_missing(fs::remove_file(&path))? {
            Some(()) => path.parent().map_or(Ok(()), files::sync_folder),
            None => Ok(()),
        });
        removed.await.map_err(fault)
    }

    async fn check(&self) -> Result<(), MediaError> {
        let drafts = self.drafts.clone();
        blocking(move || drafts.try_out()).await.map_err(fault)
    }
}

async fn write(draft: Draft, batch: draft::Batch) -> Result<Draft, MediaError> {
    blocking(move || draft.write(&batch)).await.map_err(fault)
}

fn measured(file: Option<File>) -> io::Result<Option<(File, u64)>> {
    file.map(|file| file.metadata().map(|known| (file, known.len()))).transpose()
}

fn at(mut file: File, first: u64) -> io::Result<File> {
    file.seek(SeekFrom::Start(first))?;
    Ok(file)
}

fn fault(error: io::Error) -> MediaError {
    let full = files::is_full(&error);
    let kind = if full { MediaErrorKind::Full } else { MediaErrorKind::Unavailable };
    MediaError::new(kind).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_being_written_stays() {
        let root = std::env::temp_dir().join(format!("castad-disk-{}", std::process::id()));
        let first = LocalMedia::open(&root).unwrap();
        let incoming = root.join(".incoming");
        fs::write(incoming.join("1-0.part"), "half").unwrap();
        let draft = first.drafts.begin().unwrap();
        let parts = || {
            let names = fs::read_dir(&incoming).unwrap().map(|entry| entry.unwrap().path());
            names.filter(|path| path.extension().is_some_and(|ending| ending == "part")).count()
        };
        assert_eq!(parts(), 2);

        LocalMedia::open(&root).unwrap();
        assert_eq!(parts(), 1);
        drop(draft);
        assert_eq!(parts(), 0);
        fs::remove_dir_all(root).unwrap();
    }
}
