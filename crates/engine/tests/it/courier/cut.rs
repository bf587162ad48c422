//! Ports of a process that stands still for ever at one point.

use std::{
    future::{Future, pending},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use castad_domain::{
    model::{Event, EventSeq, MemberId, ProjectId, Webhook, WebhookFault, WebhookUrl},
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, EventLog, PointsBook, Ports,
        ProductionRepository, ReplyBook, SettingsBook, ShopBook, SlotBook, Store, StoreError,
        UnitOfWork, WebhookAnswer, WebhookBook, WebhookCall, WebhookQueue, WebhookSender,
        WorkOutbox,
    },
};
use chrono::{DateTime, Utc};

/// Whether what is done at the point is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// How many points it is to the one at which the process ends.
#[derive(Clone)]
pub(super) struct Cut {
    left: Arc<AtomicUsize>,
    side: Side,
}

impl Cut {
    pub(super) fn at(point: usize, side: Side) -> Self {
        Self { left: Arc::new(AtomicUsize::new(point)), side }
    }

    pub(super) fn ports(&self, plain: &Ports) -> Ports {
        let cut = self.clone();
        Ports {
            store: Arc::new(Cutting { inner: Arc::clone(&plain.store), cut: cut.clone() }),
            couriers: Arc::new(Cutting { inner: Arc::clone(&plain.couriers), cut: cut.clone() }),
            sender: Arc::new(Cutting { inner: Arc::clone(&plain.sender), cut }),
            ..plain.clone()
        }
    }

    async fn pass<T>(&self, call: impl Future<Output = T> + Send) -> T {
        let here = self.left.fetch_sub(1, Ordering::SeqCst) == 1;
        if here && self.side == Side::Before {
            return pending().await;
        }
        let end = call.await;
        if here {
            return pending().await;
        }
        end
    }
}

struct Cutting<P: ?Sized> {
    inner: Arc<P>,
    cut: Cut,
}

struct Unit {
    inner: Box<dyn UnitOfWork>,
    cut: Cut,
}

#[async_trait]
impl Store for Cutting<dyn Store> {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = self.cut.pass(self.inner.begin()).await?;
        Ok(Box::new(Unit { inner, cut: self.cut.clone() }))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self.inner.productions()
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self.inner.events()
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self.inner.work()
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self.inner.replies()
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self.inner.access()
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self.inner.points()
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self.inner.coupons()
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self.inner.shop()
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self.inner.slots()
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self.inner.settings()
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self.inner.webhooks()
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self.inner.actions()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.cut.pass(self.inner.commit()).await
    }
}

#[async_trait]
impl WebhookQueue for Cutting<dyn WebhookQueue> {
    async fn hear(&self, limit: u32) -> Result<u64, StoreError> {
        self.cut.pass(self.inner.hear(limit)).await
    }

    async fn next_webhook(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.cut.pass(self.inner.next_webhook()).await
    }

    async fn claim_webhook(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Webhook>, StoreError> {
        self.cut.pass(self.inner.claim_webhook(now, lease_until)).await
    }

    async fn let_go(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.cut.pass(self.inner.let_go(webhook)).await
    }
}

#[async_trait]
impl WebhookSender for Cutting<dyn WebhookSender> {
    fn allows(&self, url: &WebhookUrl) -> bool {
        self.inner.allows(url)
    }

    async fn send(&self, call: &WebhookCall) -> Result<WebhookAnswer, WebhookFault> {
        self.cut.pass(self.inner.send(call)).await
    }
}

/// A log that tells nobody when something is appended, as in another process.
pub(super) struct Deaf(pub(super) Arc<dyn EventLog>);

#[async_trait]
impl EventLog for Deaf {
    async fn events(
        &self,
        of: MemberId,
        project: Option<ProjectId>,
        after: EventSeq,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.events(of, project, after, limit).await
    }

    async fn heads(&self, of: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError> {
        self.0.heads(of).await
    }

    async fn appended(&self) {
        pending::<()>().await;
    }
}
