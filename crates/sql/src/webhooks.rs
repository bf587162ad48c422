use async_trait::async_trait;
use castad_domain::{
    model::{EventSeq, MemberId, Webhook, WebhookDelivery, WebhookId},
    port::{MAX_PAGE, Page, StoreError, WebhookBook, WebhookQueue, WebhookReader, WebhookView},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    dialect,
    fault::{corrupt, one_row, store_error, whole},
    row::{DeliveryRow, OutcomeWrite, WebhookRow, WebhookWrite, bits, webhook_columns},
    store::{Sql, Unit},
};

texts! {
    /// From then on those who look for logs that grew find this one.
    LISTEN = "UPDATE event_heads SET heard = seq WHERE member_id = ? AND heard IS NULL";
    DEAFEN =
        "UPDATE event_heads SET heard = NULL WHERE member_id = ? \
         AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.member_id = ?)";
    COUNT = "SELECT COUNT(*) AS webhooks FROM webhooks WHERE member_id = ?";
    INSERT =
        "INSERT INTO webhooks (id, member_id, url, events, note, state, changed_at, reason, attempts, \
         told, heard, due, lease_until, secret, old_secret, old_secret_until, created_at, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE =
        "UPDATE webhooks SET url = ?, events = ?, note = ?, state = ?, changed_at = ?, reason = ?, \
         attempts = ?, told = ?, due = ?, lease_until = ?, secret = ?, old_secret = ?, \
         old_secret_until = ?, version = version + 1 WHERE id = ? AND version = ?";
    REMOVE = "DELETE FROM webhooks WHERE id = ? AND version = ?";
    NOTE =
        "INSERT INTO webhook_deliveries (webhook_id, id, seq, attempt, at, status, fault, duration_ms) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    FORGETTABLE = "SELECT webhook_id, id FROM webhook_deliveries WHERE at < ? ORDER BY at LIMIT ?";
    FORGET = "DELETE FROM webhook_deliveries WHERE webhook_id = ? AND id = ?";
    WEBHOOKS = concat!(
        "SELECT ", webhook_columns!(), ", h.seq AS last FROM webhooks w \
         JOIN event_heads h ON h.member_id = w.member_id \
         WHERE w.member_id = ? AND w.id < ? ORDER BY w.id DESC LIMIT ?"
    );
    WEBHOOK = concat!(
        "SELECT ", webhook_columns!(), ", h.seq AS last FROM webhooks w \
         JOIN event_heads h ON h.member_id = w.member_id WHERE w.id = ? AND w.member_id = ?"
    );
    DELIVERIES =
        "SELECT webhook_id, id, seq, attempt, at, status, fault, duration_ms \
         FROM webhook_deliveries WHERE webhook_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
    /// Members whose logs grew since their webhooks heard of it last.
    GROWN =
        "SELECT h.member_id, h.seq FROM event_heads h WHERE h.unheard = 1 \
         ORDER BY h.member_id LIMIT ?";
    /// It names all of the member's, whatever they are at: one that a courier has in hand hears it too.
    HEAR = "UPDATE webhooks SET heard = ? WHERE member_id = ? AND heard < ?";
    HEARD = "UPDATE event_heads SET heard = ? WHERE member_id = ? AND heard < ?";
    NEXT =
        "SELECT ready_at FROM webhooks WHERE ready_at IS NOT NULL ORDER BY ready_at LIMIT 1";
    LET_GO = "UPDATE webhooks SET lease_until = NULL WHERE id = ? AND lease_until = ?";
}

#[derive(sqlx::FromRow)]
struct CountRow {
    webhooks: i64,
}

#[derive(sqlx::FromRow)]
struct GrownRow {
    member_id: Uuid,
    seq: i64,
}

#[derive(sqlx::FromRow)]
struct NextRow {
    ready_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    webhook_id: Uuid,
    id: Uuid,
}

#[derive(sqlx::FromRow)]
struct ViewRow {
    #[sqlx(flatten)]
    webhook: WebhookRow,
    last: i64,
}

impl ViewRow {
    fn view(self) -> Result<WebhookView, StoreError> {
        Ok(WebhookView { webhook: self.webhook.webhook()?, last: EventSeq(self.last) })
    }
}

#[async_trait]
impl WebhookBook for Unit {
    async fn listen(&mut self, member: MemberId) -> Result<EventSeq, StoreError> {
        let member = bits(member.to_bits());
        // Raised by nothing, the number is held until the unit ends.
        let last = dialect::raise(self.link(), member, 0).await.map_err(store_error)?;
        execute!(self.link(), LISTEN, member)?;
        Ok(EventSeq(last))
    }

    async fn count(&mut self, member: MemberId) -> Result<u64, StoreError> {
        let found = fetch_optional!(self.link(), CountRow, COUNT, bits(member.to_bits()))?;
        whole("webhooks.id", found.ok_or_else(|| corrupt("webhooks.id"))?.webhooks)
    }

