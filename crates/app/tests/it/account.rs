use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_domain::{
    model::{Caller, IdempotencyKey, Role},
    port::{Page, Store},
};
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

use crate::studio::{Studio, send};

#[tokio::test]
async fn an_account_is_there_without_an_email_and_without_keys() {
    let studio = Studio::new().await;
    let account = studio.get("/v1/account").await.json();
    assert_eq!((&account["name"], &account["role"]), (&json!("owner"), &json!("admin")));
    assert_eq!((&account["language"], &account["email"]), (&json!("ko"), &Value::Null));
    assert_eq!(account["notify"], json!({"finished": false, "failed": false, "expiring": false}));

    let member = studio.memory.member("owner").await.unwrap();
    let studio = studio.without_keys(Caller::of_the_program(member, Role::Admin));
    let open = studio.of(None, Method::GET, "/v1/account", &json!({})).await;
    assert_eq!((open.status, open.json()), (StatusCode::OK, account));
}

#[tokio::test]
async fn an_account_changes_in_what_is_said_and_stays_in_the_rest() {
    let studio = Studio::new().await;
    let change = async |body: Value| studio.call(Method::PATCH, "/v1/account", &body).await.json();
    let first =
        change(json!({"language": "en", "notify": {"finished": true, "expiring": true}})).await;
    assert_eq!((&first["language"], &first["name"]), (&json!("en"), &json!("owner")));
    assert_eq!(first["notify"], json!({"finished": true, "failed": false, "expiring": true}));
    let second = change(json!({"name": "새 이름", "notify": {"finished": false}})).await;
    assert_eq!(second["notify"], json!({"finished": false, "failed": false, "expiring": true}));
    assert_eq!((&second["language"], &second["name"]), (&json!("en"), &json!("새 이름")));
    assert_eq!(studio.get("/v1/account").await.json(), second);

    let body = json!({"language": "fr", "notify": {"failed": 1, "late": true}, "email": "a@b.kr"});
    let refused = studio.call(Method::PATCH, "/v1/account", &body).await;
    assert_eq!(refused.problem(), "invalid_input");
    let body = refused.json();
    let pointers: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/language", "/notify/failed", "/notify/late", "/email"]);
    let log = studio.get("/v1/events").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 2, "{log}");
    assert_eq!(log["items"][0]["type"], "member.updated");
}

#[tokio::test]
async fn a_key_is_shown_once_and_listed_without_its_secret() {
    let studio = Studio::new().await;
    let made = studio.call(Method::POST, "/v1/keys", &json!({"name": "ci", "role": "admin"})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.json();
    let key = made["key"].as_str().unwrap().to_owned();
    assert_eq!((&made["name"], &made["role"]), (&json!("ci"), &json!("admin")));
    let account = studio.of(Some(&key), Method::GET, "/v1/account", &json!({})).await.json();
    assert_eq!(account["role"], "admin");
    assert_eq!(
        studio.post("/v1/keys").await.json()["role"],
        "member",
        "unless an admin's is asked for"
    );

    let list = studio.get("/v1/keys").await;
    let text = String::from_utf8(list.bytes.clone()).unwrap();
    assert!(!text.contains(&key) && !text.contains("hash"), "{text}");
    let items = list.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 3, "the first start's and these two");
    assert_eq!(items[1]["id"], made["id"]);
    let page = studio.get("/v1/keys?limit=1").await.json();
    let next = page["next"].as_str().unwrap();
    let page = studio.get(&format!("/v1/keys?limit=1&after={next}")).await.json();
    assert_eq!(page["items"][0]["id"], made["id"]);
}

#[tokio::test]
async fn a_member_makes_no_key_for_an_admin() {
    let studio = Studio::new().await;
    let key = studio.member("stranger").await;
    let ask =
        async |role| studio.of(Some(&key), Method::POST, "/v1/keys", &json!({"role": role})).await;
    assert_eq!(ask("admin").await.problem(), "forbidden");
    assert_eq!(ask("owner").await.problem(), "invalid_input");
    let made = ask("member").await.json();
    let theirs = format!("/v1/keys/{}", made["id"].as_str().unwrap());
    assert_eq!(studio.delete(&theirs).await.problem(), "not_found", "not even an admin's");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_at_once_here_and_soon_elsewhere() {
    let studio = Studio::new().await;
    let made = studio.post("/v1/keys").await.json();
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let other = studio.another();
    let elsewhere = async || {
        let request =
            Request::get("/v1/account").header(header::AUTHORIZATION, format!("Bearer {key}"));
        send(other.clone(), request.body(Body::empty()).unwrap()).await.status
    };
    let here = async || studio.of(Some(key), Method::GET, "/v1/account", &json!({})).await.status;
    assert_eq!((here().await, elsewhere().await), (StatusCode::OK, StatusCode::OK));

    let gone = studio.delete(&format!("/v1/keys/{id}")).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(here().await, StatusCode::UNAUTHORIZED);
    studio.memory.clock().advance(TimeDelta::seconds(5));
    assert_eq!(elsewhere().await, StatusCode::UNAUTHORIZED);
    let again = studio.delete(&format!("/v1/keys/{id}")).await;
    assert_eq!(again.problem(), "not_found");
}

#[tokio::test]
async fn a_key_is_made_once_and_its_secret_is_kept_nowhere() {
    let studio = Studio::new().await;
    let ask = async || {
        let request = studio
            .request(Method::POST, "/v1/keys")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k1");
        studio.send(request.body(Body::from("{\"name\": \"ci\"}")).unwrap()).await
    };
    let (first, again) = (ask().await, ask().await);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let (first, again) = (first.json(), again.json());
    let secret = first["key"].as_str().unwrap();
    assert_eq!((&again["id"], &again["key"]), (&first["id"], &Value::Null));

    let member = studio.memory.member("owner").await.unwrap();
    let page = Page { limit: 10, after: None };
    assert_eq!(studio.ports.members.keys(member, page).await.unwrap().len(), 2);
    let mut unit = studio.memory.store().begin().await.unwrap();
    let name = IdempotencyKey::parse("k1").unwrap();
    let kept = unit.replies().find(member, &name, DateTime::UNIX_EPOCH).await.unwrap().unwrap();
    assert!(!kept.answer.body.contains(secret), "{}", kept.answer.body);
}

#[tokio::test]
async fn revoking_takes_an_idempotency_key() {
    let studio = Studio::new().await;
    let made = studio.post("/v1/keys").await.json();
    let path = format!("/v1/keys/{}", made["id"].as_str().unwrap());
    for replayed in ["", "true"] {
        let request = studio.request(Method::DELETE, &path).header("idempotency-key", "k1");
        let gone = studio.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(gone.header("idempotent-replayed"), replayed);
    }
    let log = studio.get("/v1/events").await.json();
    let kinds: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["key.created", "key.revoked"]);
}
