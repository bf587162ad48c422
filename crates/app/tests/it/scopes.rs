//! What a key for less than everything opens, and until when.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_app::http::document;
use castad_domain::model::Scope;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    rights::{RIGHTS, Right, Things},
    studio::{Answer, Studio, send},
};

async fn made(studio: &Studio, body: Value) -> Value {
    let made = studio.call(Method::POST, "/v1/keys", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    made.json()
}

async fn key(studio: &Studio, body: Value) -> String {
    made(studio, body).await["key"].as_str().unwrap().to_owned()
}

async fn account(studio: &Studio, key: &str) -> Answer {
    studio.of(Some(key), Method::GET, "/v1/account", &json!({})).await
}

/// A request whose body nobody can read: who refuses it as such has looked at it.
async fn garbled(studio: &Studio, key: &str, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    studio.send(request.body(Body::from("{\"a\": ")).unwrap()).await
}

#[tokio::test]
async fn a_key_opens_the_routes_of_its_scope_and_no_other() {
    let things = Box::pin(Things::of_an_owner()).await;
    let mut keys = Vec::new();
    for scope in Scope::ALL {
        let body = json!({"role": "admin", "scopes": [scope.name()]});
        keys.push((scope.name(), key(&things.studio, body).await));
    }
    for &(method, path, right, scope) in RIGHTS {
        if right == Right::Open {
            assert_eq!(scope, "", "{path} needs no key");
            continue;
        }
        assert_eq!(right == Right::Admin, scope == "admin", "{path}");
        let verb = method.to_uppercase();
        for (_, other) in keys.iter().filter(|(name, _)| *name != scope) {
            let refused = garbled(&things.studio, other, &verb, &things.address(path)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {path}");
            assert_eq!(refused.problem(), "scope_missing", "{method} {path}");
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert_eq!(detail, format!("this key is not for `{scope}`"), "{method} {path}");
            let challenge = refused.header(header::WWW_AUTHENTICATE);
            assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{challenge}");
        }
    }
    for &(method, path, right, scope) in RIGHTS.iter().filter(|row| row.2 != Right::Open) {
        let (_, right_one) = keys.iter().find(|(name, _)| *name == scope).unwrap();
        let status = things.ask(Some(right_one), (method, path)).await.status;
        assert!(status != 401 && status != 403, "{right:?} {method} {path}: {status}");
    }
}

#[tokio::test]
async fn who_is_no_admin_is_refused_before_the_body_is_looked_at() {
    let things = Box::pin(Things::of_an_owner()).await;
    let member = things.studio.member("회원").await;
    for &(method, path, ..) in RIGHTS.iter().filter(|row| row.2 == Right::Admin) {
        let verb = method.to_uppercase();
        let refused = garbled(&things.studio, &member, &verb, &things.address(path)).await;
        assert_eq!(refused.problem(), "forbidden", "{method} {path}");
    }
}

#[tokio::test]
async fn the_earlier_lists_are_for_the_same_without_their_slash() {
    let studio = Studio::new().await;
    let reader = key(&studio, json!({"scopes": ["read"]})).await;
    let maker = key(&studio, json!({"scopes": ["produce"]})).await;
    for path in ["/songs", "/songs/", "/videos", "/videos/"] {
        let list = studio.of(Some(&reader), Method::GET, path, &json!({})).await;
        assert_eq!(list.status, StatusCode::OK, "{path}");
        let refused = studio.of(Some(&maker), Method::GET, path, &json!({})).await;
        assert_eq!(refused.problem(), "scope_missing", "{path}");
    }
}

#[test]
fn the_document_says_of_each_route_what_a_key_must_be_for() {
    let told = serde_json::to_value(document()).unwrap();
    for &(method, path, right, scope) in RIGHTS {
        let needed = match right {
            Right::Open => json!([]),
            // A browser's session does not open what is there for earlier clients.
            _ if !path.starts_with("/v1/") => json!([{"key": [scope]}]),
            Right::Member | Right::Own | Right::Admin => {
                json!([{"key": [scope]}, {"session": []}])
            }
        };
        assert_eq!(told["paths"][path][method]["security"], needed, "{method} {path}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_there_and_a_method_that_it_does_not_know_are_told_as_ever() {
    let studio = Studio::new().await;
    let reader = key(&studio, json!({"scopes": ["read"]})).await;
    for (method, path, code) in [
        ("GET", "/v1/nothing", "not_found"),
        ("PUT", "/v1/projects", "method_not_allowed"),
        ("PUT", "/v1/admin/jobs", "method_not_allowed"),
    ] {
        let answer = garbled(&studio, &reader, method, path).await;
        assert_eq!(answer.problem(), code, "{method} {path}");
    }
}

#[tokio::test]
async fn a_key_is_shown_with_what_it_is_for_and_until_when() {
    let studio = Studio::new().await;
    let body = json!({"name": "ci", "scopes": ["points", "read", "read"], "expires_in_days": 30});
    let made = made(&studio, body).await;
    assert_eq!(made["scopes"], json!(["read", "points"]));
    let end: DateTime<Utc> = made["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(end, studio.ports.clock.now() + TimeDelta::days(30));
    assert_eq!(made["expired"], false);
    let plain = studio.post("/v1/keys").await.json();
    assert_eq!((&plain["scopes"], &plain["expires_at"]), (&Value::Null, &Value::Null));

    studio.memory.clock().advance(TimeDelta::days(30));
    let list = studio.get("/v1/keys").await.json();
    let told: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (&key["expired"], &key["expires_at"], &key["scopes"]))
        .collect();
    assert_eq!(
        told[..2],
        [
            (&json!(false), &Value::Null, &Value::Null),
            (&json!(true), &made["expires_at"], &made["scopes"]),
        ]
    );
    let gone = studio.delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_expired_key_opens_nothing_like_one_that_never_was() {
    let studio = Studio::new().await;
    let ends = key(&studio, json!({"expires_in_days": 1})).await;
    let clock = studio.memory.clock();
    // It is looked up, and remembered, a moment before it expires.
    clock.advance(TimeDelta::days(1) - TimeDelta::microseconds(1));
    assert_eq!(account(&studio, &ends).await.status, StatusCode::OK);
    clock.advance(TimeDelta::microseconds(1));
    let (expired, unknown) = (account(&studio, &ends).await, account(&studio, "castad_x").await);
    assert_eq!(
        (expired.status, unknown.status),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    let told = |answer: &Answer| {
        let mut body = answer.json();
        body["request_id"] = Value::Null;
        (body, answer.header(header::WWW_AUTHENTICATE).to_owned())
    };
    assert_eq!(told(&expired), told(&unknown));
}

#[tokio::test]
async fn a_browser_is_not_remembered_for_longer_than_its_session() {
    let studio = Studio::new().await;
    let path = format!("/login?token={}", studio.login.reveal());
    let welcome = studio.send(Request::get(&path).body(Body::empty()).unwrap()).await;
    let session = welcome.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
    let ask = async || {
        let request = Request::get("/v1/account").header(header::COOKIE, &session);
        studio.send(request.body(Body::empty()).unwrap()).await.status
    };
    studio.memory.clock().advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    assert_eq!(ask().await, StatusCode::OK);
    studio.memory.clock().advance(TimeDelta::seconds(1));
    assert_eq!(ask().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_a_key_cannot_be_for_is_told() {
    let studio = Studio::new().await;
    for (body, place) in [
        (json!({"scopes": []}), "/scopes"),
        (json!({"scopes": "read"}), "/scopes"),
        (json!({"scopes": ["read", "write"]}), "/scopes"),
        (json!({"scopes": [1]}), "/scopes"),
        (json!({"scopes": ["admin"]}), "/scopes"),
        (json!({"expires_in_days": 0}), "/expires_in_days"),
        (json!({"expires_in_days": 3_651}), "/expires_in_days"),
        (json!({"expires_in_days": "30"}), "/expires_in_days"),
    ] {
        let refused = studio.call(Method::POST, "/v1/keys", &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], place, "{body}");
    }
}

#[tokio::test]
async fn a_key_makes_none_that_may_more_than_itself() {
    let studio = Studio::new().await;
    let limited = json!({"role": "admin", "scopes": ["account", "read"], "expires_in_days": 30});
    let limited = key(&studio, limited).await;
    let make = async |body: Value| studio.of(Some(&limited), Method::POST, "/v1/keys", &body).await;
    for (body, code) in [
        (json!({"expires_in_days": 30}), "scope_missing"),
        (json!({"scopes": ["points"], "expires_in_days": 30}), "scope_missing"),
        (json!({"scopes": ["read"], "expires_in_days": 31}), "forbidden"),
        (json!({"scopes": ["read"]}), "forbidden"),
    ] {
        let refused = make(body.clone()).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (StatusCode::FORBIDDEN, code),
            "{body}"
        );
    }
    let made = make(json!({"scopes": ["read"], "expires_in_days": 30})).await;
    assert_eq!(made.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_limited_key_logs_no_browser_in_and_a_browser_makes_any_key() {
    let studio = Studio::new().await;
    let log_in = async |token: &str| {
        let path = format!("/login?token={token}");
        studio.send(Request::get(&path).body(Body::empty()).unwrap()).await
    };
    for body in [json!({"scopes": ["account"]}), json!({"expires_in_days": 9})] {
        let limited = key(&studio, body).await;
        assert_eq!(log_in(&limited).await.problem(), "forbidden");
    }
    let welcome = log_in(&key(&studio, json!({"role": "admin"})).await).await;
    let session = welcome.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
    let request = Request::post("/v1/keys")
        .header(header::COOKIE, session)
        .header(header::CONTENT_TYPE, "application/json");
    let body = json!({"role": "admin", "scopes": ["admin"]});
    let made = studio.send(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let note = studio.get("/v1/admin/actions?limit=1").await.json()["items"][0].clone();
    assert!(note["session_id"].as_str().unwrap().starts_with("ses_"), "{note}");
    assert_eq!(
        (&note["action"], &note["details"]["scopes"]),
        (&json!("key.created"), &json!("admin"))
    );
}

#[tokio::test]
async fn a_key_of_before_is_for_everything_also_in_another_process() {
    let studio = Studio::new().await;
    let stranger = studio.member("stranger").await;
    let request = |method: Method, path: &str| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {stranger}"));
        request.body(Body::empty()).unwrap()
    };
    for (method, path) in [
        (Method::GET, "/v1/projects"),
        (Method::POST, "/v1/keys"),
        (Method::POST, "/v1/queue-tokens"),
    ] {
        let status = send(studio.another(), request(method, path)).await.status;
        assert!(status != 401 && status != 403, "{path}: {status}");
    }
}
