//! Many who listen, at little cost, and nobody who misses anything.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use castad_tests::{Castad, Folder, database, missing, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
};

const STREAMS: usize = 2_000;
/// What an instance may take with all of them open, in KiB.
const MOST_KIB: u64 = 150 * 1024;

fn main() {
    let missing = missing("mysql", &["docker", "image", "inspect", "mysql:9.7"]);
    let two = "who_comes_back_to_any_instance_hears_each_event_once_on_mysql";
    let trials = vec![
        Trial::test("two_thousand_streams_cost_little_and_all_hear_the_same", || {
            run(two_thousand_streams())
        }),
        Trial::test(suite(two, missing.as_deref()), || run(who_comes_back_to_any_instance()))
            .with_ignored_flag(missing.is_some()),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn run(case: impl Future<Output = ()>) -> Result<(), Failed> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(case);
    Ok(())
}

type Listener = Lines<BufReader<TcpStream>>;

/// Opens a stream as a browser does, on a connection of its own, and awaits its head.
async fn listen(castad: &Castad, last: Option<&str>) -> Listener {
    let address = castad.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let last = last.map_or(String::new(), |last| format!("Last-Event-ID: {last}\r\n"));
    let request = format!(
        "GET /v1/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
         Authorization: Bearer {}\r\n{last}\r\n",
        castad.key()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut lines = BufReader::with_capacity(1024, stream).lines();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "HTTP/1.1 200 OK");
    while lines.next_line().await.unwrap().unwrap() != "" {}
    lines
}

/// The id of the next event.
async fn next_id(listener: &mut Listener) -> String {
    loop {
        let line = listener.next_line().await.unwrap().expect("the stream goes on");
        if let Some(id) = line.strip_prefix("id: ") {
            return id.to_owned();
        }
    }
}

async fn open_project(castad: &Castad) {
    let brief = json!({"business_name": "다온카페", "region": "부산", "language": "ko"});
    assert_eq!(castad.send(Method::POST, "/v1/projects", &brief).await.0, 201);
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
        listeners.push(listen(&castad, None).await);
    }
    open_project(&castad).await;
    let mut heard = BTreeSet::new();
    for listener in &mut listeners {
        heard.insert(next_id(listener).await);
    }
    assert_eq!(heard.len(), 1, "{heard:?}");
    let metrics = castad.text("/metrics").await;
    assert!(metrics.contains(&format!("castad_sse_streams {STREAMS}")), "{metrics}");
    let memory = memory_kib(&castad);
    assert!(memory <= MOST_KIB, "{memory} KiB with {STREAMS} streams open");
}

/// Two instances on one database, and a listener who is thrown off after every event.
async fn who_comes_back_to_any_instance() {
    const EVENTS: usize = 40;
    let (_server, url) = database("mysql", "9.7", "MYSQL").await;
    let (folder, environment) = (Folder::new(), [("CASTAD_DATABASE_URL", url.as_str())]);
    let first = Castad::start_with(folder.path(), &environment).await;
    let second = Castad::start_with(folder.path(), &environment).await;
    for _ in 0..EVENTS {
        open_project(&first).await;
    }
    let (mut last, mut heard) = (None::<String>, Vec::new());
    while heard.len() < EVENTS {
        let castad = if heard.len() % 2 == 0 { &first } else { &second };
        let mut listener = listen(castad, last.as_deref()).await;
        let id = next_id(&mut listener).await;
        heard.push(id.clone());
        last = Some(id);
    }
    let page = first.get("/v1/events?limit=100").await;
    let told = page["items"].as_array().unwrap().iter();
    let told: Vec<_> = told.map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(heard[..], told[..EVENTS]);

    // What the other instance appends is heard as well.
    let mut listener = listen(&second, told.last().map(String::as_str)).await;
    open_project(&first).await;
    let newest = next_id(&mut listener).await;
    assert!(!told.contains(&newest), "{newest}");
}
