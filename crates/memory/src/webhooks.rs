use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{DeliveryId, EventSeq, MemberId, Webhook, WebhookDelivery, WebhookId},
    port::{
        MAX_PAGE, Page, StoreError, StoreErrorKind, WebhookBook, WebhookQueue, WebhookReader,
        WebhookView,
    },
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, tables::Tables, unit::MemoryUnit};

/// Webhooks, what they have heard of, and what was delivered.
#[derive(Clone, Default)]
pub(crate) struct Webhooks {
    rows: BTreeMap<WebhookId, Arc<Row>>,
    /// Up to where each log that is listened to was heard.
    heard: BTreeMap<MemberId, EventSeq>,
    deliveries: BTreeMap<DeliveryId, Arc<WebhookDelivery>>,
}

#[derive(Clone)]
struct Row {
    webhook: Webhook,
    heard: EventSeq,
}

impl Row {
    /// When it may be claimed; `None` if it has nothing to be told.
    fn ready_at(&self) -> Option<DateTime<Utc>> {
        let parts = self.webhook.parts();
        let waits = !self.webhook.is_disabled() && self.heard > parts.told;
        waits.then(|| parts.lease_until.map_or(parts.due, |lease| lease.max(parts.due)))
    }
}

impl Webhooks {
    fn of(&self, member: MemberId) -> impl DoubleEndedIterator<Item = &Arc<Row>> {
        self.rows.values().filter(move |row| row.webhook.parts().member == member)
    }

    /// The row, if nobody wrote it since it was read.
    fn read(&mut self, webhook: &Webhook) -> Result<&mut Row, StoreError> {
        let read = webhook.parts();
        let row = self.rows.get_mut(&read.id).ok_or(StoreErrorKind::Conflict)?;
        if row.webhook.parts().version != read.version {
            return Err(StoreErrorKind::Conflict.into());
        }
        Ok(Arc::make_mut(row))
    }
}

impl Tables {
    fn last(&self, member: MemberId) -> EventSeq {
        let log = self.log.get(&member);
        log.and_then(|log| log.last()).map_or(EventSeq::default(), |last| last.seq)
    }

    fn told_so_far(&self, webhook: &Webhook) -> WebhookView {
        WebhookView { webhook: webhook.clone(), last: self.last(webhook.parts().member) }
    }
}

#[async_trait]
impl WebhookBook for MemoryUnit {
    async fn listen(&mut self, member: MemberId) -> Result<EventSeq, StoreError> {
        let last = self.own().last(member);
        self.step(move |tables| {
            if tables.last(member) != last {
                return Err(StoreErrorKind::Conflict.into());
            }
            tables.webhooks.heard.entry(member).or_insert(last);
            Ok(())
        })?;
        Ok(last)
    }

    async fn count(&mut self, member: MemberId) -> Result<u64, StoreError> {
        Ok(self.own().webhooks.of(member).count() as u64)
    }

    async fn insert(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let webhook = webhook.clone();
        self.step(move |tables| {
            let (id, heard) = (webhook.parts().id, webhook.parts().told);
            if tables.webhooks.rows.contains_key(&id) {
                return Err(StoreErrorKind::Duplicate.into());
            }
            let row = Row { webhook: webhook.clone(), heard };
            tables.webhooks.rows.insert(id, Arc::new(row));
            Ok(())
        })
    }

