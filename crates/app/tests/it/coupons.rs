use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_app::secret::Secret;
use castad_domain::{model::Role, usecase::IssueKey};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::studio::{Answer, Studio};

/// A key of an ordinary member.
pub(crate) async fn guest(studio: &Studio, name: &str) -> Secret {
    let secret = Secret::fresh("castad");
    IssueKey::new(&studio.ports).run(name, Role::Member, secret.hash()).await.unwrap();
    secret
}

pub(crate) async fn call_as(
    studio: &Studio,
    key: &Secret,
    (method, path): (Method, &str),
    body: &Value,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", key.reveal()))
        .header(header::CONTENT_TYPE, "application/json");
    studio.send(request.body(Body::from(body.to_string())).unwrap()).await
}

pub(crate) fn terms() -> Value {
    json!({
        "name": "개업 기념", "total": 2, "discount": {"percent": 10}, "minimum_order": 5_000,
        "valid_days": 30, "mode": "direct",
    })
}

async fn campaign(studio: &Studio, terms: &Value) -> String {
    let made = studio.call(Method::POST, "/v1/campaigns", terms).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn coupons_go_to_who_comes_first() {
    let studio = Studio::new().await;
    let id = campaign(&studio, &terms()).await;
    let open = studio.get("/v1/campaigns").await.json();
    let shown = &open["items"][0];
    assert_eq!((&shown["id"], &shown["remaining"]), (&json!(id), &json!(2)));
    assert_eq!(shown["discount"], json!({"percent": 10}));

    let claim = format!("/v1/campaigns/{id}/claim");
    let (one, two) = (guest(&studio, "하나").await, guest(&studio, "둘").await);
    let first = call_as(&studio, &one, (Method::POST, &claim), &json!({})).await;
    assert_eq!((first.status, &first.json()["number"]), (StatusCode::CREATED, &json!(1)));
    let again = call_as(&studio, &one, (Method::POST, &claim), &json!({})).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "already_issued"));
    let second = call_as(&studio, &two, (Method::POST, &claim), &json!({})).await;
    assert_eq!(second.json()["number"], 2);
    assert_eq!(studio.post(&claim).await.problem(), "sold_out");
    assert_eq!(studio.get("/v1/campaigns").await.json()["items"], json!([]));

    let mine = call_as(&studio, &one, (Method::GET, "/v1/coupons"), &json!({})).await.json();
    let coupon = &mine["items"][0];
    assert_eq!(coupon["id"], first.json()["coupon_id"]);
    assert_eq!(coupon["campaign_name"], "개업 기념", "be it sold out or not");
    assert_eq!((&coupon["status"], &coupon["number"]), (&json!("issued"), &json!(1)));
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_coupon_that_is_taken_back_makes_room() {
    let studio = Studio::new().await;
    let mut few = terms();
    few["total"] = json!(1);
    let claim = format!("/v1/campaigns/{}/claim", campaign(&studio, &few).await);
    let one = guest(&studio, "하나").await;
    let first = call_as(&studio, &one, (Method::POST, &claim), &json!({})).await.json();
    let revoke = format!("/v1/coupons/{}/revoke", first["coupon_id"].as_str().unwrap());
    let refused = call_as(&studio, &one, (Method::POST, &revoke), &json!({})).await;
    assert_eq!(refused.problem(), "forbidden");

    let revoked = studio.post(&revoke).await;
    assert_eq!((revoked.status, &revoked.json()["status"]), (StatusCode::OK, &json!("revoked")));
    assert_eq!(studio.post(&revoke).await.problem(), "not_allowed_now");
    let again = call_as(&studio, &one, (Method::POST, &claim), &json!({})).await;
    assert_eq!(again.problem(), "already_issued");
    assert_eq!(studio.post(&claim).await.json()["number"], 2, "no number is given twice");

    let log = call_as(&studio, &one, (Method::GET, "/v1/events"), &json!({})).await.json();
    let told: Vec<_> = log["items"].as_array().unwrap().iter().map(|e| &e["type"]).collect();
    assert_eq!(told, ["coupon.issued", "coupon.revoked"]);
}

