use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;
use tokio::net::TcpListener;

/// A collector of traces that keeps what it is sent.
pub(crate) struct Collector {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sent = Arc::<Mutex<Vec<ExportTraceServiceRequest>>>::default();
        let kept = Arc::clone(&sent);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                let take = service_fn(move |request| take(Arc::clone(&kept), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), take));
            }
        });
        Self { address, sent }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The spans of a trace, each with what its resource says of the service.
    pub(crate) fn spans(&self, trace: &str) -> Vec<Seen> {
        let sent = self.sent.lock().unwrap();
        let resources = sent.iter().flat_map(|request| &request.resource_spans);
        let spans = resources.flat_map(|of| {
            let service = of.resource.as_ref().map(|of| attributes(&of.attributes));
            let service = service.unwrap_or_default();
            of.scope_spans
                .iter()
                .flat_map(|scope| &scope.spans)
                .map(move |span| (span, service.clone()))
        });
        let of_trace = spans.filter(|(span, _)| hex(&span.trace_id) == trace);
        of_trace.map(|(span, service)| Seen::of(span, service)).collect()
    }
}

async fn take(
    kept: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    assert_eq!(request.uri().path(), "/v1/traces");
    assert_eq!(request.headers()["content-type"], "application/x-protobuf");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    kept.lock().unwrap().push(ExportTraceServiceRequest::decode(body).unwrap());
    Ok(Response::new(Empty::new()))
}

/// A span as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) service: HashMap<String, String>,
}

impl Seen {
    fn of(span: &Span, service: HashMap<String, String>) -> Self {
        let (id, parent) = (hex(&span.span_id), hex(&span.parent_span_id));
        let attributes = attributes(&span.attributes);
        Self { name: span.name.clone(), id, parent, attributes, service }
    }
}

fn attributes(of: &[KeyValue]) -> HashMap<String, String> {
    let text = |value: &Value| {
        if let Value::StringValue(text) = value { text.clone() } else { format!("{value:?}") }
    };
    let pairs = of
        .iter()
        .filter_map(|pair| Some((pair.key.clone(), text(pair.value.as_ref()?.value.as_ref()?))));
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
