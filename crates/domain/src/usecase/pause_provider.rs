use super::{
    again::again,
    books::BooksError,
    office::Office,
    receipt::{Receipt, keep},
};
use crate::{
    model::{Lane, MemberId},
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
        by: MemberId,
        (lanes, reason): (&[Lane], &str),
        receipt: Option<Receipt<'_, ()>>,
    ) -> Result<(), BooksError<std::convert::Infallible>> {
        again(|| async {
            let mut unit = self.office.begin().await?;
            for lane in lanes {
                unit.work().pause(*lane, reason).await?;
            }
            keep(&mut *unit, by, receipt.as_ref(), &(), self.office.now()).await?;
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
        by: MemberId,
        lanes: &[Lane],
        receipt: Option<Receipt<'_, ()>>,
    ) -> Result<(), BooksError<std::convert::Infallible>> {
        again(|| async {
            let mut unit = self.office.begin().await?;
            for lane in lanes {
                unit.work().resume(*lane).await?;
            }
            keep(&mut *unit, by, receipt.as_ref(), &(), self.office.now()).await?;
            Ok(unit.commit().await?)
        })
        .await
    }
}
