use super::{
    MemberId, Ports, Receipt, Registry, Webhook, WebhookError, WebhookId, WebhookSecret, again,
};

/// Gives a webhook another secret; the one before signs beside it for a day.
#[derive(Clone)]
pub struct RotateSecret {
    registry: Registry,
}

impl RotateSecret {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { registry: Registry::new(ports) }
    }

    /// The webhook, which signs with `secret`.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] when it does not.
    pub async fn run(
        &self,
        of: (MemberId, WebhookId),
        secret: &WebhookSecret,
        receipt: Option<Receipt<'_, Webhook>>,
    ) -> Result<Webhook, WebhookError> {
        let now = self.registry.office.now();
        let decide = |webhook: &Webhook| Ok(webhook.rotated(secret.clone(), now));
        again(|| self.registry.decide(of, receipt.as_ref(), decide)).await
    }
}
