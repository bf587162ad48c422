use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use castad_domain::usecase::POINTS_OUT;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::studio::{Answer, Studio};

async fn post(studio: &Studio, path: &str, body: Value) -> Answer {
    studio.call(Method::POST, path, &body).await
}

async fn me(studio: &Studio) -> String {
    studio.get("/v1/account").await.json()["id"].as_str().unwrap().to_owned()
}

async fn give(studio: &Studio, to: &str, amount: i64, days: u64) -> String {
    let body = json!({"member_id": to, "amount": amount, "kind": "bonus", "expires_in_days": days});
    let given = post(studio, "/v1/points/accumulations", body).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.json());
    given.json()["key"].as_str().unwrap().to_owned()
}

async fn spend(studio: &Studio, order: &str, amount: i64) -> Answer {
    post(studio, "/v1/points/usages", json!({"order_number": order, "amount": amount})).await
}

#[tokio::test]
async fn points_come_are_spent_and_come_back() {
    let studio = Studio::new().await;
    let member = me(&studio).await;
    let a = give(&studio, &member, 1_000, 10).await;
    let b = give(&studio, &member, 500, 60).await;
    let used = spend(&studio, "A1234", 1_200).await;
    assert_eq!(used.status, StatusCode::CREATED);
    let used = used.json();
    let key = used["key"].as_str().unwrap();
    let parts = json!([{"lot": a, "amount": 1_000}, {"lot": b, "amount": 200}]);
    assert_eq!((&used["amount"], &used["used_from"]), (&json!(1_200), &parts));

    studio.memory.clock().advance(TimeDelta::days(11));
    let cancel = format!("/v1/points/usages/{key}/cancel");
    let back = post(&studio, &cancel, json!({"amount": 1_100, "reason": "늦었어요"})).await;
    assert_eq!(back.status, StatusCode::OK);
    let back = back.json();
    assert_eq!((&back["canceled"], &back["remaining"]), (&json!(1_100), &json!(100)));
    assert_eq!(
        (&back["restored"][0]["reissued"], &back["restored"][0]["amount"]),
        (&json!(true), &json!(1_000))
    );
    assert_eq!(back["restored"][1], json!({"lot": b, "amount": 100, "reissued": false}));
    let more = post(&studio, &cancel, json!({"amount": 101})).await;
    assert_eq!((more.status, more.problem().as_str()), (StatusCode::CONFLICT, "exceeds_usage"));

    let balance = studio.get("/v1/points/balance").await.json();
    assert_eq!((&balance["available"], &balance["used"]), (&json!(1_400), &json!(100)));
    assert!(balance["expiring_soon"].as_array().unwrap().is_empty());
    studio.memory.clock().advance(TimeDelta::days(20));
    let soon = studio.get("/v1/points/balance").await.json();
    assert_eq!(soon["expiring_soon"][0]["amount"], 400);

    let history = studio.get("/v1/points/history?limit=2").await.json();
    let entries = history["items"].as_array().unwrap();
    let told: Vec<_> = entries.iter().map(|e| (&e["type"], &e["reason"])).collect();
    let (canceled, used) = (json!("use_canceled"), json!("used"));
    assert_eq!(told, [(&canceled, &json!("늦었어요")), (&used, &Value::Null)]);
    let next = history["next"].as_str().unwrap();
    let rest = studio.get(&format!("/v1/points/history?after={next}")).await.json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    let of_order = studio.get("/v1/points/history?order_number=A1234").await.json();
    assert_eq!(of_order["items"][1]["amount"], -1_200);
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let studio = Studio::new().await;
    let member = me(&studio).await;
    let lot = give(&studio, &member, 100, 10).await;
    let code = async |answer: Answer| (answer.status.as_u16(), answer.problem());
    let conflict = |code: &str| (409, code.to_owned());
    assert_eq!(code(spend(&studio, "A1", 101).await).await, conflict("insufficient_points"));
    spend(&studio, "A1", 60).await;
    assert_eq!(code(spend(&studio, "A1", 1).await).await, conflict("order_number_used"));
    let taking = format!("/v1/points/accumulations/{lot}/cancel");
    assert_eq!(code(studio.post(&taking).await).await, conflict("lot_in_use"));
    let other = give(&studio, &member, 1, 10).await;
    let taking = format!("/v1/points/accumulations/{other}/cancel");
    assert_eq!(studio.post(&taking).await.json(), json!({"key": other, "canceled": 1}));
    assert_eq!(code(studio.post(&taking).await).await, conflict("already_canceled"));
    studio.call(Method::PUT, "/v1/admin/config/max_balance", &json!({"value": 40})).await;
    let body = json!({"member_id": member, "amount": 1, "kind": "bonus"});
    let full = post(&studio, "/v1/points/accumulations", body).await;
    assert_eq!(code(full).await, conflict("balance_limit"));

    let invalid = (422, "invalid_input".to_owned());
    for body in [
        json!({"member_id": member, "amount": 0, "kind": "bonus"}),
        json!({"member_id": member, "amount": 1_500, "kind": "charge"}),
        json!({"member_id": member, "amount": 1, "kind": "reissue"}),
        json!({"member_id": member, "amount": 1, "kind": "bonus", "expires_in_days": 1_825}),
        json!({"member_id": member, "amount": 1, "kind": "bonus", "expires_in_days": u64::MAX}),
        json!({"member_id": "me", "amount": 1, "kind": "bonus"}),
        json!({"amount": 1}),
    ] {
        let refused = post(&studio, "/v1/points/accumulations", body.clone()).await;
        assert_eq!(code(refused).await, invalid, "{body}");
    }
    assert_eq!(code(spend(&studio, "two words", 1).await).await, invalid);
    assert_eq!(code(spend(&studio, "A9", -1).await).await, invalid);
    let nowhere = format!("/v1/points/usages/use_{:032x}/cancel", 1);
    assert_eq!(code(studio.post(&nowhere).await).await, (404, "not_found".to_owned()));
}

