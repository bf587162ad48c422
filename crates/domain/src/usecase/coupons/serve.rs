use super::{tell, tell_refused};
use crate::{
    model::{CampaignId, Claim, CouponId, EventKind},
    port::{Ports, UnitOfWork},
    usecase::{
        again::again,
        step::{Bench, StepEnd, StepError},
    },
};

/// How many are served in one transaction: few enough that nobody waits long for the campaign.
const BATCH: u32 = 50;

/// Serves those who wait for coupons of a campaign, in the order of their places.
///
/// Whoever holds the campaign serves; what is decided lasts with the coupons and events of it, so
/// that another goes on with whoever comes next, wherever one breaks off.
#[derive(Clone)]
pub struct ServeLine {
    bench: Bench,
}

impl ServeLine {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports) }
    }

    /// Takes the step of the claimed job: it ends once nobody waits.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(&self, claim: &Claim, campaign: CampaignId) -> Result<StepEnd, StepError> {
        while again(|| self.serve_some(claim, campaign)).await? {}
        Ok(StepEnd::Done)
    }

    /// Serves as many as one transaction may; `false` once the job is over.
    async fn serve_some(&self, claim: &Claim, id: CampaignId) -> Result<bool, StepError> {
        let mut unit = self.bench.ports.store.begin().await?;
        unit.work().hold(claim).await?;
        let held = unit.coupons().hold_campaign(id).await?;
        let next = unit.coupons().next_in_line(id, BATCH).await?;
        let Some(mut campaign) = held.filter(|_| !next.is_empty()) else {
            return self.leave(unit, claim, id).await;
        };

        let now = self.bench.now();
        for request in next {
            let had = unit.coupons().has_had_one(id, request.member).await?;
            let coupon = CouponId::from_bits(self.bench.next_id());

            let served = request.served(&campaign, had, coupon, now)?;

            unit.coupons().decide(&served.request).await?;
            match served.given {
                Some((less, coupon)) => {
                    campaign = less;
                    unit.coupons().insert_coupon(&coupon).await?;
                    tell(&mut *unit, EventKind::CouponIssued, &coupon, now).await?;
                }
                None => tell_refused(&mut *unit, &served.request, now).await?,
            }
        }
        unit.coupons().update_campaign(&campaign).await?;
        unit.commit().await?;
        Ok(true)
    }

    /// Ends the job, unless somebody came while the line was being looked at: whoever comes from
    /// now on waits until this is written, and calls again.
    async fn leave(
        &self,
        mut unit: Box<dyn UnitOfWork>,
        claim: &Claim,
        id: CampaignId,
    ) -> Result<bool, StepError> {
        if unit.coupons().line(id).await?.is_some() {
            if !unit.coupons().next_in_line(id, 1).await?.is_empty() {
                return Ok(true);
            }
            unit.coupons().call_line(id, false).await?;
        }
        unit.work().finish(claim).await?;
        unit.commit().await?;
        Ok(false)
    }
}
