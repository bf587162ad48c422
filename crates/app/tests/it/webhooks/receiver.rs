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
use tokio::{net::TcpListener, sync::Semaphore};

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

/// What came, and how many more answers may be given.
struct Desk {
    heard: Mutex<Vec<Call>>,
    answers: Semaphore,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    desk: Arc<Desk>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let receiver = Self::silent().await;
        receiver.answers(Semaphore::MAX_PERMITS);
        receiver
    }

    /// One who hears what comes and does not answer yet.
    pub(crate) async fn silent() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::new(Desk { heard: Mutex::default(), answers: Semaphore::new(0) });
        let router = Router::new().route("/hook", post(take)).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, desk }
    }

    /// Answers so many calls more.
    pub(crate) fn answers(&self, many: usize) {
        self.desk.answers.add_permits(many);
    }

    pub(crate) fn heard(&self) -> Vec<Call> {
        self.desk.heard.lock().unwrap().clone()
    }
}

async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: String) -> StatusCode {
    desk.heard.lock().unwrap().push(Call { headers, body });
    desk.answers.acquire().await.unwrap().forget();
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
