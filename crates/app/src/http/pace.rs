//! How quickly a body has to come.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::Body,
    extract::Request,
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::problem::{Code, Problem};
use crate::door::Patience;

/// So much has to come in the time for which a body is waited for.
const LEAST: usize = 32 * 1024;

/// Gives up who sends a body too slowly: they would hold on to what others wait for.
pub(super) async fn hold(limit: Duration, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let stalled = Arc::new(AtomicBool::new(false));
    let paced = |body| {
        let (patience, stalled) = (Patience::new(limit), Arc::clone(&stalled));
        Body::new(Paced { body, patience, since: 0, stalled })
    };
    let response = next.run(request.map(paced)).await;
    if stalled.load(Ordering::Relaxed) && response.status().is_client_error() {
        let told =
            format!("the body came too slowly: {LEAST} bytes are due each {} s", limit.as_secs());
        let close = header::HeaderValue::from_static("close");
        return Problem::new(Code::Timeout, told)
            .with_header(header::CONNECTION, close)
            .into_response();
    }
    response
}

/// A body that has to come at a pace. Time in which nobody reads it does not count.
struct Paced {
    body: Body,
    patience: Patience,
    /// How much came since patience was whole.
    since: usize,
    stalled: Arc<AtomicBool>,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            return this.patience.wait(context).map(|()| {
                this.stalled.store(true, Ordering::Relaxed);
                metrics::counter!("castad_connections_cut_total", "why" => "body").increment(1);
                Some(Err(axum::Error::new("the body came too slowly")))
            });
        };
        this.patience.pause();
        let came = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
        this.since += came.map_or(0, Bytes::len);
        if this.since >= LEAST {
            this.since = 0;
            this.patience.renew();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
