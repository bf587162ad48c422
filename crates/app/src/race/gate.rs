use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
    time::Instant,
};

use bytes::Bytes;
use reqwest::Body;
use tokio::sync::{Semaphore, watch};

/// Where requests wait with the last byte of their bodies until all of them are there: what is left
/// to do then is to send one byte each.
pub(super) struct Gate {
    open: watch::Sender<bool>,
    /// Has a permit for each that has come so far, or will not come.
    standing: Arc<Semaphore>,
    many: u32,
}

/// A body that waits, and when its last byte went out.
pub(super) struct Held {
    pub(super) body: Body,
    pub(super) began: Arc<OnceLock<Instant>>,
}

/// Counts one that stands before the gate, or turned back.
struct Coming(Arc<Semaphore>);

impl Drop for Coming {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { open: watch::Sender::new(false), standing: Arc::new(Semaphore::new(0)), many: 0 }
    }

    /// A body whose last byte waits; it has one at least.
    pub(super) fn hold(&mut self, mut body: Bytes) -> Held {
        self.many += 1;
        let coming = Coming(Arc::clone(&self.standing));
        let mut open = self.open.subscribe();
        let last = body.split_off(body.len().saturating_sub(1));
        let began = Arc::<OnceLock<Instant>>::default();
        let noted = Arc::clone(&began);
        let parts = async_stream::stream! {
            yield Ok::<_, Infallible>(body);
            drop(coming);
            // A gate that is gone is open.
            let _ = open.wait_for(|open| *open).await;
            let _ = noted.set(Instant::now());
            yield Ok(last);
        };
        Held { body: Body::wrap_stream(parts), began }
    }

    /// Waits for all that are held, and lets them go.
    pub(super) async fn open(self) {
        // The semaphore is never closed.
        let _ = self.standing.acquire_many(self.many).await;
        self.open.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn nobody_goes_before_all_are_there() {
        let mut gate = Gate::new();
        let mut first = gate.hold(Bytes::from_static(b"{}"));
        let second = gate.hold(Bytes::from_static(b"{}"));
        let frame = first.body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "{");
        assert!(first.body.frame().now_or_never().is_none());
        let mut opening = Box::pin(gate.open());
        assert!(opening.as_mut().now_or_never().is_none(), "the second is not there");
        assert!(first.began.get().is_none());

        drop(second);
        opening.await;
        let frame = first.body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "}");
        assert!(first.began.get().is_some());
    }
}
