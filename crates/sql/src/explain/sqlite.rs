use std::sync::Arc;

use castad_memory::SequentialIds;
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, pool::PoolConnection};

use super::{GROWING, texts};
use crate::{Options, Sqlite as Embedded, dialect, link::Held};

/// Ten thousand rows in each table, of a hundred members; each project in its own state.
const FILL: &str = "
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    SELECT i, CAST(printf('%016d', i) AS BLOB) AS id, CAST(printf('%016d', i % 100) AS BLOB) AS member,
           printf('2026-01-01T%02d:%02d:%02d+00:00', i / 3600, i / 60 % 60, i % 60) AS at FROM n;
INSERT INTO members SELECT id, 'm' || i, at FROM n;
INSERT INTO api_keys SELECT id, CAST(printf('%016d', i % 100 + 1) AS BLOB), 'member', randomblob(32), at, NULL, NULL, NULL FROM n;
INSERT INTO profiles SELECT id, 'm', 'm' || i, 'm' || i, 'p', 'ko', 1, 1, 1, at, 1 FROM n;
INSERT INTO setting_changes SELECT i, 'max_balance', 1, 1, id, at FROM n;
INSERT INTO sessions SELECT id, id, 'member', randomblob(32), at FROM n;
INSERT INTO projects SELECT id, member, 'a', 'b', '', 'ko', 'vertical', NULL, NULL, 'draft', NULL, NULL, at, at, 1, id, id, id FROM n;
INSERT INTO images SELECT id, id, 0, 'a.jpg', 1, randomblob(32), 1, 1, at, 'kept' FROM n;
INSERT INTO lyrics SELECT id, id, member, at, at, 'requested', NULL, NULL, NULL, NULL, NULL FROM n;
INSERT INTO songs (id, project_id, member_id, lyric_id, requested_at, changed_at, state)
    SELECT id, id, member, id, at, at, 'requested' FROM n;
INSERT INTO videos (id, project_id, member_id, song_id, orientation, requested_at, changed_at, state)
    SELECT id, id, member, id, 'square', at, at, 'requested' FROM n;
INSERT INTO event_heads (member_id, seq, told, heard) SELECT id, 1, i % 100 > 0,
    CASE WHEN i % 10 = 0 THEN i % 100 > 0 END FROM n;
INSERT INTO events SELECT member, i, 'song.ready', id, at, '{}', NULL FROM n;
INSERT INTO replies SELECT member, 'r' || i, randomblob(32), 200, NULL, '', at FROM n;
INSERT INTO jobs SELECT id, 'poll_song', 's', id, member, id,
    CASE WHEN i % 100 = 0 THEN 'running' WHEN i % 100 = 1 THEN 'dead' ELSE 'waiting' END, at,
    CASE WHEN i % 100 = 0 THEN at END, 1, 0, 0.0, CASE WHEN i % 100 = 1 THEN 'r' END, NULL,
    CASE i / 100 % 4 WHEN 0 THEN 'lyric' WHEN 1 THEN 'song' WHEN 2 THEN 'video' ELSE 'house' END,
    CASE WHEN i % 50 = 2 THEN at END, NULL FROM n;
INSERT INTO locks SELECT 'l' || i, id, 1, at FROM n;
INSERT INTO point_accounts SELECT id, 1, 1 FROM n;
INSERT INTO point_lots SELECT id, member, 'bonus', 0, 1, i % 2, 'open', at, at, NULL, NULL, CASE WHEN i % 2 = 1 THEN at END, NULL FROM n;
INSERT INTO point_usages SELECT id, member, 'A' || i, 1, 0, at FROM n;
INSERT INTO point_usage_details SELECT id, 0, id, 1, 0 FROM n;
INSERT INTO point_entries SELECT member, id, 'used', -1, 0, NULL, id, 'A' || i, NULL, at, NULL FROM n;
INSERT INTO point_totals SELECT id, 1, 1, 0, 0, 1 FROM n;
INSERT INTO campaigns SELECT id, 'c', 100, at, 'percent', 10, 0, 30, 1, 1, i % 2, at, 1, 'queue' FROM n;
INSERT INTO coupons SELECT id, id, member, 1, 'percent', 10, 0, 'issued', NULL, NULL, at, at, 1 FROM n;
INSERT INTO packs SELECT id, 'p', 1000, 1000, 5, i % 2, at, 1 FROM n;
INSERT INTO orders SELECT id, member, id, 1, 1000, 1000, 0, NULL, 1,
    CASE WHEN i % 100 = 0 THEN 'pending' WHEN i % 100 = 1 THEN 'paying' ELSE 'expired' END,
    at, NULL, NULL, NULL, 0, at, at, CASE WHEN i % 100 < 2 THEN at END, 1 FROM n;
