//! The schema's history; it only grows.
//!
//! On a server it stands beside it how far back a program may be that still works on it: one that is
//! rolled back, or starts anew while a fleet is brought to the next release, finds a schema with more
//! in it than it knows.

mod mysql;
mod sqlite;

pub(crate) use mysql::migrate as migrate_mysql;
#[cfg(test)]
pub(crate) use mysql::{FLOOR, known};
pub(crate) use sqlite::migrate as migrate_sqlite;

/// Why a schema could not be brought up to date; nothing of it was changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database is ahead of this program.
    #[error(
        "the database was made by a newer version: it is at schema {found}, this one knows {known}, \
         and it takes {floor} to work on it"
    )]
    Newer {
        /// What the database is at.
        found: i64,
        /// The last that this program knows.
        known: i64,
        /// The last that a program must know.
        floor: i64,
    },
    /// The database does not answer, or refuses a step.
    #[error("the schema could not be brought up to date")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// A step of the schema's history: its number, its name and its text.
type Step = (i64, &'static str, &'static str);

macro_rules! history {
    ($engine:literal: $($version:literal $what:literal)+) => {
        [$((
            $version,
            $what,
            include_str!(concat!("../../../../migrations/", $engine, "/", $what, ".sql")),
        ),)+]
    };
}

use history;

/// The number of the last step.
fn last(history: &[Step]) -> i64 {
    history.last().map_or(0, |(version, ..)| *version)
}
