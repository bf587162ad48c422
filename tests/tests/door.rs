//! The built program and those who would keep it from others.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::File;

use castad_tests::{Castad, Folder};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
};

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

async fn say(castad: &Castad, text: &str) -> TcpStream {
    let address = castad.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// What comes until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

async fn refused(response: Response) -> (u16, Value, String) {
    let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let told: Value = response.json().await.unwrap();
    (status, told["code"].clone(), wait.unwrap_or_default())
}

#[tokio::test]
async fn half_a_head_is_given_up_and_counted() {
    let folder = Folder::new();
    let limits = [("CASTAD_LIMIT_HEAD", "1"), ("CASTAD_LIMIT_IDLE", "1")];
    let castad = Castad::start_with(folder.path(), &limits).await;
    let halves = [say(&castad, "").await, say(&castad, "GET /healthz HTTP/1.1\r\nHost").await];
    for half in halves {
        assert_eq!(rest(half).await, "");
    }
    let kept = say(&castad, "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert!(rest(kept).await.starts_with("HTTP/1.1 200 OK"), "and then it is closed");
    let metrics = castad.text("/metrics").await;
    for cut in [
        "castad_connections_cut_total{why=\"head\"} 2",
        "castad_connections_cut_total{why=\"idle\"} ",
    ] {
        assert!(metrics.contains(cut), "{cut}: {metrics}");
    }
}

#[tokio::test]
async fn limits_are_those_of_the_configuration() {
    let folder = Folder::new();
    let limits = [
        ("CASTAD_LIMIT_REQUESTS", "off"),
        ("CASTAD_LIMIT_REQUESTS_OF_KEY", "2/3600s"),
        ("CASTAD_LIMIT_REGISTRATIONS", "1/3600s"),
        ("CASTAD_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let castad = Castad::start_with(folder.path(), &limits).await;
    for (left, most) in [(1, 1_800), (0, 3_600)] {
        let answer = castad.request(Method::GET, "/v1/account").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let told = answer.headers()["ratelimit"].to_str().unwrap().to_owned();
        let seconds = told.strip_prefix(&format!("\"key\";r={left};t=")).unwrap_or(&told);
        // What was asked for a while ago is given back by then.
        assert!((most - 60..=most).contains(&seconds.parse().unwrap()), "{told}");
        assert_eq!(answer.headers()["ratelimit-policy"], "\"key\";q=2;w=3600");
    }
    let late = castad.request(Method::GET, "/v1/account").send().await.unwrap();
    let (status, code, wait) = refused(late).await;
    assert_eq!((status, code), (429, json!("rate_limited")));
    assert!((1..=1_800).contains(&wait.parse().unwrap()), "{wait}");

    let join = async |client: &str, email: &str| {
        let body = json!({"email": email, "password": "correct horse", "name": "다온"});
        let request =
            castad.stranger(Method::POST, "/v1/members").header("x-forwarded-for", client);
        request.json(&body).send().await.unwrap()
    };
    assert_eq!(join("192.0.2.1", "a@example.com").await.status(), 201);
    assert_eq!(join("192.0.2.2", "b@example.com").await.status(), 201);
    let (status, code, _) = refused(join("192.0.2.1", "c@example.com").await).await;
    assert_eq!((status, code), (429, json!("too_many_attempts")));
}

#[tokio::test]
async fn a_program_that_is_out_of_files_goes_on_when_there_are_some() {
    let folder = Folder::new();
    let path = folder.path().join("log");
    let castad = Castad::start_logged(folder.path(), &[], File::create(&path).unwrap()).await;
    let process = castad.id().to_string();
    let allow = async |files: usize| {
        let limit = format!("--nofile={files}:");
        let told = Command::new("prlimit").args(["--pid", &process, &limit]).status().await;
        assert!(told.unwrap().success());
    };
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count();
    allow(open + 2).await;
    let mut kept = Vec::new();
    for _ in 0..8 {
        kept.push(say(&castad, "").await);
    }
    while !std::fs::read_to_string(&path).unwrap().contains("connections cannot be taken in") {
        tokio::task::yield_now().await;
    }
    let waiting = say(&castad, HEALTH).await;
    allow(open + 200).await;
    assert!(rest(waiting).await.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(castad.stop().await, Some(0));
}

#[tokio::test]
async fn whoever_says_half_a_word_does_not_keep_the_program_from_stopping() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let half = say(&castad, "GET /healthz HTTP/1.1\r\n").await;
    let silent = say(&castad, "").await;
    assert_eq!(castad.stop().await, Some(0));
    assert_eq!(rest(silent).await, "");
    drop(half);
}
