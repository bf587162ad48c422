use super::{
    BooksError, EventKind, MemberId, Ports, Receipt, Registry, Webhook, WebhookError, WebhookId,
    again, happened, held, keep,
};
use crate::model::{EventSeq, WebhookChange};

/// Changes a webhook, and switches it off and on.
#[derive(Clone)]
pub struct ChangeWebhook {
    registry: Registry,
}

impl ChangeWebhook {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { registry: Registry::new(ports) }
    }

    /// The webhook with the change made; one that is switched on goes on behind the last event told.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] when it was not.
    pub async fn run(
        &self,
        of: (MemberId, WebhookId),
        change: &WebhookChange,
        receipt: Option<Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        self.registry.check(change.url.as_ref())?;
        let now = self.registry.office.now();
        let decide = |webhook: &Webhook| Ok(webhook.changed(change, now));
        again(|| self.registry.decide(of, receipt.as_ref(), decide)).await
    }
}

/// Has a webhook told again what it was told before.
#[derive(Clone)]
pub struct ReplayWebhook {
    registry: Registry,
}

impl ReplayWebhook {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { registry: Registry::new(ports) }
    }

    /// The webhook, which is told what comes behind `after`, under the same ids.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] when it is not.
    pub async fn run(
        &self,
        of: (MemberId, WebhookId),
        after: EventSeq,
        receipt: Option<Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        let now = self.registry.office.now();
        let decide = |webhook: &Webhook| {
            webhook.replayed(after, now).map_err(|refused| BooksError::Refused(refused.into()))
        };
        again(|| self.registry.decide(of, receipt.as_ref(), decide)).await
    }
}

/// Deletes a webhook: nothing more goes out, from this moment on but for what is on its way.
#[derive(Clone)]
pub struct DeleteWebhook {
    registry: Registry,
}

impl DeleteWebhook {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { registry: Registry::new(ports) }
    }

    /// The webhook that was deleted.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] when it was not.
    pub async fn run(
        &self,
        of: (MemberId, WebhookId),
        receipt: Option<Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        again(|| self.once(of, receipt.as_ref())).await
    }

    async fn once(
        &self,
        (member, id): (MemberId, WebhookId),
        receipt: Option<&Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        let at = self.registry.office.now();
        let mut unit = self.registry.office.begin().await?;
        let webhook = held(&mut *unit, member, id).await?;
        let event = happened(EventKind::WebhookDeleted, id, at);
        unit.events().append(member, &[event]).await?;
        unit.webhooks().remove(&webhook).await?;
        keep(&mut *unit, member, receipt, &webhook, at).await?;
        unit.commit().await?;
        Ok(webhook)
    }
}
