//! How often who may ask: the clock is the test's.

use std::{net::IpAddr, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header, request::Builder},
};
use castad_app::{
    config::LimitsConfig,
    http::{Crowded, Peer},
    limits::Allowance,
    secret::Secret,
};
use castad_domain::{
    model::{Caller, Role},
    usecase::IssueKey,
};
use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};
use tower::ServiceExt;

use crate::studio::{Answer, Studio, brief};

fn allowance(text: &str) -> Option<Allowance> {
    let allowance = Allowance::parse(text);
    assert!(allowance.is_some(), "{text}");
    allowance
}

/// Nothing is limited but what is said.
fn but(change: impl FnOnce(&mut LimitsConfig)) -> LimitsConfig {
    let mut limits = LimitsConfig::off();
    change(&mut limits);
    limits
}

async fn limited(change: impl FnOnce(&mut LimitsConfig)) -> Studio {
    Studio::new().await.limited(&but(change))
}

/// A request over a connection from there.
fn from(address: &str, method: Method, path: &str) -> Builder {
    let peer = Peer(address.parse::<IpAddr>().unwrap());
    Request::builder().method(method).uri(path).extension(peer)
}

async fn post(studio: &Studio, request: Builder, body: &Value) -> Answer {
    let request = request.header(header::CONTENT_TYPE, "application/json");
    studio.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn log_in(studio: &Studio, address: &str, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    post(studio, from(address, Method::POST, "/v1/sessions"), &body).await
}

async fn register(studio: &Studio, request: Builder, email: &str) -> Answer {
    let body = json!({"email": email, "password": "correct horse", "name": "다온"});
    post(studio, request, &body).await
}

fn refused(answer: &Answer) -> (u16, String, String) {
    (answer.status.as_u16(), answer.problem(), answer.header(header::RETRY_AFTER).to_owned())
}

fn too_often(code: &str, wait: u32) -> (u16, String, String) {
    (429, code.to_owned(), wait.to_string())
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_ask_again_and_nothing_is_done() {
    let studio = limited(|limits| {
        limits.of_member = allowance("6/60s");
        limits.of_key = allowance("3/60s");
    })
    .await;
    for (left_of_member, left_of_key, full) in [(5, 2, (10, 20)), (4, 1, (20, 40))] {
        let answer = studio.get("/v1/account").await;
        assert_eq!(answer.status, StatusCode::OK);
        let policy = "\"member\";q=6;w=60, \"key\";q=3;w=60";
        assert_eq!(answer.header("ratelimit-policy"), policy);
        let standing = format!(
            "\"member\";r={left_of_member};t={}, \"key\";r={left_of_key};t={}",
            full.0, full.1
        );
        assert_eq!(answer.header("ratelimit"), standing);
    }
    let absent = studio.get("/v1/projects/nonsense").await;
    assert_eq!(absent.problem(), "not_found");
    assert_eq!(absent.header("ratelimit"), "\"member\";r=3;t=30, \"key\";r=0;t=60");
    let open = studio.call(Method::POST, "/v1/projects", &brief()).await;
    assert_eq!(refused(&open), too_often("rate_limited", 20));
    assert_eq!(open.json()["retryable"], true);
    assert_eq!(open.header("ratelimit"), "\"member\";r=3;t=30, \"key\";r=0;t=60");
    studio.memory.clock().advance(TimeDelta::milliseconds(19_999));
    assert_eq!(refused(&studio.get("/v1/account").await), too_often("rate_limited", 1));
    studio.memory.clock().advance(TimeDelta::milliseconds(1));
    let list = studio.get("/v1/projects").await.json();
    assert_eq!(list["items"], json!([]), "what was refused was not carried out");
}

#[tokio::test]
async fn a_member_s_keys_share_what_the_member_has_and_others_have_their_own() {
    let studio = limited(|limits| {
        limits.of_member = allowance("3/60s");
        limits.of_key = allowance("10/60s");
    })
    .await;
    let second = Secret::fresh("castad");
    IssueKey::new(&studio.ports).run("owner", Role::Admin, second.hash()).await.unwrap();
    let other = studio.member("other").await;
    let with = async |key: &str| studio.of(Some(key), Method::GET, "/v1/account", &json!({})).await;
    for _ in 0..3 {
        assert_eq!(with(second.reveal()).await.status, StatusCode::OK);
    }
    for _ in 0..2 {
        let late = studio.get("/v1/account").await;
        assert_eq!(refused(&late), too_often("rate_limited", 20));
        assert!(late.json()["detail"].as_str().unwrap().contains("by you"));
        let standing = "\"member\";r=0;t=60, \"key\";r=10;t=1";
        assert_eq!(late.header("ratelimit"), standing, "the key is not charged for it");
    }
    assert_eq!(with(&other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn replays_and_the_earlier_routes_count_too() {
    let studio = limited(|limits| limits.of_member = allowance("3/60s")).await;
    let order = async || {
        let request = studio.request(Method::POST, "/v1/projects").header("idempotency-key", "a");
        post(&studio, request, &brief()).await
    };
    assert_eq!(order().await.status, StatusCode::CREATED);
    assert_eq!(order().await.header("idempotent-replayed"), "true");
    let earlier = studio.get("/videos/").await;
    assert_eq!(earlier.header("ratelimit"), "\"member\";r=0;t=60");
    assert_eq!(refused(&order().await), too_often("rate_limited", 20));
    let late = studio.get("/videos/").await;
    assert_eq!((late.status.as_u16(), late.header(header::RETRY_AFTER)), (429, "20"));
    assert_eq!(late.json()["code"], "rate_limited");
}

#[tokio::test]
async fn what_needs_no_key_and_who_needs_none_is_not_limited_so() {
    let studio = limited(|limits| limits.of_member = allowance("1/60s")).await;
    for _ in 0..3 {
        let health = studio.get("/healthz").await;
        assert_eq!(health.status, StatusCode::OK);
        assert!(!health.headers.contains_key("ratelimit"));
    }
    let owner = Caller::of_the_program(studio.owner, Role::Admin);
    let studio = studio.without_keys(owner);
    for _ in 0..3 {
        let account = studio.of(None, Method::GET, "/v1/account", &json!({})).await;
        assert_eq!(account.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn who_tries_keys_is_held_back_and_not_who_had_a_good_one_at_the_same_place() {
    let studio = limited(|limits| limits.wrong_keys = allowance("3/60s")).await;
    let good = studio.request(Method::GET, "/v1/account").body(Body::empty()).unwrap();
    let good = good.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned();
    let ask = async |address: &str, bearer: &str| {
        let request = from(address, Method::GET, "/v1/account");
        let request = request.header(header::AUTHORIZATION, bearer);
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    for _ in 0..5 {
        assert_eq!(ask("192.0.2.1", &good).await.status, StatusCode::OK);
    }
    for n in 0..3 {
        let wrong = ask("192.0.2.1", &format!("Bearer castad_{n}")).await;
        assert_eq!(wrong.problem(), "unauthorized");
    }
    let held = ask("192.0.2.1", "Bearer castad_3").await;
    assert_eq!(refused(&held), too_often("too_many_attempts", 20));
    assert_eq!(ask("192.0.2.1", &good).await.status, StatusCode::OK);
    assert_eq!(ask("192.0.2.2", "Bearer castad_3").await.problem(), "unauthorized");
    assert_eq!(
        ask("192.0.2.1", "nonsense").await.problem(),
        "unauthorized",
        "nothing is looked up"
    );
    studio.memory.clock().advance(TimeDelta::seconds(20));
    assert_eq!(ask("192.0.2.1", "Bearer castad_3").await.problem(), "unauthorized");
}

#[tokio::test]
async fn an_account_that_is_guessed_at_does_not_tell_whether_it_is_one() {
    let studio = limited(|limits| limits.guesses = allowance("3/900s")).await;
    register(&studio, from("192.0.2.9", Method::POST, "/v1/members"), "daon@example.com").await;
    let mut told = Vec::new();
    for email in ["daon@example.com", "nobody@example.com", "no address"] {
        for _ in 0..3 {
            let wrong = log_in(&studio, "192.0.2.1", email, "battery staple").await;
            assert_eq!(wrong.problem(), "wrong_log_in");
        }
        let worked = studio.memory.passwords().worked();
        let held = log_in(&studio, "192.0.2.1", email, "correct horse").await;
        assert_eq!(refused(&held), too_often("too_many_attempts", 300), "{email}");
        assert_eq!(studio.memory.passwords().worked(), worked, "no password is looked at");
        let mut body = held.json();
        body["request_id"] = Value::Null;
        told.push(body);
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    // Its owner is elsewhere, and comes in as often as they like.
    for _ in 0..20 {
        let welcome = log_in(&studio, "192.0.2.2", "DAON@example.com", "correct horse").await;
        assert_eq!(welcome.status, StatusCode::CREATED);
    }
    studio.memory.clock().advance(TimeDelta::seconds(300));
    let welcome = log_in(&studio, "192.0.2.1", "daon@example.com", "correct horse").await;
    assert_eq!(welcome.status, StatusCode::CREATED);
}

#[tokio::test]
async fn strangers_everywhere_do_not_lock_the_owner_out() {
    let studio = limited(|limits| limits.guesses = allowance("2/900s")).await;
    register(&studio, from("192.0.2.9", Method::POST, "/v1/members"), "daon@example.com").await;
    let mut looked_at = 0;
    for n in 0..60 {
        for _ in 0..2 {
            let stranger = format!("198.51.100.{n}");
            let tried = log_in(&studio, &stranger, "daon@example.com", "battery staple").await;
            looked_at += usize::from(tried.problem() == "wrong_log_in");
        }
    }
    assert_eq!(looked_at, 20 + 50, "two from ten places, then one from each");
    for _ in 0..5 {
        let welcome = log_in(&studio, "192.0.2.2", "daon@example.com", "correct horse").await;
        assert_eq!(welcome.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn log_ins_and_registrations_are_counted_by_place() {
    let studio = limited(|limits| {
        limits.log_ins = allowance("2/60s");
        limits.registrations = allowance("2/60s");
    })
    .await;
    let link = async |address: &str| {
        let request = from(address, Method::GET, "/login?token=nonsense");
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(link("2a00:1:2:3::1").await.problem(), "unauthorized");
    let wrong = log_in(&studio, "2a00:1:2:3:4::2", "a@b.kr", "battery staple").await;
    assert_eq!(wrong.problem(), "wrong_log_in");
    assert_eq!(refused(&link("2a00:1:2:3::9").await), too_often("too_many_attempts", 30));
    let held = log_in(&studio, "2a00:1:2:3::9", "c@d.kr", "battery staple").await;
    assert_eq!(refused(&held), too_often("too_many_attempts", 30));
    assert_eq!(link("2a00:1:2:4::1").await.problem(), "unauthorized", "another network");

    let join = async |address: &str, n: u8| {
        let request = from(address, Method::POST, "/v1/members");
        register(&studio, request, &format!("daon{n}@example.com")).await
    };
    assert_eq!(join("192.0.2.1", 1).await.status, StatusCode::CREATED);
    assert_eq!(join("192.0.2.1", 1).await.problem(), "duplicate_email");
    assert_eq!(refused(&join("192.0.2.1", 2).await), too_often("too_many_attempts", 30));
    assert_eq!(join("192.0.2.2", 2).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_asks_through_a_proxy_is_told_apart_if_it_is_trusted() {
    let limits = but(|limits| {
        limits.registrations = allowance("1/60s");
        limits.proxies = vec!["10.0.0.0/8".parse().unwrap()];
    });
    let studio = Studio::new().await.limited(&limits);
    let join = async |peer: &str, client: &str, n: u8| {
        let request = from(peer, Method::POST, "/v1/members").header("x-forwarded-for", client);
        register(&studio, request, &format!("daon{n}@example.com")).await
    };
    assert_eq!(join("10.0.0.1", "192.0.2.1", 1).await.status, StatusCode::CREATED);
    assert_eq!(join("10.0.0.2", "192.0.2.2", 2).await.status, StatusCode::CREATED);
    let again = join("10.0.0.2", "6.6.6.6, 192.0.2.1", 3).await;
    assert_eq!(again.problem(), "too_many_attempts", "what a client wrote itself does not count");
    assert_eq!(join("203.0.113.1", "192.0.2.3", 3).await.status, StatusCode::CREATED);
    let again = join("203.0.113.1", "192.0.2.4", 4).await;
    assert_eq!(again.problem(), "too_many_attempts", "a stranger's word is not taken");
}

#[tokio::test]
async fn a_member_has_so_many_streams_open() {
    let studio = limited(|limits| limits.streams = 2).await;
    let listen = async |key: Option<&str>| {
        let request = match key {
            Some(key) => {
                Request::get("/v1/events").header(header::AUTHORIZATION, format!("Bearer {key}"))
            }
            None => studio.request(Method::GET, "/v1/events"),
        };
        let request = request.header(header::ACCEPT, "text/event-stream");
        studio.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    };
    let (first, _second) = (listen(None).await, listen(None).await);
    assert_eq!(first.status(), StatusCode::OK);
    let third = listen(None).await;
    assert_eq!(
        (third.status().as_u16(), &third.headers()[header::RETRY_AFTER]),
        (429, &"10".parse().unwrap())
    );
    let body = axum::body::to_bytes(third.into_body(), 10_000).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["code"], "too_many_streams");
    let other = studio.member("other").await;
    assert_eq!(listen(Some(&other)).await.status(), StatusCode::OK);
    assert_eq!(studio.get("/v1/events").await.status, StatusCode::OK, "a list is no stream");
    drop(first);
    assert_eq!(listen(None).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_head_may_have_so_many_headers_and_bytes() {
    let studio = Studio::new().await;
    let many = |count: usize| {
        let one = |request: Builder, n: usize| request.header(format!("x-{n}"), "y");
        (0..count).fold(studio.request(Method::GET, "/v1/account"), one)
    };
    let good = studio.send(many(79).body(Body::empty()).unwrap()).await;
    assert_eq!(good.status, StatusCode::OK);
    let long = studio.send(many(80).body(Body::empty()).unwrap()).await;
    assert_eq!((long.status.as_u16(), long.problem().as_str()), (431, "head_too_large"));
    let large = studio.request(Method::GET, "/healthz").header("cookie", "c".repeat(16 * 1024));
    assert_eq!(studio.send(large.body(Body::empty()).unwrap()).await.problem(), "head_too_large");
    assert_eq!(
        studio.get(&format!("/{}", "a".repeat(16 * 1024))).await.problem(),
        "head_too_large"
    );
}

#[tokio::test]
async fn whom_there_is_no_room_for_is_told_and_who_watches_is_answered() {
    let studio = Studio::new().await;
    let ask = async |path: &str| {
        let request = studio.request(Method::GET, path).extension(Crowded);
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(ask(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/v1/account", "/", "/nothing"] {
        let told = ask(path).await;
        assert_eq!((told.status.as_u16(), told.problem().as_str()), (503, "too_many_connections"));
        assert_eq!(told.header(header::RETRY_AFTER), "1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_is_given_up_long_before_the_time_is_over() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    for path in ["/v1/projects".to_owned(), format!("/v1/projects/{id}/images")] {
        let kind = if path.ends_with("images") {
            "multipart/form-data; boundary=b"
        } else {
            "application/json"
        };
        let trickle = stream::repeat(()).then(async |()| {
            sleep_until(Instant::now() + Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(" ")
        });
        let request = studio.request(Method::POST, &path).header(header::CONTENT_TYPE, kind);
        let begun = Instant::now();
        let answer = studio.send(request.body(Body::from_stream(trickle)).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (408, "timeout"), "{path}");
        assert_eq!(answer.header(header::CONNECTION), "close");
        assert_eq!(begun.elapsed().as_secs(), 30, "{path}");
    }
}
