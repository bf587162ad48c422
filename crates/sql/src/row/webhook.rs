use castad_domain::{
    model::{
        DeliveryId, DisabledReason, EventFilter, EventSeq, MemberId, Webhook, WebhookDelivery,
        WebhookFault, WebhookId, WebhookNote, WebhookOutcome, WebhookParts, WebhookSecret,
        WebhookSecrets, WebhookState, WebhookTerms, WebhookUrl,
    },
    port::StoreError,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::fault::corrupt;

macro_rules! webhook_columns {
    () => {
        "w.id, w.member_id, w.url, w.events, w.note, w.state, w.changed_at, w.reason, w.attempts, \
         w.told, w.due, w.lease_until, w.secret, w.old_secret, w.old_secret_until, w.created_at, \
         w.version"
    };
}
pub(crate) use webhook_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct WebhookRow {
    pub(crate) id: Uuid,
    member_id: Uuid,
    url: String,
    events: String,
    note: String,
    state: String,
    changed_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    attempts: i64,
    told: i64,
    due: DateTime<Utc>,
    pub(crate) lease_until: Option<DateTime<Utc>>,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
    old_secret_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    pub(crate) version: i64,
}

fn secret(bytes: Vec<u8>) -> Result<WebhookSecret, StoreError> {
    bytes.try_into().map(WebhookSecret::new).map_err(|_| corrupt("webhooks.secret"))
}

impl WebhookRow {
    fn state(&self) -> Result<WebhookState, StoreError> {
        let attempts = u32::try_from(self.attempts).map_err(|_| corrupt("webhooks.attempts"))?;
        match (self.state.as_str(), attempts, self.changed_at, self.reason.as_deref()) {
            ("delivering", 0, None, None) => Ok(WebhookState::Delivering),
            ("retrying", 1.., None, None) => Ok(WebhookState::Retrying { attempts }),
            ("disabled", 0, Some(at), Some(reason)) => {
                let reason = DisabledReason::from_name(reason);
                let reason = reason.map_err(|_| corrupt("webhooks.reason"))?;
                Ok(WebhookState::Disabled { at, reason })
            }
            _ => Err(corrupt("webhooks.state")),
        }
    }

    fn terms(&self) -> Result<WebhookTerms, StoreError> {
        let patterns = self.events.split(' ').filter(|pattern| !pattern.is_empty());
        Ok(WebhookTerms {
            url: WebhookUrl::parse(&self.url).map_err(|_| corrupt("webhooks.url"))?,
            events: EventFilter::restore(patterns.map(str::to_owned).collect()),
            note: WebhookNote::parse(&self.note).map_err(|_| corrupt("webhooks.note"))?,
        })
    }

    pub(crate) fn webhook(self) -> Result<Webhook, StoreError> {
        let (state, terms) = (self.state()?, self.terms()?);
        let old = match (self.old_secret, self.old_secret_until) {
            (Some(bytes), Some(until)) => Some((secret(bytes)?, until)),
            (None, None) => None,
            _ => return Err(corrupt("webhooks.old_secret")),
        };
        let parts = WebhookParts {
            id: WebhookId::from_bits(self.id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            terms,
            state,
            told: EventSeq(self.told),
            due: self.due,
            lease_until: self.lease_until,
            created_at: self.created_at,
            version: self.version,
        };
        Ok(Webhook::restore(parts, WebhookSecrets { current: secret(self.secret)?, old }))
    }
}

/// The columns of a webhook that its parts do not hold as they are written.
pub(crate) struct WebhookWrite<'a> {
    pub(crate) events: String,
    pub(crate) changed_at: Option<DateTime<Utc>>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) attempts: i64,
    pub(crate) secret: &'a [u8],
    pub(crate) old_secret: Option<&'a [u8]>,
    pub(crate) old_secret_until: Option<DateTime<Utc>>,
}

impl<'a> WebhookWrite<'a> {
    pub(crate) fn of(webhook: &'a Webhook) -> Self {
        let (parts, secrets) = (webhook.parts(), webhook.secrets());
        let (changed_at, reason) = match parts.state {
            WebhookState::Disabled { at, reason } => (Some(at), Some(reason.name())),
            WebhookState::Delivering | WebhookState::Retrying { .. } => (None, None),
        };
        Self {
            events: parts.terms.events.patterns().join(" "),
            changed_at,
            reason,
            attempts: i64::from(parts.state.attempts()),
            secret: secrets.current.reveal().as_slice(),
            old_secret: secrets.old.as_ref().map(|(old, _)| old.reveal().as_slice()),
            old_secret_until: secrets.old.as_ref().map(|(_, until)| *until),
        }
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct DeliveryRow {
    webhook_id: Uuid,
    id: Uuid,
    seq: i64,
    attempt: i64,
    at: DateTime<Utc>,
    status: Option<i64>,
    fault: Option<String>,
    duration_ms: i64,
}

impl DeliveryRow {
    fn outcome(&self) -> Result<WebhookOutcome, StoreError> {
        match (self.status, self.fault.as_deref()) {
            (Some(status), None) => {
                let status = u16::try_from(status);
                status
                    .map(WebhookOutcome::Answered)
                    .map_err(|_| corrupt("webhook_deliveries.status"))
            }
            (None, Some(fault)) => WebhookFault::from_name(fault)
                .map(WebhookOutcome::Failed)
                .map_err(|_| corrupt("webhook_deliveries.fault")),
            _ => Err(corrupt("webhook_deliveries.status")),
        }
    }

    pub(crate) fn delivery(self) -> Result<WebhookDelivery, StoreError> {
        let attempt = u32::try_from(self.attempt);
        Ok(WebhookDelivery {
            outcome: self.outcome()?,
            id: DeliveryId::from_bits(self.id.as_u128()),
            webhook: WebhookId::from_bits(self.webhook_id.as_u128()),
            event: EventSeq(self.seq),
            attempt: attempt.map_err(|_| corrupt("webhook_deliveries.attempt"))?,
            at: self.at,
            duration: TimeDelta::milliseconds(self.duration_ms),
        })
    }
}

/// The columns of what came of a call.
pub(crate) struct OutcomeWrite {
    pub(crate) status: Option<i64>,
    pub(crate) fault: Option<&'static str>,
}

impl OutcomeWrite {
    pub(crate) fn of(outcome: WebhookOutcome) -> Self {
        match outcome {
            WebhookOutcome::Answered(status) => {
                Self { status: Some(i64::from(status)), fault: None }
            }
            WebhookOutcome::Failed(fault) => Self { status: None, fault: Some(fault.name()) },
        }
    }
}
