use super::tell;
use crate::{
    model::{ActionKind, By, Coupon, CouponId, EventKind, IllegalTransition, NewAction},
    port::{Ports, StoreErrorKind},
    usecase::{
        again::again,
        books::BooksError,
        office::Office,
        receipt::{Receipt, keep},
    },
};

/// Why a coupon is not taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevokeRefusal {
    /// There is no such coupon.
    #[error("there is no such coupon")]
    NoCoupon,
    /// It was used, taken back before, or its time is over.
    #[error(transparent)]
    State(#[from] IllegalTransition),
}

/// Takes a coupon back; somebody else may have one instead.
#[derive(Clone)]
pub struct RevokeCoupon {
    office: Office,
}

impl RevokeCoupon {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports) }
    }

    /// The coupon as it now is.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it stays.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        coupon: CouponId,
        receipt: Option<Receipt<'_, Coupon>>,
    ) -> Result<Coupon, BooksError<RevokeRefusal>> {
        let by = by.into();
        again(|| self.once(&by, coupon, receipt.as_ref())).await
    }

    /// A coupon's campaign never changes, so it may be read before the campaign is held: campaigns
    /// come before their coupons.
    async fn once(
        &self,
        by: &By,
        id: CouponId,
        receipt: Option<&Receipt<'_, Coupon>>,
    ) -> Result<Coupon, BooksError<RevokeRefusal>> {
        let mut unit = self.office.begin().await?;
        let found = unit.coupons().coupon(id).await?;
        let coupon = found.ok_or(BooksError::Refused(RevokeRefusal::NoCoupon))?;
        let campaign = unit.coupons().hold_campaign(coupon.parts().campaign).await?;
        let campaign = campaign.ok_or(BooksError::Store(StoreErrorKind::Corrupt.into()))?;
        let now = self.office.now();

        let revoked = coupon.revoked(now).map_err(|r| BooksError::Refused(r.into()))?;

        // The coupon was read before its campaign was held: where somebody took it back meanwhile,
        // its place must not be freed twice.
        unit.coupons().update_coupon(&revoked).await?;
        unit.coupons().update_campaign(&campaign.with_one_back()).await?;
        tell(&mut *unit, EventKind::CouponRevoked, &revoked, now).await?;
        let revoked = revoked.written();
        let parts = revoked.parts();
        let details = [
            ("member_id", parts.member.to_string().into()),
            ("campaign_id", parts.campaign.to_string().into()),
        ];
        let action = NewAction::new(by, ActionKind::CouponRevoked, &id, now, details);
        unit.actions().note(&action).await?;
        keep(&mut *unit, by.member, receipt, &revoked, now).await?;
        unit.commit().await?;
        Ok(revoked)
    }
}
