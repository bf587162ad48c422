//! What SQLite says in one statement each.

use castad_domain::{model::Lane, port::Turn};
use chrono::{DateTime, Utc};
use sqlx::{Connection, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::Wanted;
use crate::{
    coupons,
    points::{AccountRow, settings_version},
    row::{CampaignRow, ClaimRow, LaneRow, OrderRow, PackRow, WebhookRow, webhook_columns},
    shop,
    slots::{HoldRow, hold_columns},
};

texts! {
    /// Takes the job that is next in a lane: of those that are due, one of the member with the fewest running;
    /// of several such members, the one whose job has been due for longest. A job whose worker's
    /// lease has ended is due.
    ///
    /// Nobody has fewer than none, so first the head of the line is looked through for a member with
    /// nothing running. Only where all of the head belongs to members that are busy, `line` steps
    /// from member to member over `jobs_member`: that costs as much as members wait, not jobs. The
    /// indexes are named, because without statistics the planner takes the wrong one for `MIN`.
    CLAIM =
        "WITH RECURSIVE expired(id, member_id, due) AS ( \
           SELECT e.id, e.member_id, e.due FROM jobs e INDEXED BY jobs_lease \
             WHERE e.lane = ?3 AND e.state = 'running' AND e.lease_until <= ?1 \
         ), head(id, member_id, due) AS ( \
           SELECT * FROM (SELECT h.id, h.member_id, h.due FROM jobs h INDEXED BY jobs_lane \
             WHERE h.lane = ?3 AND h.state = 'waiting' AND h.due <= ?1 ORDER BY h.due, h.id LIMIT 50) \
           UNION ALL SELECT * FROM expired \
         ), line(member_id) AS ( \
           SELECT (SELECT MIN(w.member_id) FROM jobs w INDEXED BY jobs_member WHERE w.lane = ?3 AND w.state = 'waiting') \
             WHERE EXISTS (SELECT 1 FROM head) \
           UNION ALL \
           SELECT (SELECT MIN(w.member_id) FROM jobs w INDEXED BY jobs_member \
                   WHERE w.lane = ?3 AND w.state = 'waiting' AND w.member_id > line.member_id) \
             FROM line WHERE line.member_id IS NOT NULL \
         ), next(id, member_id, due) AS ( \
           SELECT (SELECT f.id FROM jobs f INDEXED BY jobs_member \
                   WHERE f.lane = ?3 AND f.state = 'waiting' AND f.member_id = line.member_id AND f.due <= ?1 \
                   ORDER BY f.due, f.id LIMIT 1), \
                  line.member_id, \
                  (SELECT MIN(f.due) FROM jobs f INDEXED BY jobs_member \
                   WHERE f.lane = ?3 AND f.state = 'waiting' AND f.member_id = line.member_id) \
             FROM line \
           UNION ALL SELECT * FROM expired \
         ) \
         UPDATE jobs SET state = 'running', fence = fence + 1, lease_until = ?2, fed_until = NULL \
         WHERE id = COALESCE( \
           (SELECT head.id FROM head WHERE NOT EXISTS ( \
              SELECT 1 FROM jobs r INDEXED BY jobs_member WHERE r.lane = ?3 AND r.state = 'running' \
                AND r.member_id = head.member_id AND r.lease_until > ?1) \
            ORDER BY head.due, head.id LIMIT 1), \
           (SELECT next.id FROM next WHERE next.id IS NOT NULL ORDER BY ( \
              SELECT COUNT(*) FROM jobs r INDEXED BY jobs_member WHERE r.lane = ?3 AND r.state = 'running' \
                AND r.member_id = next.member_id AND r.lease_until > ?1), \
              next.due, next.id LIMIT 1)) \
           AND EXISTS (SELECT 1 FROM lanes WHERE name = ?3 AND NOT paused \
             AND (rests_until IS NULL OR rests_until <= ?1)) \
         RETURNING id, kind, subject, member_id, project_id, due, fence, attempts, progress, \
             draft AS note, trace";

    /// Every lane, with when its first job is due and when the first lease of one ends.
    LANES =
        "SELECT lanes.name, lanes.rests_until, lanes.paused, lanes.reason, lanes.booked, \
           (SELECT MIN(w.due) FROM jobs w INDEXED BY jobs_lane \
             WHERE w.lane = lanes.name AND w.state = 'waiting') AS due, \
           (SELECT MIN(r.lease_until) FROM jobs r INDEXED BY jobs_lease \
             WHERE r.lane = lanes.name AND r.state = 'running') AS lease_ends \
         FROM lanes";

    /// Takes a lock that is free, or prolongs it for the owner that holds it. The first token is the
    /// time, so that tokens rise beyond those of a row that was forgotten.
    LOCK =
        "INSERT INTO locks (name, owner, token, held_until) VALUES (?1, ?2, ?5, ?4) \
         ON CONFLICT (name) DO UPDATE SET \
           token = CASE WHEN owner = ?2 AND held_until > ?3 THEN token ELSE token + 1 END, \
           owner = ?2, held_until = ?4 \
         WHERE owner IS NULL OR owner = ?2 OR held_until <= ?3 \
         RETURNING token";

    /// Raises the last number of a member's log by as many as are appended.
    RAISE =
        "INSERT INTO event_heads (member_id, seq) VALUES (?1, ?2) \
         ON CONFLICT (member_id) DO UPDATE SET seq = seq + ?2 RETURNING seq";

    /// The lives of another lock are counted by the token of a row that nobody holds.
    EPOCH =
        "INSERT INTO locks (name, token, held_until) VALUES ('epochs', 1, '') \
         ON CONFLICT (name) DO UPDATE SET token = token + 1 RETURNING token";

    /// Who writes is alone, so that what they read is held.
    HOLD_ACCOUNT =
        concat!("SELECT point_accounts.version, point_accounts.balance, ", settings_version!(), " AS settings \
         FROM point_accounts WHERE member_id = ?");

    /// Opens an account that is not there.
    OPEN_ACCOUNT =
        "INSERT INTO point_accounts (member_id, version, balance) \
         SELECT id, 0, 0 FROM members WHERE id = ? ON CONFLICT (member_id) DO NOTHING";

    /// Slots whose hold is over, with the hold.
    LAPSED = concat!(
        "SELECT ", hold_columns!(), " FROM slots s JOIN holds h ON h.id = s.hold_id \
         WHERE s.held_until <= ? ORDER BY s.held_until LIMIT ?"
    );

    HOLD_WEBHOOK = concat!(
        "SELECT ", webhook_columns!(), " FROM webhooks w WHERE w.id = ? AND w.member_id = ?"
    );
    CLAIM_WEBHOOK =
        "UPDATE webhooks AS w SET lease_until = ?2, version = version + 1 \
         WHERE w.id = (SELECT r.id FROM webhooks r WHERE r.ready_at <= ?1 ORDER BY r.ready_at LIMIT 1) \
         RETURNING id, member_id, url, events, note, state, changed_at, reason, attempts, told, due, \
         lease_until, secret, old_secret, old_secret_until, created_at, version";
}

/// One after the other: each finds the others running.
pub(super) async fn claim(
    to: &mut SqliteConnection,
    lane: Lane,
    turn: Turn,
    most: u32,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    if most == 1 {
        return Ok(claim_next(to, lane, turn).await?.into_iter().collect());
    }
    let mut tx = to.begin_with("BEGIN IMMEDIATE").await?;
    let mut rows = Vec::new();
    for _ in 0..most {
        let Some(row) = claim_next(&mut tx, lane, turn).await? else { break };
        rows.push(row);
    }
    tx.commit().await?;
    Ok(rows)
}

async fn claim_next(
    to: &mut SqliteConnection,
    lane: Lane,
    turn: Turn,
) -> Result<Option<ClaimRow>, sqlx::Error> {
    let claim = sqlx::query_as::<Sqlite, ClaimRow>(CLAIM);
    claim.bind(turn.now).bind(turn.lease_until).bind(lane.name()).fetch_optional(to).await
}

pub(super) async fn lanes(to: &mut SqliteConnection) -> Result<Vec<LaneRow>, sqlx::Error> {
    sqlx::query_as::<Sqlite, LaneRow>(LANES).fetch_all(to).await
}

pub(super) async fn lock(
    to: &mut SqliteConnection,
    wanted: Wanted<'_>,
) -> Result<Option<i64>, sqlx::Error> {
    let lock = sqlx::query_scalar::<Sqlite, i64>(LOCK);
    let lock = lock.bind(wanted.name).bind(wanted.owner).bind(wanted.now);
    lock.bind(wanted.until).bind(wanted.now.timestamp_micros()).fetch_optional(to).await
}

pub(super) async fn raise(
    to: &mut SqliteConnection,
    member: Uuid,
    by: i64,
) -> Result<i64, sqlx::Error> {
    let raise = sqlx::query_scalar::<Sqlite, i64>(RAISE);
    raise.bind(member).bind(by).fetch_one(to).await
}

pub(super) async fn next_epoch(to: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar::<Sqlite, i64>(EPOCH).fetch_one(to).await
}

pub(super) async fn hold_account(
    to: &mut SqliteConnection,
    member: Uuid,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as::<Sqlite, AccountRow>(HOLD_ACCOUNT).bind(member).fetch_optional(to).await
}

pub(super) async fn open_account(
    to: &mut SqliteConnection,
    member: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query::<Sqlite>(OPEN_ACCOUNT).bind(member).execute(to).await.map(|_| ())
}

/// A transaction here is the only one that writes.
pub(super) async fn hold_campaign(
    to: &mut SqliteConnection,
    id: Uuid,
) -> Result<Option<CampaignRow>, sqlx::Error> {
    let hold = sqlx::query_as::<Sqlite, CampaignRow>(coupons::CAMPAIGN);
    hold.bind(id).fetch_optional(to).await
}

pub(super) async fn hold_pack(
    to: &mut SqliteConnection,
    id: Uuid,
) -> Result<Option<PackRow>, sqlx::Error> {
    sqlx::query_as::<Sqlite, PackRow>(shop::PACK).bind(id).fetch_optional(to).await
}

pub(super) async fn hold_order(
    to: &mut SqliteConnection,
    id: Uuid,
) -> Result<Option<OrderRow>, sqlx::Error> {
    sqlx::query_as::<Sqlite, OrderRow>(shop::ORDER).bind(id).fetch_optional(to).await
}

pub(super) async fn lapsed(
    to: &mut SqliteConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<HoldRow>, sqlx::Error> {
    sqlx::query_as::<Sqlite, HoldRow>(LAPSED).bind(now).bind(limit).fetch_all(to).await
}

pub(super) async fn hold_webhook(
    to: &mut SqliteConnection,
    id: Uuid,
    member: Uuid,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    let hold = sqlx::query_as::<Sqlite, WebhookRow>(HOLD_WEBHOOK);
    hold.bind(id).bind(member).fetch_optional(to).await
}

pub(super) async fn claim_webhook(
    to: &mut SqliteConnection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    let claim = sqlx::query_as::<Sqlite, WebhookRow>(CLAIM_WEBHOOK);
    claim.bind(now).bind(lease_until).fetch_optional(to).await
}
