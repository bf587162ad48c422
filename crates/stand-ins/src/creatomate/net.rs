use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{Method, Request, StatusCode, header::CONTENT_TYPE},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);
const MOST: usize = 256 << 20;

/// What fetches pictures and songs and calls webhooks, over plain HTTP.
pub(super) struct Net(Client<HttpConnector, Body>);

impl Net {
    pub(super) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// A file, or why there is none.
    pub(super) async fn get(&self, url: &str) -> Result<Bytes, String> {
        let (status, body) = self.send(Method::GET, url, None).await?;
        if status == StatusCode::OK { Ok(body) } else { Err(format!("status {status}")) }
    }

    /// The status that a webhook's address answers.
    pub(super) async fn post(&self, url: &str, message: &Value) -> Result<u16, String> {
        let sent = self.send(Method::POST, url, Some(message.to_string())).await;
        sent.map(|(status, _)| status.as_u16())
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        message: Option<String>,
    ) -> Result<(StatusCode, Bytes), String> {
        let mut request = Request::builder().method(method).uri(url);
        if message.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Body::from(message.unwrap_or_default())).map_err(text)?;
        let exchange = async {
            let (head, body) = self.0.request(request).await.map_err(text)?.into_parts();
            Ok((head.status, to_bytes(Body::new(body), MOST).await.map_err(text)?))
        };
        timeout(PATIENCE, exchange).await.map_err(text)?
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
