//! The routes of the earlier service.

mod access;
mod files;
mod generate;
mod lists;
mod problems;
mod story;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_contract::photo::PICTURE;
use serde_json::{Value, json};

use crate::studio::{Answer, Studio};

/// What the earlier service was told of a business.
fn customer() -> Value {
    json!({
        "customer_name": "다온카페", "region": "부산 해운대",
        "detail_region_info": "바다가 보이는 작은 카페", "language": "Korean",
    })
}

/// A part of a form: its name, its file name if it is a file, and what it holds.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

fn form(studio: &Studio) -> axum::http::request::Builder {
    studio
        .request(Method::POST, "/project/image")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header(header::HOST, "ads.test")
}

fn form_body(parts: &[Part<'_>]) -> Body {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    Body::from(body)
}

async fn upload(studio: &Studio, parts: &[Part<'_>]) -> Answer {
    studio.send(form(studio).body(form_body(parts)).unwrap()).await
}

/// A task of that name; its id.
async fn task(studio: &Studio, name: &str) -> String {
    let mut customer = customer();
    customer["customer_name"] = json!(name);
    let opened = studio.call(Method::POST, "/project", &customer).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.json());
    opened.json()["task_id"].as_str().unwrap().to_owned()
}

/// A task with a picture.
async fn pictured(studio: &Studio, name: &str) -> String {
    let task = task(studio, name).await;
    let parts: [Part<'_>; 2] =
        [("task_id", None, task.as_bytes()), ("files", Some("a.jpg"), PICTURE)];
    assert_eq!(upload(studio, &parts).await.status, StatusCode::OK);
    task
}

/// A task whose words are there.
async fn worded(studio: &Studio, name: &str) -> String {
    let task = pictured(studio, name).await;
    let begun = studio.call(Method::POST, "/lyric/generate", &json!({"task_id": task})).await;
    assert_eq!(begun.status, StatusCode::OK);
    studio.work().await;
    task
}

/// A task whose song is there.
async fn sung(studio: &Studio, name: &str) -> String {
    let task = worded(studio, name).await;
    assert_eq!(studio.get(&format!("/song/generate/{task}")).await.status, StatusCode::OK);
    studio.work().await;
    task
}

/// A task whose video is there.
async fn filmed(studio: &Studio, name: &str) -> String {
    let task = sung(studio, name).await;
    assert_eq!(studio.get(&format!("/video/generate/{task}")).await.status, StatusCode::OK);
    studio.work().await;
    task
}

fn bare(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}
