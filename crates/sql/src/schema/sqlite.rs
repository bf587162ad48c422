use sqlx::{
    Connection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use super::{MigrateError, Step, history, last};

const HISTORY: [Step; 24] = history!("sqlite":
    1 "0001_members"
    2 "0002_productions"
    3 "0003_events"
    4 "0004_jobs"
    5 "0005_callbacks"
    6 "0006_members"
    7 "0007_points"
    8 "0008_coupons"
    9 "0009_shop"
    10 "0010_slots"
    11 "0011_queue_tickets_over"
    12 "0012_locks_held_until"
    13 "0013_unresolved"
    14 "0014_lanes"
    15 "0015_event_heads_told"
    16 "0016_jobs_fed_until"
    17 "0017_job_traces"
    18 "0018_coupon_lines"
    19 "0019_webhooks"
    20 "0020_access"
    21 "0021_point_lots_told_at"
    22 "0022_event_traces"
    23 "0023_jobs_kind"
    24 "0024_point_entries_reason"
);

fn migrator() -> Migrator {
    let step = |(version, what, text): Step| {
        Migration::new(version, what.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(HISTORY.map(step).to_vec())
}

/// Brings a database up to date, all of it or nothing, while others that start wait.
pub(crate) async fn migrate(to: &mut SqliteConnection) -> Result<(), MigrateError> {
    let mut tx = to.begin_with("BEGIN IMMEDIATE").await?;
    match migrator().run_direct(None, &mut *tx, false).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(sqlx::migrate::MigrateError::VersionMissing(found)) if found > last(&HISTORY) => {
            Err(MigrateError::Newer { found, known: last(&HISTORY), floor: found })
        }
        Err(error) => Err(MigrateError::Failed(error.into())),
    }
}
