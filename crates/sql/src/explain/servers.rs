use std::sync::Arc;

use castad_memory::SequentialIds;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, Row, mysql::MySqlRow};
use start::{MARIADB, MYSQL, Place, Server};

use super::{GROWING, texts};
use crate::{MySql, Options, dialect};

#[path = "../../tests/server/start.rs"]
#[expect(dead_code, reason = "other suites do more with a server")]
pub(super) mod start;

/// Ten thousand rows in each table, of a hundred members.
const FILL: &str = "
CREATE TABLE d (k INT);
INSERT INTO d VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TABLE n AS SELECT i, CAST(LPAD(i, 16, '0') AS BINARY(16)) AS id,
    CAST(LPAD(i % 100, 16, '0') AS BINARY(16)) AS member, '2026-01-01' + INTERVAL i SECOND AS at
    FROM (SELECT 1000 * a.k + 100 * b.k + 10 * c.k + e.k + 1 AS i FROM d a, d b, d c, d e) i;
INSERT INTO members SELECT id, i, at FROM n;
INSERT INTO api_keys SELECT id, CAST(LPAD(i % 100 + 1, 16, '0') AS BINARY(16)), 'member', i, at, NULL, NULL, NULL FROM n;
INSERT INTO profiles SELECT id, 'm', i, i, 'p', 'ko', 1, 1, 1, at, 1 FROM n;
INSERT INTO setting_changes SELECT i, 'max_balance', 1, 1, id, at FROM n;
INSERT INTO sessions SELECT id, id, 'member', i, at FROM n;
INSERT INTO projects SELECT id, member, 'a', 'b', '', 'ko', 'vertical', NULL, NULL, 'draft', NULL, NULL, at, at, 1, id, id, id FROM n;
INSERT INTO images SELECT id, id, 0, 'a.jpg', 1, i, 1, 1, at, 'kept' FROM n;
INSERT INTO lyrics SELECT id, id, member, at, at, 'requested', NULL, NULL, NULL, NULL, NULL FROM n;
INSERT INTO songs (id, project_id, member_id, lyric_id, requested_at, changed_at, state)
    SELECT id, id, member, id, at, at, 'requested' FROM n;
INSERT INTO videos (id, project_id, member_id, song_id, orientation, requested_at, changed_at, state)
    SELECT id, id, member, id, 'square', at, at, 'requested' FROM n;
INSERT INTO event_heads (member_id, seq, told, heard) SELECT id, 1, i % 100 > 0,
    CASE WHEN i % 10 = 0 THEN i % 100 > 0 END FROM n;
INSERT INTO events SELECT member, i, 'song.ready', id, at, '{}', NULL FROM n;
INSERT INTO replies SELECT member, i, i, 200, NULL, '', at FROM n;
INSERT INTO jobs SELECT id, 'poll_song', 's', id, member, id,
    CASE WHEN i % 100 = 0 THEN 'running' WHEN i % 100 = 1 THEN 'dead' ELSE 'waiting' END, at,
    CASE WHEN i % 100 = 0 THEN at END, 1, 0, 0.0, CASE WHEN i % 100 = 1 THEN 'r' END, NULL,
    CASE i / 100 % 4 WHEN 0 THEN 'lyric' WHEN 1 THEN 'song' WHEN 2 THEN 'video' ELSE 'house' END,
    CASE WHEN i % 50 = 2 THEN at END, NULL FROM n;
INSERT INTO locks SELECT i, id, 1, at FROM n;
INSERT INTO point_accounts SELECT id, 1, 1 FROM n;
INSERT INTO point_lots SELECT id, member, 'bonus', 0, 1, i % 2, 'open', at, at, NULL, NULL, CASE WHEN i % 2 = 1 THEN at END, NULL FROM n;
INSERT INTO point_usages SELECT id, member, i, 1, 0, at FROM n;
INSERT INTO point_usage_details SELECT id, 0, id, 1, 0 FROM n;
INSERT INTO point_entries SELECT member, id, 'used', -1, 0, NULL, id, i, NULL, at, NULL FROM n;
INSERT INTO point_totals SELECT id, 1, 1, 0, 0, 1 FROM n;
INSERT INTO campaigns SELECT id, 'c', 100, at, 'percent', 10, 0, 30, 1, 1, i % 2, at, 1, 'queue' FROM n;
INSERT INTO coupons SELECT id, id, member, 1, 'percent', 10, 0, 'issued', NULL, NULL, at, at, 1 FROM n;
INSERT INTO packs SELECT id, 'p', 1000, 1000, 5, i % 2, at, 1 FROM n;
INSERT INTO orders SELECT id, member, id, 1, 1000, 1000, 0, NULL, 1,
    CASE WHEN i % 100 = 0 THEN 'pending' WHEN i % 100 = 1 THEN 'paying' ELSE 'expired' END,
    at, NULL, NULL, NULL, 0, at, at, CASE WHEN i % 100 < 2 THEN at END, 1 FROM n;
INSERT INTO channels SELECT id, i, '2026-01-01', 1, 1, TRUE, at FROM n;
INSERT INTO slots SELECT id, CAST(LPAD(i % 99 + 1, 16, '0') AS BINARY(16)), '2026-01-01', i, 1,
    CASE WHEN i % 100 = 0 THEN 'held' ELSE 'available' END, CASE WHEN i % 100 = 0 THEN id END,
    CASE WHEN i % 100 = 0 THEN at END, 1 FROM n;
INSERT INTO holds SELECT id, id, CASE WHEN i % 100 = 0 THEN id END, member, 1,
    CASE WHEN i % 100 = 0 THEN 'held' ELSE 'expired' END, NULL, at, at, at FROM n;
