use std::sync::Arc;

use castad_domain::{
    model::Webhook,
    port::{Clock, EventLog, Ports, StoreError, chain},
    usecase::{DeliverEvents, Telling, Told},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// How often it is looked for what other processes appended.
const LOOK: TimeDelta = TimeDelta::seconds(1);
/// How long calls that are under way may go on when the process is told to stop.
const DRAIN: TimeDelta = TimeDelta::seconds(16);

/// Tells webhooks what happened, some side by side and each in the order of its member's log.
///
/// It has places of its own: who answers slowly takes none from what is made.
#[derive(Clone)]
pub struct Courier {
    deliver: DeliverEvents,
    events: Arc<dyn EventLog>,
    clock: Arc<dyn Clock>,
}

impl Courier {
    /// How many webhooks are told at once.
    pub const PLACES: usize = 16;

    /// Over the log of these ports; `telling` renders the body of a call.
    #[must_use]
    pub fn new(ports: &Ports, telling: Telling) -> Self {
        let (events, clock) = (Arc::clone(&ports.events), Arc::clone(&ports.clock));
        Self { deliver: DeliverEvents::new(ports, telling), events, clock }
    }

    /// Works until it is told to stop; then each webhook that is being told hears what is under way to
    /// it, and the rest later.
    pub async fn run(&self, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(Self::PLACES));
        let (mut at_work, mut fails) = (JoinSet::new(), false);
        while !stop.is_cancelled() {
            while at_work.try_join_next().is_some() {}
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            // What is appended from now on is heard, also while the queue is asked.
            let appended = self.events.appended();
            let found = self.look().await;
            tell(&mut fails, found.as_ref().err());
            let due = match found {
                Ok(Ok(webhook)) => {
                    let (courier, stop) = (self.clone(), stop.clone());
                    at_work.spawn(async move {
                        courier.turn(webhook, &stop).await;
                        drop(place);
                    });
                    continue;
                }
                Ok(Err(due)) => due,
                Err(_) => None,
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = appended => {}
                // Who was told for a whole turn may have more to hear.
                Some(_) = at_work.join_next() => {}
                () = self.rest(due) => {}
            }
        }
        self.drain(at_work).await;
    }

    /// Tells one webhook that is due; `false` if none is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when none could be claimed.
    pub async fn run_one(&self) -> Result<bool, StoreError> {
        let Ok(webhook) = self.look().await? else { return Ok(false) };
        self.turn(webhook, &CancellationToken::new()).await;
        Ok(true)
    }

    async fn look(&self) -> Result<Result<Webhook, Option<DateTime<Utc>>>, StoreError> {
        self.deliver.hear().await?;
        self.deliver.claim().await
    }

    async fn turn(&self, webhook: Webhook, stop: &CancellationToken) {
        let id = webhook.parts().id;
        metrics::gauge!("castad_webhooks_in_hand").increment(1.0);
        let (told, end) = self.deliver.run(webhook, &|| stop.is_cancelled()).await;
        metrics::gauge!("castad_webhooks_in_hand").decrement(1.0);
        count(&told);
        if let Some(reason) = told.disabled {
            tracing::info!(webhook = %id, reason = reason.name(), "a webhook was disabled");
        }
        if let Err(fault) = end {
            tracing::debug!(webhook = %id, error = chain(&fault), "a webhook is told again later");
        }
    }

    /// Until a webhook is due, or it is time to look for what others appended.
    async fn rest(&self, due: Option<DateTime<Utc>>) {
        let look = self.clock.now() + LOOK;
        self.clock.reach(due.map_or(look, |due| due.min(look))).await;
    }

    /// What is under way beyond the deadline is dropped, and told again by who comes next.
    async fn drain(&self, mut at_work: JoinSet<()>) {
        let deadline = self.clock.now() + DRAIN;
        tokio::select! {
            () = async { while at_work.join_next().await.is_some() {} } => {}
            () = self.clock.reach(deadline) => at_work.shutdown().await,
        }
    }
}

fn count(told: &Told) {
    for outcome in &told.outcomes {
        metrics::counter!("castad_webhook_deliveries_total", "outcome" => outcome.name())
            .increment(1);
    }
    if let Some(reason) = told.disabled {
        metrics::counter!("castad_webhooks_disabled_total", "reason" => reason.name()).increment(1);
    }
}

/// Once each time that it changes.
fn tell(fails: &mut bool, fault: Option<&StoreError>) {
    match fault {
        None if std::mem::take(fails) => tracing::info!("webhooks are told again"),
        None => {}
        Some(fault) if !*fails => {
            *fails = true;
            tracing::warn!(error = chain(fault), "webhooks are not told: events wait in the log");
        }
        Some(fault) => tracing::debug!(error = chain(fault), "webhooks are not told"),
    }
}
