//! What an admin sees of everybody's work, and what a member has delivered.

use axum::{Router, routing::post};
use fantoccini::error::CmdError;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use super::Page;

async fn asked(page: &Page, method: Method, path: &str, body: &Value) -> Value {
    let answer = page.castad.request(method, path).json(body).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.expect("JSON")
}

/// A job that waits is found with what its project's log tells, and the books are right.
pub(super) async fn looks() -> Result<(), CmdError> {
    let page = Page::open().await;
    asked(&page, Method::POST, "/v1/admin/providers/lyric/pause", &json!({"reason": "점검"})).await;
    let brief = json!({
        "business_name": "다온카페", "region": "부산 해운대", "details": "골목 끝 작은 카페",
        "language": "ko", "orientation": "square",
    });
    let project = asked(&page, Method::POST, "/v1/projects", &brief).await;
    let lyric = format!("/v1/projects/{}/lyric", project["id"].as_str().expect("it has an id"));
    asked(&page, Method::POST, &lyric, &json!({})).await;

    page.client.goto(&page.castad.login).await?;
    page.press("nav-account").await?;
    page.press("to-desk").await?;
    page.part("[data-testid=lane-item][data-lane=lyric]").await?;
    page.says("job-item", "write_lyric").await?;
    page.press("history").await?;
    page.part("[data-testid=job-history] [data-testid=entry][data-type=used]").await?;
    page.part("[data-testid=job-history] .log li").await?;
    page.control("job-state").await?.select_by_value("lapsed").await?;
    page.part("[data-testid=no-jobs]:not([hidden])").await?;
    page.press("look-at-books").await?;
    page.part("[data-testid=books-verdict][data-right=true]").await?;
    page.client.clone().close().await
}

/// Who takes what is delivered: where it listens, and what tells of each call.
async fn receiver() -> (String, UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let host = listener.local_addr().expect("it listens").to_string();
    let (called, calls) = unbounded_channel();
    let take = async move || called.send(()).map_or(StatusCode::GONE, |()| StatusCode::NO_CONTENT);
    let taking = Router::new().route("/", post(take));
    tokio::spawn(async move { axum::serve(listener, taking.into_make_service()).await });
    (host, calls)
}

/// Nothing is on its way any more: what is pressed stays where it is, and an order is taken.
pub(super) async fn settled(page: &Page) -> Result<(), CmdError> {
    page.part(".account:not([aria-busy]):not(:has([aria-busy]))").await.map(drop)
}

/// What was delivered is looked at until the last of it is there.
async fn deliveries(page: &Page) -> Result<(), CmdError> {
    loop {
        page.press("open-deliveries").await?;
        settled(page).await?;
        let seen =
            "return !!document.querySelector('[data-testid=delivery][data-state=delivered]')";
        if page.ask(seen).await? == Value::Bool(true) {
            return Ok(());
        }
        page.press("open-deliveries").await?;
    }
}

/// A webhook is made, tried, looked at, switched off and deleted.
pub(super) async fn listens() -> Result<(), CmdError> {
    let (host, mut calls) = receiver().await;
    let page = Page::open_with(&[("CASTAD_WEBHOOK_HOSTS", &host)]).await;
    page.client.goto(&page.castad.login).await?;
    page.press("nav-account").await?;
    settled(&page).await?;
    page.write("webhook-url", "http://127.0.0.1:1/").await?;
    page.press("webhook-go").await?;
    page.part("[data-testid=webhook-url-fault]:not([hidden])").await?;
    page.write("webhook-url", &format!("http://{host}/")).await?;
    page.press("webhook-go").await?;
    let secret = page.text("webhook-secret-text").await?;
    assert!(secret.starts_with("whsec_"), "it is shown once");

    settled(&page).await?;
    page.press("test-webhook").await?;
    page.part("#announcer:not(:empty)").await?;
    calls.recv().await.expect("it is tried");
    asked(&page, Method::PATCH, "/v1/account", &json!({"name": "다온"})).await;
    calls.recv().await.expect("it is told");
    settled(&page).await?;
    deliveries(&page).await?;

    page.press("turn-webhook").await?;
    page.part("[data-testid=webhook][data-state=disabled]").await?;
    settled(&page).await?;
    page.press("delete-webhook").await?;
    page.press("confirm").await?;
    page.part("[data-testid=no-webhooks]:not([hidden])").await?;
    page.client.clone().close().await
}
