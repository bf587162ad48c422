use std::io;

use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::Fault;
use crate::server::Dropped;

pub(super) const PAGE: &str = "<html><body><h1>Bad gateway</h1></body></html>";

/// A refusal in Creatomate's envelope.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    hint: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, hint: &str) -> Self {
        Self { status, hint: hint.to_owned() }
    }

    pub(super) fn bad_request(hint: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, hint)
    }

    /// It repeats the key, which the provider does not: nobody may pass it on either way.
    pub(super) fn wrong_key(key: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, &format!("The API key '{key}' is invalid."))
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, &format!("There is no such {what}."))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let documentation = "https://creatomate.com/docs/api/introduction";
        (self.status, Json(json!({"hint": self.hint, "documentation": documentation})))
            .into_response()
    }
}

pub(super) fn rate_limited(retry_after: Option<u32>) -> Response {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, "Too many requests").into_response();
    let head = response.headers_mut();
    head.insert("x-ratelimit-remaining", HeaderValue::from_static("0"));
    if let Some(seconds) = retry_after {
        head.insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// A body of which nothing ever comes.
pub(super) fn silent() -> Response {
    Body::from_stream(stream::pending::<io::Result<Bytes>>()).into_response()
}

/// The answer, unless it was ordered to get lost on its way.
pub(super) async fn cut_if(fault: Option<Fault>, answer: Response) -> Response {
    match fault {
        Some(Fault::DroppedAfter) => Dropped.into_response(),
        Some(Fault::CutShort) => {
            let (head, body) = answer.into_parts();
            let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
            Response::from_parts(head, half(&whole))
        }
        _ => answer,
    }
}

/// The first half, and then the connection breaks.
pub(super) fn half(whole: &[u8]) -> Body {
    let first = Ok(Bytes::copy_from_slice(&whole[..whole.len() / 2]));
    let broken = stream::once(async {
        // What was written before is sent only once the body makes it wait.
        tokio::task::yield_now().await;
        Err(io::Error::other("the reply was cut short, as ordered"))
    });
    Body::from_stream(stream::iter([first]).chain(broken))
}
