use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::studio::{Answer, Studio};

async fn put(studio: &Studio, key: &str, body: Value) -> Answer {
    studio.call(Method::PUT, &format!("/v1/admin/config/{key}"), &body).await
}

#[tokio::test]
async fn an_admin_reads_and_changes_settings() {
    let studio = Studio::new().await;
    let first = studio.get("/v1/admin/config/max_balance").await.json();
    let none: [Value; 0] = [];
    assert_eq!(
        first,
        json!({"key": "max_balance", "value": 10_000_000, "version": 0, "history": none})
    );
    let changed = put(&studio, "max_balance", json!({"value": 500})).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(changed.json(), json!({"key": "max_balance", "value": 500, "version": 1}));
    put(&studio, "charge_step", json!({"value": 10, "version": 1})).await;

    let one = studio.get("/v1/admin/config/max_balance").await.json();
    assert_eq!((&one["value"], &one["version"]), (&json!(500), &json!(2)));
    let line = &one["history"][0];
    assert_eq!((&line["old"], &line["new"]), (&json!(10_000_000), &json!(500)));
    assert_eq!(line["by"], studio.get("/v1/account").await.json()["id"]);
    assert_eq!(one["history"].as_array().unwrap().len(), 1);
    let all = studio.get("/v1/admin/config").await.json();
    let keys: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "max_accumulation",
            "charge_step",
            "max_charge",
            "max_balance",
            "default_expiration_days",
            "min_expiration_days",
            "max_expiration_days",
            "expiry_notice_days",
        ]
    );
    assert_eq!(all["history"][0]["key"], "charge_step", "the newest first");
    let log = studio.get("/v1/events").await.json();
    let event = &log["items"][0];
    assert_eq!(event["type"], "settings.changed");
    let data = json!({"key": "max_balance", "old": 10_000_000, "new": 500, "version": 1});
    assert_eq!(event["data"], data);
}

#[tokio::test]
async fn who_saw_an_older_version_is_told() {
    let studio = Studio::new().await;
    put(&studio, "max_balance", json!({"value": 500, "version": 0})).await;
    let late = put(&studio, "max_balance", json!({"value": 600, "version": 0})).await;
    assert_eq!((late.status, late.problem()), (StatusCode::CONFLICT, "version_mismatch".into()));
    let future = put(&studio, "max_balance", json!({"value": 600, "version": u64::MAX})).await;
    assert_eq!(future.problem(), "version_mismatch");
    assert_eq!(studio.get("/v1/admin/config/max_balance").await.json()["value"], 500);
}

#[tokio::test]
async fn a_change_that_changes_nothing_makes_no_version() {
    let studio = Studio::new().await;
    let same = put(&studio, "max_balance", json!({"value": 10_000_000})).await.json();
    assert_eq!(same["version"], 0);
    assert_eq!(studio.get("/v1/events").await.json()["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_setting_keeps_to_the_rules() {
    let studio = Studio::new().await;
    for (key, value) in [
        ("max_balance", json!(0)),
        ("max_balance", json!(-1)),
        ("max_balance", json!(1.5)),
        ("max_balance", json!("500")),
        ("max_balance", Value::Null),
        ("charge_step", json!(1_000_001)),
        ("max_charge", json!(999)),
        ("max_expiration_days", json!(1_825)),
        ("max_expiration_days", json!(365)),
        ("min_expiration_days", json!(365)),
        ("default_expiration_days", json!(1)),
        ("default_expiration_days", json!(1_824)),
    ] {
        let refused = put(&studio, key, json!({"value": value})).await;
        assert_eq!(refused.problem(), "invalid_input", "{key} {value}");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/value");
    }
    assert_eq!(
        put(&studio, "max_balance", json!({"value": 1, "x": 1})).await.problem(),
        "invalid_input"
    );
    assert_eq!(put(&studio, "colour", json!({"value": 1})).await.problem(), "not_found");
    assert_eq!(studio.get("/v1/admin/config/MAX_BALANCE").await.problem(), "not_found");
    assert_eq!(studio.get("/v1/admin/config").await.json()["version"], 0, "nothing was changed");
}

#[tokio::test]
async fn settings_are_for_admins() {
    let studio = Studio::new().await;
    let key = studio.member("stranger").await;
    for (method, path) in [
        (Method::GET, "/v1/admin/config"),
        (Method::GET, "/v1/admin/config/max_balance"),
        (Method::PUT, "/v1/admin/config/max_balance"),
        (Method::PUT, "/v1/admin/config/colour"),
    ] {
        let refused = studio.of(Some(&key), method, path, &json!({"value": 5})).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (StatusCode::FORBIDDEN, "forbidden".into())
        );
    }
}