INSERT INTO channels SELECT id, 'c', '2026-01-01', 1, 1, TRUE, at FROM n;
INSERT INTO slots SELECT id, CAST(printf('%016d', i % 99 + 1) AS BLOB), '2026-01-01', i, 1,
    CASE WHEN i % 100 = 0 THEN 'held' ELSE 'available' END, CASE WHEN i % 100 = 0 THEN id END,
    CASE WHEN i % 100 = 0 THEN at END, 1 FROM n;
INSERT INTO holds SELECT id, id, CASE WHEN i % 100 = 0 THEN id END, member, 1,
    CASE WHEN i % 100 = 0 THEN 'held' ELSE 'expired' END, NULL, at, at, at FROM n;
INSERT INTO booking_queues SELECT id, 1, at, 1 FROM n;
INSERT INTO coupon_lines SELECT id, at, 1, i % 100 = 0 FROM n;
INSERT INTO coupon_requests SELECT id, CAST(printf('%016d', i % 99 + 1) AS BLOB), member,
    CASE WHEN i % 2 = 0 THEN id END, i, CASE WHEN i % 2 = 0 THEN 'waiting' ELSE 'refused' END, NULL,
    CASE WHEN i % 2 = 1 THEN 'sold_out' END, at, CASE WHEN i % 2 = 1 THEN at END FROM n;
INSERT INTO queue_tickets SELECT id, member, id, i, at, at, NULL FROM n;
INSERT INTO webhooks (id, member_id, url, events, note, state, attempts, told, heard, due, secret, created_at, version)
    SELECT id, member, 'https://a.example/', '', '', 'delivering', 0, 1, 1 + (i % 100 = 0), at, randomblob(32), at, 1 FROM n;
INSERT INTO webhook_deliveries SELECT member, id, i, 1, at, 200, NULL, 5 FROM n;
INSERT INTO admin_actions SELECT id, member, id, NULL, 'r', CASE i % 2 WHEN 0 THEN 'a' ELSE 'b' END, 't', '{}', at FROM n;
ANALYZE;
";

fn walks_through_a_table(step: &str) -> bool {
    let mut words = step.split(' ');
    words.next() == Some("SCAN") && words.next().is_some_and(|name| GROWING.contains(&name))
}

async fn plan(to: &mut SqliteConnection, text: &str) -> Vec<String> {
    let explained = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")));
    let steps = explained.fetch_all(to).await.unwrap_or_else(|e| panic!("{text}: {e}"));
    steps.iter().map(|step| step.get("detail")).collect()
}

async fn filled() -> PoolConnection<Sqlite> {
    let ids = Arc::new(SequentialIds::new());
    let sql = Embedded::temporary(Options::new(ids)).await.expect("a temporary database opens");
    let Held::Sqlite(mut to) = sql.writer().await.expect("a writer") else {
        unreachable!("it is an embedded database")
    };
    sqlx::raw_sql(FILL).execute(&mut *to).await.expect("the tables are filled");
    to
}

#[tokio::test]
async fn no_text_walks_through_a_table_that_grows() {
    let mut to = filled().await;
    let mut seen = 0;
    for (name, text) in texts().chain(dialect::sqlite::TEXTS).chain(dialect::offers::sqlite::TEXTS)
    {
        let steps = plan(&mut to, text).await;
        assert!(!steps.iter().any(|step| walks_through_a_table(step)), "{name}: {steps:#?}");
        seen += 1;
    }
    assert!(seen > 40, "only {seen} texts are known");
}

#[tokio::test]
async fn a_text_without_an_index_is_noticed() {
    let mut to = filled().await;
    let steps = plan(&mut to, "SELECT id FROM jobs j WHERE j.subject = ?").await;
    assert!(steps.iter().any(|step| walks_through_a_table(step)), "{steps:#?}");
}
