use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::{pictured, sung, task, worded};
use crate::studio::Studio;

async fn started(studio: &Studio, kind: &str) -> usize {
    let log = studio.get("/v1/events?limit=100").await.json();
    let told = log["items"].as_array().unwrap().iter();
    told.filter(|event| event["type"] == kind).count()
}

#[tokio::test]
async fn who_only_asks_for_the_head_of_an_answer_begins_nothing() {
    let studio = Studio::new().await;
    let (task, sung) = (worded(&studio, "다온카페").await, sung(&studio, "파란문").await);
    let before = studio.get("/v1/events?limit=100").await.json();
    for path in [format!("/song/generate/{task}"), format!("/video/generate/{sung}")] {
        let request = studio.request(Method::HEAD, &path).body(Body::empty()).unwrap();
        let answer = studio.send(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header(header::ALLOW), "GET", "{path}");
    }
    assert_eq!(studio.get("/v1/events?limit=100").await.json(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_who_ask_for_a_song_at_once_begin_one() {
    let studio = Studio::new().await;
    let task = worded(&studio, "다온카페").await;
    let path = format!("/song/generate/{task}");
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let request = studio.request(Method::GET, &path).body(Body::empty()).unwrap();
        asking.spawn(studio.router.clone().oneshot(request));
    }
    for answer in asking.join_all().await {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
    let first = studio.get(&path).await.json();
    assert_eq!(started(&studio, "song.requested").await, 1);
    studio.work().await;
    let made = studio.get(&path).await.json();
    assert_eq!(made["song_task_id"], first["song_task_id"]);
    assert_eq!(made["status"], "completed");
    assert_eq!(started(&studio, "song.requested").await, 1);
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_video_of_another_shape_waits_until_the_one_that_is_made_is_there() {
    let studio = Studio::new().await;
    let task = sung(&studio, "다온카페").await;
    let path = format!("/video/generate/{task}");
    let square = studio.get(&format!("{path}?orientation=square")).await.json();
    assert_eq!(studio.get(&format!("{path}?orientation=square")).await.json(), square);
    for other in ["?orientation=vertical", "?orientation=horizontal", ""] {
        let refused = studio.get(&format!("{path}{other}")).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::CONFLICT, "already_processing".into())
        );
        assert_eq!(refused.json()["detail"], "Already processing");
        assert_eq!(refused.json()["success"], false);
    }
    studio.work().await;
    let again = studio.get(&format!("{path}?orientation=square")).await.json();
    assert_eq!(
        (&again["render_id"], &again["status"]),
        (&square["render_id"], &json!("completed"))
    );
    let upright = studio.get(&path).await.json();
    assert_eq!(upright["status"], "processing");
    assert_ne!(upright["render_id"], square["render_id"]);
    assert_eq!(started(&studio, "video.requested").await, 2);
}

#[tokio::test]
async fn after_a_failure_a_new_one_is_begun() {
    let studio = Studio::new().await;
    let task = worded(&studio, "다온카페").await;
    studio.memory.composer().fail(false, 1);
    let path = format!("/song/generate/{task}");
    let failed = studio.get(&path).await.json();
    studio.work().await;
    let status = format!("/song/status/{}", failed["song_task_id"].as_str().unwrap());
    let told = studio.get(&status).await.json();
    assert_eq!((&told["status"], &told["url"]), (&json!("failed"), &Value::Null));
    assert_eq!(told["failure"]["code"], "provider_refused");
    let again = studio.get(&path).await.json();
    assert_eq!(again["status"], "processing");
    assert_ne!(again["song_task_id"], failed["song_task_id"]);
    studio.work().await;

    studio.memory.renderer().fail(false, 1);
    let path = format!("/video/generate/{task}");
    let failed = studio.get(&path).await.json();
    studio.work().await;
    let status = format!("/video/status/{}", failed["render_id"].as_str().unwrap());
    assert_eq!(studio.get(&status).await.json()["status"], "failed");
    let download = studio.get(&format!("/video/download/{task}")).await.json();
    assert_eq!(
        (&download["status"], &download["failure"]["stage"]),
        (&json!("failed"), &json!("video"))
    );
    assert_ne!(studio.get(&path).await.json()["render_id"], failed["render_id"]);
}

#[tokio::test]
async fn what_the_owner_stopped_counts_as_failed() {
    let studio = Studio::new().await;
    let task = worded(&studio, "다온카페").await;
    let begun = studio.get(&format!("/song/generate/{task}")).await.json();
    studio.post(&format!("/v1/projects/{task}/cancel")).await;
    let status = format!("/song/status/{}", begun["song_task_id"].as_str().unwrap());
    assert_eq!(studio.get(&status).await.json()["status"], "failed");
}

#[tokio::test]
async fn words_are_asked_for_again_until_they_please() {
    let studio = Studio::new().await;
    let task = pictured(&studio, "다온카페").await;
    let ask = async |language: Option<&str>| {
        let mut body = json!({"task_id": task, "colour": "red"});
        if let Some(word) = language {
            body["language"] = json!(word);
        }
        studio.call(Method::POST, "/lyric/generate", &body).await
    };
    assert_eq!(ask(None).await.json()["status"], "processing");
    assert_eq!(ask(None).await.status, StatusCode::OK, "those that are being written");
    assert_eq!(ask(Some("English")).await.problem(), "already_processing");
    assert_eq!(started(&studio, "lyric.requested").await, 1);
    studio.work().await;
    assert_eq!(ask(Some("English")).await.json()["status"], "processing");
    studio.work().await;
    assert_eq!(started(&studio, "lyric.requested").await, 2);
    let project = studio.get(&format!("/v1/projects/{task}")).await.json();
    assert_eq!(project["language"], "en");
    assert_eq!(ask(Some("French")).await.problem(), "invalid_input");
}

#[tokio::test]
async fn a_named_request_is_carried_out_once() {
    let studio = Studio::new().await;
    let task = task(&studio, "다온카페").await;
    let send = async |path: &str, body: Value| {
        let request = studio
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("key-{path}"));
        studio.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let other = json!({"customer_name": "b", "region": "c"});
    for (path, body, other) in [
        ("/project", super::customer(), other),
        ("/lyric/generate", json!({"task_id": task}), json!({"task_id": task, "language": "ko"})),
    ] {
        let first = send(path, body.clone()).await;
        studio.work().await;
        let again = send(path, body).await;
        assert_eq!((first.status, first.header("idempotent-replayed")), (StatusCode::OK, ""));
        assert_eq!((again.json(), again.header("idempotent-replayed")), (first.json(), "true"));
        assert_eq!(send(path, other).await.problem(), "idempotency_mismatch");
    }
    assert_eq!(started(&studio, "lyric.requested").await, 1);

    let parts = |file| {
        [("task_id", None, task.as_bytes()), ("files", Some(file), castad_contract::photo::PICTURE)]
    };
    let put = async |file| {
        let request = super::form(&studio).header("idempotency-key", "pictures");
        studio.send(request.body(super::form_body(&parts(file))).unwrap()).await
    };
    let first = put("a.jpg").await;
    let again = put("a.jpg").await;
    assert_eq!((again.json(), again.header("idempotent-replayed")), (first.json(), "true"));
    assert_eq!(put("b.jpg").await.problem(), "idempotency_mismatch");
    assert_eq!(studio.memory.media().keys().len(), 1, "what was sent again is not kept");
}
