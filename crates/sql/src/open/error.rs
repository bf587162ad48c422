use std::path::{Path, PathBuf};

use crate::{
    fault::{SqliteFault, sqlite_fault},
    schema::MigrateError,
};

/// Why a database was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenErrorKind {
    /// Its schema is newer than this program; nothing of it was changed.
    Newer,
    /// The file is something else.
    NotADatabase,
    /// There is no such folder.
    NoFolder,
    /// The file may not be read or written.
    NoPermission,
    /// No room is left.
    Full,
    /// Anything else; the source says what.
    Unavailable,
}

/// A database that was not opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {}: {}", path.display(), self.reason())]
pub struct OpenError {
    kind: OpenErrorKind,
    path: PathBuf,
    source: MigrateError,
}

impl OpenError {
    /// Why.
    #[must_use]
    pub fn kind(&self) -> OpenErrorKind {
        self.kind
    }

    fn reason(&self) -> &'static str {
        match self.kind {
            OpenErrorKind::Newer => "made by a newer version",
            OpenErrorKind::NotADatabase => "the file is not a database",
            OpenErrorKind::NoFolder => "its folder does not exist",
            OpenErrorKind::NoPermission => "the file may not be read and written",
            OpenErrorKind::Full => "no room is left on the disk",
            OpenErrorKind::Unavailable => "it does not answer",
        }
    }

    pub(super) fn of(path: &Path, source: MigrateError) -> Self {
        let kind = match &source {
            MigrateError::Newer { .. } => OpenErrorKind::Newer,
            MigrateError::Failed(cause) => kind_of(path, driver_fault(cause.as_ref())),
        };
        Self { kind, path: path.to_owned(), source }
    }
}

/// The fault of the driver that lies beneath an error, however deep.
fn driver_fault(error: &(dyn std::error::Error + 'static)) -> Option<SqliteFault> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref().and_then(sqlite_fault) {
            return Some(fault);
        }
        next = error.source();
    }
    None
}

fn kind_of(path: &Path, fault: Option<SqliteFault>) -> OpenErrorKind {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match fault {
        Some(SqliteFault::NotADatabase) => OpenErrorKind::NotADatabase,
        Some(SqliteFault::Full) => OpenErrorKind::Full,
        Some(SqliteFault::CannotOpen) if folder.is_some_and(|folder| !folder.exists()) => {
            OpenErrorKind::NoFolder
        }
        Some(SqliteFault::CannotOpen) if path.is_dir() => OpenErrorKind::NotADatabase,
        Some(SqliteFault::CannotOpen | SqliteFault::Forbidden) => OpenErrorKind::NoPermission,
        Some(SqliteFault::Busy | SqliteFault::Other) | None => OpenErrorKind::Unavailable,
    }
}
