use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Page, StoreError};
use crate::model::{
    EventSeq, MemberId, Webhook, WebhookDelivery, WebhookFault, WebhookId, WebhookSecret,
    WebhookUrl,
};

/// Webhooks, as a transaction sees them.
#[async_trait]
pub trait WebhookBook: Send {
    /// Where a member's log ends; it ends there until the unit does. From then on couriers hear what
    /// is appended to it.
    ///
    /// # Contract
    ///
    /// * Of two units that listen to one log the second waits for the first, or does not commit.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn listen(&mut self, member: MemberId) -> Result<EventSeq, StoreError>;

    /// How many webhooks a member has.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn count(&mut self, member: MemberId) -> Result<u64, StoreError>;

    /// Adds a webhook.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the id is taken.
    async fn insert(&mut self, webhook: &Webhook) -> Result<(), StoreError>;

    /// A webhook of the member's, which nobody else changes until the unit ends; `None` if the member
    /// has no such one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn hold(
        &mut self,
        member: MemberId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError>;

    /// Writes a webhook, if nobody else wrote or claimed it since it was read.
    ///
    /// # Contract
    ///
    /// * Of two writers that read the same version one wins, the other gets a conflict: a courier whose
    ///   webhook was changed or claimed by somebody else writes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else did.
    async fn update(&mut self, webhook: &Webhook) -> Result<(), StoreError>;

    /// Removes a webhook, if nobody else wrote or claimed it since it was read.
    ///
    /// # Contract
    ///
    /// * With a member's last webhook couriers stop hearing of the member's log.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else did.
    async fn remove(&mut self, webhook: &Webhook) -> Result<(), StoreError>;

    /// Adds a line to the log of deliveries.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn note(&mut self, delivery: &WebhookDelivery) -> Result<(), StoreError>;

    /// Forgets up to `limit` lines from before then, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn forget_deliveries(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError>;
}

/// A webhook, and where the log ends that it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookView {
    /// The webhook.
    pub webhook: Webhook,
    /// The last event of its member's log.
    pub last: EventSeq,
}

/// Webhooks as they stand.
#[async_trait]
pub trait WebhookReader: Send + Sync {
    /// The member's webhooks, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn webhooks(&self, of: MemberId, page: Page) -> Result<Vec<WebhookView>, StoreError>;

    /// One of them; `None` if the member has no such one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn webhook(&self, of: MemberId, id: WebhookId)
    -> Result<Option<WebhookView>, StoreError>;

    /// What was delivered to a webhook or tried, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn deliveries(
        &self,
        of: WebhookId,
        page: Page,
    ) -> Result<Vec<WebhookDelivery>, StoreError>;
}

/// Webhooks, as couriers see them.
#[async_trait]
pub trait WebhookQueue: Send + Sync {
    /// Has the webhooks wait to be told what their members' logs have since they were heard last, of so
    /// many members, and says of how many.
    ///
    /// # Contract
    ///
    /// * It costs as much as is heard, however many members and webhooks there are.
    /// * What is not committed is not heard.
    /// * Whoever else hears, claims or writes meanwhile: nothing that was appended is left out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn hear(&self, limit: u32) -> Result<u64, StoreError>;

    /// When the next webhook that has something to be told may be claimed; `None` if none has.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn next_webhook(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Takes the webhook that has waited longest of those that have something to be told; `None` if
    /// none is due.
    ///
    /// # Contract
    ///
    /// * A webhook is in one courier's hands at a time: in another's only after its lease has ended.
    /// * Every claim raises the version, so that who had it before writes nothing more.
    /// * One that is disabled or waits to be tried again is not due.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn claim_webhook(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Webhook>, StoreError>;

    /// Ends a lease, whoever wrote meanwhile; it is fine if it has ended and another courier has it.
    ///
    /// # Contract
    ///
    /// * The lease of another courier stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn let_go(&self, webhook: &Webhook) -> Result<(), StoreError>;
}

/// A call that is to be made.
#[derive(Clone)]
pub struct WebhookCall {
    /// Where.
    pub url: WebhookUrl,
    /// What it is called, each time that it is made.
    pub id: String,
    /// The time that is signed.
    pub at: DateTime<Utc>,
    /// What is told.
    pub body: Bytes,
    /// What it is signed with: a signature for each.
    pub secrets: Vec<WebhookSecret>,
    /// What led to it, as a `traceparent` of W3C has it; it is told with the rest.
    pub trace: Option<String>,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The status.
    pub status: u16,
    /// How long they want to be left alone, where they say so together with 429 or 503.
    pub wait: Option<TimeDelta>,
}

/// Makes calls to addresses that members named, signed as Standard Webhooks describes.
///
/// It never connects to an address that it did not check, whatever a name leads to, and follows
/// nobody who leads on to another.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Whether such an address may be called, as far as that can be said without looking a name up.
    fn allows(&self, url: &WebhookUrl) -> bool;

    /// Makes a call; an answer is an answer whatever its status.
    ///
    /// # Errors
    ///
    /// [`WebhookFault`] says why there was none.
    async fn send(&self, call: &WebhookCall) -> Result<WebhookAnswer, WebhookFault>;
}