#[tokio::test]
async fn what_is_the_studio_s_own_or_over_is_refused_by_name() {
    let studio = Studio::new().await;
    let lot = give(&studio, &me(&studio).await, 5, 1).await;
    assert_eq!(spend(&studio, "GEN-1", 1).await.problem(), "order_number_reserved");
    studio.memory.clock().advance(TimeDelta::days(2));
    let taking = format!("/v1/points/accumulations/{lot}/cancel");
    assert_eq!(studio.post(&taking).await.problem(), "lot_expired");
}

#[tokio::test]
async fn who_waits_too_long_for_others_is_told_so() {
    let studio = Studio::new().await;
    give(&studio, &me(&studio).await, 5, 10).await;
    let held = POINTS_OUT.of([&studio.owner]);
    let waited = studio.ports.guarded.run(held, async |_| {
        let pass = async {
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            studio.memory.clock().advance(TimeDelta::seconds(6));
        };
        tokio::join!(spend(&studio, "A1", 1), pass).0
    });
    let refused = waited.await.unwrap();
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "busy")
    );
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(spend(&studio, "A1", 1).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn members_spend_their_own_and_give_nothing() {
    let studio = Studio::new().await;
    let owner = me(&studio).await;
    let key = studio.member("다온").await;
    let of = async |method, path: &str, body| studio.of(Some(&key), method, path, &body).await;
    let member = of(Method::GET, "/v1/account", json!({})).await.json()["id"].clone();
    give(&studio, member.as_str().unwrap(), 100, 10).await;
    give(&studio, &owner, 100, 10).await;
    let owners = spend(&studio, "A1", 50).await.json()["key"].as_str().unwrap().to_owned();

    let theirs = of(Method::POST, "/v1/points/usages", json!({"order_number": "A1", "amount": 70}));
    assert_eq!(theirs.await.status, StatusCode::CREATED);
    let path = format!("/v1/points/usages/{owners}/cancel");
    assert_eq!(of(Method::POST, &path, json!({})).await.problem(), "not_found");
    assert_eq!(of(Method::GET, "/v1/points/balance", json!({})).await.json()["available"], 30);
    for path in [
        "/v1/points/accumulations",
        "/v1/points/accumulations/lot_1/cancel",
        "/v1/points/transfers",
        "/v1/admin/expirations",
        "/v1/admin/reconciliation",
    ] {
        let refused = of(Method::POST, path, json!({"nonsense": 1})).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (StatusCode::FORBIDDEN, "forbidden")
        );
    }
    let body = json!({"from_member_id": owner, "to_member_id": member, "amount": 50});
    let over = post(&studio, "/v1/points/transfers", body).await;
    assert_eq!(over.status, StatusCode::CREATED);
    assert_eq!(over.json()["lots"][0]["amount"], 50);
    assert_eq!(of(Method::GET, "/v1/points/balance", json!({})).await.json()["available"], 80);
}

