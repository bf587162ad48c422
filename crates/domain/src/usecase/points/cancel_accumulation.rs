use std::sync::Arc;

use super::{desk::Desk, till::Changed};
use crate::{
    model::{Lot, LotId, MemberId, PointsRefusal},
    port::{PointsReader, Ports},
    usecase::{BooksError, CANCEL_ACCUMULATION, again::again, receipt::Receipt},
};

/// Takes points back that were given: a lot, whole, as long as none of it is spent.
#[derive(Clone)]
pub struct CancelAccumulation {
    desk: Desk,
    points: Arc<dyn PointsReader>,
}

impl CancelAccumulation {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports), points: Arc::clone(&ports.points) }
    }

    /// The lot, canceled, whosever it was.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when it was not.
    pub async fn run(
        &self,
        by: MemberId,
        lot: LotId,
        receipt: Option<Receipt<'_, Lot>>,
    ) -> Result<Lot, BooksError<PointsRefusal>> {
        let found = self.points.lot(lot).await?;
        let found = found.ok_or(BooksError::Refused(PointsRefusal::NoSuchLot))?;
        if found.is_bought() {
            return Err(BooksError::Refused(PointsRefusal::LotBought));
        }
        let owner = found.member;
        let receipt = receipt.as_ref();
        let once = || self.once((by, owner), lot, receipt);
        let lock = CANCEL_ACCUMULATION.of([&lot]);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        (by, owner): (MemberId, MemberId),
        lot: LotId,
        receipt: Option<&Receipt<'_, Lot>>,
    ) -> Changed<Lot> {
        let mut unit = self.desk.begin().await?;
        let mut till = self.desk.cashier.till(&mut *unit, self.desk.now());
        let lot = till.take_back(owner, lot).await?;
        self.desk.end(unit, by, receipt, lot).await
    }
}