#[tokio::test]
async fn a_campaign_opens_when_it_says_and_its_coupons_are_good_for_a_while() {
    let studio = Studio::new().await;
    let mut later = terms();
    let opens_at = studio.ports.clock.now() + TimeDelta::hours(1);
    later["opens_at"] = json!(opens_at.to_rfc3339());
    let claim = format!("/v1/campaigns/{}/claim", campaign(&studio, &later).await);
    assert_eq!(studio.get("/v1/campaigns").await.json()["items"], json!([]));
    assert_eq!(studio.post(&claim).await.problem(), "not_open");
    studio.memory.clock().set(opens_at);
    assert_eq!(studio.post(&claim).await.status, StatusCode::CREATED);
    studio.memory.clock().advance(TimeDelta::days(30));
    let mine = studio.get("/v1/coupons").await.json();
    assert_eq!(mine["items"][0]["status"], "expired", "be it noted or not");
}

#[tokio::test]
async fn only_admins_make_campaigns_and_every_fault_is_told() {
    let studio = Studio::new().await;
    let one = guest(&studio, "하나").await;
    let refused = call_as(&studio, &one, (Method::POST, "/v1/campaigns"), &terms()).await;
    assert_eq!((refused.status, refused.problem().as_str()), (StatusCode::FORBIDDEN, "forbidden"));

    let bad = json!({
        "name": "<b>", "total": 0, "opens_at": "tomorrow", "discount": {"percent": 10, "fixed": 1},
        "minimum_order": -1, "valid_days": 400, "mode": "lottery", "colour": 1,
    });
    let refused = studio.call(Method::POST, "/v1/campaigns", &bad).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let body = refused.json();
    let faults = body["errors"].as_array().unwrap();
    let pointers: Vec<_> = faults.iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    let expected = [
        "/name",
        "/total",
        "/opens_at",
        "/discount",
        "/minimum_order",
        "/valid_days",
        "/mode",
        "/colour",
    ];
    assert_eq!(pointers, expected);
    let mode = faults[6]["detail"].as_str().unwrap();
    assert!(mode.contains("direct, queue"), "{mode}");
    let nowhere = "/v1/campaigns/cmp_00000000000000000000000000000001/claim";
    assert_eq!(studio.post(nowhere).await.problem(), "not_found");
}

