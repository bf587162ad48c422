//! A server that takes blocks and keeps none, and fails to order. It is our own reading of how a
//! storage fails; nothing is shown by it but what the adapter makes of that.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use castad_azure_blob::{Account, AzureBlob, Limits, Settings};
use castad_memory::ManualClock;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::{
    Request, Response,
    body::{Frame, Incoming},
    http::response::Builder,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

pub(crate) const KEY: &str = "c2VjcmV0LWtleQ==";

/// What is done with a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// It is taken.
    Take,
    /// It is refused with a status and the storage's code.
    Refuse(u16, &'static str),
    /// The connection ends in the middle of it.
    Drop,
    /// Nothing is said.
    Hang,
    /// A status, an entity tag, a `Content-Range`, and so much of a body of that length.
    Give { status: u16, tag: &'static str, range: &'static str, length: usize, body: &'static [u8] },
}

/// A request, and what came before it.
pub(crate) struct Asked {
    /// `PUT ?comp=block`, without values and what stands before.
    pub(crate) what: String,
    /// How many came before.
    pub(crate) before: usize,
    /// How many bytes of bodies came before.
    pub(crate) received: u64,
}

type Rule = dyn Fn(&Asked) -> Act + Send + Sync;

/// The server, and a store that uses it.
pub(crate) struct Server {
    pub(crate) store: AzureBlob,
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
}

#[derive(Default)]
pub(crate) struct Seen {
    requests: AtomicUsize,
    received: AtomicU64,
    lists: AtomicUsize,
}

impl Seen {
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::SeqCst)
    }

    /// How many lists of blocks made a file of them.
    pub(crate) fn lists(&self) -> usize {
        self.lists.load(Ordering::SeqCst)
    }
}

impl Server {
    pub(crate) async fn start(
        limits: Limits,
        rule: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, rule): (Arc<Seen>, Arc<Rule>) = (Arc::default(), Arc::new(rule));
        let account = Account::new("daoncafe", KEY).unwrap().at(&format!("http://{address}"));
        let place = "az://castad".parse().unwrap();
        let settings = Settings { account: account.unwrap(), place };
        let store = AzureBlob::new(settings, limits, Arc::new(ManualClock::default())).unwrap();
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&shared), Arc::clone(&rule)));
            }
        });
        Self { store, address, seen }
    }
}

async fn talk(stream: TcpStream, seen: Arc<Seen>, rule: Arc<Rule>) {
    let service = service_fn(|request| answer(request, &seen, &*rule));
    // A connection that ends badly was meant to.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

/// The connection is to end.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends")]
struct Ended;

type Body = http_body_util::combinators::BoxBody<Bytes, Ended>;

async fn answer(
    mut request: Request<Incoming>,
    seen: &Seen,
    rule: &Rule,
) -> Result<Response<Body>, Ended> {
    let query = request.uri().query().unwrap_or_default();
    let comp = query.split('&').find(|part| part.starts_with("comp=")).unwrap_or_default();
    let asked = Asked {
        what: format!("{} {comp}", request.method()).trim_end().to_owned(),
        before: seen.requests.fetch_add(1, Ordering::SeqCst),
        received: seen.received(),
    };
    let act = rule(&asked);
    while let Some(Ok(frame)) = request.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        seen.received.fetch_add(length as u64, Ordering::SeqCst);
        if matches!(act, Act::Drop) {
            return Err(Ended);
        }
    }
    match act {
        Act::Take => {
            let lists = usize::from(asked.what == "PUT comp=blocklist");
            seen.lists.fetch_add(lists, Ordering::SeqCst);
            Ok(said(Response::builder().status(201), "\"1\"", b"", 0))
        }
        Act::Refuse(status, code) => {
            // As the storage does, it repeats what was signed.
            let text =
                b"<Error><Message>signed secret-key SharedKey daoncafe:sig</Message></Error>";
            let refused = Response::builder().status(status).header("x-ms-error-code", code);
            Ok(said(refused, "\"1\"", text, text.len()))
        }
        Act::Drop => Err(Ended),
        Act::Hang => std::future::pending().await,
        Act::Give { status, tag, range, length, body } => {
            let given = Response::builder().status(status).header("content-range", range);
            Ok(said(given, tag, body, length))
        }
    }
}

/// An answer of that length, which breaks off if there is less of it.
fn said(head: Builder, tag: &str, body: &'static [u8], length: usize) -> Response<Body> {
    let head = head
        .header("content-length", length)
        .header("etag", tag)
        .header("last-modified", "Sat, 21 Nov 2026 13:00:00 GMT");
    let whole = (!body.is_empty()).then(|| Ok(Frame::data(Bytes::from_static(body))));
    let cut = (body.len() < length).then_some(());
    // What was given is sent before the connection ends: that happens at the body's next turn.
    let cut = stream::iter(cut).then(|()| async {
        tokio::task::yield_now().await;
        Err(Ended)
    });
    let body = StreamBody::new(stream::iter(whole).chain(cut));
    head.body(BodyExt::boxed(body)).unwrap()
}
