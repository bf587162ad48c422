use std::io;

use axum::{
    Json,
    body::{Body, Bytes},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER},
    },
    response::{Html, IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::fault::FileFault;

/// A refusal: its code is in the body, and the HTTP status as well only where that is ordered.
#[derive(Debug, Clone)]
pub(super) struct Envelope {
    code: u16,
    message: String,
    mirrored: bool,
    retry_after: Option<u32>,
}

impl Envelope {
    pub(super) fn new(code: u16, message: &str) -> Self {
        Self { code, message: message.to_owned(), mirrored: false, retry_after: None }
    }

    pub(super) fn mirrored(mut self, mirrored: bool) -> Self {
        self.mirrored = mirrored;
        self
    }

    pub(super) fn retry_after(mut self, seconds: Option<u32>) -> Self {
        self.retry_after = seconds;
        self
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Invalid request method or path").mirrored(true)
    }
}

/// Whether the key fits. What is said of one that does not repeats it: nobody may pass that on.
pub(super) fn opened(head: &HeaderMap, key: &str) -> Result<(), Envelope> {
    let told = head.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match told.strip_prefix("Bearer ") {
        Some(told) if told == key => Ok(()),
        Some(told) => {
            Err(Envelope::new(401, &format!("Unauthorized: the key {told} is not valid")))
        }
        None => Err(Envelope::new(401, "Unauthorized")),
    }
}

pub(super) fn reply(answer: Result<Value, Envelope>) -> Response {
    let refused = match answer {
        Ok(data) => {
            return Json(json!({"code": 200, "msg": "success", "data": data})).into_response();
        }
        Err(refused) => refused,
    };
    let mirror = StatusCode::from_u16(refused.code).ok().filter(|_| refused.mirrored);
    let body = json!({"code": refused.code, "msg": refused.message, "data": null});
    let mut response = (mirror.unwrap_or(StatusCode::OK), Json(body)).into_response();
    if let Some(seconds) = refused.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

pub(super) const PAGE: &str = "<html><body><h1>Bad gateway</h1></body></html>";

/// The half of an answer, which then breaks off.
pub(super) fn half(answer: &[u8], media_type: &'static str) -> Response {
    let cut = io::Error::other("the reply was cut short, as ordered");
    let sent = Bytes::copy_from_slice(&answer[..answer.len() / 2]);
    // The half has to be on its way before the connection ends.
    let pieces = stream::iter([Ok(sent), Err(cut)]).then(async |piece| {
        tokio::task::yield_now().await;
        piece
    });
    let body = Body::from_stream(pieces);
    let length = answer.len().to_string();
    ([(CONTENT_TYPE, media_type.to_owned()), (CONTENT_LENGTH, length)], body).into_response()
}

const MP3: &str = "audio/mpeg";

pub(super) fn file(song: Option<Vec<u8>>, fault: Option<FileFault>) -> Response {
    let (song, fault) = match (song, fault) {
        (Some(song), fault) => (song, fault),
        (None, _) => (Vec::new(), Some(FileFault::Missing)),
    };
    match fault {
        None => ([(CONTENT_TYPE, MP3)], song).into_response(),
        Some(FileFault::Missing) => StatusCode::NOT_FOUND.into_response(),
        Some(FileFault::Html) => Html(PAGE).into_response(),
        Some(FileFault::Disguised) => ([(CONTENT_TYPE, MP3)], PAGE).into_response(),
        Some(FileFault::CutShort) => half(&song, MP3),
        Some(FileFault::Unavailable) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(FileFault::Elsewhere) => {
            let there = [(LOCATION, "http://127.0.0.1:9/elsewhere.mp3")];
            (StatusCode::FOUND, there).into_response()
        }
    }
}
