use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{Campaign, CampaignId, Coupon, CouponId, CouponRequestId, CouponState, MemberId},
    port::{
        CouponBook, CouponReader, GivenCoupon, MAX_PAGE, Page, StoodInLine, StoreError,
        StoreErrorKind,
    },
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, unit::MemoryUnit};

/// Campaigns and coupons.
#[derive(Clone, Default)]
pub(crate) struct Coupons {
    pub(crate) campaigns: BTreeMap<CampaignId, Arc<Campaign>>,
    pub(crate) coupons: BTreeMap<CouponId, Arc<Coupon>>,
}

impl Coupons {
    fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        let id = campaign.parts().id;
        if self.campaigns.contains_key(&id) {
            return Err(StoreErrorKind::Duplicate.into());
        }
        self.campaigns.insert(id, Arc::new(campaign.clone()));
        Ok(())
    }

    fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        let read = campaign.parts();
        let kept = self.campaigns.get_mut(&read.id).ok_or(StoreErrorKind::Conflict)?;
        if kept.parts().version != read.version {
            return Err(StoreErrorKind::Conflict.into());
        }
        *kept = Arc::new(campaign.clone().written());
        Ok(())
    }

    fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        let new = coupon.parts();
        let taken = |kept: &Arc<Coupon>| {
            let kept = kept.parts();
            let same = kept.member == new.member || kept.number == new.number;
            kept.id == new.id || kept.campaign == new.campaign && same
        };
        if self.coupons.values().any(taken) {
            return Err(StoreErrorKind::Duplicate.into());
        }
        self.coupons.insert(new.id, Arc::new(coupon.clone()));
        Ok(())
    }

    fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        let read = coupon.parts();
        let kept = self.coupons.get_mut(&read.id).ok_or(StoreErrorKind::Conflict)?;
        if kept.parts().version != read.version {
            return Err(StoreErrorKind::Conflict.into());
        }
        *kept = Arc::new(coupon.clone().written());
        Ok(())
    }
}

#[async_trait]
impl CouponBook for MemoryUnit {
    async fn insert_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        let campaign = campaign.clone();
        self.step(move |tables| {
            tables.coupons.insert_campaign(&campaign)?;
            tables.lines.open(&campaign);
            Ok(())
        })
    }

    /// Nobody waits in memory: who changed what another has changed since finds out at the commit.
    async fn hold_campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        Ok(self.own().coupons.campaigns.get(&id).map(|campaign| Campaign::clone(campaign)))
    }

    async fn update_campaign(&mut self, campaign: &Campaign) -> Result<(), StoreError> {
        let campaign = campaign.clone();
        self.step(move |tables| tables.coupons.update_campaign(&campaign))
    }

    async fn has_had_one(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<bool, StoreError> {
        let mut coupons = self.own().coupons.coupons.values().map(|coupon| coupon.parts());
        Ok(coupons.any(|coupon| coupon.campaign == campaign && coupon.member == member))
    }

    async fn coupon(&mut self, id: CouponId) -> Result<Option<Coupon>, StoreError> {
        Ok(self.own().coupons.coupons.get(&id).map(|coupon| Coupon::clone(coupon)))
    }

    async fn insert_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        let coupon = coupon.clone();
        self.step(move |tables| tables.coupons.insert_coupon(&coupon))
    }

    async fn update_coupon(&mut self, coupon: &Coupon) -> Result<(), StoreError> {
        let coupon = coupon.clone();
        self.step(move |tables| tables.coupons.update_coupon(&coupon))
    }
}

fn behind(page: Page, bits: u128) -> bool {
    page.after.is_none_or(|after| bits < after)
}

#[async_trait]
impl CouponReader for MemoryStore {
    async fn open_campaigns(
        &self,
        now: DateTime<Utc>,
        page: Page,
    ) -> Result<Vec<Campaign>, StoreError> {
        let tables = self.snapshot();
        let newest = tables.coupons.campaigns.values().rev();
        let open = newest.filter(|c| behind(page, c.parts().id.to_bits()) && c.is_open(now));
        Ok(open.take(page.limit.min(MAX_PAGE) as usize).map(|c| Campaign::clone(c)).collect())
    }

    async fn coupons(&self, of: MemberId, page: Page) -> Result<Vec<GivenCoupon>, StoreError> {
        let tables = self.snapshot();
        let newest = tables.coupons.coupons.values().rev().filter(|c| c.parts().member == of);
        let behind = newest.filter(|c| behind(page, c.parts().id.to_bits()));
        let given = behind.take(page.limit.min(MAX_PAGE) as usize).filter_map(|coupon| {
            let campaign = tables.coupons.campaigns.get(&coupon.parts().campaign)?;
            let campaign = campaign.parts().terms.name.clone();
            Some(GivenCoupon { coupon: Coupon::clone(coupon), campaign })
        });
        Ok(given.collect())
    }

    async fn overdue_coupons(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<CouponId>, StoreError> {
        let tables = self.snapshot();
        let issued = tables.coupons.coupons.values().map(|coupon| coupon.parts());
        let issued = issued.filter(|c| c.state == CouponState::Issued && c.expires_at <= now);
        let mut overdue: Vec<_> = issued.map(|c| (c.expires_at, c.id)).collect();
        overdue.sort();
        Ok(overdue.into_iter().take(limit as usize).map(|(_, id)| id).collect())
    }

    async fn stood_in_line(
        &self,
        of: MemberId,
        id: CouponRequestId,
    ) -> Result<Option<StoodInLine>, StoreError> {
        Ok(self.snapshot().stood_in_line(of, id))
    }

    async fn forsaken_lines(&self, limit: u32) -> Result<Vec<CampaignId>, StoreError> {
        Ok(self.snapshot().forsaken_lines(limit))
    }
}
