use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_domain::model::MemberName;
use castad_stand_ins::payments::{Fault, Payments};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    coupons::{call_as, guest, terms},
    studio::{Answer, Studio},
};

async fn studio() -> (Studio, Arc<Payments>) {
    let gateway = Arc::new(Payments::new());
    let payments = gateway.clone();
    (Studio::with(move |ports| ports.payments = payments).await, gateway)
}

async fn pack(studio: &Studio, stock: Option<i64>) -> String {
    let terms = json!({"name": "만 포인트", "points": 10_000, "price": 9_900, "stock": stock});
    let made = studio.call(Method::POST, "/v1/packs", &terms).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn order(studio: &Studio, body: &Value) -> Answer {
    studio.call(Method::POST, "/v1/orders", body).await
}

async fn left(studio: &Studio) -> Value {
    studio.get("/v1/packs").await.json()["items"][0]["stock"].clone()
}

async fn available(studio: &Studio) -> i64 {
    let owner = MemberName::parse("owner").unwrap();
    let mut unit = studio.ports.store.begin().await.unwrap();
    let member = unit.access().member(&owner).await.unwrap().unwrap().id;
    let now = studio.ports.clock.now();
    studio.ports.points.balance(member, now, now).await.unwrap().available
}

#[tokio::test]
async fn points_that_were_bought_come_back_with_their_order_alone() {
    let (studio, _gateway) = studio().await;
    let pack = pack(&studio, None).await;
    let placed = order(&studio, &json!({"pack_id": pack})).await.json();
    studio.post(&format!("/v1/orders/{}/pay", placed["id"].as_str().unwrap())).await;
    let spend = json!({"order_number": "A1", "amount": 1});
    let used = studio.call(Method::POST, "/v1/points/usages", &spend).await.json();
    let back = format!("/v1/points/usages/{}/cancel", used["key"].as_str().unwrap());
    assert_eq!(studio.post(&back).await.status, StatusCode::OK);
    let lot = used["used_from"][0]["lot"].as_str().unwrap();
    let taken = studio.post(&format!("/v1/points/accumulations/{lot}/cancel")).await;
    assert_eq!(taken.problem(), "lot_bought");
}

#[tokio::test]
async fn packs_are_ordered_paid_and_refunded() {
    let (studio, gateway) = studio().await;
    let pack = pack(&studio, Some(5)).await;
    let placed = order(&studio, &json!({"pack_id": pack, "quantity": 2})).await;
    assert_eq!(placed.status, StatusCode::CREATED);
    let body = placed.json();
    let path = format!("/v1/orders/{}", body["id"].as_str().unwrap());
    assert_eq!(placed.header(header::LOCATION), path);
    assert_eq!((&body["status"], &body["amount"]), (&json!("pending"), &json!(19_800)));
    assert_eq!((&body["points"], left(&studio).await), (&json!(20_000), json!(3)));
    assert_eq!(studio.get(&path).await.json(), body);

    let paid = studio.post(&format!("{path}/pay")).await;
    assert_eq!((paid.status, &paid.json()["status"]), (StatusCode::OK, &json!("paid")));
    assert_eq!(available(&studio).await, 20_000);
    assert_eq!(studio.post(&format!("{path}/pay")).await.problem(), "not_allowed_now");
    assert_eq!(gateway.taken().len(), 1);

    let canceled = studio.post(&format!("{path}/cancel")).await;
    assert_eq!((canceled.status, &canceled.json()["status"]), (StatusCode::OK, &json!("canceled")));
    assert_eq!((available(&studio).await, left(&studio).await), (0, json!(5)));
    assert_eq!(gateway.given_back(), gateway.taken());
    let list = studio.get("/v1/orders").await.json();
    assert_eq!(list["items"][0]["status"], "canceled");

    let log = studio.get("/v1/events?limit=100").await.json();
    let told: Vec<_> =
        log["items"].as_array().unwrap().iter().filter_map(|e| e["type"].as_str()).collect();
    let orders: Vec<_> = told.into_iter().filter(|kind| kind.starts_with("order.")).collect();
    assert_eq!(orders, ["order.created", "order.paid", "order.canceled"]);
}

#[tokio::test]
async fn a_coupon_is_used_in_an_order_and_comes_back_with_it() {
    let (studio, _) = studio().await;
    let pack = pack(&studio, None).await;
    let made = studio.call(Method::POST, "/v1/campaigns", &terms()).await.json();
    let claim = format!("/v1/campaigns/{}/claim", made["id"].as_str().unwrap());
    let coupon = studio.post(&claim).await.json()["coupon_id"].clone();
    let wanted = json!({"pack_id": pack, "coupon_id": coupon});
    let placed = order(&studio, &wanted).await.json();
    assert_eq!((&placed["discount"], &placed["amount"]), (&json!(990), &json!(8_910)));
    assert_eq!(order(&studio, &wanted).await.problem(), "coupon_unusable");
    let used = studio.get("/v1/coupons").await.json()["items"][0].clone();
    assert_eq!((&used["status"], &used["order_id"]), (&json!("used"), &placed["id"]));
    let revoke = format!("/v1/coupons/{}/revoke", coupon.as_str().unwrap());
    assert_eq!(studio.post(&revoke).await.problem(), "not_allowed_now");

    studio.post(&format!("/v1/orders/{}/cancel", placed["id"].as_str().unwrap())).await;
    let back = studio.get("/v1/coupons").await.json()["items"][0].clone();
    assert_eq!((&back["status"], &back["order_id"]), (&json!("issued"), &Value::Null));
    let paid = order(&studio, &wanted).await.json();
    let path = format!("/v1/orders/{}", paid["id"].as_str().unwrap());
    assert_eq!(studio.post(&format!("{path}/pay")).await.status, StatusCode::OK);
    let refused = studio.post(&format!("{path}/cancel")).await;
    assert_eq!(refused.problem(), "not_allowed_now", "a coupon was used");
}

#[tokio::test]
async fn a_payment_that_goes_wrong_is_told_by_its_code_and_can_be_made_again() {
    let (studio, gateway) = studio().await;
    let pack = pack(&studio, Some(5)).await;
    let placed = order(&studio, &json!({"pack_id": pack})).await.json();
    let pay = format!("/v1/orders/{}/pay", placed["id"].as_str().unwrap());
    gateway.order([Fault::Declines, Fault::LosesTheAnswer]);
    let declined = studio.post(&pay).await;
    assert_eq!(declined.status, StatusCode::PAYMENT_REQUIRED);
    assert_eq!(declined.problem(), "payment_declined");
    let lost = studio.post(&pay).await;
    assert_eq!(lost.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        (lost.problem().as_str(), lost.header(header::RETRY_AFTER)),
        ("payments_unavailable", "1")
    );
    let path = pay.trim_end_matches("/pay");
    assert_eq!(studio.post(&format!("{path}/cancel")).await.problem(), "being_paid");

    let send = async || {
        let request = studio.request(Method::POST, &pay).header("idempotency-key", "pay-1");
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    let (paid, again) = (send().await, send().await);
    assert_eq!((paid.status, &paid.json()["status"]), (StatusCode::OK, &json!("paid")));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!((gateway.taken().len(), available(&studio).await), (1, 10_000));
}

#[tokio::test]
async fn where_payments_are_not_set_up_paying_says_so() {
    let studio = Studio::new().await;
    let pack = pack(&studio, Some(5)).await;
    let placed = order(&studio, &json!({"pack_id": pack})).await.json();
    let path = format!("/v1/orders/{}", placed["id"].as_str().unwrap());
    let refused = studio.post(&format!("{path}/pay")).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.problem(), "payments_unavailable");
    assert_eq!(studio.get(&path).await.json()["status"], "pending");
    studio.memory.clock().advance(TimeDelta::minutes(10));
    assert_eq!(studio.post(&format!("{path}/pay")).await.problem(), "not_allowed_now");
}

#[tokio::test]
async fn what_an_order_may_be_is_told() {
    let (studio, _) = studio().await;
    let pack = pack(&studio, Some(3)).await;
    for (quantity, code) in [(0, "invalid_input"), (11, "invalid_input"), (4, "sold_out")] {
        let refused = order(&studio, &json!({"pack_id": pack, "quantity": quantity})).await;
        assert_eq!(refused.problem(), code, "{quantity}");
    }
    let nothing = json!({"pack_id": "pck_00000000000000000000000000000001"});
    assert_eq!(order(&studio, &nothing).await.problem(), "invalid_input");
    let nobodys = json!({"pack_id": pack, "coupon_id": "cpn_00000000000000000000000000000001"});
    assert_eq!(order(&studio, &nobodys).await.problem(), "invalid_input");

    let one = guest(&studio, "하나").await;
    let placed = order(&studio, &json!({"pack_id": pack})).await.json();
    let path = format!("/v1/orders/{}", placed["id"].as_str().unwrap());
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::POST, format!("{path}/pay")),
        (Method::POST, format!("{path}/cancel")),
    ] {
        let refused = call_as(&studio, &one, (method, &path), &json!({})).await;
        assert_eq!(refused.problem(), "not_found", "{path}");
    }
}

#[tokio::test]
async fn admins_put_packs_on_sale_and_change_them() {
    let (studio, _) = studio().await;
    let path = format!("/v1/packs/{}", pack(&studio, Some(3)).await);
    let change = json!({"price": 8_000, "stock": null, "hot": true});
    let changed = studio.call(Method::PATCH, &path, &change).await.json();
    assert_eq!((&changed["price"], &changed["stock"]), (&json!(8_000), &Value::Null));
    assert_eq!((&changed["hot"], &changed["points"]), (&json!(true), &json!(10_000)));

    let one = guest(&studio, "하나").await;
    for (method, path) in [(Method::POST, "/v1/packs"), (Method::PATCH, path.as_str())] {
        let refused = call_as(&studio, &one, (method, path), &change).await;
        assert_eq!(refused.problem(), "forbidden");
    }
    let bad = json!({"name": "a", "points": 1_500, "price": 9_900});
    let refused = studio.call(Method::POST, "/v1/packs", &bad).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/points");
    let bad = json!({"name": "a", "points": 1_000, "price": 0, "stock": -1, "hot": 1});
    let refused = studio.call(Method::POST, "/v1/packs", &bad).await.json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3);
}
