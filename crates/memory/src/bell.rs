use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// A panic elsewhere leaves what was written before it, which is whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes everybody who waits for something to happen.
#[derive(Default)]
pub(crate) struct Bell(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    rung: u64,
    waiting: Vec<Waker>,
}

impl Bell {
    pub(crate) fn ring(&self) {
        let waiting = {
            let mut heard = locked(&self.0);
            heard.rung += 1;
            std::mem::take(&mut heard.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Done once the bell rings after this call, be it polled by then or not.
    pub(crate) fn next(self: &Arc<Self>) -> Ring {
        Ring { bell: Arc::clone(self), before: locked(&self.0).rung }
    }
}

pub(crate) struct Ring {
    bell: Arc<Bell>,
    before: u64,
}

impl Future for Ring {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut heard = locked(&self.bell.0);
        if heard.rung != self.before {
            return Poll::Ready(());
        }
        if !heard.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            heard.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}
