//! Receives webhooks of Castad and says which events came.
//!
//!     WEBHOOK_SECRET=whsec_… PORT=8000 cargo run --example receiver
//!
//! While a secret is being changed, name both, parted by a space.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it goes by the time of the day, and says what came"
)]

use std::{
    collections::HashMap,
    env,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

const TOLERANCE_S: u64 = 300;
const LARGEST: usize = 1024 * 1024;

/// Takes each message once. Yours lies in a database, in the transaction of what you do with it.
#[derive(Default)]
struct Inbox(Mutex<HashMap<String, u64>>);

impl Inbox {
    /// Whether it is to be dealt with. One that comes a second time with a later time was sent again
    /// because the answer to the last one was lost; one that does not is a copy.
    fn is_new(&self, id: &str, timestamp: u64) -> Result<bool, StatusCode> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.insert(id.to_owned(), timestamp) {
            None => Ok(true),
            Some(before) if before < timestamp => Ok(false),
            Some(before) => {
                seen.insert(id.to_owned(), before);
                Err(StatusCode::CONFLICT)
            }
        }
    }
}

struct Receiver {
    secrets: Vec<Vec<u8>>,
    inbox: Inbox,
}

impl Receiver {
    /// The message's id and time, if one of the secrets signed it a moment ago.
    fn verify<'a>(
        &self,
        headers: &'a HeaderMap,
        body: &[u8],
        now: u64,
    ) -> Result<(&'a str, u64), StatusCode> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let id = header("webhook-id").ok_or(StatusCode::BAD_REQUEST)?;
        let at = header("webhook-timestamp").ok_or(StatusCode::BAD_REQUEST)?;
        let timestamp: u64 = at.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
        if now.abs_diff(timestamp) > TOLERANCE_S {
            return Err(StatusCode::BAD_REQUEST);
        }
        let signatures = header("webhook-signature").unwrap_or_default();
        let signed = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
        let signed: Vec<_> = signed.filter_map(|text| STANDARD.decode(text).ok()).collect();
        let good = self.secrets.iter().any(|secret| {
            signed.iter().any(|theirs| {
                let Ok(mut ours) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
                for part in [id.as_bytes(), b".", at.as_bytes(), b".", body] {
                    ours.update(part);
                }
                // Compares in the same time, whatever it says.
                ours.verify_slice(theirs).is_ok()
            })
        });
        if good { Ok((id, timestamp)) } else { Err(StatusCode::UNAUTHORIZED) }
    }

    async fn take(&self, request: Request<Incoming>) -> Result<(), StatusCode> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST).collect().await;
        let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let (id, timestamp) = self.verify(&head.headers, &body, now)?;
        if self.inbox.is_new(id, timestamp)? {
            let event: Value =
                serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
            println!("{}", json!({ "id": id, "type": event["type"] }));
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = env::var("WEBHOOK_SECRET").unwrap_or_default();
    let secrets = secrets.split_whitespace().map(|secret| secret.trim_start_matches("whsec_"));
    let secrets = secrets.map(|secret| STANDARD.decode(secret)).collect::<Result<_, _>>()?;
    let receiver = Arc::new(Receiver { secrets, inbox: Inbox::default() });
    let port = env::var("PORT").map_or(Ok(8_000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on {}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        let receiver = Arc::clone(&receiver);
        tokio::spawn(async move {
            let service = service_fn(|request| async {
                let status = receiver.take(request).await.err().unwrap_or(StatusCode::NO_CONTENT);
                let mut response = Response::new(Empty::<Bytes>::new());
                *response.status_mut() = status;
                Ok::<_, std::convert::Infallible>(response)
            });
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}
