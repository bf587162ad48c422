use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use http_body_util::BodyExt;
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
    let mut body = response.into_body();
    let mut text = String::new();
    let mut read = async |until: &str| {
        while !text.contains(until) {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
        text.clone()
    };
    let first = read("images.added").await;
    assert!(first.contains("id: evt_000000000002") && !first.contains("evt_000000000001"));
    studio.post(&format!("/v1/projects/{id}/lyric")).await;
    studio.work().await;
    let then = read("lyric.ready").await;
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
