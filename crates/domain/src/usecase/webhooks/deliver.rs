use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{disabled, impossible};
use crate::{
    model::{
        DeliveryId, DisabledReason, Event, EventSeq, Webhook, WebhookDelivery, WebhookOutcome,
        WebhookState,
    },
    port::{
        Clock, EventLog, IdSource, MAX_PAGE, Ports, Store, StoreError, StoreErrorKind,
        WebhookAnswer, WebhookCall, WebhookQueue, WebhookSender,
    },
    usecase::Telling,
};

/// How long a claim holds without a sign of life: far longer than a call may take.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// After that long others have their turn.
const TURN: TimeDelta = TimeDelta::seconds(20);
/// How many members are heard at once.
const MEMBERS: u32 = 64;

/// What came of a webhook's turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What came of each call.
    pub outcomes: Vec<WebhookOutcome>,
    /// Why nothing more goes out, if it came to that.
    pub disabled: Option<DisabledReason>,
}

/// An event that is to be told.
struct Next<'a> {
    event: &'a Event,
    /// Once it is told, so is everything up to here: what follows is none of the webhook's own.
    through: EventSeq,
    /// Whether nothing is left behind it.
    last: bool,
}

/// Tells webhooks their members' events, each in the order of the log.
///
/// Any number may do it at once and any of them may be torn away anywhere: a claim is held by a lease,
/// and what was told is written down after each call. What was told and not written down is told again.
#[derive(Clone)]
pub struct DeliverEvents {
    store: Arc<dyn Store>,
    events: Arc<dyn EventLog>,
    queue: Arc<dyn WebhookQueue>,
    sender: Arc<dyn WebhookSender>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    telling: Telling,
}

