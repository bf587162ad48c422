use std::{future::Future, future::poll_fn, pin::Pin, task::Poll};

/// Which of two futures was done first.
pub(super) enum First<A, B> {
    One(A),
    Other(B),
}

/// Waits for either, the one before the other; neither is dropped.
pub(super) async fn first<A, B>(
    mut one: Pin<&mut A>,
    mut other: Pin<&mut B>,
) -> First<A::Output, B::Output>
where
    A: Future + ?Sized,
    B: Future + ?Sized,
{
    poll_fn(|cx| {
        if let Poll::Ready(done) = one.as_mut().poll(cx) {
            return Poll::Ready(First::One(done));
        }
        other.as_mut().poll(cx).map(First::Other)
    })
    .await
}

/// Whether a future is done at its next turn.
pub(super) async fn now_or_never<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
