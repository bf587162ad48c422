use super::{desk::Desk, till::Changed};
use crate::{
    model::{MemberId, OrderNumber, PointsRefusal, Usage},
    port::Ports,
    usecase::{BooksError, POINTS_OUT, again::again, receipt::Receipt},
};

/// Spends points on an order.
#[derive(Clone)]
pub struct UsePoints {
    desk: Desk,
}

impl UsePoints {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// What was spent, and of which lots.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when nothing was.
    pub async fn run(
        &self,
        member: MemberId,
        order: &OrderNumber,
        amount: i64,
        receipt: Option<Receipt<'_, Usage>>,
    ) -> Result<Usage, BooksError<PointsRefusal>> {
        if order.is_reserved() {
            return Err(BooksError::Refused(PointsRefusal::OrderNumberReserved));
        }
        let receipt = receipt.as_ref();
        let once = || self.once(member, order, amount, receipt);
        let lock = POINTS_OUT.of([&member]);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        member: MemberId,
        order: &OrderNumber,
        amount: i64,
        receipt: Option<&Receipt<'_, Usage>>,
    ) -> Changed<Usage> {
        let mut unit = self.desk.begin().await?;
        let mut till = self.desk.cashier.till(&mut *unit, self.desk.now());
        let usage = till.spend(member, order, amount).await?;
        self.desk.end(unit, member, receipt, usage).await
    }
}