impl DeliverEvents {
    /// Takes what it needs of the ports; `telling` renders the body of a call.
    #[must_use]
    pub fn new(ports: &Ports, telling: Telling) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            events: Arc::clone(&ports.events),
            queue: Arc::clone(&ports.couriers),
            sender: Arc::clone(&ports.sender),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
            telling,
        }
    }

    /// Has webhooks wait to be told what was appended, all of it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn hear(&self) -> Result<(), StoreError> {
        while self.queue.hear(MEMBERS).await? >= u64::from(MEMBERS) {}
        Ok(())
    }

    /// A webhook that has something to be told and is nobody's now, or when there will be one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn claim(&self) -> Result<Result<Webhook, Option<DateTime<Utc>>>, StoreError> {
        let (now, due) = (self.clock.now(), self.queue.next_webhook().await?);
        if due.is_none_or(|due| due > now) {
            return Ok(Err(due));
        }
        let claimed = self.queue.claim_webhook(now, now + LEASE).await?;
        // Others were quicker: there may be more.
        Ok(claimed.ok_or(None))
    }

    /// Tells a claimed webhook what is to be told, until nothing is, a call fails, its turn is over or
    /// `stop` says so; then lets it go.
    ///
    /// [`StoreError`] beside it when the log could not be read or what was told not be written down.
    pub async fn run(
        &self,
        mut webhook: Webhook,
        stop: &(dyn Fn() -> bool + Send + Sync),
    ) -> (Told, Result<(), StoreError>) {
        let mut told = Told::default();
        let end = self.turn(&mut webhook, &mut told, stop).await;
        if end.is_err() {
            // Somebody else wrote, or the database is away: nobody is to wait for the lease to end.
            drop(self.queue.let_go(&webhook).await);
        }
        (told, end)
    }

    async fn turn(
        &self,
        webhook: &mut Webhook,
        told: &mut Told,
        stop: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<(), StoreError> {
        let end = self.clock.now() + TURN;
        loop {
            let (member, after) = (webhook.parts().member, webhook.parts().told);
            let page = self.events.events(member, None, after, MAX_PAGE).await?;
            let whole = page.len() < MAX_PAGE as usize;
            let own = own(&page, webhook);
            if own.is_empty() {
                let through = page.last().map_or(after, |event| event.seq);
                let passed = webhook.delivered(through).map_err(impossible)?;
                let over = whole || stop() || self.clock.now() >= end;
                *webhook = self.write(&passed, None, over).await?;
            }
            for next in own {
                let over = || next.last && whole || stop() || self.clock.now() >= end;
                *webhook = self.tell(webhook, &next, &over, told).await?;
                if webhook.parts().lease_until.is_none() {
                    return Ok(());
                }
            }
            if webhook.parts().lease_until.is_none() {
                return Ok(());
            }
        }
    }

    /// Tells one event, and writes down what came of it; lets go where it is `over` by then.
    async fn tell(
        &self,
        webhook: &Webhook,
        next: &Next<'_>,
        over: &(dyn Fn() -> bool + Send + Sync),
        told: &mut Told,
    ) -> Result<Webhook, StoreError> {
        let at = self.clock.now();
        if webhook.parts().lease_until.is_none_or(|until| until <= at) {
            // This process stood still, and somebody else may have it.
            return Err(StoreErrorKind::Conflict.into());
        }
        let answered = self.sender.send(&self.call(webhook, next.event, at)).await;
        let now = self.clock.now();
        let (outcome, asked) = match answered {
            Ok(WebhookAnswer { status, wait }) => (WebhookOutcome::Answered(status), wait),
            Err(fault) => (WebhookOutcome::Failed(fault), None),
        };
        told.outcomes.push(outcome);
        let delivery = WebhookDelivery {
            id: DeliveryId::from_bits(self.ids.next()),
            webhook: webhook.parts().id,
            event: next.event.seq,
            attempt: webhook.attempt(),
            at,
            outcome,
            duration: now - at,
        };

        let decided = match outcome {
            outcome if outcome.is_taken() => webhook.delivered(next.through),
            WebhookOutcome::Answered(WebhookOutcome::GONE) => webhook.gone(now),
            WebhookOutcome::Answered(_) | WebhookOutcome::Failed(_) => {
                webhook.failed(now, asked, self.ids.next())
            }
        };
        let decided = decided.map_err(impossible)?;

        let over = !outcome.is_taken() || over();
        let kept = self.write(&decided, Some(&delivery), over).await?;
        if let WebhookState::Disabled { reason, .. } = kept.parts().state {
            told.disabled = Some(reason);
        }
        Ok(kept)
    }

    fn call(&self, webhook: &Webhook, event: &Event, at: DateTime<Utc>) -> WebhookCall {
        let parts = webhook.parts();
        WebhookCall {
            url: parts.terms.url.clone(),
            id: format!("{}_{}", event.seq, parts.id),
            at,
            body: (self.telling)(event),
            secrets: webhook.secrets().at(at),
            trace: event.trace.clone(),
        }
    }

    /// Where it stands, the line of the log and, once it is disabled, the event are one.
    async fn write(
        &self,
        decided: &Webhook,
        delivery: Option<&WebhookDelivery>,
        over: bool,
    ) -> Result<Webhook, StoreError> {
        let now = self.clock.now();
        let next = if over { decided.released(now) } else { decided.claimed(now + LEASE) };
        let mut unit = self.store.begin().await?;
        unit.webhooks().update(&next).await?;
        if let Some(delivery) = delivery {
            unit.webhooks().note(delivery).await?;
        }
        if let WebhookState::Disabled { reason, .. } = next.parts().state {
            let event = disabled(&next, reason, now);
            unit.events().append(next.parts().member, &[event]).await?;
        }
        unit.commit().await?;
        Ok(next.written())
    }
}

/// The events of a page that the webhook is told, in order.
fn own<'a>(page: &'a [Event], webhook: &Webhook) -> Vec<Next<'a>> {
    let takes = |event: &&Event| webhook.parts().terms.events.takes(event.kind);
    let own: Vec<&Event> = page.iter().filter(takes).collect();
    let end = page.last().map_or(EventSeq::default(), |event| event.seq);
    let next = |(place, event): (usize, &&'a Event)| {
        let follower = own.get(place + 1).map(|next| EventSeq(next.seq.0 - 1));
        Next { event, through: follower.unwrap_or(end), last: follower.is_none() }
    };
    own.iter().enumerate().map(next).collect()
}