#[tokio::test]
async fn what_is_done_at_night_can_be_asked_for() {
    let studio = Studio::new().await;
    let member = me(&studio).await;
    give(&studio, &member, 100, 1).await;
    studio.memory.clock().advance(TimeDelta::days(2));
    assert_eq!(studio.get("/v1/points/balance").await.json()["available"], 0);
    assert_eq!(studio.post("/v1/admin/expirations").await.json(), json!({"expired": 100}));
    assert_eq!(studio.post("/v1/admin/expirations").await.json(), json!({"expired": 0}));
    let found = studio.post("/v1/admin/reconciliation").await.json();
    assert_eq!(found, json!({"items": [{"member_id": member, "result": "matched"}]}));
    let log = studio.get("/v1/events").await.json();
    let last = log["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["type"], &last["data"]["amount"]), (&json!("points.expired"), &json!(-100)));
}

#[tokio::test]
async fn a_use_that_is_sent_again_gets_the_first_answer() {
    let studio = Studio::new().await;
    let member = me(&studio).await;
    give(&studio, &member, 100, 10).await;
    let send = async |amount: i64| {
        let request = studio.request(Method::POST, "/v1/points/usages");
        let request =
            request.header("idempotency-key", "k1").header("content-type", "application/json");
        let body = json!({"order_number": "A1", "amount": amount}).to_string();
        studio.send(request.body(body.into()).unwrap()).await
    };
    let first = send(60).await;
    let again = send(60).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, first.json()));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(send(50).await.problem(), "idempotency_mismatch");
    assert_eq!(studio.get("/v1/points/balance").await.json()["available"], 40);
}

#[tokio::test]
async fn what_is_asked_for_once_is_answered_twice_and_done_once() {
    let studio = Studio::new().await;
    let member = me(&studio).await;
    give(&studio, &member, 100, 1).await;
    studio.memory.clock().advance(TimeDelta::days(2));
    let named = async |path: &str, key: &str| {
        let request = studio.request(Method::POST, path).header("idempotency-key", key);
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    for path in ["/v1/admin/expirations", "/v1/admin/reconciliation"] {
        let first = named(path, path).await;
        assert_eq!((first.status, first.header("idempotent-replayed")), (StatusCode::OK, ""));
        let again = named(path, path).await;
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
        assert_eq!(again.json(), first.json(), "{path}");
    }
    let expired = named("/v1/admin/expirations", "/v1/admin/expirations").await.json();
    assert_eq!(expired, json!({"expired": 100}));
    assert_eq!(named("/v1/admin/expirations", "other").await.json(), json!({"expired": 0}));
    let one = json!({"member_id": member});
    let request = studio.request(Method::POST, "/v1/admin/reconciliation");
    let request = request.header("content-type", "application/json");
    let request = request.header("idempotency-key", "/v1/admin/reconciliation");
    let other = studio.send(request.body(Body::from(one.to_string())).unwrap()).await;
    assert_eq!(other.problem(), "idempotency_mismatch");
}
