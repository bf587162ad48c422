use super::{desk::Desk, till::Changed};
use crate::{
    model::{Cancellation, GivenBack, MemberId, OrderNumber, PointsRefusal, UsageId},
    port::Ports,
    usecase::{BooksError, CANCEL_USAGE, again::again, receipt::Receipt},
};

/// Gives back points that were spent: all, or a part at a time.
#[derive(Clone)]
pub struct CancelUsage {
    desk: Desk,
}

impl CancelUsage {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// What came back.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when nothing came back.
    pub async fn run(
        &self,
        member: MemberId,
        usage: UsageId,
        wanted: &Cancellation,
        receipt: Option<Receipt<'_, GivenBack>>,
    ) -> Result<GivenBack, BooksError<PointsRefusal>> {
        let receipt = receipt.as_ref();
        let once = || self.once(member, usage, wanted, receipt);
        let lock = CANCEL_USAGE.of([&usage]);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        member: MemberId,
        usage: UsageId,
        wanted: &Cancellation,
        receipt: Option<&Receipt<'_, GivenBack>>,
    ) -> Changed<GivenBack> {
        let mut unit = self.desk.begin().await?;
        let mut till = self.desk.cashier.till(&mut *unit, self.desk.now());
        let back = till.cancel_usage(member, usage, wanted).await?;
        self.desk.end(unit, member, receipt, back).await
    }
}

/// Gives back what was spent on an order that came to nothing, however often it is asked.
#[derive(Clone)]
pub struct RefundOrder {
    desk: Desk,
}

impl RefundOrder {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// How many points came back: none if nothing was spent on it, or all of it came back before.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when that is not known.
    pub async fn run(
        &self,
        member: MemberId,
        order: &OrderNumber,
    ) -> Result<i64, BooksError<PointsRefusal>> {
        again(|| self.once(member, order)).await
    }

    async fn once(&self, member: MemberId, order: &OrderNumber) -> Changed<i64> {
        let mut unit = self.desk.begin().await?;
        let mut till = self.desk.cashier.till(&mut *unit, self.desk.now());
        let back = till.give_back(member, order).await?;
        unit.commit().await?;
        Ok(back)
    }
}
