use std::time::Duration;

use castad_domain::port::{WebhookAnswer, WebhookCall, WebhookSender};
use castad_webhooks::sign;
use chrono::TimeDelta;

use crate::{
    call, sender,
    server::{Does, Server},
};

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_call_is_signed_with_each_secret_over_what_is_sent() {
    let server = Server::answering("204 No Content", "").await;
    let answer = sender(LIMIT, &[&server.host()]).send(&call(&server.url())).await;
    assert_eq!(answer, Ok(WebhookAnswer { status: 204, wait: None }));
    let asked = server.asked();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("{name}: {head}")).to_owned()
    };
    assert!(head.starts_with("POST /castad?shop=7 HTTP/1.1"), "{head}");
    assert_eq!(header("content-type"), "application/json");
    assert!(header("user-agent").starts_with("castad/"));
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    assert_eq!((id.as_str(), at.as_str()), ("evt_000000000007_whk_1", "1614265330"));
    let at = at.parse().unwrap();
    let [new, old] = [[2; 32], [1; 32]].map(|secret| sign(&secret, &id, at, body.as_bytes()));
    assert_eq!(header("webhook-signature"), format!("{new} {old}"));
    assert_eq!(body, r#"{"type":"song.ready"}"#);
}

#[tokio::test]
async fn who_is_called_is_told_of_the_trace_if_there_is_one() {
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    for led in [None, Some(trace.to_owned())] {
        let server = Server::answering("204 No Content", "").await;
        let call = WebhookCall { trace: led.clone(), ..call(&server.url()) };
        sender(LIMIT, &[&server.host()]).send(&call).await.unwrap();
        let told = format!("traceparent: {trace}\r\n");
        assert_eq!(server.asked()[0].contains(&told), led.is_some());
        assert_eq!(server.asked()[0].contains("traceparent"), led.is_some());
    }
}

#[tokio::test]
async fn an_answer_is_an_answer_whatever_its_status() {
    for (status, code) in [("200 OK", 200), ("410 Gone", 410), ("500 Broken", 500)] {
        let server = Server::answering(status, "retry-after: 7\r\n").await;
        let answer = sender(LIMIT, &[&server.host()]).send(&call(&server.url())).await;
        assert_eq!(answer, Ok(WebhookAnswer { status: code, wait: None }), "{status}");
    }
    for (status, code) in [("429 Too Many", 429), ("503 Later", 503)] {
        let server = Server::answering(status, "retry-after: 7\r\n").await;
        let answer = sender(LIMIT, &[&server.host()]).send(&call(&server.url())).await;
        let wait = Some(TimeDelta::seconds(7));
        assert_eq!(answer, Ok(WebhookAnswer { status: code, wait }), "{status}");
    }
}

#[tokio::test]
async fn nobody_is_followed_who_leads_on() {
    let other = Server::answering("200 OK", "").await;
    let location = format!("location: {}\r\n", other.url());
    let server = Server::answering("307 Elsewhere", &location).await;
    let named = [server.host(), other.host()];
    let named: Vec<_> = named.iter().map(String::as_str).collect();
    let answer = sender(LIMIT, &named).send(&call(&server.url())).await;
    assert_eq!(answer.unwrap().status, 307);
    assert!(other.asked().is_empty());
}

/// The head has said it: what follows is nobody's concern.
#[tokio::test]
async fn what_follows_the_head_changes_nothing() {
    let head = |length: &str| format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\n");
    for (what, does) in [
        ("less than it said", Does::Says(head("content-length: 1000"))),
        ("more than anybody reads", Does::SaysForEver(head("content-length: 9000000000"))),
        ("no end", Does::SaysForEver(head("connection: close"))),
        ("nothing for long", Does::Halts(head("content-length: 1000"))),
        ("half a chunk", Does::Says(head("transfer-encoding: chunked") + "ff\r\nabc")),
    ] {
        let server = Server::that(does).await;
        let answer = sender(LIMIT, &[&server.host()]).send(&call(&server.url())).await;
        assert_eq!(answer, Ok(WebhookAnswer { status: 200, wait: None }), "{what}");
    }
}
