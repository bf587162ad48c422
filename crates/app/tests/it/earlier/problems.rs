use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_contract::photo::PICTURE;
use serde_json::json;

use super::{task, upload};
use crate::studio::{Answer, Studio, slow_form};

const NOBODY: &str = "prj_00000000000000000000000000000001";

/// The problem's code, having checked that an earlier client can read it as well.
fn refused(answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(body["success"], false, "{body}");
    assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    answer.problem()
}

#[tokio::test]
async fn every_fault_of_a_task_is_told_at_once() {
    let studio = Studio::new().await;
    let wrong = json!({"customer_name": "<script>", "region": 5, "detail_region_info": "가".repeat(2_000), "language": "French"});
    let answer = studio.call(Method::POST, "/project", &wrong).await;
    assert_eq!(
        (answer.status, refused(&answer)),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid_input".into())
    );
    let body = answer.json();
    let pointers: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/customer_name", "/region", "/detail_region_info", "/language"]);
    assert_eq!(body["message"], body["detail"]);
    let empty = studio.post("/project").await;
    assert_eq!(empty.json()["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_apart() {
    let studio = Studio::new().await;
    for path in ["/project", "/lyric/generate"] {
        let send = async |kind: &str, body: &'static str| {
            let request = studio.request(Method::POST, path).header(header::CONTENT_TYPE, kind);
            refused(&studio.send(request.body(Body::from(body)).unwrap()).await)
        };
        assert_eq!(send("application/json", "{\"a").await, "malformed");
        assert_eq!(send("application/json", "[]").await, "invalid_input");
        assert_eq!(send("text/plain", "hello").await, "unsupported_media_type");
    }
    let form = studio.call(Method::POST, "/project/image", &json!({})).await;
    assert_eq!(refused(&form), "unsupported_media_type");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let studio = Studio::new().await;
    for id in [NOBODY, "nonsense", "sng_00000000000000000000000000000001", "5f0c"] {
        for path in [
            "/lyric/status",
            "/song/generate",
            "/song/status",
            "/video/generate",
            "/video/status",
            "/video/download",
        ] {
            let answer = studio.get(&format!("{path}/{id}")).await;
            assert_eq!(refused(&answer), "not_found", "{path} {id}");
        }
        let ask = studio.call(Method::POST, "/lyric/generate", &json!({"task_id": id})).await;
        assert_eq!(refused(&ask), "not_found", "{id}");
        let parts = [("task_id", None, id.as_bytes()), ("files", Some("a.jpg"), PICTURE)];
        assert_eq!(refused(&upload(&studio, &parts).await), "not_found", "{id}");
    }
    assert!(studio.memory.media().keys().is_empty());
    let id = task(&studio, "다온카페").await;
    for path in ["/lyric/status", "/video/download"] {
        let answer = studio.get(&format!("{path}/{id}")).await;
        assert_eq!(refused(&answer), "not_found", "nothing was asked for yet");
    }
}

#[tokio::test]
async fn what_is_needed_first_is_named() {
    let studio = Studio::new().await;
    let id = task(&studio, "다온카페").await;
    for path in ["/song/generate", "/video/generate"] {
        let answer = studio.get(&format!("{path}/{id}")).await;
        assert_eq!(
            (answer.status, refused(&answer)),
            (StatusCode::CONFLICT, "prerequisite_missing".into())
        );
    }
    studio.call(Method::POST, "/lyric/generate", &json!({"task_id": id})).await;
    let early = studio.get(&format!("/song/generate/{id}")).await;
    assert_eq!(refused(&early), "already_processing");
    assert!(early.json()["message"].as_str().unwrap().contains("lyric"), "what is being made");
    studio.work().await;
    studio.get(&format!("/song/generate/{id}")).await;
    studio.work().await;
    let blind = studio.get(&format!("/video/generate/{id}")).await;
    assert_eq!(refused(&blind), "prerequisite_missing", "there are no pictures");
    let shape = studio.get(&format!("/video/generate/{id}?orientation=round")).await;
    assert_eq!(shape.json()["errors"][0]["pointer"], "?orientation");
    let twice = studio.get(&format!("/video/generate/{id}?x=1&x=2")).await;
    assert_eq!(refused(&twice), "prerequisite_missing", "options that nobody knows are let be");
}

#[tokio::test]
async fn pictures_that_are_not_taken_leave_nothing() {
    let studio = Studio::new().await;
    let id = task(&studio, "다온카페").await;
    let named = ("task_id", None, id.as_bytes());
    let good = ("files", Some("a.jpg"), PICTURE);
    let bad = ("files", Some("b.jpg"), b"<html>".as_slice());
    let answer = upload(&studio, &[named, good, bad]).await;
    assert_eq!(refused(&answer), "picture_rejected");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/files/1");
    let nameless = upload(&studio, &[good]).await;
    assert_eq!(refused(&nameless), "invalid_input");
    assert_eq!(nameless.json()["errors"][0]["pointer"], "/task_id");
    assert_eq!(refused(&upload(&studio, &[named]).await), "invalid_input");
    let long = "x".repeat(2_000);
    let endless = upload(&studio, &[("task_id", None, long.as_bytes()), good]).await;
    assert_eq!(refused(&endless), "invalid_input");
    let mut many = vec![named];
    many.extend([good; 21]);
    assert_eq!(refused(&upload(&studio, &many).await), "too_many_images");
    let late = [good, ("task_id", None, NOBODY.as_bytes())];
    assert_eq!(refused(&upload(&studio, &late).await), "not_found");
    assert!(studio.memory.media().keys().is_empty(), "none of them is kept");
}

#[tokio::test]
async fn the_frameworks_own_refusals_can_be_read_as_well() {
    let studio = Studio::new().await;
    assert_eq!(refused(&studio.get("/song/nothing").await), "not_found");
    let put = studio.call(Method::PUT, "/songs/", &json!({})).await;
    assert_eq!(refused(&put), "method_not_allowed");
    assert!(put.header(header::ALLOW).contains("GET"));
    let problem = studio.get("/v1/nothing").await.json();
    assert_eq!(
        (problem.get("success"), problem.get("message")),
        (None, None),
        "/v1 has its own form"
    );
}

#[tokio::test(start_paused = true)]
async fn pictures_may_take_longer_to_arrive_than_anything_else() {
    let studio = Studio::new().await;
    let slowly = async |path: &str, kind: &str| {
        let request = studio.request(Method::POST, path).header(header::CONTENT_TYPE, kind);
        let begun = tokio::time::Instant::now();
        let answer = studio.send(request.body(slow_form()).unwrap()).await;
        assert_eq!(refused(&answer), "timeout");
        begun.elapsed().as_secs()
    };
    assert_eq!(slowly("/project", "application/json").await, 60);
    assert_eq!(slowly("/project/image", "multipart/form-data; boundary=b").await, 600);
}
