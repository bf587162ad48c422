//! What MySQL and MariaDB say. Neither has `RETURNING` for an update; `LAST_INSERT_ID` of an
//! expression brings one number back with the statement's answer.

use castad_domain::{model::Lane, port::Turn};
use chrono::{DateTime, Utc};
use sqlx::{
    Acquire, MySql, MySqlConnection,
    mysql::MySqlArguments,
    query::{Query, QueryAs},
};
use uuid::Uuid;

use super::Wanted;
use crate::{
    points::{AccountRow, settings_version},
    row::{
        CampaignRow, ClaimRow, LaneRow, OrderRow, PackRow, WebhookRow, campaign_columns,
        order_columns, pack_columns, webhook_columns,
    },
    slots::{HoldRow, hold_columns},
};

/// What is read of a job that is claimed.
macro_rules! claimed {
    () => {
        "id, kind, subject, member_id, project_id, due, fence + 1 AS fence, attempts, progress, \
         draft AS note, trace"
    };
}

/// As many places as jobs are claimed at once.
macro_rules! sixteen {
    () => {
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    };
}
/// The most jobs that are claimed at once.
pub(crate) const AT_ONCE: u32 = 16;

texts! {
    /// Those due jobs that come first, in the order in which they would be claimed one by one: a
    /// member's turn is what the member has running and what of it stands before in the line. A job
    /// whose worker's lease has ended is due.
    HEAD =
        "SELECT c.id, c.due, CAST(c.place + (SELECT COUNT(*) FROM jobs r FORCE INDEX (jobs_member) \
           WHERE r.lane = ? AND r.state = 'running' AND r.member_id = c.member_id AND r.lease_until > ?) AS SIGNED) AS turn \
         FROM (SELECT d.id, d.member_id, d.due, \
             ROW_NUMBER() OVER (PARTITION BY d.member_id ORDER BY d.due, d.id) - 1 AS place FROM ( \
               (SELECT h.id, h.member_id, h.due FROM jobs h FORCE INDEX (jobs_lane) \
                 WHERE h.lane = ? AND h.state = 'waiting' AND h.due <= ? ORDER BY h.due, h.id LIMIT 50) \
               UNION ALL \
               (SELECT e.id, e.member_id, e.due FROM jobs e FORCE INDEX (jobs_lease) \
                 WHERE e.lane = ? AND e.state = 'running' AND e.lease_until <= ?)) d) c \
         WHERE EXISTS (SELECT 1 FROM lanes WHERE name = ? AND NOT paused \
             AND (rests_until IS NULL OR rests_until <= ?)) \
         ORDER BY turn, c.due, c.id";

    /// The first job of each member that waits, where all at the head belong to members that are
    /// busy: `jobs_member` is stepped through from member to member. Both engines do so only if the
    /// whole beginning of the index is named.
    LINE =
        "SELECT (SELECT f.id FROM jobs f FORCE INDEX (jobs_member) \
             WHERE f.lane = m.lane AND f.state = 'waiting' AND f.member_id = m.member_id \
             ORDER BY f.lane, f.state, f.member_id, f.due, f.id LIMIT 1) AS id, \
           m.due, \
           (SELECT COUNT(*) FROM jobs r FORCE INDEX (jobs_member) \
             WHERE r.lane = m.lane AND r.state = 'running' AND r.member_id = m.member_id AND r.lease_until > ?) AS turn \
         FROM (SELECT w.lane, w.state, w.member_id, MIN(w.due) AS due FROM jobs w FORCE INDEX (jobs_member) \
           WHERE w.lane = ? AND w.state = 'waiting' GROUP BY w.lane, w.state, w.member_id) m \
         WHERE m.due <= ? ORDER BY turn, m.due, id LIMIT 50";

    /// Every lane, with when its first job is due and when the first lease of one ends.
    LANES =
        "SELECT lanes.name, lanes.rests_until, lanes.paused, lanes.reason, lanes.booked, \
           (SELECT w.due FROM jobs w FORCE INDEX (jobs_lane) \
             WHERE w.lane = lanes.name AND w.state = 'waiting' ORDER BY w.lane, w.state, w.due LIMIT 1) AS due, \
           (SELECT r.lease_until FROM jobs r FORCE INDEX (jobs_lease) \
             WHERE r.lane = lanes.name AND r.state = 'running' \
             ORDER BY r.lane, r.state, r.lease_until LIMIT 1) AS lease_ends \
         FROM lanes";

    /// Takes hold of a job, unless another worker has it in hand just now or had it since.
    HOLD = concat!(
        "SELECT ", claimed!(), " FROM jobs WHERE id = ? AND (state = 'waiting' AND due <= ? \
           OR state = 'running' AND lease_until <= ?) FOR UPDATE SKIP LOCKED"
    );
    CLAIM =
        "UPDATE jobs SET state = 'running', fence = fence + 1, lease_until = ?, fed_until = NULL \
         WHERE id = ?";

    /// The same for several: what another has in hand is left out.
    HOLD_SOME = concat!(
        "SELECT ", claimed!(), " FROM jobs FORCE INDEX (PRIMARY) WHERE id IN (", sixteen!(), ") \
           AND (state = 'waiting' AND due <= ? OR state = 'running' AND lease_until <= ?) \
         FOR UPDATE SKIP LOCKED"
    );
    CLAIM_SOME = concat!(
        "UPDATE jobs SET state = 'running', fence = fence + 1, lease_until = ?, fed_until = NULL \
         WHERE id IN (", sixteen!(), ")"
    );

    /// Takes a lock that is free, or prolongs it for the owner that holds it. The first token is the
    /// time, so that tokens rise beyond those of a row that was forgotten. The columns are set
    /// from left to right, each seeing what was set before it.
    LOCK =
        "INSERT INTO locks (name, owner, token, held_until) VALUES (?, ?, LAST_INSERT_ID(?), ?) \
         ON DUPLICATE KEY UPDATE \
           token = CASE WHEN owner = ? AND held_until > ? THEN LAST_INSERT_ID(token) \
             WHEN owner IS NULL OR owner = ? OR held_until <= ? THEN LAST_INSERT_ID(token + 1) \
             ELSE token + LAST_INSERT_ID(0) END, \
           owner = CASE WHEN owner IS NULL OR held_until <= ? THEN ? ELSE owner END, \
           held_until = CASE WHEN owner = ? THEN ? ELSE held_until END";

    /// Raises the last number of a member's log by as many as are appended.
    RAISE =
        "INSERT INTO event_heads (member_id, seq) VALUES (?, LAST_INSERT_ID(?)) \
         ON DUPLICATE KEY UPDATE seq = LAST_INSERT_ID(seq + ?)";

    /// The lives of another lock are counted by the token of a row that nobody holds.
    EPOCH =
        "INSERT INTO locks (name, token, held_until) \
         VALUES ('epochs', LAST_INSERT_ID(1), '1970-01-01') \
         ON DUPLICATE KEY UPDATE token = LAST_INSERT_ID(token + 1)";

    /// Locks the row of an account.
    HOLD_ACCOUNT =
        concat!("SELECT point_accounts.version, point_accounts.balance, ", settings_version!(), " AS settings \
         FROM point_accounts WHERE member_id = ? FOR UPDATE");

    /// Of those who open one account at once the later wait, and find it open.
    OPEN_ACCOUNT =
        "INSERT INTO point_accounts (member_id, version, balance) \
         SELECT id, 0, 0 FROM members WHERE id = ? \
         ON DUPLICATE KEY UPDATE point_accounts.version = point_accounts.version";

    /// Nobody else changes the settings until the transaction ends.
    HOLD_SETTINGS = "SELECT version FROM settings_head WHERE id = 1 FOR UPDATE";
    HOLD_CAMPAIGN =
        concat!("SELECT ", campaign_columns!(), " FROM campaigns WHERE id = ? FOR UPDATE");
    HOLD_PACK = concat!("SELECT ", pack_columns!(), " FROM packs WHERE id = ? FOR UPDATE");
    HOLD_ORDER = concat!("SELECT ", order_columns!(), " FROM orders WHERE id = ? FOR UPDATE");
    /// Slots whose hold is over, with the hold, in the order in which every unit locks them: the
    /// slot first. What another has in hand is left to it.
    LAPSED = concat!(
        "SELECT STRAIGHT_JOIN ", hold_columns!(),
        " FROM slots s FORCE INDEX (slots_held_until) JOIN holds h ON h.id = s.hold_id \
         WHERE s.held_until <= ? ORDER BY s.held_until LIMIT ? FOR UPDATE SKIP LOCKED"
    );

    HOLD_WEBHOOK = concat!(
        "SELECT ", webhook_columns!(),
        " FROM webhooks w WHERE w.id = ? AND w.member_id = ? FOR UPDATE"
    );
    /// Webhooks that may be claimed, read without locking anything.
    READY_WEBHOOKS =
        "SELECT r.id FROM webhooks r WHERE r.ready_at <= ? ORDER BY r.ready_at LIMIT 16";
    /// Takes hold of one, unless another courier has it in hand just now or had it since.
    TAKE_WEBHOOK = concat!(
        "SELECT ", webhook_columns!(),
        " FROM webhooks w WHERE w.id = ? AND w.ready_at <= ? FOR UPDATE SKIP LOCKED"
    );
    CLAIM_WEBHOOK = "UPDATE webhooks SET lease_until = ?, version = version + 1 WHERE id = ?";
}

