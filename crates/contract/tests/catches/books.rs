use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Database, Writers};
use castad_domain::{
    model::{
        Campaign, CampaignId, CampaignParts, Coupon, CouponId, CouponLine, CouponParts,
        CouponRequest, MemberId, Order, OrderId, OrderParts, Pack, PackId, PackParts,
    },
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, LineBook, PointsBook, ProductionRepository,
        ReplyBook, SettingsBook, ShopBook, SlotBook, Store, StoreError, StoreErrorKind, UnitOfWork,
        WebhookBook, WorkOutbox,
    },
};
use castad_memory::MemoryStore;
use chrono::{DateTime, TimeDelta, Utc};

/// What is wrong with the books of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BooksFault {
    None,
    OverwritesCampaigns,
    OverwritesCoupons,
    ForgetsWhoHadOne,
    OverwritesPacks,
    OverwritesOrders,
    /// Serves who came last first.
    ServesBackwards,
    /// Gives a place whatever was given meanwhile.
    GivesPlacesTwice,
    /// Lets a member wait as often as they like.
    SharesLines,
    /// Decides a request however often it is asked.
    DecidesTwice,
    /// Forgets requests that may still be asked for.
    ForgetsTheYoung,
    /// Forgets more requests at once than it is asked to.
    ForgetsAll,
}

/// A database whose books have one fault.
pub(crate) fn broken(fault: BooksFault) -> Database {
    let memory = MemoryStore::new();
    let mut db = Database::of(memory.clone(), Writers::Many);
    db.store = Arc::new(Broken { inner: memory, fault });
    db
}

struct Broken {
    inner: MemoryStore,
    fault: BooksFault,
}

#[async_trait]
impl Store for Broken {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let (inner, live) = (self.inner.begin().await?, self.inner.clone());
        Ok(Box::new(Unit { inner, live, fault: self.fault }))
    }
}

struct Unit {
    inner: Box<dyn UnitOfWork>,
    live: MemoryStore,
    fault: BooksFault,
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
        self
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self
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
impl CouponBook for Unit {
    async fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        self.inner.coupons().insert_campaign(campaign).await
    }

    async fn hold_campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        self.inner.coupons().hold_campaign(id).await
    }

    async fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        if self.fault != BooksFault::OverwritesCampaigns {
            return self.inner.coupons().update_campaign(campaign).await;
        }
        let mut unit = self.live.begin().await?;
        let kept = unit.coupons().hold_campaign(campaign.parts().id).await?;
        let version = kept.map_or(0, |kept| kept.parts().version);
        let parts = CampaignParts { version, ..campaign.parts().clone() };
        unit.coupons().update_campaign(&Campaign::restore(parts)).await?;
        unit.commit().await
    }

    async fn has_had_one(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<bool, StoreError> {
        let had = self.inner.coupons().has_had_one(campaign, member).await?;
        Ok(had && self.fault != BooksFault::ForgetsWhoHadOne)
    }

    async fn coupon(&mut self, id: CouponId) -> Result<Option<Coupon>, StoreError> {
        self.inner.coupons().coupon(id).await
    }

    async fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        self.inner.coupons().insert_coupon(coupon).await
    }

    async fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        if self.fault != BooksFault::OverwritesCoupons {
            return self.inner.coupons().update_coupon(coupon).await;
        }
        let mut unit = self.live.begin().await?;
        let kept = unit.coupons().coupon(coupon.parts().id).await?;
        let version = kept.map_or(0, |kept| kept.parts().version);
        let parts = CouponParts { version, ..coupon.parts().clone() };
        unit.coupons().update_coupon(&Coupon::restore(parts)).await?;
        unit.commit().await
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
        if self.fault == BooksFault::GivesPlacesTwice {
            let mut unit = self.live.begin().await?;
            let kept = unit.coupons().line(line.campaign).await?;
            let last_place = kept.map_or(0, |kept| kept.last_place) + 1;
            let line = CouponLine { last_place, ..line.clone() };
            unit.coupons().take_place(request, &line).await?;
            return unit.commit().await;
        }
        match self.inner.coupons().take_place(request, line).await {
            Err(refused) if self.overlooks(&refused, BooksFault::SharesLines) => Ok(()),
            end => end,
        }
    }

    async fn call_line(&mut self, campaign: CampaignId, called: bool) -> Result<(), StoreError> {
        self.inner.coupons().call_line(campaign, called).await
    }

    async fn next_in_line(
        &mut self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<CouponRequest>, StoreError> {
        if self.fault != BooksFault::ServesBackwards {
            return self.inner.coupons().next_in_line(campaign, limit).await;
        }
        let mut all = self.inner.coupons().next_in_line(campaign, u32::MAX).await?;
        all.reverse();
        all.truncate(limit as usize);
        Ok(all)
    }

    async fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError> {
        match self.inner.coupons().decide(request).await {
            Err(refused) if self.overlooks(&refused, BooksFault::DecidesTwice) => Ok(()),
            end => end,
        }
    }

    async fn forget_requests(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let early = i64::from(self.fault == BooksFault::ForgetsTheYoung);
        let limit = if self.fault == BooksFault::ForgetsAll { u32::MAX } else { limit };
        let before = before + TimeDelta::microseconds(early);
        self.inner.coupons().forget_requests(before, limit).await
    }
}

impl Unit {
    /// Whether a refusal is no matter to books with that fault.
    fn overlooks(&self, refused: &StoreError, fault: BooksFault) -> bool {
        let taken = [StoreErrorKind::Conflict, StoreErrorKind::Duplicate];
        self.fault == fault && taken.contains(&refused.kind())
    }
}

#[async_trait]
impl ShopBook for Unit {
    async fn insert_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        self.inner.shop().insert_pack(pack).await
    }

    async fn pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError> {
        self.inner.shop().pack(id).await
    }

    async fn hold_pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError> {
        self.inner.shop().hold_pack(id).await
    }

    async fn update_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        if self.fault != BooksFault::OverwritesPacks {
            return self.inner.shop().update_pack(pack).await;
        }
        let mut unit = self.live.begin().await?;
        let kept = unit.shop().pack(pack.parts().id).await?;
        let version = kept.map_or(0, |kept| kept.parts().version);
        let parts = PackParts { version, ..pack.parts().clone() };
        unit.shop().update_pack(&Pack::restore(parts)).await?;
        unit.commit().await
    }

    async fn insert_order(&mut self, order: &Order) -> Result<(), StoreError> {
        self.inner.shop().insert_order(order).await
    }

    async fn order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.inner.shop().order(id).await
    }

    async fn hold_order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.inner.shop().hold_order(id).await
    }

    async fn update_order(&mut self, order: &Order) -> Result<(), StoreError> {
        if self.fault != BooksFault::OverwritesOrders {
            return self.inner.shop().update_order(order).await;
        }
        let mut unit = self.live.begin().await?;
        let kept = unit.shop().order(order.parts().id).await?;
        let version = kept.map_or(0, |kept| kept.parts().version);
        let parts = OrderParts { version, ..order.parts().clone() };
        unit.shop().update_order(&Order::restore(parts)).await?;
        unit.commit().await
    }
}
