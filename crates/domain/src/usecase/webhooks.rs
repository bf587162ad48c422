//! Webhooks: made and changed by their owners, told by couriers.

mod change;
mod deliver;
mod rotate;
mod test;

use std::sync::Arc;

use super::{
    again::again,
    books::BooksError,
    office::{Office, told},
    receipt::{Receipt, keep},
};
use crate::{
    model::{
        Datum, DisabledReason, EventKind, MemberId, NewEvent, NotToldYet, Webhook, WebhookId,
        WebhookSecret, WebhookState, WebhookTerms, WebhookUrl,
    },
    port::{Ports, StoreError, UnitOfWork, WebhookSender},
};
pub use change::{ChangeWebhook, DeleteWebhook, ReplayWebhook};
pub use deliver::{DeliverEvents, Told};
pub use rotate::RotateSecret;
pub use test::{TestWebhook, Tested};

/// Why a webhook is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// The member has no such webhook.
    #[error("there is no such webhook")]
    NoWebhook,
    /// The member has as many as one may.
    #[error("a member has at most {} webhooks", Webhook::MOST)]
    TooMany,
    /// The address may not be called.
    #[error("must be https and lead to a host that everybody can reach")]
    Address,
    /// What is asked to be told again has not been told.
    #[error(transparent)]
    NotTold(#[from] NotToldYet),
}

/// Why a webhook stays as it was.
pub type WebhookError = BooksError<WebhookRefusal>;

/// What whoever changes webhooks needs.
#[derive(Clone)]
struct Registry {
    office: Office,
    sender: Arc<dyn WebhookSender>,
}

impl Registry {
    fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports), sender: Arc::clone(&ports.sender) }
    }

    fn check(&self, url: Option<&WebhookUrl>) -> Result<(), WebhookError> {
        if url.is_none_or(|url| self.sender.allows(url)) {
            return Ok(());
        }
        Err(BooksError::Refused(WebhookRefusal::Address))
    }

    /// Decides on a webhook that is held, and writes what came of it with its event.
    async fn decide(
        &self,
        (member, id): (MemberId, WebhookId),
        receipt: Option<&Receipt<'_, Webhook>>,
        decide: impl Fn(&Webhook) -> Result<Webhook, WebhookError>,
    ) -> Result<Webhook, WebhookError> {
        let at = self.office.now();
        let mut unit = self.office.begin().await?;
        let webhook = held(&mut *unit, member, id).await?;

        let changed = decide(&webhook)?;

        unit.webhooks().update(&changed).await?;
        let event = match (webhook.is_disabled(), changed.parts().state) {
            (false, WebhookState::Disabled { reason, .. }) => disabled(&changed, reason, at),
            _ => happened(EventKind::WebhookUpdated, id, at),
        };
        unit.events().append(member, &[event]).await?;
        let changed = changed.written();
        keep(&mut *unit, member, receipt, &changed, at).await?;
        unit.commit().await?;
        Ok(changed)
    }
}

async fn held(
    unit: &mut dyn UnitOfWork,
    member: MemberId,
    id: WebhookId,
) -> Result<Webhook, WebhookError> {
    let found = unit.webhooks().hold(member, id).await?;
    found.ok_or(BooksError::Refused(WebhookRefusal::NoWebhook))
}

fn happened(kind: EventKind, id: WebhookId, at: chrono::DateTime<chrono::Utc>) -> NewEvent {
    told(kind, at, [("webhook_id", Datum::Text(id.to_string()))])
}

/// That nothing more goes out, and why.
fn disabled(
    webhook: &Webhook,
    reason: DisabledReason,
    at: chrono::DateTime<chrono::Utc>,
) -> NewEvent {
    let id = webhook.parts().id.to_string();
    let data = [("webhook_id", Datum::Text(id)), ("reason", reason.name().into())];
    told(EventKind::WebhookDisabled, at, data)
}

/// Makes a webhook: it is told what happens from then on.
#[derive(Clone)]
pub struct RegisterWebhook {
    registry: Registry,
}

impl RegisterWebhook {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { registry: Registry::new(ports) }
    }

    /// The webhook, which signs with `secret`.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] when none was made.
    pub async fn run(
        &self,
        member: MemberId,
        (terms, secret): (&WebhookTerms, &WebhookSecret),
        receipt: Option<Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        self.registry.check(Some(&terms.url))?;
        again(|| self.once(member, (terms, secret), receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        (terms, secret): (&WebhookTerms, &WebhookSecret),
        receipt: Option<&Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        let office = &self.registry.office;
        let (id, now) = (WebhookId::from_bits(office.next_id()), office.now());
        let mut unit = office.begin().await?;
        let event = happened(EventKind::WebhookCreated, id, now);
        unit.events().append(member, &[event]).await?;
        // Who listens has the log to themselves: nobody else counts at the same time.
        let last = unit.webhooks().listen(member).await?;
        if unit.webhooks().count(member).await? >= Webhook::MOST {
            return Err(BooksError::Refused(WebhookRefusal::TooMany));
        }

        let webhook = Webhook::new((id, member), terms.clone(), secret.clone(), last, now);

        unit.webhooks().insert(&webhook).await?;
        keep(&mut *unit, member, receipt, &webhook, now).await?;
        unit.commit().await?;
        Ok(webhook)
    }
}

/// A decision of the model that the state forbids, of something that was claimed in that state.
fn impossible(fault: crate::model::IllegalTransition) -> StoreError {
    StoreError::new(crate::port::StoreErrorKind::Corrupt).with_source(fault)
}
