//! Many who listen, at little cost, and nobody who misses anything.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "storm/clock.rs"]
mod clock;
#[path = "storm/dice.rs"]
mod dice;
#[path = "streams/listener.rs"]
mod listener;
#[path = "streams/nomad.rs"]
mod nomad;
#[path = "streams/sleepers.rs"]
mod sleepers;

use std::collections::BTreeSet;

use castad_tests::{Castad, Folder, database, missing, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use listener::Listener;
use reqwest::Method;
use serde_json::json;

const STREAMS: usize = 2_000;
/// What an instance may take with all of them open, in KiB.
const MOST_KIB: u64 = 150 * 1024;

fn main() {
    let missing = missing("mysql", &["docker", "image", "inspect", "mysql:9.7"]);
    let two = "who_comes_back_to_any_of_two_instances_hears_all_of_both_in_order_on_mysql";
    let trials = vec![
        Trial::test("two_thousand_streams_cost_little_and_all_hear_the_same", || {
            run(two_thousand_streams())
        }),
        Trial::test("who_comes_back_after_each_event_hears_all_in_order", || {
            run(nomad::comes_back(1, &[]))
        }),
        Trial::test(suite(two, missing.as_deref()), || run(two_on_mysql()))
            .with_ignored_flag(missing.is_some()),
        Trial::test("who_does_not_read_costs_little_and_is_told_the_rest", || {
            run(sleepers::wake_up())
        }),
        Trial::test("who_does_not_read_is_cut_off_and_misses_nothing", || {
            run(sleepers::are_cut_off())
        }),
    ];
    // One after the other: what an instance takes is measured.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(case: impl Future<Output = ()>) -> Result<(), Failed> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(case);
    Ok(())
}

/// A project; its id.
async fn open_project(castad: &Castad) -> String {
    let brief = json!({"business_name": "다온카페", "region": "부산", "language": "ko"});
    let (status, opened) = castad.send(Method::POST, "/v1/projects", &brief).await;
    assert_eq!(status, 201, "{opened}");
    opened["id"].as_str().unwrap().to_owned()
}

/// What the kernel counts as the process's memory.
fn memory_kib(castad: &Castad) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", castad.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn two_thousand_streams() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let mut listeners = Vec::new();
    for _ in 0..STREAMS {
        listeners.push(Listener::of(&castad, None).await);
    }
    open_project(&castad).await;
    let mut heard = BTreeSet::new();
    for listener in &mut listeners {
        heard.insert(listener.next().await.expect("the stream goes on"));
    }
    assert_eq!(heard.len(), 1, "{heard:?}");
    let metrics = castad.text("/metrics").await;
    assert!(metrics.contains(&format!("castad_sse_streams {STREAMS}")), "{metrics}");
    let memory = memory_kib(&castad);
    assert!(memory <= MOST_KIB, "{memory} KiB with {STREAMS} streams open");
}

async fn two_on_mysql() {
    let (_server, url) = database("mysql", "9.7", "MYSQL").await;
    nomad::comes_back(2, &[("CASTAD_DATABASE_URL", &url)]).await;
}
