//! The door: it takes connections in, and puts out those that keep others waiting.

mod line;
mod patience;

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response},
};
use hyper::{
    body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    config::ConnectionLimits,
    http::{Crowded, Peer},
};
use line::{Line, Turn};

pub(crate) use patience::Patience;

/// The most that lies here of a connection, to be read or to be sent. A longer head is no request.
const MOST_HELD: usize = 64 * 1024;
/// The most that the kernel keeps of what was sent and not read.
const MOST_UNREAD: usize = 256 * 1024;
/// How many are told that there is no room, at once.
const MOST_TOLD: usize = 100;
/// When it is tried again to take in a connection, where that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// The door.
pub struct Door {
    limits: ConnectionLimits,
    router: Router,
    room: Arc<Semaphore>,
    /// The room of those who are told that there is none.
    porch: Arc<Semaphore>,
}

impl Door {
    /// One that lets nobody in yet.
    #[must_use]
    pub fn new(router: Router, limits: ConnectionLimits) -> Self {
        // Whatever belongs to a route is made now, and not for each request.
        let router = router.with_state(());
        let (room, porch) = (Semaphore::new(limits.most), Semaphore::new(MOST_TOLD));
        Self { limits, router, room: Arc::new(room), porch: Arc::new(porch) }
    }

    /// Takes connections in until the door closes; returns when the last of them has ended.
    ///
    /// A connection that is closing is answered what it asked, and nothing more.
    pub async fn keep(self, listener: TcpListener, closing: CancellationToken) {
        let (door, tracker) = (Arc::new(self), TaskTracker::new());
        while let Some((stream, peer)) = next(&listener, &closing).await {
            let Some((place, crowded)) = door.place() else {
                metrics::counter!("castad_limited_total", "limit" => "connections").increment(1);
                continue;
            };
            let (door, closing) = (Arc::clone(&door), closing.clone());
            tracker.spawn(async move {
                let _open = Open::count();
                door.talk((stream, peer), crowded, closing).await;
                drop(place);
            });
        }
        drop(listener);
        tracker.close();
        tracker.wait().await;
    }

    /// A place for one more, and whether it is for those who are told that there is none.
    fn place(&self) -> Option<(OwnedSemaphorePermit, bool)> {
        let (room, porch) = (Arc::clone(&self.room), Arc::clone(&self.porch));
        let place = room.try_acquire_owned().map(|place| (place, false));
        place.or_else(|_| porch.try_acquire_owned().map(|place| (place, true))).ok()
    }

    /// Answers what comes over a connection, to its end.
    async fn talk(
        &self,
        (stream, peer): (TcpStream, SocketAddr),
        crowded: bool,
        closing: CancellationToken,
    ) {
        // Answers are written whole: nothing is gained by waiting for more. What one side writes and
        // the other does not read is memory, of which the kernel would take ten times as much.
        drop(stream.set_nodelay(true));
        drop(SockRef::from(&stream).set_send_buffer_size(MOST_UNREAD));
        let turn = Arc::new(Turn::default());
        let line = Line::new(stream, self.limits, Arc::clone(&turn));
        let answer = service_fn(|request: Request<Incoming>| {
            turn.begins();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip()));
            if crowded {
                request.extensions_mut().insert(Crowded);
            }
            answer(self.router.clone(), request, Arc::clone(&turn))
        });
        let mut http = http1::Builder::new();
        http.max_buf_size(MOST_HELD).header_read_timeout(None).keep_alive(!crowded);
        let mut talk = pin!(http.serve_connection(TokioIo::new(line), answer));
        let ended = tokio::select! {
            ended = talk.as_mut() => ended,
            () = closing.cancelled() => {
                talk.as_mut().graceful_shutdown();
                talk.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a connection broke off");
        }
    }
}

async fn answer(
    router: Router,
    request: Request<Body>,
    turn: Arc<Turn>,
) -> Result<Response<Answer>, Infallible> {
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Answer { body, turn }))
}

/// The next connection; `None` when the door closes. What cannot be taken in now may be later, when
/// others have gone.
async fn next(
    listener: &TcpListener,
    closing: &CancellationToken,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let error = tokio::select! {
            biased;
            () = closing.cancelled() => return None,
            taken = listener.accept() => match taken {
                Ok(taken) => return Some(taken),
                Err(error) => error,
            },
        };
        if is_the_peer_s(&error) {
            continue;
        }
        tracing::warn!(%error, "connections cannot be taken in");
        tokio::select! {
            () = closing.cancelled() => return None,
            () = sleep_until(Instant::now() + AGAIN) => {}
        }
    }
}

/// Whether the connection went before it was taken in.
fn is_the_peer_s(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

/// The body of an answer; the turn ends with it.
struct Answer {
    body: Body,
    turn: Arc<Turn>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.turn.ends();
    }
}

/// Counts the connections that are open.
struct Open;

impl Open {
    fn count() -> Self {
        metrics::gauge!("castad_connections").increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("castad_connections").decrement(1.0);
    }
}
