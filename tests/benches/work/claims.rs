//! What a claim costs, whatever waits behind it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use castad_contract::WallClock;
use castad_domain::{
    model::Lane,
    port::{Store, Turn, WorkQueue},
};
use chrono::TimeDelta;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use crate::{
    Server, at,
    watch::{Instance, Watch},
};

const CLAIMS: usize = 300;

/// Rows of a hundred members, due long ago, up to that number.
async fn fill(to: &mut MySqlConnection, from: u64, until: u64) {
    let digits = "(SELECT 0 k UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 \
         UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let text = format!(
        "INSERT INTO jobs (id, kind, subject, member_id, project_id, state, due, fence, attempts, progress, lane) \
         SELECT CAST(LPAD(i, 16, '0') AS BINARY(16)), 'erase', 'bench/1.jpg', \
           CAST(LPAD(i % 100, 16, '0') AS BINARY(16)), CAST(LPAD(i, 16, '0') AS BINARY(16)), \
           'waiting', '1970-01-01' + INTERVAL i MICROSECOND, 0, 0, 0, 'house' \
         FROM (SELECT 1 + a.k + 10*b.k + 100*c.k + 1000*d.k + 10000*e.k + 100000*f.k AS i \
           FROM {digits} a, {digits} b, {digits} c, {digits} d, {digits} e, {digits} f) n \
         WHERE i > {from} AND i <= {until}"
    );
    to.execute(AssertSqlSafe(text)).await.unwrap();
    to.execute("ANALYZE TABLE jobs").await.unwrap();
}

pub(crate) async fn bench(server: &Server, most: u64) {
    let (clock, watch) = (WallClock::started(), Arc::new(Watch::default()));
    let instance = Instance::open(server, &watch, &clock).await;
    let mut bare = MySqlConnection::connect(&server.url).await.unwrap();
    println!("\na claim and its end, whatever waits: {CLAIMS} each");
    let mut filled = 0;
    for rows in [1_000, 100_000, 1_000_000] {
        if rows > most {
            return;
        }
        fill(&mut bare, filled, rows).await;
        filled = rows;
        let mut floor = floor(&mut bare, rows).await;
        let (mut claims, mut ends) = claim_all(&instance).await;
        println!(
            "{rows:>9} rows   bare update p50 {:>8.1?}   claim p50 {:>8.1?} p95 {:>8.1?}   end p50 {:>8.1?}",
            at(&mut floor, 50),
            at(&mut claims, 50),
            at(&mut claims, 95),
            at(&mut ends, 50),
        );
    }
    bare.close().await.unwrap();
    instance.sql.close().await;
}

/// The least that a claim has to do: a row is found by its id, and written.
async fn floor(to: &mut MySqlConnection, rows: u64) -> Vec<Duration> {
    let mut took = Vec::new();
    for n in 0..CLAIMS as u64 {
        let id = format!("{:0>16}", rows - n);
        let began = Instant::now();
        let update = sqlx::query("UPDATE jobs SET progress = progress + 1 WHERE id = ?");
        update.bind(id.as_bytes()).execute(&mut *to).await.unwrap();
        took.push(began.elapsed());
    }
    took
}

async fn claim_all(instance: &Instance) -> (Vec<Duration>, Vec<Duration>) {
    let (mut claims, mut ends) = (Vec::new(), Vec::new());
    for _ in 0..CLAIMS {
        let now = instance.clock.now();
        let turn = Turn { now, lease_until: now + TimeDelta::seconds(30), rate: None };
        let began = Instant::now();
        let claim = instance.sql.claim_in(Lane::House, turn).await.unwrap().unwrap();
        claims.push(began.elapsed());
        let began = Instant::now();
        let mut unit = instance.sql.begin().await.unwrap();
        unit.work().finish(&claim).await.unwrap();
        unit.commit().await.unwrap();
        ends.push(began.elapsed());
    }
    (claims, ends)
}