    async fn insert(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let (parts, row) = (webhook.parts(), WebhookWrite::of(webhook));
        execute!(
            self.link(),
            INSERT,
            bits(parts.id.to_bits()),
            bits(parts.member.to_bits()),
            parts.terms.url.as_str(),
            row.events,
            parts.terms.note.as_str(),
            parts.state.name(),
            row.changed_at,
            row.reason,
            row.attempts,
            parts.told.0,
            parts.told.0,
            parts.due,
            parts.lease_until,
            row.secret,
            row.old_secret,
            row.old_secret_until,
            parts.created_at,
            parts.version,
        )?;
        Ok(())
    }

    async fn hold(
        &mut self,
        member: MemberId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError> {
        let (member, id) = (bits(member.to_bits()), bits(id.to_bits()));
        let row = dialect::hold_webhook(self.link(), id, member).await.map_err(store_error)?;
        row.map(WebhookRow::webhook).transpose()
    }

    async fn update(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let (parts, row) = (webhook.parts(), WebhookWrite::of(webhook));
        one_row(execute!(
            self.link(),
            UPDATE,
            parts.terms.url.as_str(),
            row.events,
            parts.terms.note.as_str(),
            parts.state.name(),
            row.changed_at,
            row.reason,
            row.attempts,
            parts.told.0,
            parts.due,
            parts.lease_until,
            row.secret,
            row.old_secret,
            row.old_secret_until,
            bits(parts.id.to_bits()),
            parts.version,
        )?)
    }

    async fn remove(&mut self, webhook: &Webhook) -> Result<(), StoreError> {
        let parts = webhook.parts();
        one_row(execute!(self.link(), REMOVE, bits(parts.id.to_bits()), parts.version)?)?;
        let member = bits(parts.member.to_bits());
        // Held before it is looked for others: nobody adds one meanwhile.
        dialect::raise(self.link(), member, 0).await.map_err(store_error)?;
        execute!(self.link(), DEAFEN, member, member)?;
        Ok(())
    }

    async fn note(&mut self, delivery: &WebhookDelivery) -> Result<(), StoreError> {
        let outcome = OutcomeWrite::of(delivery.outcome);
        execute!(
            self.link(),
            NOTE,
            bits(delivery.webhook.to_bits()),
            bits(delivery.id.to_bits()),
            delivery.event.0,
            i64::from(delivery.attempt),
            delivery.at,
            outcome.status,
            outcome.fault,
            delivery.duration.num_milliseconds(),
        )?;
        Ok(())
    }

    async fn forget_deliveries(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let old = fetch_all!(self.link(), LineRow, FORGETTABLE, before, limit)?;
        let mut forgotten = 0;
        for line in old {
            forgotten += execute!(self.link(), FORGET, line.webhook_id, line.id)?;
        }
        Ok(forgotten)
    }
}

/// The bound that a page begins behind, and its length.
fn bounds(page: Page) -> (Uuid, u32) {
    (page.after.map_or(Uuid::max(), bits), page.limit.min(MAX_PAGE))
}

#[async_trait]
impl WebhookReader for Sql {
    async fn webhooks(&self, of: MemberId, page: Page) -> Result<Vec<WebhookView>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        let rows = fetch_all!(self.reader().await?.link(), ViewRow, WEBHOOKS, of, after, limit)?;
        rows.into_iter().map(ViewRow::view).collect()
    }

    async fn webhook(
        &self,
        of: MemberId,
        id: WebhookId,
    ) -> Result<Option<WebhookView>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let row = fetch_optional!(self.reader().await?.link(), ViewRow, WEBHOOK, id, of)?;
        row.map(ViewRow::view).transpose()
    }

    async fn deliveries(
        &self,
        of: WebhookId,
        page: Page,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        let mut reader = self.reader().await?;
        let rows = fetch_all!(reader.link(), DeliveryRow, DELIVERIES, of, after, limit)?;
        rows.into_iter().map(DeliveryRow::delivery).collect()
    }
}

#[async_trait]
impl WebhookQueue for Sql {
    /// Each webhook first and its log's mark behind it: whoever dies between the two has it done again.
    async fn hear(&self, limit: u32) -> Result<u64, StoreError> {
        let grown = fetch_all!(self.reader().await?.link(), GrownRow, GROWN, limit)?;
        if grown.is_empty() {
            return Ok(0);
        }
        let mut writer = self.writer().await?;
        for GrownRow { member_id, seq } in &grown {
            execute!(writer.link(), HEAR, seq, member_id, seq)?;
            execute!(writer.link(), HEARD, seq, member_id, seq)?;
        }
        Ok(grown.len() as u64)
    }

    async fn next_webhook(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next = fetch_optional!(self.reader().await?.link(), NextRow, NEXT)?;
        Ok(next.and_then(|row| row.ready_at))
    }

    async fn claim_webhook(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Webhook>, StoreError> {
        let mut writer = self.writer().await?;
        let row = dialect::claim_webhook(writer.link(), now, lease_until).await;
        row.map_err(store_error)?.map(WebhookRow::webhook).transpose()
    }

    async fn let_go(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let (id, lease) = (bits(webhook.parts().id.to_bits()), webhook.parts().lease_until);
        let mut writer = self.writer().await?;
        execute!(writer.link(), LET_GO, id, lease)?;
        Ok(())
    }
}
