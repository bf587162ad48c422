use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_contract::airtight;
use castad_domain::model::{Caller, Role};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::studio::{Answer, Studio, send};

fn newcomer(email: &str) -> Value {
    json!({"email": email, "password": "correct horse", "name": "다온"})
}

async fn register(studio: &Studio, email: &str) -> Answer {
    studio.of(None, Method::POST, "/v1/members", &newcomer(email)).await
}

async fn log_in(studio: &Studio, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    studio.of(None, Method::POST, "/v1/sessions", &body).await
}

async fn with_cookie(studio: &Studio, method: Method, path: &str, cookie: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header(header::COOKIE, cookie);
    studio.send(request.body(Body::empty()).unwrap()).await
}

fn cookie(answer: &Answer) -> String {
    answer.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_registers_has_a_key_that_opens() {
    let studio = Studio::with(|ports| *ports = airtight(ports.clone())).await;
    let joined = register(&studio, "Daon@Example.com").await;
    assert_eq!(joined.status, StatusCode::CREATED);
    let body = joined.json();
    assert_eq!((&body["email"], &body["name"]), (&json!("Daon@Example.com"), &json!("다온")));
    assert!(body["id"].as_str().unwrap().starts_with("mem_"));

    let key = body["key"].as_str().unwrap();
    let account = studio.of(Some(key), Method::GET, "/v1/account", &json!({})).await.json();
    assert_eq!(account["id"], body["id"]);
    assert_eq!(account["email"], "Daon@Example.com");
    assert_eq!(account["role"], "member");
    let log = studio.of(Some(key), Method::GET, "/v1/events", &json!({})).await.json();
    assert_eq!(log["items"][0]["type"], "member.registered");
    let admin = studio.of(Some(key), Method::GET, "/v1/admin/config", &json!({})).await;
    assert_eq!(admin.problem(), "forbidden");
}

#[tokio::test]
async fn an_email_registers_once() {
    let studio = Studio::new().await;
    register(&studio, "daon@example.com").await;
    let again = register(&studio, "DAON@example.com").await;
    assert_eq!((again.status, again.problem()), (StatusCode::CONFLICT, "duplicate_email".into()));
}

#[tokio::test]
async fn every_fault_of_a_registration_is_told() {
    let studio = Studio::new().await;
    let body = json!({"email": "다온@예제", "password": "짧은것", "name": "가".repeat(51), "role": "admin"});
    let refused = studio.of(None, Method::POST, "/v1/members", &body).await;
    assert_eq!(refused.problem(), "invalid_input");
    let body = refused.json();
    let pointers: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/email", "/password", "/name", "/role"]);
    assert!(!body.to_string().contains("짧은것"), "a password is not sent back");
    let nothing = studio.of(None, Method::POST, "/v1/members", &json!({})).await.json();
    assert_eq!(nothing["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn four_registrations_over_two_processes_are_one_member() {
    let studio = Studio::new().await;
    let other = studio.another();
    for round in 0..5 {
        let racing = (0..4).map(|n| {
            let router = if n % 2 == 0 { studio.router.clone() } else { other.clone() };
            let body = newcomer(&format!("daon{round}@example.com")).to_string();
            let request = Request::post("/v1/members")
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body))
                .unwrap();
            tokio::spawn(send(router, request))
        });
        let ends = join_all(racing).await;
        let mut ends: Vec<_> = ends.into_iter().map(|end| end.unwrap().status.as_u16()).collect();
        ends.sort_unstable();
        assert_eq!(ends, [201, 409, 409, 409]);
    }
}

#[tokio::test]
async fn a_password_logs_a_browser_in_and_out() {
    let studio = Studio::with(|ports| *ports = airtight(ports.clone())).await;
    let joined = register(&studio, "daon@example.com").await.json();
    let welcome = log_in(&studio, "DAON@example.com", "correct horse").await;
    assert_eq!(welcome.status, StatusCode::CREATED);
    assert_eq!(welcome.json()["member_id"], joined["id"]);
    assert!(welcome.json()["ends_at"].as_str().unwrap().ends_with('Z'));
    let set = welcome.header(header::SET_COOKIE);
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let other = cookie(&log_in(&studio, "daon@example.com", "correct horse").await);
    let session = cookie(&welcome);
    let account = with_cookie(&studio, Method::GET, "/v1/account", &session).await.json();
    assert_eq!((&account["id"], &account["role"]), (&joined["id"], &json!("member")));

    let out = with_cookie(&studio, Method::DELETE, "/v1/sessions", &session).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header(header::SET_COOKIE).contains("Max-Age=0"));
    let late = with_cookie(&studio, Method::GET, "/v1/account", &session).await;
    assert_eq!(late.problem(), "unauthorized");
    let still = with_cookie(&studio, Method::GET, "/v1/account", &other).await;
    assert_eq!(still.status, StatusCode::OK, "another session goes on");
    let key = joined["key"].as_str().unwrap();
    let still = studio.of(Some(key), Method::GET, "/v1/account", &json!({})).await;
    assert_eq!(still.status, StatusCode::OK, "and so does a key");
}

