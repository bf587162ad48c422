use std::collections::{BTreeMap, BTreeSet};
use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use castad_domain::{
    model::{EventSeq, MemberId, Webhook, WebhookDelivery, WebhookId, WebhookParts},
    port::{Page, Store, StoreError, WebhookBook, WebhookQueue, WebhookReader, WebhookView},
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Broken, Fault, Unit};

/// What is noted beside the webhooks, for the faults.
#[derive(Default)]
pub(super) struct Beside {
    owners: Mutex<BTreeMap<WebhookId, MemberId>>,
    in_hand: Mutex<BTreeSet<WebhookId>>,
    missed: AtomicBool,
}

impl Broken {
    /// Whose a webhook is, for a reader that does not ask who wants to know.
    fn owner_of(&self, of: MemberId, id: WebhookId) -> MemberId {
        let owners = self.beside.owners.lock().expect("nobody panics with it");
        let known = owners.get(&id).filter(|_| self.fault == Fault::ForgetsOwners);
        known.copied().unwrap_or(of)
    }

    async fn kept(&self, webhook: &Webhook) -> Result<Webhook, StoreError> {
        let WebhookParts { id, member, .. } = *webhook.parts();
        let kept = self.inner.webhook(member, id).await?;
        let version = kept.map_or(0, |view| view.webhook.parts().version);
        let parts = WebhookParts { version, ..webhook.parts().clone() };
        Ok(Webhook::restore(parts, webhook.secrets().clone()))
    }
}

#[async_trait]
impl WebhookBook for Unit {
    async fn listen(&mut self, member: MemberId) -> Result<EventSeq, StoreError> {
        if self.store.fault != Fault::ListensBeside {
            return self.inner.webhooks().listen(member).await;
        }
        let mut unit = self.store.inner.begin().await?;
        let last = unit.webhooks().listen(member).await?;
        unit.commit().await?;
        Ok(last)
    }

    async fn count(&mut self, member: MemberId) -> Result<u64, StoreError> {
        self.inner.webhooks().count(member).await
    }

    async fn insert(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let WebhookParts { id, member, .. } = *webhook.parts();
        self.store.beside.owners.lock().expect("nobody panics with it").insert(id, member);
        self.inner.webhooks().insert(webhook).await
    }

    async fn hold(
        &mut self,
        member: MemberId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError> {
        self.inner.webhooks().hold(member, id).await
    }

    async fn update(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let mut webhook = webhook.clone();
        if self.store.fault == Fault::IgnoresVersions {
            webhook = self.store.kept(&webhook).await?;
        }
        self.inner.webhooks().update(&webhook).await
    }

    async fn remove(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        self.inner.webhooks().remove(webhook).await
    }

    async fn note(&mut self, delivery: &WebhookDelivery) -> Result<(), StoreError> {
        self.inner.webhooks().note(delivery).await
    }

    async fn forget_deliveries(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let limit = if self.store.fault == Fault::ForgetsPages { u32::MAX } else { limit };
        self.inner.webhooks().forget_deliveries(before, limit).await
    }
}

#[async_trait]
impl WebhookReader for Broken {
    async fn webhooks(&self, of: MemberId, page: Page) -> Result<Vec<WebhookView>, StoreError> {
        self.inner.webhooks(of, self.page(page)).await
    }

    async fn webhook(
        &self,
        of: MemberId,
        id: WebhookId,
    ) -> Result<Option<WebhookView>, StoreError> {
        self.inner.webhook(self.owner_of(of, id), id).await
    }

    async fn deliveries(
        &self,
        of: WebhookId,
        page: Page,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        self.inner.deliveries(of, self.page(page)).await
    }
}

impl Broken {
    fn page(&self, page: Page) -> Page {
        let after = page.after.filter(|_| self.fault != Fault::ForgetsPages);
        Page { after, ..page }
    }
}

#[async_trait]
impl WebhookQueue for Broken {
    async fn hear(&self, limit: u32) -> Result<u64, StoreError> {
        let busy = !self.beside.in_hand.lock().expect("nobody panics with it").is_empty();
        self.beside.missed.fetch_or(busy, Ordering::SeqCst);
        self.inner.hear(limit).await
    }

    async fn next_webhook(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.fault == Fault::HearsTheIdle && self.beside.missed.load(Ordering::SeqCst) {
            return Ok(None);
        }
        self.inner.next_webhook().await
    }

    async fn claim_webhook(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Webhook>, StoreError> {
        let early = self.fault == Fault::IgnoresLeases;
        let now = if early { now + TimeDelta::days(1) } else { now };
        let claimed = self.inner.claim_webhook(now, lease_until).await?;
        let mut in_hand = self.beside.in_hand.lock().expect("nobody panics with it");
        in_hand.extend(claimed.as_ref().map(|webhook| webhook.parts().id));
        Ok(claimed)
    }

    async fn let_go(&self, webhook: &Webhook) -> Result<(), StoreError> {
        if self.fault != Fault::IgnoresFences {
            return self.inner.let_go(webhook).await;
        }
        let view = self.inner.webhook(webhook.parts().member, webhook.parts().id).await?;
        match view {
            Some(view) => self.inner.let_go(&view.webhook).await,
            None => Ok(()),
        }
    }
}