INSERT INTO booking_queues SELECT id, 1, at, 1 FROM n;
INSERT INTO coupon_lines SELECT id, at, 1, i % 100 = 0 FROM n;
INSERT INTO coupon_requests SELECT id, CAST(LPAD(i % 99 + 1, 16, '0') AS BINARY(16)), member,
    CASE WHEN i % 2 = 0 THEN id END, i, CASE WHEN i % 2 = 0 THEN 'waiting' ELSE 'refused' END, NULL,
    CASE WHEN i % 2 = 1 THEN 'sold_out' END, at, CASE WHEN i % 2 = 1 THEN at END FROM n;
INSERT INTO queue_tickets SELECT id, member, id, i, at, at, NULL FROM n;
INSERT INTO webhooks (id, member_id, url, events, note, state, attempts, told, heard, due, secret, created_at, version)
    SELECT id, member, 'https://a.example/', '', '', 'delivering', 0, 1, 1 + (i % 100 = 0), at, REPEAT('k', 32), at, 1 FROM n;
INSERT INTO webhook_deliveries SELECT member, id, i, 1, at, 200, NULL, 5 FROM n;
INSERT INTO admin_actions SELECT id, member, id, NULL, 'r', IF(i % 2, 'a', 'b'), 't', '{}', at FROM n;
DROP TABLE n, d;
ANALYZE TABLE members, api_keys, sessions, projects, images, lyrics, songs, videos, event_heads,
    events, replies, jobs, locks, profiles, setting_changes, point_accounts, point_lots,
    point_usages, point_usage_details, point_entries, point_totals, campaigns, coupons, packs,
    orders, channels, slots, holds, booking_queues, queue_tickets, coupon_lines, coupon_requests,
    webhooks, webhook_deliveries, admin_actions;
";

/// Columns that hold times; what is asked of them is an early one.
const TIMES: &[&str] = &[
    "at",
    "active_at",
    "decided_at",
    "ends_at",
    "due",
    "due_at",
    "lease_until",
    "fed_until",
    "held_until",
    "changed_at",
    "live_until",
    "told_at",
    "expires_at",
    "opens_at",
    "air_date",
    "rests_until",
    "booked",
    "ready_at",
];

/// The text with a value in each place that one is bound to.
fn with_values(text: &str) -> String {
    let mut parts = text.split('?');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut words = whole.rsplit([' ', '(', '.']).filter(|word| !word.is_empty());
        let before = words.find(|word| !["=", "<", ">", "<=", ">="].contains(word));
        let value = match before {
            Some("LIMIT" | "OFFSET") => "100",
            Some("lane") => "'song'",
            Some(column) if TIMES.contains(&column) => "'2026-01-01 00:00:30'",
            _ => "'0000000000000042'",
        };
        whole.push_str(value);
        whole.push_str(part);
    }
    whole
}

/// A step of a plan.
#[derive(Debug)]
struct Step {
    /// `INSERT` of values is told with a kind of access that it does not have.
    part: Option<String>,
    table: Option<String>,
    kind: Option<String>,
}

fn walks_through_a_table(step: &Step) -> bool {
    let grows = step.table.as_deref().is_some_and(|name| GROWING.contains(&name));
    grows && step.kind.as_deref() == Some("ALL") && step.part.as_deref() != Some("INSERT")
}

async fn plan(to: &mut MySqlConnection, text: &str) -> Vec<Step> {
    let explained = format!("EXPLAIN {}", with_values(text));
    let steps = sqlx::raw_sql(AssertSqlSafe(explained)).fetch_all(to).await;
    let steps = steps.unwrap_or_else(|e| panic!("{text}: {e}"));
    let step = |step: &MySqlRow| Step {
        part: step.get("select_type"),
        table: step.get("table"),
        kind: step.get("type"),
    };
    steps.iter().map(step).collect()
}

async fn filled(server: &Server) -> (MySqlConnection, Place) {
    let place = server.database().await;
    let options = Options::new(Arc::new(SequentialIds::new()));
    MySql::open(&place.url(), options).await.expect("the database opens").close().await;
    place.tamper(FILL).await;
    let to = MySqlConnection::connect(&place.url()).await.expect("the server answers");
    (to, place)
}

async fn no_text_walks(server: &Server) {
    let (mut to, _place) = filled(server).await;
    // The plain table of steps, which tells the kind of access by name.
    drop(sqlx::raw_sql("SET explain_format = 'TRADITIONAL'").execute(&mut to).await);
    for (name, text) in texts().chain(dialect::mysql::TEXTS).chain(dialect::offers::mysql::TEXTS) {
        let steps = plan(&mut to, text).await;
        assert!(!steps.iter().any(walks_through_a_table), "{name}: {steps:#?}");
    }
    let steps = plan(&mut to, "SELECT id FROM jobs j WHERE j.subject = ?").await;
    assert!(steps.iter().any(walks_through_a_table), "one without an index is noticed: {steps:#?}");
}

#[tokio::test]
#[ignore = "needs MySQL: ./test"]
async fn no_text_walks_through_a_table_that_grows_on_mysql() {
    no_text_walks(&MYSQL).await;
}

#[tokio::test]
#[ignore = "needs MariaDB: ./test"]
async fn no_text_walks_through_a_table_that_grows_on_mariadb() {
    no_text_walks(&MARIADB).await;
}

#[test]
fn values_fit_the_columns_that_they_are_compared_with() {
    let text = "SELECT x.a FROM x WHERE x.due <= ? AND x.id = ? AND COUNT(ends_at > ?) LIMIT ?";
    let early = "'2026-01-01 00:00:30'";
    assert_eq!(
        with_values(text),
        format!(
            "SELECT x.a FROM x WHERE x.due <= {early} AND x.id = '0000000000000042' \
             AND COUNT(ends_at > {early}) LIMIT 100"
        )
    );
}
