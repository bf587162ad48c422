mod receiver;

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use castad_app::http::message;
use castad_domain::{model::WebhookFault, port::WebhookAnswer};
use castad_engine::Courier;
use castad_webhooks::{StandardWebhooks, shown, sign};
use chrono::TimeDelta;
use receiver::{Receiver, secret};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::studio::{Answer, Studio};

const SHOP: &str = "https://shop.example/castad";

async fn register(studio: &Studio, body: &Value) -> Answer {
    studio.call(Method::POST, "/v1/webhooks", body).await
}

async fn registered(studio: &Studio) -> (String, String) {
    let made = register(studio, &json!({ "url": SHOP })).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (format!("/v1/webhooks/{}", text("id")), text("secret"))
}

async fn deliver(studio: &Studio) {
    let courier = Courier::new(&studio.ports, Arc::new(message));
    while courier.run_one().await.unwrap() {}
}

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_deleted() {
    let studio = Studio::new().await;
    let wanted =
        json!({ "url": SHOP, "events": ["project.*", "key.created"], "description": "가게" });
    let made = register(&studio, &wanted).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let body = made.json();
    let path = format!("/v1/webhooks/{}", body["id"].as_str().unwrap());
    assert_eq!(made.header("location"), path);
    assert_eq!(body["events"], wanted["events"]);
    assert_eq!(
        (&body["status"], &body["told"]),
        (&json!("delivering"), &json!("evt_000000000001"))
    );
    let handed = body["secret"].as_str().unwrap();
    assert!(handed.starts_with("whsec_") && handed.len() == 50, "32 bytes in base64");
    assert_eq!(shown(&secret(handed)), handed);

    let seen = studio.get(&path).await.json();
    assert_eq!((&seen["description"], &seen["waiting"]), (&json!("가게"), &json!(0)));
    assert_eq!((&seen["last_attempt"], &seen["secret"]), (&Value::Null, &Value::Null));
    let change = json!({ "events": [], "description": "", "enabled": false });
    let changed = studio.call(Method::PATCH, &path, &change).await;
    assert_eq!(changed.status, StatusCode::OK);
    let changed = changed.json();
    assert_eq!((&changed["events"], &changed["url"]), (&json!(["*"]), &json!(SHOP)));
    assert_eq!(changed["disabled_reason"], "owner");
    let on = studio.call(Method::PATCH, &path, &json!({ "enabled": true })).await.json();
    assert_eq!((&on["status"], &on["disabled_reason"]), (&json!("delivering"), &Value::Null));
    let list = studio.get("/v1/webhooks").await.json();
    assert_eq!(list["items"][0]["id"], body["id"]);
    assert_eq!(studio.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(studio.get(&path).await.problem(), "not_found");

    let log = studio.get("/v1/events").await.json();
    let kinds: Vec<_> = log["items"].as_array().unwrap().iter().map(|e| &e["type"]).collect();
    let happened =
        ["created", "disabled", "updated", "deleted"].map(|word| format!("webhook.{word}"));
    assert_eq!(kinds, happened.each_ref());
    assert_eq!(log["items"][1]["data"]["reason"], "owner");
}

#[tokio::test]
async fn what_cannot_be_called_or_told_is_refused_with_its_place() {
    let studio = Studio::new().await;
    for (body, pointer) in [
        (json!({}), "/url"),
        (json!({ "url": "shop.example" }), "/url"),
        (json!({ "url": "http://shop.example/" }), "/url"),
        (json!({ "url": "https://me:word@shop.example/" }), "/url"),
        (json!({ "url": SHOP, "events": ["vidoe.*"] }), "/events/0"),
        (json!({ "url": SHOP, "events": "video.*" }), "/events"),
        (json!({ "url": SHOP, "description": "a".repeat(201) }), "/description"),
        (json!({ "url": SHOP, "secret": "whsec_mine" }), "/secret"),
    ] {
        let refused = register(&studio, &body).await;
        assert_eq!(refused.problem(), "invalid_input", "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    let (path, _) = registered(&studio).await;
    let refused = studio.call(Method::PATCH, &path, &json!({ "url": "http://a.example/" })).await;
    assert_eq!(refused.problem(), "invalid_input");
}

#[tokio::test]
async fn a_member_has_at_most_twenty() {
    let studio = Studio::new().await;
    for _ in 0..20 {
        registered(&studio).await;
    }
    let refused = register(&studio, &json!({ "url": SHOP })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.problem(), "too_many_webhooks");
    let member = studio.member("other").await;
    let other =
        studio.of(Some(&member), Method::POST, "/v1/webhooks", &json!({ "url": SHOP })).await;
    assert_eq!(other.status, StatusCode::CREATED);
}

#[tokio::test]
async fn somebody_elses_webhook_is_not_there() {
    let studio = Studio::new().await;
    let (path, _) = registered(&studio).await;
    let member = studio.member("other").await;
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/test")),
        (Method::POST, format!("{path}/rotate")),
        (Method::POST, format!("{path}/replay?after=evt_000000000000")),
        (Method::GET, format!("{path}/deliveries")),
    ] {
        let answer = studio.of(Some(&member), method.clone(), &path, &json!({})).await;
        assert_eq!(answer.problem(), "not_found", "{method} {path}");
    }
    let list = studio.of(Some(&member), Method::GET, "/v1/webhooks", &json!({})).await.json();
    assert_eq!(list["items"], json!([]));
    assert!(studio.memory.receiver().calls().is_empty());
}

#[tokio::test]
async fn a_secret_is_shown_to_who_asked_for_it_however_often_and_to_nobody_else() {
    let studio = Studio::new().await;
    let named = async |path: &str, key: &str, body: &str| {
        let request = studio
            .request(Method::POST, path)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        studio.send(request.body(body.to_owned().into()).unwrap()).await
    };
    let body = json!({ "url": SHOP }).to_string();
    let (first, again) =
        (named("/v1/webhooks", "k1", &body).await, named("/v1/webhooks", "k1", &body).await);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let (first, again) = (first.json(), again.json());
    assert_eq!((&again["id"], &again["secret"]), (&first["id"], &first["secret"]));
    let rotate = format!("/v1/webhooks/{}/rotate", first["id"].as_str().unwrap());
    let (other, again) = (named(&rotate, "k2", "{}").await, named(&rotate, "k2", "{}").await);
    let (other, again) = (other.json(), again.json());
    assert!(other["secret"] != first["secret"] && other["old_secret_until"].is_string());
    assert_eq!((&again["id"], &again["secret"]), (&first["id"], &other["secret"]));

    let place = format!("/v1/webhooks/{}", first["id"].as_str().unwrap());
    for answer in [studio.get("/v1/webhooks").await, studio.get(&place).await] {
        assert!(!answer.json().to_string().contains("whsec_"), "{}", answer.json());
    }
}

#[tokio::test]
async fn a_test_calls_once_and_tells_what_came() {
    let studio = Studio::new().await;
    let (path, _) = registered(&studio).await;
    let receiver = studio.memory.receiver();
    receiver.status(SHOP, 503, 1);
    receiver.answer(SHOP, Err(WebhookFault::Tls), 1);
    let test = format!("{path}/test");
    let first = studio.post(&test).await;
    assert_eq!(first.status, StatusCode::OK);
    let expected = json!({ "delivered": false, "status": 503, "error": null, "duration_ms": 0 });
    assert_eq!(first.json(), expected);
    assert_eq!(studio.post(&test).await.json()["error"], "tls_failed");
    assert_eq!(studio.post(&test).await.json()["delivered"], true);
    let calls = receiver.calls();
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!((calls.len(), &body["type"]), (3, &json!("webhook.test")));
    assert!(calls[0].id != calls[1].id && calls[0].id.starts_with("dlv_"));
    let seen = studio.get(&path).await.json();
    assert_eq!((&seen["status"], &seen["last_attempt"]), (&json!("delivering"), &Value::Null));
}

#[tokio::test]
async fn what_was_delivered_and_tried_is_told_and_can_be_told_again() {
    let studio = Studio::new().await;
    let (path, _) = registered(&studio).await;
    studio.memory.receiver().status(SHOP, 500, 1);
    studio.draft().await;
    deliver(&studio).await;
    let seen = studio.get(&path).await.json();
    assert_eq!((&seen["status"], &seen["attempts"]), (&json!("retrying"), &json!(1)));
    assert_eq!((&seen["waiting"], &seen["last_attempt"]["status"]), (&json!(1), &json!(500)));
    assert!(seen["next_attempt_at"].is_string());
    studio.memory.clock().advance(TimeDelta::seconds(10));
    deliver(&studio).await;
    let lines = studio.get(&format!("{path}/deliveries")).await.json();
    let line = |n: usize| {
        let line = &lines["items"][n];
        (line["event"].clone(), line["attempt"].clone(), line["delivered"].clone())
    };
    assert_eq!(line(0), (json!("evt_000000000002"), json!(2), json!(true)));
    assert_eq!(line(1), (json!("evt_000000000002"), json!(1), json!(false)));
    let page = studio.get(&format!("{path}/deliveries?limit=1")).await.json();
    let next = page["next"].as_str().unwrap();
    let page = studio.get(&format!("{path}/deliveries?limit=1&after={next}")).await.json();
    assert_eq!(page["items"][0], lines["items"][1]);

    let replay = async |after: &str| studio.post(&format!("{path}/replay{after}")).await;
    assert_eq!(replay("").await.problem(), "invalid_input");
    assert_eq!(replay("?after=evt_000000000009").await.problem(), "invalid_input");
    let back = replay("?after=evt_000000000000").await;
    assert_eq!(back.status, StatusCode::ACCEPTED);
    assert_eq!(back.json()["told"], "evt_000000000000");
    let before = studio.memory.receiver().ids(SHOP);
    deliver(&studio).await;
    let again = studio.memory.receiver().ids(SHOP)[before.len()..].to_vec();
    assert_eq!(again.len(), 3, "its own making, the project, and that it was set back");
    assert_eq!(again[1], before[1], "under the same id");
}

#[tokio::test]
async fn who_answers_gone_finds_out_why_nothing_comes() {
    let studio = Studio::new().await;
    let (path, _) = registered(&studio).await;
    studio.memory.receiver().answer(SHOP, Ok(WebhookAnswer { status: 410, wait: None }), 1);
    studio.draft().await;
    deliver(&studio).await;
    let seen = studio.get(&path).await.json();
    assert_eq!((&seen["status"], &seen["disabled_reason"]), (&json!("disabled"), &json!("gone")));
    let log = studio.get("/v1/events").await.json();
    assert_eq!(log["items"][2]["type"], "webhook.disabled");
    assert_eq!(log["items"][2]["data"]["webhook_id"], seen["id"]);
}

/// A studio that calls a receiver over a socket.
async fn calling(host: &str) -> Studio {
    Studio::with(|ports| {
        let named = vec![host.parse().unwrap()];
        let sender = StandardWebhooks::new(named, 4, Arc::clone(&ports.clock)).unwrap();
        ports.sender = Arc::new(sender);
    })
    .await
}

#[tokio::test]
async fn who_goes_away_in_the_midst_of_a_test_has_it_called_once() {
    let receiver = Receiver::silent().await;
    let host = receiver.address.to_string();
    let studio = calling(&host).await;
    let made = register(&studio, &json!({ "url": format!("http://{host}/hook") })).await.json();
    let path = format!("/v1/webhooks/{}/test", made["id"].as_str().unwrap());
    let test = || {
        let request = studio.request(Method::POST, &path).header("idempotency-key", "once");
        request.body(Body::empty()).unwrap()
    };
    let asked = tokio::spawn(studio.router.clone().oneshot(test()));
    while receiver.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    assert_eq!(studio.send(test()).await.problem(), "idempotency_in_flight");

    receiver.answers(1);
    let tested = loop {
        let answer = studio.send(test()).await;
        if answer.status == StatusCode::OK {
            break answer;
        }
        assert_eq!(answer.problem(), "idempotency_in_flight");
    };
    assert_eq!(tested.header("idempotent-replayed"), "true");
    assert_eq!((&tested.json()["delivered"], receiver.heard().len()), (&json!(true), 1));
}

/// Over a socket, to somebody who checks each signature as the guide says.
#[tokio::test]
async fn a_receiver_hears_what_the_list_shows_signed_in_order_each_once() {
    let receiver = Receiver::start().await;
    let host = receiver.address.to_string();
    let studio = calling(&host).await;
    let made = register(&studio, &json!({ "url": format!("http://{host}/hook") })).await.json();
    let key = made["secret"].as_str().unwrap();
    let id = made["id"].as_str().unwrap();
    studio.finished().await;
    deliver(&studio).await;

    let log = studio.get("/v1/events?limit=100&after=evt_000000000001").await.json();
    let log = log["items"].as_array().unwrap().clone();
    let heard = receiver.heard();
    assert_eq!(heard.len(), log.len());
    assert!(heard.len() > 10, "a whole production");
    for (call, event) in heard.iter().zip(&log) {
        assert_eq!(call.header("webhook-id"), format!("{}_{id}", event["id"].as_str().unwrap()));
        let at: i64 = call.header("webhook-timestamp").parse().unwrap();
        assert_eq!(at, studio.ports.clock.now().timestamp());
        let signed =
            sign(secret(key).reveal(), call.header("webhook-id"), at, call.body.as_bytes());
        assert_eq!(call.header("webhook-signature"), signed);
        let body: Value = serde_json::from_str(&call.body).unwrap();
        let told = json!({ "type": event["type"], "timestamp": event["at"], "data": event });
        assert_eq!(body, told);
        assert!(call.body.starts_with("{\"type\":\""), "compact: {}", call.body);
    }
    let seen = studio.get(&format!("/v1/webhooks/{id}")).await.json();
    assert_eq!((&seen["waiting"], &seen["told"]), (&json!(0), &log.last().unwrap()["id"]));
}
