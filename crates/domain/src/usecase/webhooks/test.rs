use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::{BooksError, MemberId, Ports, WebhookError, WebhookId, WebhookRefusal};
use crate::{
    model::{DeliveryId, WebhookOutcome},
    port::{Clock, IdSource, WebhookCall, WebhookReader, WebhookSender},
};

/// What came of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tested {
    /// What came of the call.
    pub outcome: WebhookOutcome,
    /// How long it took.
    pub duration: TimeDelta,
}

/// Calls a webhook once, now, with something that did not happen. Nothing of it is written down.
#[derive(Clone)]
pub struct TestWebhook {
    webhooks: Arc<dyn WebhookReader>,
    sender: Arc<dyn WebhookSender>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl TestWebhook {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            webhooks: Arc::clone(&ports.webhooks),
            sender: Arc::clone(&ports.sender),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// What came of it; `body` renders what is told at that time.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] if the member has no such webhook.
    pub async fn run(
        &self,
        (member, id): (MemberId, WebhookId),
        body: &(dyn Fn(DateTime<Utc>) -> Bytes + Send + Sync),
    ) -> Result<Tested, WebhookError> {
        let found = self.webhooks.webhook(member, id).await?;
        let webhook = found.ok_or(BooksError::Refused(WebhookRefusal::NoWebhook))?.webhook;
        let at = self.clock.now();
        let call = WebhookCall {
            url: webhook.parts().terms.url.clone(),
            id: format!("{}_{id}", DeliveryId::from_bits(self.ids.next())),
            at,
            body: body(at),
            secrets: webhook.secrets().at(at),
            trace: None,
        };
        let answered = self.sender.send(&call).await;
        let outcome = match answered {
            Ok(answer) => WebhookOutcome::Answered(answer.status),
            Err(fault) => WebhookOutcome::Failed(fault),
        };
        Ok(Tested { outcome, duration: self.clock.now() - at })
    }
}
