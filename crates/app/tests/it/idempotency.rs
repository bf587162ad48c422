use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_contract::{doubtful, photo::PICTURE};
use serde_json::{Value, json};

use crate::studio::{Answer, Studio, brief};

async fn named(studio: &Studio, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    let request: Request<Body> = studio
        .request(method, path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .unwrap();
    studio.send(request).await
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_and_does_nothing_twice() {
    let studio = Studio::new().await;
    let first = named(&studio, Method::POST, "/v1/projects", "k1", &brief()).await;
    let again = named(&studio, Method::POST, "/v1/projects", "k1", &brief()).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header(header::LOCATION), first.header(header::LOCATION));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.header("idempotent-replayed"), "");
    let list = studio.get("/v1/projects").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_named_another_request_is_refused() {
    let studio = Studio::new().await;
    named(&studio, Method::POST, "/v1/projects", "k1", &brief()).await;
    let mut other = brief();
    other["region"] = json!("서울");
    let refused = named(&studio, Method::POST, "/v1/projects", "k1", &other).await;
    assert_eq!(refused.problem(), "idempotency_mismatch");
    let spelt = "{\"region\":\"부산 해운대\",  \"language\":\"ko\", \"orientation\":\"vertical\",\
                 \"details\":\"바다가 보여요\", \"business_name\":\"다온카페\"}";
    let same: Value = serde_json::from_str(spelt).unwrap();
    let replayed = named(&studio, Method::POST, "/v1/projects", "k1", &same).await;
    assert_eq!(replayed.header("idempotent-replayed"), "true", "spelling does not matter");
}

#[tokio::test]
async fn an_upload_is_the_same_whatever_its_boundary() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let parts = [("files", "a.jpg", PICTURE)];
    let first = studio.send(studio.upload_request(&id, &parts, "one", Some("u"))).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = studio.send(studio.upload_request(&id, &parts, "two", Some("u"))).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, first.json()));
    let other = [("files", "b.jpg", PICTURE)];
    let refused = studio.send(studio.upload_request(&id, &other, "one", Some("u"))).await;
    assert_eq!(refused.problem(), "idempotency_mismatch");
    let body = studio.get(&format!("/v1/projects/{id}")).await.json();
    assert_eq!(body["images"].as_array().unwrap().len(), 1);
    assert_eq!(studio.memory.media().keys().len(), 1, "what was sent again is not kept");
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let path = format!("/v1/projects/{id}/produce");
    let refused = named(&studio, Method::POST, &path, "k", &json!({})).await;
    assert_eq!(refused.problem(), "prerequisite_missing");
    studio.upload(&id, &[("files", "a.jpg", PICTURE)]).await;
    let begun = named(&studio, Method::POST, &path, "k", &json!({})).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_key_must_be_visible_characters() {
    let studio = Studio::new().await;
    for key in ["", "two words", &"x".repeat(256)] {
        let refused = named(&studio, Method::POST, "/v1/projects", key, &brief()).await;
        assert_eq!(refused.problem(), "invalid_input", "{key:?}");
    }
}

#[tokio::test]
async fn the_same_request_at_the_same_time_is_carried_out_once() {
    let studio = Studio::new().await;
    let body = brief();
    let send = || named(&studio, Method::POST, "/v1/projects", "k1", &body);
    let answers = tokio::join!(send(), send(), send(), send());
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        let known = [StatusCode::CREATED, StatusCode::CONFLICT].contains(&answer.status);
        assert!(known, "{}", answer.json());
        if answer.status == StatusCode::CONFLICT {
            assert_eq!(answer.problem(), "idempotency_in_flight");
            assert_eq!(answer.header(header::RETRY_AFTER), "1");
        }
    }
    let list = studio.get("/v1/projects").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_effect_whose_word_was_lost_is_answered_as_it_was_kept() {
    let studio = Studio::with(|ports| ports.store = doubtful(ports.store.clone())).await;
    let answer = named(&studio, Method::POST, "/v1/projects", "k1", &brief()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let unnamed = studio.call(Method::POST, "/v1/projects", &brief()).await;
    assert_eq!(unnamed.problem(), "unavailable");
    assert_eq!(unnamed.json()["charged_points"], Value::Null, "it may have been");
}
