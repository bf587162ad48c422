//! How many claims and reads a file takes in a second, beside the bare statements in the same run.
//!
//! `cargo bench -p castad-sql`; the numbers go to the terminal, nothing is judged.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends at a fault"
)]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use castad_contract::make;
use castad_domain::{
    model::{LyricId, MemberId, ProjectId, Task, Work},
    port::{Catalog, Page, Store, WorkQueue},
};
use castad_memory::SequentialIds;
use castad_sql::{Options, Sql, Sqlite};
use chrono::TimeDelta;
use sqlx::{Connection, SqliteConnection};

const PROJECTS: u64 = 1_000;

/// Prints how often a step that is repeated runs in a second.
async fn measure(what: &str, times: u32, step: impl AsyncFn(u64)) {
    let began = Instant::now();
    for n in 0..times {
        step(u64::from(n)).await;
    }
    let took = began.elapsed();
    let each = took / times;
    println!("{what:<54} {:>9.0}/s {each:>12.1?}", 1.0 / each.as_secs_f64());
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("castad-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn fill_projects(sql: &Sql) {
    for n in 1..=PROJECTS {
        let mut production = make::production(n, make::member(n % 10).id);
        let steps = make::LYRIC.iter().chain(&make::SONG).chain(&make::VIDEO);
        steps.for_each(|step| step(&mut production));
        let mut unit = sql.begin().await.unwrap();
        unit.productions().insert(&production).await.unwrap();
        unit.commit().await.unwrap();
    }
}

/// Pushes jobs of so many members, all due.
async fn fill_jobs(sql: &Sql, jobs: std::ops::Range<u64>, members: u64) {
    let work: Vec<_> = jobs
        .map(|n| Work {
            member: MemberId::from_bits(make::bits(n % members)),
            project: ProjectId::from_bits(make::bits(n)),
            task: Task::WriteLyric(LyricId::from_bits(make::bits(n))),
            due: make::time(0),
        })
        .collect();
    for batch in work.chunks(10_000) {
        let mut unit = sql.begin().await.unwrap();
        unit.work().push(batch).await.unwrap();
        unit.commit().await.unwrap();
    }
}

async fn reads(sql: &Sql, path: &Path) {
    let id = |n: u64| ProjectId::from_bits(make::bits(n % PROJECTS + 1));
    let owner = |n: u64| make::member((n % PROJECTS + 1) % 10).id;
    let url = format!("sqlite://{}", path.display());
    let bare = tokio::sync::Mutex::new(SqliteConnection::connect(&url).await.unwrap());

    measure("bare: SELECT * FROM projects WHERE id = ?", 20_000, async |n| {
        let key = id(n).to_bits().to_be_bytes();
        let row = sqlx::query("SELECT * FROM projects WHERE id = ?").bind(key.as_slice());
        row.fetch_one(&mut *bare.lock().await).await.unwrap();
    })
    .await;
    measure("a project with its pictures, stages and job", 20_000, async |n| {
        sql.project(owner(n), id(n)).await.unwrap().unwrap();
    })
    .await;
    measure("a project, to be changed: begin, find, drop", 20_000, async |n| {
        sql.begin().await.unwrap().productions().find(id(n)).await.unwrap().unwrap();
    })
    .await;
    measure("a page of 20 projects", 2_000, async |n| {
        let page = Page { limit: 20, after: None };
        assert_eq!(sql.projects(owner(n), page).await.unwrap().len(), 20);
    })
    .await;
}

async fn claims(sql: &Sql, path: &Path, times: u32) {
    let (now, until) = (make::time(10), make::time(10) + TimeDelta::minutes(5));
    let url = format!("sqlite://{}", path.display());
    let bare = tokio::sync::Mutex::new(SqliteConnection::connect(&url).await.unwrap());
    measure("bare: UPDATE jobs SET fence = fence WHERE id = ?", times, async |n| {
        let key = make::bits(n).to_be_bytes();
        let row = sqlx::query("UPDATE jobs SET fence = fence WHERE id = ?").bind(key.as_slice());
        row.execute(&mut *bare.lock().await).await.unwrap();
    })
    .await;
    measure("an idle look: nothing is due", times, async |_| {
        let early = make::time(-100);
        assert_eq!(sql.claim(early, early + TimeDelta::minutes(5)).await.unwrap(), None);
    })
    .await;
    measure("a claim and its end", times, async |_| {
        let claim = sql.claim(now, until).await.unwrap().unwrap();
        let mut unit = sql.begin().await.unwrap();
        unit.work().finish(&claim).await.unwrap();
        unit.commit().await.unwrap();
    })
    .await;
}

#[tokio::main]
async fn main() {
    let folder = folder();
    let path = folder.join("castad.sqlite");
    let sql = Sqlite::open(&path, Options::new(Arc::new(SequentialIds::new()))).await.unwrap();
    fill_projects(&sql).await;
    println!("{PROJECTS} projects");
    reads(&sql, &path).await;

    let mut filled = 0;
    for jobs in [1_000, 10_000, 200_000] {
        fill_jobs(&sql, filled..jobs, 100).await;
        filled = jobs;
        println!("{jobs} jobs of 100 members");
        claims(&sql, &path, 500).await;
    }
    for _ in 0..100 {
        let until = make::time(10) + TimeDelta::minutes(5);
        sql.claim(make::time(10), until).await.unwrap().unwrap();
    }
    println!("the same, and each member has one running");
    claims(&sql, &path, 500).await;
    fill_jobs(&sql, filled..filled + 10_000, 5_000).await;
    println!("the same, and behind them 10000 jobs of 5000 members");
    claims(&sql, &path, 100).await;

    sql.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}
