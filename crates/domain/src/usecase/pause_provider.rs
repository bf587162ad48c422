use super::{
    again::again,
    books::BooksError,
    office::Office,
    receipt::{Receipt, keep},
};
use crate::{
    model::{ActionKind, By, Lane, NewAction},
    port::Ports,
};

/// Has providers left alone for as long as a person wants, and asked again.
#[derive(Clone)]
pub struct PauseProvider {
    office: Office,
}

impl PauseProvider {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports) }
    }

    /// What asks the provider waits from now on, and loses nothing by it; what is being done goes on.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when nothing was changed.
    pub async fn pause(
        &self,
        by: impl Into<By> + Send,
        (lanes, reason): (&[Lane], &str),
        receipt: Option<Receipt<'_, ()>>,
    ) -> Result<(), BooksError<std::convert::Infallible>> {
        let by = &by.into();
        again(|| async {
            let now = self.office.now();
            let mut unit = self.office.begin().await?;
            for lane in lanes {
                unit.work().pause(*lane, reason).await?;
            }
            let (kind, details) = (ActionKind::ProviderPaused, [("reason", reason.into())]);
            unit.actions().note(&NewAction::new(by, kind, &names(lanes), now, details)).await?;
            keep(&mut *unit, by.member, receipt.as_ref(), &(), now).await?;
            Ok(unit.commit().await?)
        })
        .await
    }

    /// The provider is asked again, also if it wants to be left alone itself.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when nothing was changed.
    pub async fn resume(
        &self,
        by: impl Into<By> + Send,
        lanes: &[Lane],
        receipt: Option<Receipt<'_, ()>>,
    ) -> Result<(), BooksError<std::convert::Infallible>> {
        let by = &by.into();
        again(|| async {
            let now = self.office.now();
            let mut unit = self.office.begin().await?;
            for lane in lanes {
                unit.work().resume(*lane).await?;
            }
            let kind = ActionKind::ProviderResumed;
            unit.actions().note(&NewAction::new(by, kind, &names(lanes), now, [])).await?;
            keep(&mut *unit, by.member, receipt.as_ref(), &(), now).await?;
            Ok(unit.commit().await?)
        })
        .await
    }
}

/// The stages that a provider makes, by their names.
fn names(lanes: &[Lane]) -> String {
    lanes.iter().map(|lane| lane.name()).collect::<Vec<_>>().join(" ")
}
