use super::{desk::Desk, till::Changed};
use crate::{
    model::{ActionKind, By, Datum, MemberId, NewAction, PointsRefusal, Transfer},
    port::Ports,
    usecase::{BooksError, POINTS_IN, POINTS_OUT, again::again, receipt::Receipt},
};

/// Points that are to go from one member to another.
#[derive(Debug, Clone)]
pub struct TransferOrder {
    /// Who orders it.
    pub by: By,
    /// Whose points go.
    pub from: MemberId,
    /// Who gets them.
    pub to: MemberId,
    /// How many.
    pub amount: i64,
}

/// Hands points over from one member to another.
#[derive(Clone)]
pub struct TransferPoints {
    desk: Desk,
}

impl TransferPoints {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// What went over.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when nothing did.
    pub async fn run(
        &self,
        order: TransferOrder,
        receipt: Option<Receipt<'_, Transfer>>,
    ) -> Result<Transfer, BooksError<PointsRefusal>> {
        let (order, receipt) = (&order, receipt.as_ref());
        let lock = POINTS_OUT.of([&order.from]).and(POINTS_IN.of([&order.to]));
        let once = || self.once(order, receipt);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        order: &TransferOrder,
        receipt: Option<&Receipt<'_, Transfer>>,
    ) -> Changed<Transfer> {
        let TransferOrder { by, from, to, amount } = order;
        let now = self.desk.now();
        let mut unit = self.desk.begin().await?;
        let mut till = self.desk.cashier.till(&mut *unit, now);
        let transfer = till.transfer(*from, *to, *amount).await?;
        let details =
            [("from_member_id", from.to_string().into()), ("amount", Datum::Number(*amount))];
        let action = NewAction::new(by, ActionKind::PointsTransferred, to, now, details);
        unit.actions().note(&action).await?;
        self.desk.end(unit, by.member, receipt, transfer).await
    }
}
