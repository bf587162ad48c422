//! The data folder: one `serve` at a time, and nothing of a newer version is touched.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};

/// The layout that this version writes.
const LAYOUT: u32 = 1;

/// An open data folder; other programs may open it too.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// Holds the folder against a second `serve` for as long as it lives, even through `kill -9`.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

impl DataFolder {
    /// Opens the folder and makes it where it is missing.
    ///
    /// # Errors
    ///
    /// When it cannot be made or written, or was made by a newer version.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("the data folder {} cannot be made", path.display()))?;
        let layout = path.join("layout");
        match std::fs::read_to_string(&layout) {
            Ok(text) => {
                let found: u32 = text.trim().parse().with_context(|| {
                    format!(
                        "{} does not hold a number: is this a data folder of castad?",
                        layout.display()
                    )
                })?;
                if found > LAYOUT {
                    bail!(
                        "the data folder {} was made by a newer castad (layout {found}, this one knows \
                         {LAYOUT}): use that version, or another folder with CASTAD_DATA",
                        path.display()
                    );
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::write(&layout, format!("{LAYOUT}\n")).with_context(|| {
                    format!("the data folder {} cannot be written", path.display())
                })?;
            }
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", layout.display()));
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Holds the folder for a `serve`.
    ///
    /// # Errors
    ///
    /// When another one holds it.
    pub fn hold(&self) -> anyhow::Result<Hold> {
        let path = self.path.join("serve.lock");
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).open(&path);
        let file = file.with_context(|| format!("{} cannot be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Hold { _file: file }),
            Err(TryLockError::WouldBlock) => bail!(
                "another castad serves the data folder {}: stop it, or name another folder with \
                 CASTAD_DATA (castad make and castad keys work beside it)",
                self.path.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }

    /// What links to files of this folder are sealed with; made where it is missing.
    ///
    /// # Errors
    ///
    /// When it can neither be read nor made.
    pub fn link_key(&self) -> anyhow::Result<[u8; 32]> {
        let path = self.path.join("link-key");
        let failed = || format!("{} cannot be made", path.display());
        if !path.exists() {
            let mut key = [0; 32];
            getrandom::fill(&mut key).context("the system gives no random bytes")?;
            // Under its name it is there whole, whoever else makes one at the same time.
            let own = self.path.join(format!("link-key.{}", std::process::id()));
            private().open(&own).and_then(|mut file| file.write_all(&key)).with_context(failed)?;
            let linked = std::fs::hard_link(&own, &path);
            std::fs::remove_file(&own).with_context(failed)?;
            linked
                .or_else(|error| if path.exists() { Ok(()) } else { Err(error) })
                .with_context(failed)?;
        }
        let key =
            std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        key.try_into().map_err(|_| anyhow!("{} does not hold 32 bytes: remove it", path.display()))
    }

    /// The embedded database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("castad.db")
    }

    /// Where media are kept.
    #[must_use]
    pub fn media(&self) -> PathBuf {
        self.path.join("media")
    }

    /// Where the built-in engines work.
    #[must_use]
    pub fn studio(&self) -> PathBuf {
        self.path.join("studio")
    }
}

/// Makes a file that nobody else may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("castad-data-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        path
    }

    #[test]
    fn a_second_hold_is_refused_until_the_first_is_gone() {
        let path = folder("hold");
        let data = DataFolder::open(&path).unwrap();
        let first = data.hold().unwrap();
        let refused = DataFolder::open(&path).unwrap().hold().unwrap_err();
        assert!(refused.to_string().contains("another castad serves"), "{refused}");
        drop(first);
        assert!(data.hold().is_ok());
        std::fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn the_key_of_links_is_made_once_and_nobody_else_may_read_it() {
        let path = folder("links");
        let data = DataFolder::open(&path).unwrap();
        let key = data.link_key().unwrap();
        assert_eq!(DataFolder::open(&path).unwrap().link_key().unwrap(), key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.join("link-key").metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(path.join("link-key"), "short").unwrap();
        assert!(data.link_key().unwrap_err().to_string().contains("32 bytes"));
        std::fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_of_a_newer_version_is_left_alone() {
        let path = folder("newer");
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("layout"), "99\n").unwrap();
        let refused = DataFolder::open(&path).unwrap_err();
        assert!(refused.to_string().contains("newer castad"), "{refused}");
        assert_eq!(std::fs::read_to_string(path.join("layout")).unwrap(), "99\n");
        std::fs::remove_dir_all(path).unwrap();
    }
}
