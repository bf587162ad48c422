use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::studio::Studio;

#[tokio::test]
async fn the_log_is_read_in_order_page_by_page() {
    let studio = Studio::new().await;
    let id = studio.finished().await;
    let all = studio.get("/v1/events?limit=100").await.json();
    let ids = |page: &serde_json::Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    };
    let expected = ids(&all);
    assert!(expected.is_sorted() && expected.len() == 16, "{expected:?}");
    assert_eq!(all["items"][0]["type"], "project.created");
    assert_eq!(all["items"][0]["project_id"], id);

    let mut seen = Vec::new();
    let mut path = "/v1/events?limit=5".to_owned();
    loop {
        let page = studio.get(&path).await.json();
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/events?limit=5&after={next}");
    }
    assert_eq!(seen, expected);
    let other = studio.draft().await;
    let mine = studio.get(&format!("/v1/projects/{other}/events")).await.json();
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_left() {
    let studio = Studio::new().await;
    let id = studio.pictured().await;
    let request = studio
        .request(Method::GET, &format!("/v1/projects/{id}/events"))
        .header(header::ACCEPT, "text/event-stream")
        .header("last-event-id", "evt_000000000001")
        .body(Body::empty())
        .unwrap();
    let response = studio.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut body = response.into_body();
    let first = heard(&mut body, "images.added").await;
    assert!(first.contains("id: evt_000000000002") && !first.contains("evt_000000000001"));
    studio.post(&format!("/v1/projects/{id}/lyric")).await;
    studio.work().await;
    let then = format!("{first}{}", heard(&mut body, "lyric.ready").await);
    for id in 2..=5 {
        assert_eq!(then.matches(&format!("id: evt_{id:012}")).count(), 1, "{then}");
    }
    studio.stop.cancel();
    assert!(body.frame().await.is_none(), "a stream ends when the program stops");
}

#[tokio::test]
async fn a_stream_that_cannot_be_resumed_is_refused() {
    let studio = Studio::new().await;
    let request = studio
        .request(Method::GET, "/v1/events")
        .header(header::ACCEPT, "text/event-stream")
        .header("last-event-id", "yesterday")
        .body(Body::empty())
        .unwrap();
    assert_eq!(studio.send(request).await.problem(), "invalid_input");
}

/// A stream that a key of the owner's opened, and that has told what there was.
async fn listening(studio: &Studio, key: &str) -> Body {
    let request = Request::get("/v1/events").header(header::ACCEPT, "text/event-stream");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    let request = request.body(Body::empty()).unwrap();
    let mut body = studio.router.clone().oneshot(request).await.unwrap().into_body();
    heard(&mut body, "project.created").await;
    body
}

/// Listens until that is told; what was.
async fn heard(body: &mut Body, kind: &str) -> String {
    let mut text = String::new();
    while !text.contains(kind) {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    text
}

#[tokio::test]
async fn a_stream_ends_with_what_opened_it() {
    let studio = Studio::new().await;
    let good = studio.call(Method::POST, "/v1/keys", &json!({})).await.json();
    let made = studio.call(Method::POST, "/v1/keys", &json!({"expires_in_days": 1})).await.json();
    studio.draft().await;
    let key = |made: &serde_json::Value| made["key"].as_str().unwrap().to_owned();

    let (mut kept, mut revoked) =
        (listening(&studio, studio.key.reveal()).await, listening(&studio, &key(&good)).await);
    let gone = studio.delete(&format!("/v1/keys/{}", good["id"].as_str().unwrap())).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{good}");
    studio.draft().await;
    assert!(revoked.frame().await.is_none(), "who has no key any more hears of nothing");
    heard(&mut kept, "project.created").await;

    let mut expired = listening(&studio, &key(&made)).await;
    heard(&mut expired, "project.created").await;
    studio.memory.clock().advance(TimeDelta::days(1));
    assert!(expired.frame().await.is_none(), "a silent one ends too");
    let mut silent = std::pin::pin!(kept.frame());
    assert!(futures_util::poll!(&mut silent).is_pending(), "the other goes on");
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_shows_that_it_is_alive() {
    let studio = Studio::new().await;
    studio.draft().await;
    let mut body = listening(&studio, studio.key.reveal()).await;
    for _ in 0..3 {
        let before = tokio::time::Instant::now();
        let frame = body.frame().await.unwrap().unwrap();
        let told = std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
        assert!(told.starts_with(':') && told.ends_with("\n\n"), "{told:?} is a comment");
        assert_eq!(before.elapsed(), Duration::from_secs(15));
    }
}
