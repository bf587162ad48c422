//! How many steps one engine takes in a second, of a lane with a rate that is never reached and of
//! one without, beside the bare statements of a step.

use std::{sync::Arc, time::Instant};

use castad_contract::WallClock;
use castad_domain::{model::Rate, port::WorkQueue};
use castad_engine::{Engine, Rates, Settings};
use chrono::TimeDelta;
use sqlx::{MySqlPool, mysql::MySqlPoolOptions};
use tokio_util::sync::CancellationToken;

use crate::{
    Server,
    watch::{Instance, Watch},
};

const JOBS: usize = 5_000;
/// How many steps are taken at once.
const AT_ONCE: usize = 16;

fn rate(jobs: usize, began: Instant) -> f64 {
    f64::from(u32::try_from(jobs).unwrap()) / began.elapsed().as_secs_f64()
}

/// What a step writes at least: it takes its row, and deletes it.
async fn bare(url: &str) -> f64 {
    let isolate = "SET SESSION transaction_isolation = 'READ-COMMITTED'";
    let pool = MySqlPoolOptions::new().max_connections(20).after_connect(move |to, _| {
        Box::pin(async move { sqlx::query(isolate).execute(to).await.map(drop) })
    });
    let pool = pool.connect(url).await.unwrap();
    let began = Instant::now();
    let workers = (0..AT_ONCE).map(|_| take_all(&pool));
    futures_util::future::join_all(workers).await;
    let told = rate(JOBS, began);
    pool.close().await;
    told
}

async fn take_all(pool: &MySqlPool) {
    loop {
        let mut tx = pool.begin().await.unwrap();
        let found = "SELECT id FROM jobs WHERE lane = 'song' AND state = 'waiting' \
             ORDER BY due, id LIMIT 1 FOR UPDATE SKIP LOCKED";
        let id: Option<Vec<u8>> = sqlx::query_scalar(found).fetch_optional(&mut *tx).await.unwrap();
        let Some(id) = id else { return };
        let taken =
            "UPDATE jobs SET state = 'running', fence = fence + 1, lease_until = due WHERE id = ?";
        sqlx::query(taken).bind(&id).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let done = sqlx::query("DELETE FROM jobs WHERE id = ? AND fence = 1").bind(&id);
        done.execute(pool).await.unwrap();
    }
}

pub(crate) async fn bench(server: &Server) {
    let (clock, watch) = (WallClock::started(), Arc::new(Watch::default()));
    let instance = Instance::open(server, &watch, &clock).await;
    println!("\n{JOBS} steps of one lane, {AT_ONCE} at once, one engine");
    instance.push_songs(JOBS).await;
    let floor = bare(&server.url).await;
    println!("{:<44} {floor:>7.0}/s", "bare: take a row, delete it");
    // A hundred thousand in ten seconds are never reached, and every claim counts.
    let never = Rate::new(100_000, TimeDelta::seconds(10)).unwrap();
    let mut without = None;
    for (name, song) in [("without a rate", None), ("with a rate", Some(never))] {
        instance.push_songs(JOBS).await;
        let settings = Settings {
            steps: AT_ONCE,
            steps_of_lane: AT_ONCE,
            rates: Rates { song, ..Rates::default() },
            ..Settings::default()
        };
        let engine = Engine::new(&instance.ports, settings);
        let stop = CancellationToken::new();
        let began = Instant::now();
        let running = tokio::spawn({
            let stop = stop.clone();
            async move { engine.run(stop).await }
        });
        while instance.sql.counts().await.unwrap().waiting > 0 {
            tokio::task::yield_now().await;
        }
        let told = rate(JOBS, began);
        stop.cancel();
        running.await.unwrap();
        let before = *without.get_or_insert(told);
        println!("{name:<44} {told:>7.0}/s {:>5.2} of the one without", told / before);
    }
    instance.sql.close().await;
}
