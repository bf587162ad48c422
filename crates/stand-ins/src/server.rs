use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tower::ServiceExt;

use crate::{
    creatomate::Creatomate,
    door::{Crowd, Door},
    openai::OpenAi,
    suno::Suno,
};

const ABOUT: &str = "Stand-ins for the providers of Castad: our own reading of their documents.\n";

/// All stand-ins, behind one address, until they are dropped.
pub struct StandIns {
    /// The one for OpenAI.
    pub openai: OpenAi,
    /// The one for Suno.
    pub suno: Suno,
    /// The one for Creatomate.
    pub creatomate: Creatomate,
    address: SocketAddr,
    router: Router,
    serving: JoinHandle<()>,
}

impl StandIns {
    /// Listens at an address; port 0 takes any that is free.
    ///
    /// # Errors
    ///
    /// When the address cannot be had.
    pub async fn start(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let openai = OpenAi::default();
        let suno = Suno::default();
        let creatomate = Creatomate::new(address);
        let router = Router::new()
            .route("/", get(|| async { ABOUT }))
            .nest("/openai/v1", openai.router())
            .nest("/stand-in/openai", openai.desk())
            .nest("/suno", suno.router())
            .nest("/stand-in/suno", suno.desk())
            .nest("/creatomate", creatomate.router())
            .nest("/stand-in/creatomate", creatomate.desk());
        let serving = tokio::spawn(serve(listener, router.clone(), Arc::default()));
        Ok(Self { openai, suno, creatomate, address, router, serving })
    }

    /// Opens one more way in, on a port of its own, for one of several who ask.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn open_door(&self) -> std::io::Result<Door> {
        let listener = TcpListener::bind((self.address.ip(), 0)).await?;
        let (address, crowd) = (listener.local_addr()?, Arc::<Crowd>::default());
        let serving = tokio::spawn(serve(listener, self.router.clone(), Arc::clone(&crowd)));
        Ok(Door::new(address, crowd, serving))
    }

    /// `host:port`; the films that are made lie there, whichever way they were asked for.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// What to set `OPENAI_BASE_URL` to.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/openai/v1", self.address)
    }

    /// What to set `SUNO_BASE_URL` to.
    #[must_use]
    pub fn suno_url(&self) -> String {
        format!("http://{}/suno", self.address)
    }

    /// What to set `CREATOMATE_BASE_URL` to; the films that it makes lie on the same host and port.
    #[must_use]
    pub fn creatomate_url(&self) -> String {
        format!("http://{}/creatomate", self.address)
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, router: Router, crowd: Arc<Crowd>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while open.try_join_next().is_some() {}
        open.spawn(talk(stream, router.clone(), Arc::clone(&crowd)));
    }
}

/// Not `axum::serve`, which always answers: here a reply may be dropped with its connection.
async fn talk(stream: TcpStream, router: Router, crowd: Arc<Crowd>) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        let visit = crowd.enter(request.uri().path());
        async move {
            let _visit = visit;
            let answered: Result<Response, Infallible> =
                router.oneshot(request.map(Body::new)).await;
            let Ok(response) = answered;
            match response.extensions().get::<Dropped>() {
                Some(_) => Err(Dropped),
                None => Ok(response),
            }
        }
    });
    // A connection that ends in a fault was ordered to, or its client went away.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await);
}

/// A reply that is to be dropped, and its connection with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the reply was dropped, as ordered")
    }
}

impl std::error::Error for Dropped {}

impl IntoResponse for Dropped {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}
