use std::sync::Arc;

use castad_domain::{
    port::{Clock, EventLog, Ports, chain},
    usecase::{PublishError, PublishEvents},
};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

/// How often it is looked for what other processes appended.
const LOOK: TimeDelta = TimeDelta::seconds(1);
/// How long the stream is left alone that did not take something.
const LATER: TimeDelta = TimeDelta::seconds(2);

/// Takes events to the stream, as they come.
#[derive(Clone)]
pub struct Relay {
    publish: PublishEvents,
    events: Arc<dyn EventLog>,
    clock: Arc<dyn Clock>,
}

impl Relay {
    /// Over the log of these ports.
    #[must_use]
    pub fn new(ports: &Ports, publish: PublishEvents) -> Self {
        let (events, clock) = (Arc::clone(&ports.events), Arc::clone(&ports.clock));
        Self { publish, events, clock }
    }

    /// Works until it is told to stop; what has not gone out by then goes out at the next start.
    pub async fn run(&self, stop: CancellationToken) {
        let mut fails = false;
        while !stop.is_cancelled() {
            // What is appended from now on is heard, also while the rest goes out.
            let appended = self.events.appended();
            let round = tokio::select! {
                () = stop.cancelled() => return,
                round = self.publish.run() => round,
            };
            tell(&mut fails, &round);
            match round {
                Ok(1..) => {}
                Ok(0) => tokio::select! {
                    () = stop.cancelled() => {}
                    () = appended => {}
                    () = self.clock.reach(self.clock.now() + LOOK) => {}
                },
                Err(_) => tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.clock.reach(self.clock.now() + LATER) => {}
                },
            }
        }
    }
}

/// Once each time that it changes.
fn tell(fails: &mut bool, round: &Result<u64, PublishError>) {
    match round {
        Ok(told) => {
            metrics::counter!("castad_events_published_total").increment(*told);
            if std::mem::take(fails) {
                tracing::info!("events go out again");
            }
        }
        Err(fault) if !*fails => {
            *fails = true;
            tracing::warn!(error = chain(fault), "events do not go out: they wait in the log");
        }
        Err(fault) => tracing::debug!(error = chain(fault), "events do not go out"),
    }
    metrics::gauge!("castad_events_stalled").set(if *fails { 1.0 } else { 0.0 });
}
