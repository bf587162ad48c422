use super::{
    again::again,
    biller::Biller,
    books::BooksError,
    desk::settle,
    letters::Mailroom,
    office::Office,
    receipt::{Receipt, keep},
    step::maker,
};
use crate::{
    model::{
        ActionKind, By, IllegalTransition, NewAction, PointsRefusal, Production, Purchase, Verdict,
    },
    port::Ports,
};

/// Why nothing is decided on a purchase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideRefusal {
    /// There is no such song or video.
    #[error("there is no such song or video")]
    NoPurchase,
    /// What became of it is known, or was decided before.
    #[error(transparent)]
    State(#[from] IllegalTransition),
    /// The owner's points do not allow it.
    #[error(transparent)]
    Points(PointsRefusal),
}

/// Decides on a purchase of which nobody knows whether a provider took it.
#[derive(Clone)]
pub struct DecidePurchase {
    office: Office,
    biller: Biller,
    mailroom: Mailroom,
    ports: Ports,
}

impl DecidePurchase {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        let (office, biller) = (Office::new(ports), Biller::new(ports));
        Self { office, biller, mailroom: Mailroom::new(ports), ports: ports.clone() }
    }

    /// The production as it now is. What an admin decided stands in the owner's log.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it stays as it is: it is decided on once.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        purchase: Purchase,
        verdict: &Verdict,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, BooksError<DecideRefusal>> {
        let by = by.into();
        again(|| self.once(&by, purchase, verdict, receipt.as_ref())).await
    }

    async fn once(
        &self,
        by: &By,
        purchase: Purchase,
        verdict: &Verdict,
        receipt: Option<&Receipt<'_>>,
    ) -> Result<Production, BooksError<DecideRefusal>> {
        let now = self.office.now();
        let provider = maker(&self.ports, purchase.stage()).name();
        let mut unit = self.office.begin().await?;
        let found = unit.productions().of_purchase(purchase).await?;
        let project = found.ok_or(BooksError::Refused(DecideRefusal::NoPurchase))?;
        let found = unit.productions().find(project).await?;
        let mut production = found.ok_or(BooksError::Refused(DecideRefusal::NoPurchase))?;

        production
            .decide(purchase, verdict, provider, now)
            .map_err(|refused| BooksError::Refused(refused.into()))?;

        let settled = self.biller.settle(&mut *unit, &production, now).await;
        settled.map_err(|error| error.map(DecideRefusal::Points))?;
        settle(&mut *unit, &production, &self.mailroom).await?;
        let details = [
            ("decision", verdict.name().into()),
            ("project_id", project.to_string().into()),
            ("member_id", production.project().member().to_string().into()),
        ];
        let kind = ActionKind::PurchaseDecided;
        let mut action = NewAction::new(by, kind, &purchase, now, details);
        if let Verdict::Adopt(job) = verdict {
            action.details.insert("provider_job", job.as_str().into());
        }
        unit.actions().note(&action).await?;
        let production = production.written();
        keep(&mut *unit, by.member, receipt, &production, now).await?;
        unit.commit().await?;
        Ok(production)
    }
}
