use std::convert::Infallible;

use crate::{
    model::{ActionKind, By, Campaign, CampaignId, CampaignTerms, NewAction},
    port::Ports,
    usecase::{
        books::BooksError,
        office::Office,
        receipt::{Receipt, keep},
    },
};

/// Makes a campaign.
#[derive(Clone)]
pub struct OpenCampaign {
    office: Office,
}

impl OpenCampaign {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports) }
    }

    /// The campaign.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when it was not made.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        terms: CampaignTerms,
        receipt: Option<Receipt<'_, Campaign>>,
    ) -> Result<Campaign, BooksError<Infallible>> {
        let by = by.into();
        let (id, now) = (CampaignId::from_bits(self.office.next_id()), self.office.now());
        let campaign = Campaign::new(id, terms, now);
        let mut unit = self.office.begin().await?;
        unit.coupons().insert_campaign(&campaign).await?;
        let terms = &campaign.parts().terms;
        let details = [("name", terms.name.as_str().into()), ("total", terms.total.into())];
        let action = NewAction::new(&by, ActionKind::CampaignOpened, &id, now, details);
        unit.actions().note(&action).await?;
        keep(&mut *unit, by.member, receipt.as_ref(), &campaign, now).await?;
        unit.commit().await?;
        Ok(campaign)
    }
}
