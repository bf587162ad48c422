//! The statements of a use of points, sent without anything around them.

use chrono::{TimeDelta, Utc};
use sqlx::{MySql, MySqlPool, Transaction, mysql::MySqlPoolOptions};
use uuid::Uuid;

use crate::{Came, number};

/// How often a use begins anew after another was quicker.
const TRIES: u32 = 50;

/// What keeps two from spending the same points.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    RowLock,
    Conditional,
    VersionOnce,
    VersionRetry,
}

impl Guard {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RowLock => "bare statements: row lock",
            Self::Conditional => "bare statements: conditional update",
            Self::VersionOnce => "bare statements: version, once",
            Self::VersionRetry => "bare statements: version and retry",
        }
    }
}

pub(crate) struct Bare(MySqlPool);

#[derive(sqlx::FromRow)]
struct Account {
    version: i64,
    balance: i64,
}

impl Bare {
    /// As many connections as an instance has for requests.
    pub(crate) async fn connect(url: &str) -> Self {
        let isolate = "SET SESSION transaction_isolation = 'READ-COMMITTED'";
        let pool = MySqlPoolOptions::new().max_connections(80).after_connect(move |to, _| {
            Box::pin(async move { sqlx::query(isolate).execute(to).await.map(drop) })
        });
        Self(pool.connect(url).await.unwrap())
    }

    pub(crate) async fn spend(&self, guard: Guard, member: Uuid) -> Came {
        let tries = if guard == Guard::VersionRetry { TRIES } else { 1 };
        for _ in 0..tries {
            if self.once(guard, member).await {
                return Came::Through;
            }
        }
        Came::Back
    }

    async fn once(&self, guard: Guard, member: Uuid) -> bool {
        let mut unit = self.0.begin().await.unwrap();
        if guard == Guard::Conditional {
            let take = "UPDATE point_accounts SET version = version + 1, balance = balance - 1 \
                        WHERE member_id = ? AND balance >= 1";
            if changed(&mut unit, sqlx::query(take).bind(member)).await == 0 {
                return false;
            }
        }
        let account = read(&mut unit, guard, member).await;
        let lots = "SELECT id, member_id, kind, first_out, amount, remaining, state, expires_at, \
                    created_at, origin_id, source FROM point_lots \
                    WHERE member_id = ? AND live_until IS NOT NULL";
        let lots = sqlx::query(lots).bind(member).fetch_all(&mut *unit).await.unwrap();
        let lot: Uuid = sqlx::Row::get(&lots[0], "id");
        let remaining: i64 = sqlx::Row::get(&lots[0], "remaining");
        let order = format!("B{}", number());
        let same = "SELECT id, order_number, amount, canceled, at FROM point_usages \
                    WHERE member_id = ? AND order_number = ?";
        let same = sqlx::query(same).bind(member).bind(&order);
        assert!(same.fetch_optional(&mut *unit).await.unwrap().is_none());
        if guard != Guard::Conditional {
            let write = "UPDATE point_accounts SET version = version + 1, balance = ? \
                         WHERE member_id = ? AND version = ?";
            let write = sqlx::query(write).bind(account.balance - 1);
            if changed(&mut unit, write.bind(member).bind(account.version)).await == 0 {
                return false;
            }
        }
        let (lot, left) = ((lot, remaining - 1), account.balance - 1);
        note(&mut unit, member, &order, lot, left).await;
        unit.commit().await.unwrap();
        true
    }
}

type Statement = sqlx::query::Query<'static, MySql, sqlx::mysql::MySqlArguments>;

async fn changed(unit: &mut Transaction<'_, MySql>, statement: Statement) -> u64 {
    statement.execute(&mut **unit).await.unwrap().rows_affected()
}

async fn read(unit: &mut Transaction<'_, MySql>, guard: Guard, member: Uuid) -> Account {
    let (plain, held) = (
        "SELECT version, balance, (SELECT settings_head.version FROM settings_head WHERE id = 1) \
         AS settings FROM point_accounts WHERE member_id = ?",
        "SELECT version, balance, (SELECT settings_head.version FROM settings_head WHERE id = 1) \
         AS settings FROM point_accounts WHERE member_id = ? FOR UPDATE",
    );
    let text = if guard == Guard::RowLock { held } else { plain };
    sqlx::query_as(text).bind(member).fetch_one(&mut **unit).await.unwrap()
}

/// The use, what it took of the lot, the entry, the totals and the event.
async fn note(
    unit: &mut Transaction<'_, MySql>,
    member: Uuid,
    order: &str,
    (lot, remaining): (Uuid, i64),
    balance: i64,
) {
    let usage = Uuid::from_u128(u128::from(number()) | 1 << 100);
    #[expect(clippy::disallowed_methods, reason = "there is no port below the ports")]
    let now = Utc::now();
    let order = order.to_owned();
    let made = sqlx::query(USAGE).bind(usage).bind(member).bind(order.clone()).bind(now);
    changed(unit, made).await;
    changed(unit, sqlx::query(DETAIL).bind(usage).bind(lot)).await;
    let until = now + TimeDelta::days(365);
    changed(unit, sqlx::query(LOT).bind(remaining).bind(until).bind(lot)).await;
    let entry = sqlx::query(ENTRY).bind(member).bind(usage).bind(balance);
    changed(unit, entry.bind(usage).bind(order).bind(now)).await;
    changed(unit, sqlx::query(TOTALS).bind(member)).await;
    let raised = sqlx::query(RAISE).bind(member).execute(&mut **unit).await.unwrap();
    changed(unit, sqlx::query(EVENT).bind(member).bind(raised.last_insert_id()).bind(now)).await;
}

const USAGE: &str = "INSERT INTO point_usages (id, member_id, order_number, amount, canceled, at) \
                     VALUES (?, ?, ?, 1, 0, ?)";
const DETAIL: &str = "INSERT INTO point_usage_details (usage_id, place, lot_id, amount, canceled) \
                      VALUES (?, 0, ?, 1, 0)";
const LOT: &str =
    "UPDATE point_lots SET remaining = ?, state = 'open', live_until = ? WHERE id = ?";
const ENTRY: &str = "INSERT INTO point_entries (member_id, id, kind, amount, balance, lot_id, usage_id, \
     order_number, counterpart_id, at) VALUES (?, ?, 'used', -1, ?, NULL, ?, ?, NULL, ?)";
const TOTALS: &str = "UPDATE point_totals SET available = available - 1, accumulated = accumulated + 0, \
     used = used + 1, expired = expired + 0, version = version + 1 WHERE member_id = ?";
const RAISE: &str = "INSERT INTO event_heads (member_id, seq) VALUES (?, LAST_INSERT_ID(1)) \
                     ON DUPLICATE KEY UPDATE seq = LAST_INSERT_ID(seq + 1)";
const EVENT: &str = "INSERT INTO events (member_id, seq, kind, project_id, at, data) \
                     VALUES (?, ?, 'points.used', NULL, ?, '{\"amount\": 1}')";
