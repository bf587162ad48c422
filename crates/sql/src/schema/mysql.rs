//! Neither `MySQL` nor `MariaDB` can undo a change of the schema, so each step is one statement, which
//! is done or not. Its row says that it was begun, then that it is done: a step that a dying process
//! left between the two may find its work done.

use sqlx::{MySql, MySqlConnection};

use super::{MigrateError, Step, history, last};
use crate::fault::{MySqlFault, mysql_fault};

const HISTORY: [Step; 60] = history!("mysql":
    1 "0001_members"
    2 "0002_api_keys"
    3 "0003_sessions"
    4 "0004_projects"
    5 "0005_images"
    6 "0006_lyrics"
    7 "0007_songs"
    8 "0008_videos"
    9 "0009_event_heads"
    10 "0010_events"
    11 "0011_replies"
    12 "0012_jobs"
    13 "0013_locks"
    14 "0014_song_takes"
    15 "0015_video_attempts"
    16 "0016_job_drafts"
    17 "0017_settings_head"
    18 "0018_settings_head_row"
    19 "0019_settings"
    20 "0020_setting_changes"
    21 "0021_profiles"
    22 "0022_api_key_names"
    23 "0023_point_accounts"
    24 "0024_point_lots"
    25 "0025_point_usages"
    26 "0026_point_usage_details"
    27 "0027_point_entries"
    28 "0028_point_totals"
    29 "0029_campaigns"
    30 "0030_coupons"
    31 "0031_packs"
    32 "0032_orders"
    33 "0033_channels"
    34 "0034_slots"
    35 "0035_holds"
    36 "0036_booking_queues"
    37 "0037_queue_tickets"
    38 "0038_queue_tickets_over"
    39 "0039_locks_held_until"
    40 "0040_songs_unresolved"
    41 "0041_videos_unresolved"
    42 "0042_jobs_lane"
    43 "0043_jobs_lane_of_kind"
    44 "0044_lanes"
    45 "0045_lanes_known"
    46 "0046_event_heads_told"
    47 "0047_jobs_fed_until"
    48 "0048_job_traces"
    49 "0049_campaigns_mode"
    50 "0050_coupon_lines"
    51 "0051_coupon_requests"
    52 "0052_webhooks"
    53 "0053_webhook_deliveries"
    54 "0054_event_heads_heard"
    55 "0055_api_key_terms"
    56 "0056_admin_actions"
    57 "0057_point_lots_told_at"
    58 "0058_event_traces"
    59 "0059_jobs_kind"
    60 "0060_point_entries_reason"
);

/// How long a start waits for another that brings the same schema up to date, in seconds.
const PATIENCE_S: i64 = 120;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_steps ( \
    version BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, done BOOLEAN NOT NULL, \
    begun_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) \
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";

/// The last step that a program must know to work on this schema: what the release before knows,
/// as long as its texts are answered.
pub(crate) const FLOOR: i64 = 39;

const FLOOR_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_floor ( \
    id BIGINT NOT NULL PRIMARY KEY, known BIGINT NOT NULL \
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";

#[derive(Debug, thiserror::Error)]
#[error("another start has been bringing the schema up to date for {PATIENCE_S} s")]
struct StillBusy;

#[derive(sqlx::FromRow)]
struct StepRow {
    version: i64,
    done: bool,
}

/// Brings a database up to date, step by step, while others that start wait.
///
/// The server lets go of the lock with the connection, however that ends; so it has to be one that is
/// closed when the future is dropped.
pub(crate) async fn migrate(to: &mut MySqlConnection) -> Result<(), MigrateError> {
    const LOCK: &str = "SELECT GET_LOCK(CONCAT('castad ', SHA2(DATABASE(), 224)), ?)";
    let locked = sqlx::query_scalar::<MySql, Option<i64>>(LOCK).bind(PATIENCE_S);
    if locked.fetch_one(&mut *to).await? != Some(1) {
        return Err(MigrateError::Failed(StillBusy.into()));
    }
    let migrated = run(to).await;
    let release = "SELECT RELEASE_LOCK(CONCAT('castad ', SHA2(DATABASE(), 224)))";
    sqlx::query::<MySql>(release).execute(to).await?;
    migrated
}

async fn run(to: &mut MySqlConnection) -> Result<(), MigrateError> {
    sqlx::query::<MySql>(TABLE).execute(&mut *to).await?;
    let steps = "SELECT version, done FROM schema_steps ORDER BY version";
    let steps = sqlx::query_as::<MySql, StepRow>(steps).fetch_all(&mut *to).await?;
    sqlx::query::<MySql>(FLOOR_TABLE).execute(&mut *to).await?;
    let (found, known) = (steps.last().map_or(0, |step| step.version), last(&HISTORY));
    if found > known {
        let floor = "SELECT known FROM schema_floor WHERE id = 1";
        let floor = sqlx::query_scalar::<MySql, i64>(floor).fetch_optional(to).await?;
        let floor = floor.unwrap_or(found);
        return if known < floor {
            Err(MigrateError::Newer { found, known, floor })
        } else {
            Ok(())
        };
    }
    for step in HISTORY {
        match steps.iter().find(|row| row.version == step.0) {
            Some(row) if row.done => {}
            begun => apply(to, step, begun.is_some()).await?,
        }
    }
    let raise = "INSERT INTO schema_floor (id, known) VALUES (1, ?) \
         ON DUPLICATE KEY UPDATE known = GREATEST(known, ?)";
    sqlx::query::<MySql>(raise).bind(FLOOR).bind(FLOOR).execute(to).await?;
    Ok(())
}

#[cfg(test)]
pub(crate) fn known() -> i64 {
    last(&HISTORY)
}

async fn apply(
    to: &mut MySqlConnection,
    (version, name, text): Step,
    begun: bool,
) -> Result<(), sqlx::Error> {
    const REFUSED: &str = "DELETE FROM schema_steps WHERE version = ? AND NOT done";
    const DONE: &str = "UPDATE schema_steps SET done = TRUE WHERE version = ?";
    if !begun {
        const BEGIN: &str = "INSERT INTO schema_steps (version, name, done) VALUES (?, ?, FALSE)";
        sqlx::query::<MySql>(BEGIN).bind(version).bind(name).execute(&mut *to).await?;
    }
    match sqlx::raw_sql(text).execute(&mut *to).await {
        Err(error) if begun && mysql_fault(&error) == Some(MySqlFault::ThereAlready) => {}
        Err(error) => {
            // Refused as a whole: the next start has not begun it.
            sqlx::query::<MySql>(REFUSED).bind(version).execute(to).await?;
            return Err(error);
        }
        Ok(_) => {}
    }
    sqlx::query::<MySql>(DONE).bind(version).execute(to).await.map(drop)
}