#[tokio::test]
async fn a_key_ends_no_session() {
    let studio = Studio::new().await;
    let joined = register(&studio, "daon@example.com").await.json();
    let session = cookie(&log_in(&studio, "daon@example.com", "correct horse").await);
    let request = Request::delete("/v1/sessions")
        .header(header::COOKIE, &session)
        .header(header::AUTHORIZATION, format!("Bearer {}", joined["key"].as_str().unwrap()));
    let out = studio.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let still = with_cookie(&studio, Method::GET, "/v1/account", &session).await;
    assert_eq!(still.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_email_and_a_wrong_password_are_told_alike_and_cost_the_same() {
    let studio = Studio::new().await;
    register(&studio, "daon@example.com").await;
    let mut told = Vec::new();
    for (email, password) in [
        ("daon@example.com", "battery staple"),
        ("nobody@example.com", "correct horse"),
        ("no address", "correct horse"),
        ("daon@example.com", "short"),
        ("다온", ""),
    ] {
        let before = studio.memory.passwords().worked();
        let refused = log_in(&studio, email, password).await;
        assert_eq!(studio.memory.passwords().worked() - before, 1, "{email}");
        assert_eq!(refused.problem(), "wrong_log_in");
        assert!(refused.headers.get(header::SET_COOKIE).is_none());
        let mut body = refused.json();
        body["request_id"] = Value::Null;
        told.push((refused.status, body));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(told[0].0, StatusCode::UNAUTHORIZED);
    let missing = studio.of(None, Method::POST, "/v1/sessions", &json!({"email": "a@b.kr"})).await;
    assert_eq!(missing.problem(), "invalid_input");
}

#[tokio::test]
async fn another_page_neither_registers_nor_logs_in_nor_out() {
    let studio = Studio::new().await;
    register(&studio, "daon@example.com").await;
    let session = cookie(&log_in(&studio, "daon@example.com", "correct horse").await);
    let ask = async |method: Method, path: &str, origin: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "studio.test")
            .header(header::ORIGIN, origin)
            .header(header::COOKIE, &session)
            .header(header::CONTENT_TYPE, "application/json");
        studio.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let credentials = json!({"email": "daon@example.com", "password": "correct horse"});
    for (method, path, body, good) in [
        (Method::POST, "/v1/members", newcomer("other@example.com"), StatusCode::CREATED),
        (Method::POST, "/v1/sessions", credentials, StatusCode::CREATED),
        (Method::DELETE, "/v1/sessions", json!({}), StatusCode::NO_CONTENT),
    ] {
        let foreign = ask(method.clone(), path, "http://evil.test", body.clone()).await;
        assert_eq!(foreign.problem(), "forbidden", "{method} {path}");
        let own = ask(method.clone(), path, "http://studio.test", body).await;
        assert_eq!(own.status, good, "{method} {path}");
    }
}

#[tokio::test]
async fn only_these_two_routes_are_open() {
    let studio = Studio::new().await;
    for (method, path) in [
        (Method::GET, "/v1/members"),
        (Method::GET, "/v1/sessions"),
        (Method::DELETE, "/v1/sessions"),
        (Method::POST, "/v1/members/"),
        (Method::POST, "/v1/keys"),
        (Method::GET, "/v1/account"),
        (Method::GET, "/v1/admin/config"),
        (Method::PUT, "/v1/admin/config/max_balance"),
    ] {
        let refused = studio.of(None, method.clone(), path, &json!({})).await;
        assert_eq!(refused.problem(), "unauthorized", "{method} {path}");
    }
    let document = studio.get("/openapi.json").await.json();
    let (open, account) = (json!([]), json!([{"key": ["account"]}, {"session": []}]));
    for (path, method, security) in [
        ("/v1/members", "post", &open),
        ("/v1/sessions", "post", &open),
        ("/v1/sessions", "delete", &account),
        ("/v1/keys", "post", &account),
    ] {
        assert_eq!(document["paths"][path][method]["security"], *security, "{method} {path}");
    }
}

#[tokio::test]
async fn without_keys_strangers_names_are_not_answered_here_either() {
    let studio = Studio::new().await;
    let member = studio.memory.member("owner").await.unwrap();
    let studio = studio.without_keys(Caller::of_the_program(member, Role::Admin));
    let ask = async |host: &str| {
        let request = Request::post("/v1/members")
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json");
        let body = newcomer("daon@example.com").to_string();
        studio.send(request.body(Body::from(body)).unwrap()).await
    };
    assert_eq!(ask("evil.test").await.problem(), "forbidden");
    assert_eq!(ask("localhost:8080").await.status, StatusCode::CREATED);
}