/// How often the line is read anew where others took all that was found in it.
const LOOKS: u32 = 3;

#[derive(sqlx::FromRow)]
struct Candidate {
    id: Uuid,
    due: DateTime<Utc>,
    turn: i64,
}

/// Reading the line locks nothing, so that an idle look is one statement; what was found is then
/// taken in a transaction that locks one row and waits for nobody.
pub(super) async fn claim(
    to: &mut MySqlConnection,
    lane: Lane,
    Turn { now, lease_until, .. }: Turn,
    most: u32,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    let name = lane.name();
    for _ in 0..LOOKS {
        let head = sqlx::query_as::<MySql, Candidate>(HEAD).bind(name).bind(now);
        let head = head.bind(name).bind(now).bind(name).bind(now).bind(name).bind(now);
        let head = head.fetch_all(&mut *to).await?;
        if head.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = to.begin().await?;
        let mut rows = hold_some(&mut tx, &head, most, now).await?;
        if rows.is_empty() {
            rows.extend(hold_first(&mut tx, head, lane, now).await?);
        }
        if !rows.is_empty() {
            give(&mut tx, &rows, lease_until).await?;
            tx.commit().await?;
            return Ok(rows);
        }
        tx.rollback().await?;
    }
    Ok(Vec::new())
}

/// An id for each of sixteen places; where they are fewer, the last is named again.
fn named(ids: &[Uuid]) -> impl Iterator<Item = Uuid> {
    let last = ids.last().copied().unwrap_or_default();
    ids.iter().copied().chain(std::iter::repeat(last)).take(AT_ONCE as usize)
}