    async fn hold(
        &mut self,
        member: MemberId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError> {
        let found =
            self.guard(move |tables| tables.webhooks.rows.get(&id).map(|row| row.webhook.clone()));
        Ok(found.filter(|webhook| webhook.parts().member == member))
    }

    async fn update(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let webhook = webhook.clone();
        self.step(move |tables| {
            tables.webhooks.read(&webhook)?.webhook = webhook.clone().written();
            Ok(())
        })
    }

    async fn remove(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let webhook = webhook.clone();
        self.step(move |tables| {
            tables.webhooks.read(&webhook)?;
            tables.webhooks.rows.remove(&webhook.parts().id);
            let member = webhook.parts().member;
            if tables.webhooks.of(member).next().is_none() {
                tables.webhooks.heard.remove(&member);
            }
            Ok(())
        })
    }

    async fn note(&mut self, delivery: &WebhookDelivery) -> Result<(), StoreError> {
        let delivery = Arc::new(delivery.clone());
        self.step(move |tables| {
            tables.webhooks.deliveries.insert(delivery.id, Arc::clone(&delivery));
            Ok(())
        })
    }

    async fn forget_deliveries(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let old = self.own().webhooks.deliveries.values().filter(|line| line.at < before);
        let old: Vec<_> = old.take(limit as usize).map(|line| line.id).collect();
        let count = old.len() as u64;
        self.step(move |tables| {
            tables.webhooks.deliveries.retain(|id, _| !old.contains(id));
            Ok(())
        })?;
        Ok(count)
    }
}

#[async_trait]
impl WebhookReader for MemoryStore {
    async fn webhooks(&self, of: MemberId, page: Page) -> Result<Vec<WebhookView>, StoreError> {
        let tables = self.snapshot();
        let behind = |row: &&Arc<Row>| {
            page.after.is_none_or(|after| row.webhook.parts().id.to_bits() < after)
        };
        let rows = tables.webhooks.of(of).rev().filter(behind);
        let rows = rows.take(page.limit.min(MAX_PAGE) as usize);
        Ok(rows.map(|row| tables.told_so_far(&row.webhook)).collect())
    }

    async fn webhook(
        &self,
        of: MemberId,
        id: WebhookId,
    ) -> Result<Option<WebhookView>, StoreError> {
        let tables = self.snapshot();
        let found = tables.webhooks.rows.get(&id).map(|row| &row.webhook);
        Ok(found
            .filter(|webhook| webhook.parts().member == of)
            .map(|found| tables.told_so_far(found)))
    }

    async fn deliveries(
        &self,
        of: WebhookId,
        page: Page,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        let tables = self.snapshot();
        let such = |line: &&Arc<WebhookDelivery>| {
            line.webhook == of && page.after.is_none_or(|after| line.id.to_bits() < after)
        };
        let lines = tables.webhooks.deliveries.values().rev().filter(such);
        let lines = lines.take(page.limit.min(MAX_PAGE) as usize);
        Ok(lines.map(|line| WebhookDelivery::clone(line)).collect())
    }
}

#[async_trait]
impl WebhookQueue for MemoryStore {
    async fn hear(&self, limit: u32) -> Result<u64, StoreError> {
        self.change(|tables| {
            let listened = tables.webhooks.heard.iter();
            let grown = listened.map(|(member, heard)| (*member, *heard, tables.last(*member)));
            let grown = grown.filter(|(_, heard, last)| heard < last).take(limit as usize);
            let grown: Vec<_> = grown.collect();
            for (member, _, last) in &grown {
                tables.webhooks.heard.insert(*member, *last);
                let rows = tables.webhooks.rows.values_mut();
                for row in rows.filter(|row| row.webhook.parts().member == *member) {
                    Arc::make_mut(row).heard = *last;
                }
            }
            Ok(grown.len() as u64)
        })
    }

    async fn next_webhook(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.snapshot().webhooks.rows.values().filter_map(|row| row.ready_at()).min())
    }

    async fn claim_webhook(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Webhook>, StoreError> {
        self.change(|tables| {
            let rows = tables.webhooks.rows.values_mut();
            let due = rows.filter_map(|row| Some((row.ready_at()?, row)));
            let first = due.filter(|(at, _)| *at <= now).min_by_key(|(at, _)| *at);
            Ok(first.map(|(_, row)| {
                let row = Arc::make_mut(row);
                row.webhook = row.webhook.claimed(lease_until).written();
                row.webhook.clone()
            }))
        })
    }

    async fn let_go(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let parts = webhook.parts();
        self.change(|tables| {
            if let Some(row) = tables.webhooks.rows.get_mut(&parts.id)
                && row.webhook.parts().lease_until == parts.lease_until
            {
                let row = Arc::make_mut(row);
                let due = row.webhook.parts().due;
                row.webhook = row.webhook.released(due);
            }
            Ok(())
        })
    }
}
