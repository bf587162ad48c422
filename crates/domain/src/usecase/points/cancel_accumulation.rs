use std::sync::Arc;

use super::{desk::Desk, till::Changed};
use crate::{
    model::{ActionKind, By, Lot, LotId, MemberId, NewAction, PointsRefusal},
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
        by: impl Into<By> + Send,
        lot: LotId,
        receipt: Option<Receipt<'_, Lot>>,
    ) -> Result<Lot, BooksError<PointsRefusal>> {
        let found = self.points.lot(lot).await?;
        let found = found.ok_or(BooksError::Refused(PointsRefusal::NoSuchLot))?;
        if found.is_bought() {
            return Err(BooksError::Refused(PointsRefusal::LotBought));
        }
        let owner = found.member;
        let (by, receipt) = (&by.into(), receipt.as_ref());
        let once = || self.once((by, owner), lot, receipt);
        let lock = CANCEL_ACCUMULATION.of([&lot]);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        (by, owner): (&By, MemberId),
        lot: LotId,
        receipt: Option<&Receipt<'_, Lot>>,
    ) -> Changed<Lot> {
        let now = self.desk.now();
        let mut unit = self.desk.begin().await?;
        let lot = self.desk.cashier.till(&mut *unit, now).take_back(owner, lot).await?;
        let details = [("member_id", owner.to_string().into()), ("amount", lot.amount.into())];
        let action = NewAction::new(by, ActionKind::PointsTakenBack, &lot.id, now, details);
        unit.actions().note(&action).await?;
        self.desk.end(unit, by.member, receipt, lot).await
    }
}