/// Of the head, those first jobs whose members have nothing running, that nobody else has in hand.
async fn hold_some(
    tx: &mut MySqlConnection,
    head: &[Candidate],
    most: u32,
    now: DateTime<Utc>,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    let idle = head.iter().take_while(|candidate| candidate.turn == 0);
    let ids: Vec<_> = idle.map(|candidate| candidate.id).take(most as usize).collect();
    if ids.len() < 2 {
        return Ok(Vec::new());
    }
    let hold = sqlx::query_as::<MySql, ClaimRow>(HOLD_SOME);
    let hold = named(&ids).fold(hold, QueryAs::bind).bind(now).bind(now);
    let mut rows = hold.fetch_all(tx).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

async fn give(
    tx: &mut MySqlConnection,
    rows: &[ClaimRow],
    lease_until: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let give = match ids.as_slice() {
        [id] => sqlx::query::<MySql>(CLAIM).bind(lease_until).bind(*id),
        _ => named(&ids).fold(sqlx::query::<MySql>(CLAIM_SOME).bind(lease_until), Query::bind),
    };
    give.execute(tx).await.map(drop)
}

/// The first job that nobody else has in hand: of the head while its member has nothing running,
/// then of the whole line.
async fn hold_first(
    tx: &mut MySqlConnection,
    mut head: Vec<Candidate>,
    lane: Lane,
    now: DateTime<Utc>,
) -> Result<Option<ClaimRow>, sqlx::Error> {
    let rest = head.split_off(head.partition_point(|candidate| candidate.turn == 0));
    for candidate in head {
        if let Some(row) = hold(tx, candidate.id, now).await? {
            return Ok(Some(row));
        }
    }
    let line = sqlx::query_as::<MySql, Candidate>(LINE).bind(now).bind(lane.name()).bind(now);
    let mut line = line.fetch_all(&mut *tx).await?;
    line.extend(rest);
    line.sort_by_key(|candidate| (candidate.turn, candidate.due, candidate.id));
    for candidate in line {
        if let Some(row) = hold(tx, candidate.id, now).await? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn hold(
    tx: &mut MySqlConnection,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<ClaimRow>, sqlx::Error> {
    let hold = sqlx::query_as::<MySql, ClaimRow>(HOLD).bind(id).bind(now).bind(now);
    hold.fetch_optional(tx).await
}

/// Claims the job that a statement takes hold of.
pub(super) async fn claim_held(
    to: &mut MySqlConnection,
    hold: QueryAs<'_, MySql, ClaimRow, MySqlArguments>,
    lease_until: DateTime<Utc>,
) -> Result<Option<ClaimRow>, sqlx::Error> {
    let mut tx = to.begin().await?;
    let Some(row) = hold.fetch_optional(&mut *tx).await? else {
        tx.rollback().await?;
        return Ok(None);
    };
    let claim = sqlx::query::<MySql>(CLAIM).bind(lease_until).bind(row.id);
    claim.execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Some(row))
}

pub(super) async fn lanes(to: &mut MySqlConnection) -> Result<Vec<LaneRow>, sqlx::Error> {
    sqlx::query_as::<MySql, LaneRow>(LANES).fetch_all(to).await
}

pub(super) async fn lock(
    to: &mut MySqlConnection,
    wanted: Wanted<'_>,
) -> Result<Option<i64>, sqlx::Error> {
    let Wanted { name, owner, now, until } = wanted;
    let lock = sqlx::query::<MySql>(LOCK).bind(name).bind(owner);
    let lock = lock.bind(now.timestamp_micros()).bind(until);
    let lock = lock.bind(owner).bind(now).bind(owner).bind(now);
    let lock = lock.bind(now).bind(owner).bind(owner).bind(until);
    let token = number(lock.execute(to).await?.last_insert_id());
    Ok((token > 0).then_some(token))
}

pub(super) async fn raise(
    to: &mut MySqlConnection,
    member: Uuid,
    by: i64,
) -> Result<i64, sqlx::Error> {
    let raise = sqlx::query::<MySql>(RAISE).bind(member).bind(by).bind(by);
    Ok(number(raise.execute(to).await?.last_insert_id()))
}

pub(super) async fn next_epoch(to: &mut MySqlConnection) -> Result<i64, sqlx::Error> {
    Ok(number(sqlx::query::<MySql>(EPOCH).execute(to).await?.last_insert_id()))
}

pub(super) async fn hold_account(
    to: &mut MySqlConnection,
    member: Uuid,
) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as::<MySql, AccountRow>(HOLD_ACCOUNT).bind(member).fetch_optional(to).await
}

pub(super) async fn open_account(
    to: &mut MySqlConnection,
    member: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query::<MySql>(OPEN_ACCOUNT).bind(member).execute(to).await.map(|_| ())
}

pub(super) async fn hold_settings(to: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    sqlx::query::<MySql>(HOLD_SETTINGS).execute(to).await.map(drop)
}

pub(super) async fn hold_campaign(
    to: &mut MySqlConnection,
    id: Uuid,
) -> Result<Option<CampaignRow>, sqlx::Error> {
    let hold = sqlx::query_as::<MySql, CampaignRow>(HOLD_CAMPAIGN);
    hold.bind(id).fetch_optional(to).await
}

pub(super) async fn hold_pack(
    to: &mut MySqlConnection,
    id: Uuid,
) -> Result<Option<PackRow>, sqlx::Error> {
    sqlx::query_as::<MySql, PackRow>(HOLD_PACK).bind(id).fetch_optional(to).await
}

pub(super) async fn hold_order(
    to: &mut MySqlConnection,
    id: Uuid,
) -> Result<Option<OrderRow>, sqlx::Error> {
    sqlx::query_as::<MySql, OrderRow>(HOLD_ORDER).bind(id).fetch_optional(to).await
}

pub(super) async fn hold_webhook(
    to: &mut MySqlConnection,
    id: Uuid,
    member: Uuid,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    let hold = sqlx::query_as::<MySql, WebhookRow>(HOLD_WEBHOOK);
    hold.bind(id).bind(member).fetch_optional(to).await
}

pub(super) async fn claim_webhook(
    to: &mut MySqlConnection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    let ready = sqlx::query_scalar::<MySql, Uuid>(READY_WEBHOOKS).bind(now);
    let ready = ready.fetch_all(&mut *to).await?;
    if ready.is_empty() {
        return Ok(None);
    }
    let mut tx = to.begin().await?;
    for id in ready {
        let take = sqlx::query_as::<MySql, WebhookRow>(TAKE_WEBHOOK).bind(id).bind(now);
        let Some(mut row) = take.fetch_optional(&mut *tx).await? else { continue };
        let claim = sqlx::query::<MySql>(CLAIM_WEBHOOK).bind(lease_until).bind(id);
        claim.execute(&mut *tx).await?;
        tx.commit().await?;
        (row.lease_until, row.version) = (Some(lease_until), row.version + 1);
        return Ok(Some(row));
    }
    tx.rollback().await?;
    Ok(None)
}

/// A counter; none comes near the bound.
fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

pub(super) async fn lapsed(
    to: &mut MySqlConnection,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<HoldRow>, sqlx::Error> {
    sqlx::query_as::<MySql, HoldRow>(LAPSED).bind(now).bind(limit).fetch_all(to).await
}
