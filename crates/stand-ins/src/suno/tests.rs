use axum::{
    body::{Body, to_bytes},
    http::{Request, header::AUTHORIZATION},
};
use tower::ServiceExt;

use super::*;

async fn send(router: Router, method: &str, path: &str, body: &Value) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(AUTHORIZATION, format!("Bearer {KEY}"))
        .header("content-type", "application/json")
        .header(HOST, "127.0.0.1:8300")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    assert!(status < 400, "{path}: {status}");
    let whole = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&whole).unwrap_or_default()
}

fn order() -> Value {
    json!({
        "customMode": true, "instrumental": false, "model": "V5", "style": "ballad", "title": "Sea",
        "prompt": "[Verse]\nby the sea", "callBackUrl": "https://callback.invalid/callbacks/suno/a",
    })
}

async fn generate(suno: &Suno, order: &Value) -> Value {
    send(suno.router(), "POST", "/api/v1/generate", order).await
}

async fn record(suno: &Suno, task: &Value) -> Value {
    let path = format!("/api/v1/generate/record-info?taskId={}", task.as_str().unwrap());
    send(suno.router(), "GET", &path, &Value::Null).await
}

#[tokio::test]
async fn a_job_is_told_as_the_documents_show_it() {
    let suno = Suno::default();
    let task = generate(&suno, &order()).await["data"]["taskId"].clone();
    assert_eq!(record(&suno, &task).await["data"]["response"], Value::Null);
    suno.finish();
    let told = record(&suno, &task).await["data"].clone();
    assert_eq!((&told["status"], &told["taskId"]), (&json!("SUCCESS"), &task));
    let param: Value = serde_json::from_str(told["param"].as_str().unwrap()).unwrap();
    assert_eq!(param, order());
    let tracks = told["response"]["sunoData"].as_array().unwrap();
    assert_eq!(tracks.len(), 2);
    for track in tracks {
        let url = track["audioUrl"].as_str().unwrap();
        assert!(url.starts_with("http://127.0.0.1:8300/suno/files/"), "{url}");
        assert!(track["sourceStreamAudioUrl"].is_string() && track["createTime"].is_string());
        assert_eq!(track["prompt"], order()["prompt"]);
    }
}

#[tokio::test]
async fn an_order_has_to_keep_the_rules() {
    let suno = Suno::default();
    let long = |most: usize| json!("a".repeat(most + 1));
    for (field, value, code) in [
        ("customMode", json!(null), 400),
        ("instrumental", json!("no"), 400),
        ("model", json!("V3_5"), 400),
        ("callBackUrl", json!(null), 400),
        ("callbackUrl", json!("https://a"), 400),
        ("style", json!(""), 400),
        ("title", json!(null), 400),
        ("prompt", json!(null), 400),
        ("style", long(1_000), 413),
        ("title", long(100), 413),
        ("prompt", long(5_000), 413),
    ] {
        let mut order = order();
        order[field] = value;
        assert_eq!(generate(&suno, &order).await["code"], code, "{field}");
    }
    assert!(suno.purchases().is_empty());
    assert_eq!(generate(&suno, &order()).await["code"], 200);
}

#[tokio::test]
async fn faults_are_ordered_in_json() {
    let suno = Suno::default();
    let faults = json!([
        {"generate": {"refused": {"code": 430, "mirrored": false, "retry_after": 3}}},
        {"generate": {"refused": {"code": 500, "mirrored": false, "retry_after": null}}},
        {"record_info": "no_data"}, {"lyrics": "silent"}, {"credit": "no_data"},
        {"job": "number_times"}, {"callback": "duplicated"},
        {"words": "unaligned"}, {"file": "cut_short"},
    ]);
    send(suno.desk(), "POST", "/faults", &faults).await;
    for code in [430, 500] {
        assert_eq!(generate(&suno, &order()).await["code"], code);
    }
    let task = generate(&suno, &order()).await["data"]["taskId"].clone();
    assert_eq!(record(&suno, &task).await["data"], Value::Null);
    assert!(record(&suno, &task).await["data"]["createTime"].is_number());
    assert_eq!(suno.book().ordered.len(), 4, "each waits for its own");
}

#[tokio::test]
async fn what_was_asked_and_bought_is_told_and_settings_are_taken() {
    let suno = Suno::default();
    let settings = json!({"looks": 0, "credits": PRICE, "latency_ms": 1});
    send(suno.desk(), "POST", "/settings", &settings).await;
    let task = generate(&suno, &order()).await["data"]["taskId"].clone();
    assert_eq!(record(&suno, &task).await["data"]["status"], "SUCCESS", "at once");
    assert_eq!(generate(&suno, &order()).await["code"], 429, "nothing is left");

    assert_eq!(send(suno.desk(), "GET", "/purchases", &Value::Null).await, json!([order()]));
    let asked = send(suno.desk(), "GET", "/requests", &Value::Null).await;
    let calls: Vec<_> = asked.as_array().unwrap().iter().map(|one| one["call"].clone()).collect();
    assert_eq!(calls, ["Generate", "RecordInfo", "Generate"]);
    let told = send(suno.desk(), "GET", "/callbacks", &Value::Null).await;
    assert_eq!(told, json!([]));
    send(suno.desk(), "POST", "/finish", &Value::Null).await;
}

#[tokio::test]
async fn a_song_is_fetched_once_it_is_done_and_gone_where_ordered() {
    let suno = Suno::default();
    suno.order([Fault::Job(JobFault::FirstGone)]);
    generate(&suno, &order()).await;
    let has = |track: u32| {
        let name = format!("a0d10000-0000-4000-800{track}-000000000000.mp3");
        suno.book().jobs[0].file(&name).is_some()
    };
    assert!(!has(1), "it is not done");
    suno.finish();
    assert_eq!((has(0), has(1)), (false, true));
}
