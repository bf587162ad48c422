use std::{sync::Arc, time::Duration};

use castad_domain::{
    model::ProviderName,
    port::{Advise, ProviderErrorKind, Retry},
};
use castad_http_client::{HttpClient, Limits, Request};
use castad_memory::ManualClock;
use chrono::TimeDelta;

use crate::server::{Server, http};

fn client(limits: Limits) -> HttpClient {
    let clock = Arc::new(ManualClock::default());
    HttpClient::new(ProviderName::new("band"), limits, clock).unwrap()
}

#[tokio::test]
async fn an_answer_is_an_answer_whatever_its_status() {
    let retry = "Retry-After: 5\r\nContent-Type: application/json; charset=utf-8\r\n";
    let server = Server::saying(http("429 Too Many", retry, 2, "{}")).await;
    let answer = client(Limits::default()).send(Request::get(server.url())).await.unwrap();
    assert_eq!((answer.status(), answer.wait()), (429, Some(TimeDelta::seconds(5))));
    assert!(answer.is("application/json") && !answer.is("application/js"));
    assert_eq!(answer.bytes().await.unwrap(), b"{}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::saying(http("200 OK", "", 2, "hi")).await;
    let there = format!("Location: http://{}/\r\n", elsewhere.address);
    let server = Server::saying(http("302 Found", &there, 0, "")).await;
    let answer = client(Limits::default()).send(Request::get(server.url())).await.unwrap();
    assert_eq!((answer.status(), elsewhere.asked()), (302, 0));
}

#[tokio::test]
async fn what_was_surely_not_sent_is_told_from_what_may_have_been() {
    let limits = Limits { total: Duration::from_millis(300), ..Limits::default() };
    let silent = Server::holding("").await;
    let dropping = Server::saying("").await;
    let short = Server::saying(http("200 OK", "", 99, "short")).await;
    let nobody = "http://127.0.0.1:1/".to_owned();
    for (url, kind) in [
        (nobody, ProviderErrorKind::Busy),
        ("http://".to_owned(), ProviderErrorKind::Refused),
        (silent.url(), ProviderErrorKind::Unknown),
        (dropping.url(), ProviderErrorKind::Unknown),
        (short.url(), ProviderErrorKind::Unknown),
    ] {
        let error = match client(limits).send(Request::post(&url, &"x")).await {
            Ok(answer) => answer.bytes().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), kind, "{url}");
        assert!(!format!("{error:?}").contains("secret-1"), "{error:?}");
    }
    assert_eq!((silent.asked(), dropping.asked()), (1, 1), "nothing is sent twice");
}

#[tokio::test]
async fn an_answer_is_read_no_further_than_allowed() {
    let server = Server::saying(http("200 OK", "", 11, "hello world")).await;
    for (most, fits) in [(10, false), (11, true)] {
        let limits = Limits { answer: most, ..Limits::default() };
        let answer = client(limits).send(Request::get(server.url())).await.unwrap();
        assert_eq!(answer.bytes().await.is_ok(), fits, "{most}");
    }
}

#[tokio::test]
async fn no_more_calls_run_at_once_than_allowed() {
    let server = Server::holding(http("200 OK", "", 2, "ok")).await;
    let client = client(Limits { at_once: 2, ..Limits::default() });
    let ask = || async { client.send(Request::get(server.url())).await.map(|_| ()).is_ok() };
    let release = async {
        while server.asked() < 2 {
            tokio::task::yield_now().await;
        }
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        let asked = server.asked();
        server.held.add_permits(10);
        asked
    };
    let (one, two, three, asked) = tokio::join!(ask(), ask(), ask(), release);
    assert_eq!(asked, 2, "the third waited for its turn");
    assert!(one && two && three && server.asked() == 3, "and had it");
}

#[tokio::test]
async fn a_call_that_never_has_its_turn_was_surely_not_sent() {
    let server = Server::holding(http("200 OK", "", 2, "ok")).await;
    let client =
        client(Limits { total: Duration::from_millis(100), at_once: 0, ..Limits::default() });
    let error = client.send(Request::get(server.url())).await.err().unwrap();
    assert_eq!((error.kind(), error.retry()), (ProviderErrorKind::Busy, Retry::Later(None)));
    assert_eq!(server.asked(), 0);
}