#[tokio::test]
async fn the_same_claim_sent_again_gets_the_same_coupon() {
    let studio = Studio::new().await;
    let claim = format!("/v1/campaigns/{}/claim", campaign(&studio, &terms()).await);
    let send = async || {
        let request = studio.request(Method::POST, &claim).header("idempotency-key", "claim-1");
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    let (first, again) = (send().await, send().await);
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(again.header("idempotent-replayed"), "true");
}

fn in_order() -> Value {
    let mut terms = terms();
    terms["mode"] = json!("queue");
    terms
}

async fn get_as(studio: &Studio, key: &Secret, path: &str) -> Answer {
    call_as(studio, key, (Method::GET, path), &json!({})).await
}

/// Someone in line: their key, where they look, and what they were told.
struct InLine {
    key: Secret,
    place: String,
    told: Value,
}

async fn stand_in_line(studio: &Studio, claim: &str, name: &str) -> InLine {
    let key = guest(studio, name).await;
    let placed = call_as(studio, &key, (Method::POST, claim), &json!({})).await;
    assert_eq!(placed.status, StatusCode::ACCEPTED, "{}", placed.json());
    let told = placed.json();
    let place = format!("/v1/claims/{}", told["request_id"].as_str().unwrap());
    assert_eq!((placed.header("location"), &told["status"]), (&*place, &json!("waiting")));
    InLine { key, place, told }
}

#[tokio::test]
async fn a_campaign_that_gives_in_order_gives_a_place_and_then_what_comes_of_it() {
    let studio = Studio::new().await;
    let id = campaign(&studio, &in_order()).await;
    assert_eq!(studio.get("/v1/campaigns").await.json()["items"][0]["mode"], "queue");
    let claim = format!("/v1/campaigns/{id}/claim");
    let mut line = Vec::new();
    for name in ["하나", "둘", "셋"] {
        line.push(stand_in_line(&studio, &claim, name).await);
    }
    assert_eq!(line.iter().map(|one| one.told["place"].clone()).collect::<Vec<_>>(), [1, 2, 3]);

    let again = call_as(&studio, &line[2].key, (Method::POST, &claim), &json!({})).await;
    assert_eq!((again.status, &again.json()), (StatusCode::ACCEPTED, &line[2].told));
    let waits = get_as(&studio, &line[2].key, &line[2].place).await.json();
    assert_eq!((&waits["status"], &waits["ahead"]), (&json!("waiting"), &json!(2)));
    assert_eq!((&waits["campaign_id"], &waits["place"]), (&json!(id), &json!(3)));
    assert!(waits["asked_at"].is_string() && waits.get("decided_at").is_none(), "{waits}");

    studio.memory.work_until_idle().await.unwrap();
    let given = get_as(&studio, &line[1].key, &line[1].place).await.json();
    assert_eq!((&given["status"], &given["number"]), (&json!("issued"), &json!(2)));
    let mine = get_as(&studio, &line[1].key, "/v1/coupons").await.json();
    for (told, shown) in [("coupon_id", "id"), ("number", "number"), ("expires_at", "expires_at")] {
        assert_eq!(given[told], mine["items"][0][shown], "{told}");
    }
    assert!(given["decided_at"].is_string() && given.get("ahead").is_none(), "{given}");
    let refused = get_as(&studio, &line[2].key, &line[2].place).await.json();
    assert_eq!(
        (&refused["status"], &refused["reason"]["code"]),
        (&json!("refused"), &json!("sold_out"))
    );
    assert!(refused["reason"]["text"].as_str().unwrap().contains("given away"), "{refused}");

    let again = call_as(&studio, &line[0].key, (Method::POST, &claim), &json!({})).await;
    assert_eq!((again.status, &*again.problem()), (StatusCode::CONFLICT, "already_issued"));
    let log = get_as(&studio, &line[2].key, "/v1/events").await.json();
    let told = &log["items"][0];
    assert_eq!(
        (&told["type"], &told["data"]["reason"]),
        (&json!("coupon.refused"), &json!("sold_out"))
    );
}

#[tokio::test]
async fn a_claim_is_its_member_s_alone_and_may_be_too_early() {
    let studio = Studio::new().await;
    let mut later = in_order();
    let opens_at = studio.ports.clock.now() + TimeDelta::hours(1);
    later["opens_at"] = json!(opens_at.to_rfc3339());
    let claim = format!("/v1/campaigns/{}/claim", campaign(&studio, &later).await);
    let (one, two) = (guest(&studio, "하나").await, guest(&studio, "둘").await);
    let early = call_as(&studio, &one, (Method::POST, &claim), &json!({})).await;
    assert_eq!((early.status, early.problem().as_str()), (StatusCode::CONFLICT, "not_open"));
    studio.memory.clock().set(opens_at);
    let placed = call_as(&studio, &one, (Method::POST, &claim), &json!({})).await;
    let place = placed.header("location").to_owned();
    assert_eq!(get_as(&studio, &one, &place).await.status, StatusCode::OK);
    for (key, path) in [(&two, &*place), (&one, "/v1/claims/clm_0"), (&one, "/v1/claims/1")] {
        let none = get_as(&studio, key, path).await;
        assert_eq!((none.status, none.problem().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    }
}

#[tokio::test]
async fn the_same_claim_sent_again_gets_the_same_place_also_once_it_is_decided() {
    let studio = Studio::new().await;
    let claim = format!("/v1/campaigns/{}/claim", campaign(&studio, &in_order()).await);
    let send = async || {
        let request = studio.request(Method::POST, &claim).header("idempotency-key", "claim-1");
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    let first = send().await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    studio.memory.work_until_idle().await.unwrap();
    let again = send().await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn who_would_rather_wait_hears_of_a_claim_when_it_is_decided() {
    let studio = Studio::new().await;
    let claim = format!("/v1/campaigns/{}/claim", campaign(&studio, &in_order()).await);
    let place = studio.post(&claim).await.header("location").to_owned();
    let request = studio.request(Method::GET, &place).header("prefer", "wait=30");
    let request = request.body(Body::empty()).unwrap();
    let work = async {
        tokio::task::yield_now().await;
        studio.memory.work_until_idle().await.unwrap();
    };
    let (answer, ()) = tokio::join!(studio.send(request), work);
    assert_eq!((answer.status, &answer.json()["status"]), (StatusCode::OK, &json!("issued")));
    assert_eq!(answer.header("preference-applied"), "wait=30");
}
