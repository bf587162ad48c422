//! One transaction, with a point at its commit, and what is wrong where a guard was taken out.

use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::make;
use castad_domain::{
    model::{
        AttemptToken, Backlog, BacklogLimits, Claim, EntryKind, JobEntry, JobId, Lane, Lot, LotId,
        MemberId, OrderNumber, Outlook, PointAccount, Production, ProjectId, Purchase, Stage, Task,
        TaskKind, Totals, Usage, UsageId, Work,
    },
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, PointsBook, ProductionRepository, ReplyBook,
        SettingsBook, ShopBook, SlotBook, Store, StoreError, UnitOfWork, WebhookBook, WorkOutbox,
    },
};
use chrono::{DateTime, Utc};

use super::{
    faults::Faults,
    ports::{Flaw, no_store},
};

pub(super) struct Unit {
    inner: Box<dyn UnitOfWork>,
    store: Arc<dyn Store>,
    faults: Arc<Faults>,
    flaw: Flaw,
    /// What is written over whatever is there by the time of the commit.
    blind: Vec<Production>,
}

impl Unit {
    pub(super) fn new(
        inner: Box<dyn UnitOfWork>,
        store: Arc<dyn Store>,
        faults: Arc<Faults>,
        flaw: Flaw,
    ) -> Self {
        Self { inner, store, faults, flaw, blind: Vec::new() }
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        if self.flaw == Flaw::NoVersion { self } else { self.inner.productions() }
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self.inner.events()
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        if self.flaw == Flaw::NoFence { self } else { self.inner.work() }
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self.inner.replies()
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self.inner.access()
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        if self.flaw == Flaw::GivesBackAgain { self } else { self.inner.points() }
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
        let Self { inner, store, faults, blind, .. } = *self;
        let commit = async {
            inner.commit().await?;
            for production in blind {
                write_over(&*store, &production).await?;
            }
            Ok(())
        };
        faults.pass("store.commit", commit, no_store).await
    }
}

/// Without the fence: a claim that is lost is as good as one that holds.
#[async_trait]
impl WorkOutbox for Unit {
    async fn push(&mut self, work: &[Work]) -> Result<(), StoreError> {
        self.inner.work().push(work).await
    }

    async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError> {
        self.inner.work().hurry(task, due).await
    }

    async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError> {
        drop(self.inner.work().finish(claim).await);
        Ok(())
    }

    async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError> {
        drop(self.inner.work().hold(claim).await);
        Ok(())
    }

    async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        self.inner.work().job(id).await
    }

    async fn backlog(
        &mut self,
        member: MemberId,
        limits: BacklogLimits,
    ) -> Result<Backlog, StoreError> {
        self.inner.work().backlog(member, limits).await
    }

    async fn outlook(&mut self, lane: Lane, due: DateTime<Utc>) -> Result<Outlook, StoreError> {
        self.inner.work().outlook(lane, due).await
    }

    async fn pause(&mut self, lane: Lane, reason: &str) -> Result<(), StoreError> {
        self.inner.work().pause(lane, reason).await
    }

    async fn resume(&mut self, lane: Lane) -> Result<(), StoreError> {
        self.inner.work().resume(lane).await
    }

    async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError> {
        self.inner.work().replay(id, due).await
    }

    async fn replay_all(
        &mut self,
        kind: Option<TaskKind>,
        due: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        self.inner.work().replay_all(kind, due).await
    }
}

/// Without the version: whatever somebody else wrote meanwhile is gone.
async fn write_over(store: &dyn Store, production: &Production) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    let kept = unit.productions().find(production.project().id()).await?;
    let version = kept.map_or(0, |kept| kept.project().version());
    unit.productions().update(&make::at_version(production, version)).await?;
    unit.commit().await
}

#[async_trait]
impl ProductionRepository for Unit {
    async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError> {
        self.inner.productions().find(id).await
    }

    async fn of_attempt(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
    ) -> Result<Option<ProjectId>, StoreError> {
        self.inner.productions().of_attempt(stage, attempt).await
    }

    async fn of_purchase(&mut self, purchase: Purchase) -> Result<Option<ProjectId>, StoreError> {
        self.inner.productions().of_purchase(purchase).await
    }

    async fn insert(&mut self, production: &Production) -> Result<(), StoreError> {
        self.inner.productions().insert(production).await
    }

    async fn update(&mut self, production: &Production) -> Result<(), StoreError> {
        self.blind.push(production.clone());
        Ok(())
    }
}

/// Where what came back is noted nowhere and lasts whatever becomes of the unit, a step that is
/// taken again gives back again.
#[async_trait]
impl PointsBook for Unit {
    async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError> {
        let mut unit = self.store.begin().await?;
        let held = unit.points().hold(member).await?;
        unit.commit().await?;
        Ok(held)
    }

    async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError> {
        self.inner.points().lot(of, id).await
    }

    async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError> {
        self.inner.points().lots_of(usage).await
    }

    async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError> {
        self.inner.points().usage(of, id).await
    }

    async fn usage_of(
        &mut self,
        of: MemberId,
        order: &OrderNumber,
    ) -> Result<Option<Usage>, StoreError> {
        let usage = self.inner.points().usage_of(of, order).await?;
        Ok(usage.map(|mut usage| {
            usage.canceled = 0;
            usage.details.iter_mut().for_each(|detail| detail.canceled = 0);
            usage
        }))
    }

    async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError> {
        let entries = &account.changes().entries;
        if !entries.iter().any(|entry| entry.kind == EntryKind::UseCanceled) {
            return self.inner.points().write(account).await;
        }
        let mut unit = self.store.begin().await?;
        unit.points().write(account).await?;
        unit.commit().await
    }

    async fn audit(&mut self, of: MemberId) -> Result<(Totals, Option<Totals>), StoreError> {
        self.inner.points().audit(of).await
    }

    async fn note_told(
        &mut self,
        of: MemberId,
        within: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<u64, StoreError> {
        self.inner.points().note_told(of, within).await
    }

    async fn correct(&mut self, account: &PointAccount, totals: Totals) -> Result<(), StoreError> {
        self.inner.points().correct(account, totals).await
    }
}
