use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// How long somebody is waited for before they are given up.
pub(crate) struct Patience {
    limit: Duration,
    left: Duration,
    /// When it ends, while somebody is waited for.
    until: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// So long.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, left: limit, until: None, alarm: None }
    }

    /// Waits on; ready when it is at its end.
    pub(crate) fn wait(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let until = match self.until {
            Some(until) => until,
            None => self.begin(),
        };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if alarm.deadline() > until {
            alarm.as_mut().reset(until);
        }
        // One that is set too early is set anew when it rings, not each time: what is waited for
        // mostly comes long before.
        while alarm.as_mut().poll(context).is_ready() {
            if alarm.deadline() >= until {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(until);
        }
        Poll::Pending
    }

    fn begin(&mut self) -> Instant {
        let until = Instant::now() + self.left;
        self.until = Some(until);
        until
    }

    /// They did something: what is left is left for the next time.
    pub(crate) fn pause(&mut self) {
        if let Some(until) = self.until.take() {
            self.left = until.saturating_duration_since(Instant::now());
        }
    }

    /// They did enough: all is there again.
    pub(crate) fn renew(&mut self) {
        (self.until, self.left) = (None, self.limit);
    }

    /// The same, with another limit.
    pub(crate) fn renew_with(&mut self, limit: Duration) {
        self.limit = limit;
        self.renew();
    }
}
