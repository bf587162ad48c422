use super::tell;
use crate::{
    model::{
        CampaignId, ClaimRefusal, Coupon, CouponId, CouponLine, CouponRequest, CouponRequestId,
        EventKind, MemberId, Task, Work,
    },
    port::{Ports, UnitOfWork},
    usecase::{
        again::again,
        books::BooksError,
        office::Office,
        receipt::{Receipt, keep},
    },
};

/// What came of asking for a coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// There it is.
    Given(Coupon),
    /// A place in the line of a campaign that gives its coupons in order.
    Waits(CouponRequest),
}

impl Claimed {
    /// The coupon, where it was given at once.
    #[must_use]
    pub fn given(self) -> Option<Coupon> {
        match self {
            Self::Given(coupon) => Some(coupon),
            Self::Waits(_) => None,
        }
    }

    /// The place in the line, where there is one.
    #[must_use]
    pub fn waits(self) -> Option<CouponRequest> {
        match self {
            Self::Given(_) => None,
            Self::Waits(request) => Some(request),
        }
    }
}

type Claiming = Result<Claimed, BooksError<ClaimRefusal>>;

/// Gives a member a coupon of a campaign, to who comes first; or a place in the line, where the
/// campaign gives its coupons in order.
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

    /// The coupon, or the place; who waits already has one place, however often they ask.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why there is none for this member.
    pub async fn run(
        &self,
        member: MemberId,
        campaign: CampaignId,
        receipt: Option<Receipt<'_, Claimed>>,
    ) -> Claiming {
        again(|| self.once(member, campaign, receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        campaign: CampaignId,
        receipt: Option<&Receipt<'_, Claimed>>,
    ) -> Claiming {
        let mut unit = self.office.begin().await?;
        let claimed = match unit.coupons().line(campaign).await? {
            Some(line) => self.join(&mut *unit, &line, member).await?,
            None => self.give(&mut *unit, campaign, member).await?,
        };
        keep(&mut *unit, member, receipt, &claimed, self.office.now()).await?;
        unit.commit().await?;
        Ok(claimed)
    }

    async fn give(
        &self,
        unit: &mut dyn UnitOfWork,
        campaign: CampaignId,
        member: MemberId,
    ) -> Claiming {
        let found = unit.coupons().hold_campaign(campaign).await?;
        let campaign = found.ok_or(BooksError::Refused(ClaimRefusal::NoCampaign))?;
        let had = unit.coupons().has_had_one(campaign.parts().id, member).await?;
        let (id, now) = (CouponId::from_bits(self.office.next_id()), self.office.now());

        let (campaign, coupon) =
            campaign.claim(had, id, member, now).map_err(BooksError::Refused)?;

        unit.coupons().update_campaign(&campaign).await?;
        unit.coupons().insert_coupon(&coupon).await?;
        tell(unit, EventKind::CouponIssued, &coupon, now).await?;
        Ok(Claimed::Given(coupon))
    }

    async fn join(
        &self,
        unit: &mut dyn UnitOfWork,
        line: &CouponLine,
        member: MemberId,
    ) -> Claiming {
        let campaign = line.campaign;
        if let Some(waiting) = unit.coupons().waiting_request(campaign, member).await? {
            return Ok(Claimed::Waits(waiting));
        }
        let had = unit.coupons().has_had_one(campaign, member).await?;
        let (id, now) = (CouponRequestId::from_bits(self.office.next_id()), self.office.now());

        let (longer, request) = line.joined(had, id, member, now).map_err(BooksError::Refused)?;

        unit.coupons().take_place(&request, &longer).await?;
        if !line.called {
            let (project, task) = (Work::NO_PROJECT, Task::ServeLine(campaign));
            unit.work().push(&[Work { member, project, task, due: now }]).await?;
        }
        Ok(Claimed::Waits(request))
    }
}
