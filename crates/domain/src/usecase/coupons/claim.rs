use super::tell;
use crate::{
    model::{CampaignId, ClaimRefusal, Coupon, CouponId, EventKind, MemberId},
    port::Ports,
    usecase::{
        again::again,
        books::BooksError,
        office::Office,
        receipt::{Receipt, keep},
    },
};

/// Gives a member a coupon of a campaign, to who comes first.
#[derive(Clone)]
pub struct ClaimCoupon {
    office: Office,
}

impl ClaimCoupon {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports) }
    }

    /// The coupon.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why there is none for this member.
    pub async fn run(
        &self,
        member: MemberId,
        campaign: CampaignId,
        receipt: Option<Receipt<'_, Coupon>>,
    ) -> Result<Coupon, BooksError<ClaimRefusal>> {
        again(|| self.once(member, campaign, receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        campaign: CampaignId,
        receipt: Option<&Receipt<'_, Coupon>>,
    ) -> Result<Coupon, BooksError<ClaimRefusal>> {
        let mut unit = self.office.begin().await?;
        let found = unit.coupons().hold_campaign(campaign).await?;
        let campaign = found.ok_or(BooksError::Refused(ClaimRefusal::NoCampaign))?;
        let had = unit.coupons().has_had_one(campaign.parts().id, member).await?;
        let (id, now) = (CouponId::from_bits(self.office.next_id()), self.office.now());

        let (campaign, coupon) =
            campaign.claim(had, id, member, now).map_err(BooksError::Refused)?;

        unit.coupons().update_campaign(&campaign).await?;
        unit.coupons().insert_coupon(&coupon).await?;
        tell(&mut *unit, EventKind::CouponIssued, &coupon, now).await?;
        keep(&mut *unit, member, receipt, &coupon, now).await?;
        unit.commit().await?;
        Ok(coupon)
    }
}
