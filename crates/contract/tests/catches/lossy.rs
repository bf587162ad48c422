use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Database, Writers};
use castad_domain::{
    model::{
        Campaign, CampaignId, Coupon, CouponId, CouponLine, CouponRequest, CouponState, Lot, LotId,
        MemberId, OrderNumber, PointAccount, Totals, Usage, UsageId,
    },
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, LineBook, PointsBook, ProductionRepository,
        ReplyBook, SettingsBook, ShopBook, SlotBook, Store, StoreError, UnitOfWork, WebhookBook,
        WorkOutbox,
    },
};
use castad_memory::MemoryStore;
use chrono::{DateTime, Utc};

/// What a store loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    None,
    /// What came back of a use: it comes back again.
    Returns,
    /// That a coupon came back from an order that ended.
    Coupons,
}

/// A database that loses one thing.
pub(crate) fn lossy(loss: Loss) -> Database {
    let memory = MemoryStore::new();
    let mut db = Database::of(memory.clone(), Writers::Many);
    db.store = Arc::new(Lossy { inner: memory, loss });
    db
}

struct Lossy {
    inner: MemoryStore,
    loss: Loss,
}

struct Unit {
    inner: Box<dyn UnitOfWork>,
    loss: Loss,
}

impl Unit {
    fn read(&self, usage: Option<Usage>) -> Option<Usage> {
        let mut usage = usage?;
        if self.loss == Loss::Returns {
            usage.canceled = 0;
            usage.details.iter_mut().for_each(|part| part.canceled = 0);
        }
        Some(usage)
    }
}

#[async_trait]
impl Store for Lossy {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(Unit { inner: self.inner.begin().await?, loss: self.loss }))
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
        self
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self
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
        self.inner.commit().await
    }
}

#[async_trait]
impl PointsBook for Unit {
    async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError> {
        self.inner.points().hold(member).await
    }

    async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError> {
        self.inner.points().lot(of, id).await
    }

    async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError> {
        self.inner.points().lots_of(usage).await
    }

    async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError> {
        let usage = self.inner.points().usage(of, id).await?;
        Ok(self.read(usage))
    }

    async fn usage_of(
        &mut self,
        of: MemberId,
        order: &OrderNumber,
    ) -> Result<Option<Usage>, StoreError> {
        let usage = self.inner.points().usage_of(of, order).await?;
        Ok(self.read(usage))
    }

    async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError> {
        self.inner.points().write(account).await
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

#[async_trait]
impl CouponBook for Unit {
    async fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        self.inner.coupons().insert_campaign(campaign).await
    }

    async fn hold_campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        self.inner.coupons().hold_campaign(id).await
    }

    async fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        self.inner.coupons().update_campaign(campaign).await
    }

    async fn has_had_one(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<bool, StoreError> {
        self.inner.coupons().has_had_one(campaign, member).await
    }

    async fn coupon(&mut self, id: CouponId) -> Result<Option<Coupon>, StoreError> {
        self.inner.coupons().coupon(id).await
    }

    async fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        self.inner.coupons().insert_coupon(coupon).await
    }

    async fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        if self.loss == Loss::Coupons && coupon.parts().state == CouponState::Issued {
            return Ok(());
        }
        self.inner.coupons().update_coupon(coupon).await
    }
}

#[async_trait]
impl LineBook for Unit {
    async fn line(&mut self, campaign: CampaignId) -> Result<Option<CouponLine>, StoreError> {
        self.inner.coupons().line(campaign).await
    }

    async fn waiting_request(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<Option<CouponRequest>, StoreError> {
        self.inner.coupons().waiting_request(campaign, member).await
    }

    async fn take_place(
        &mut self,
        request: &CouponRequest,
        line: &CouponLine,
    ) -> Result<(), StoreError> {
        self.inner.coupons().take_place(request, line).await
    }

    async fn call_line(&mut self, campaign: CampaignId, called: bool) -> Result<(), StoreError> {
        self.inner.coupons().call_line(campaign, called).await
    }

    async fn next_in_line(
        &mut self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<CouponRequest>, StoreError> {
        self.inner.coupons().next_in_line(campaign, limit).await
    }

    async fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError> {
        self.inner.coupons().decide(request).await
    }

    async fn forget_requests(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.inner.coupons().forget_requests(before, limit).await
    }
}
