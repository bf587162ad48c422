use super::{desk::Desk, till::Changed};
use crate::{
    model::{Credit, Lot, MemberId, PointsRefusal},
    port::Ports,
    usecase::{BooksError, POINTS_IN, again::again, receipt::Receipt},
};

/// Gives a member points.
#[derive(Clone)]
pub struct Accumulate {
    desk: Desk,
}

impl Accumulate {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The points, as they came; `by` is who asked for it.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when none came.
    pub async fn run(
        &self,
        by: MemberId,
        member: MemberId,
        credit: Credit,
        receipt: Option<Receipt<'_, Lot>>,
    ) -> Result<Lot, BooksError<PointsRefusal>> {
        let (credit, receipt) = (&credit, receipt.as_ref());
        let once = || self.once((by, member), credit, receipt);
        let lock = POINTS_IN.of([&member]);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        (by, member): (MemberId, MemberId),
        credit: &Credit,
        receipt: Option<&Receipt<'_, Lot>>,
    ) -> Changed<Lot> {
        let mut unit = self.desk.begin().await?;
        let mut till = self.desk.cashier.till(&mut *unit, self.desk.now());
        let lot = till.credit(member, credit.clone()).await?;
        self.desk.end(unit, by, receipt, lot).await
    }
}
