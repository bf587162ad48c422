//! The schema's history; it only grows.

use sqlx::{
    SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

/// Why a schema could not be brought up to date; nothing of it was changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database is ahead of this program.
    #[error(
        "the database was made by a newer version: it is at schema {found}, this one knows {known}"
    )]
    Newer {
        /// What the database is at.
        found: i64,
        /// The last that this program knows.
        known: i64,
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

macro_rules! history {
    ($engine:literal: $($version:literal $what:literal)+) => {
        [$((
            $version,
            $what,
            include_str!(concat!("../../../migrations/", $engine, "/", $what, ".sql")),
        ),)+]
    };
}

const SQLITE: [(i64, &str, &str); 4] = history!("sqlite":
    1 "0001_members"
    2 "0002_productions"
    3 "0003_events"
    4 "0004_jobs"
);

fn migrator(history: &[(i64, &'static str, &'static str)]) -> Migrator {
    let step = |&(version, what, text): &(i64, &'static str, &'static str)| {
        Migration::new(version, what.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(history.iter().map(step).collect())
}

/// Brings a database up to date, all of it or nothing, while others that start wait.
pub(crate) async fn migrate_sqlite(to: &mut SqliteConnection) -> Result<(), MigrateError> {
    use sqlx::Connection;

    let mut tx = to.begin_with("BEGIN IMMEDIATE").await?;
    let known = SQLITE.last().map_or(0, |(version, ..)| *version);
    match migrator(&SQLITE).run_direct(None, &mut *tx, false).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(sqlx::migrate::MigrateError::VersionMissing(found)) if found > known => {
            Err(MigrateError::Newer { found, known })
        }
        Err(error) => Err(MigrateError::Failed(error.into())),
    }
}
