use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Json, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::Notify};

/// A call that came.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) trace: Option<String>,
    pub(crate) event: Value,
}

/// A shop whose webhook takes what it is told at `/castad`; at `/closed` nobody is there any more.
pub(crate) struct Shop {
    address: SocketAddr,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    calls: Mutex<Vec<Call>>,
    came: Notify,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Arc::<Heard>::default());
        let router = Router::new()
            .route("/castad", post(hear))
            .route("/closed", post(async || StatusCode::GONE))
            .with_state(Arc::clone(&heard));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, heard }
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Its calls once it has heard of such an event.
    pub(crate) async fn calls_until(&self, kind: &str) -> Vec<Call> {
        loop {
            let came = self.heard.came.notified();
            let calls = self.heard.calls.lock().unwrap().clone();
            if calls.iter().any(|call| call.event["type"] == kind) {
                return calls;
            }
            came.await;
        }
    }
}

async fn hear(
    State(heard): State<Arc<Heard>>,
    headers: HeaderMap,
    Json(event): Json<Value>,
) -> StatusCode {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (id, trace) = (header("webhook-id").unwrap(), header("traceparent"));
    heard.calls.lock().unwrap().push(Call { id, trace, event });
    heard.came.notify_one();
    StatusCode::NO_CONTENT
}
