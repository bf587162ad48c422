//! Somebody who is called.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use castad_domain::model::WebhookSecret;
use tokio::net::TcpListener;

/// A call that came.
#[derive(Clone)]
pub(crate) struct Call {
    headers: HeaderMap,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

type Heard = Arc<Mutex<Vec<Call>>>;

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    heard: Heard,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Heard::default());
        let router = Router::new().route("/hook", post(take)).with_state(Arc::clone(&heard));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, heard }
    }

    pub(crate) fn heard(&self) -> Vec<Call> {
        self.heard.lock().unwrap().clone()
    }
}

async fn take(State(heard): State<Heard>, headers: HeaderMap, body: String) -> StatusCode {
    heard.lock().unwrap().push(Call { headers, body });
    StatusCode::NO_CONTENT
}

/// The secret that was handed out as that text.
pub(crate) fn secret(text: &str) -> WebhookSecret {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.strip_prefix("whsec_").unwrap().trim_end_matches('=').bytes();
    let value = |digit| DIGITS.iter().position(|known| *known == digit).unwrap();
    let bits = digits.flat_map(|digit| (0..6).rev().map(move |bit| value(digit) >> bit & 1));
    let bits: Vec<_> = bits.collect();
    let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte << 1 | *bit);
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|bits| u8::try_from(byte(bits)).unwrap()).collect();
    WebhookSecret::new(bytes.try_into().unwrap())
}
