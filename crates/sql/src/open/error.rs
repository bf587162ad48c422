use std::path::Path;

use crate::{
    fault::{MySqlFault, SqliteFault, mysql_fault, sqlite_fault},
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
    /// The file may not be read or written, or the server refuses the user.
    NoPermission,
    /// The URL cannot be read, or names no database.
    BadUrl,
    /// The server has no such database.
    NoDatabase,
    /// No room is left.
    Full,
    /// Anything else; the source says what.
    Unavailable,
}

/// A database that was not opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {place}: {}", self.reason())]
pub struct OpenError {
    kind: OpenErrorKind,
    place: String,
    source: Option<MigrateError>,
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
            OpenErrorKind::NoPermission => "access to it is refused",
            OpenErrorKind::BadUrl => {
                "its URL is not of the form mysql://user:password@host:3306/database"
            }
            OpenErrorKind::NoDatabase => "the server has no such database",
            OpenErrorKind::Full => "no room is left on the disk",
            OpenErrorKind::Unavailable => "it does not answer",
        }
    }

    pub(super) fn of(path: &Path, source: MigrateError) -> Self {
        let kind = match &source {
            MigrateError::Newer { .. } => OpenErrorKind::Newer,
            MigrateError::Failed(cause) => {
                kind_of(path, driver_fault(cause.as_ref(), sqlite_fault))
            }
        };
        Self { kind, place: path.display().to_string(), source: Some(source) }
    }

    pub(super) fn of_url() -> Self {
        Self { kind: OpenErrorKind::BadUrl, place: "of a server".to_owned(), source: None }
    }

    pub(super) fn of_server(place: String, source: MigrateError) -> Self {
        let kind = match &source {
            MigrateError::Newer { .. } => OpenErrorKind::Newer,
            MigrateError::Failed(cause) => match driver_fault(cause.as_ref(), mysql_fault) {
                Some(MySqlFault::Full) => OpenErrorKind::Full,
                Some(MySqlFault::Forbidden) => OpenErrorKind::NoPermission,
                Some(MySqlFault::NoDatabase) => OpenErrorKind::NoDatabase,
                Some(MySqlFault::Busy | MySqlFault::ThereAlready | MySqlFault::Other) | None => {
                    OpenErrorKind::Unavailable
                }
            },
        };
        Self { kind, place, source: Some(source) }
    }
}

/// The fault of the driver that lies beneath an error, however deep.
fn driver_fault<F>(
    error: &(dyn std::error::Error + 'static),
    read: fn(&sqlx::Error) -> Option<F>,
) -> Option<F> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref().and_then(read) {
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
