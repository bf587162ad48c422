use super::{desk::Desk, till::Changed};
use crate::{
    model::{ActionKind, By, Credit, Lot, MemberId, NewAction, PointsRefusal},
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
        by: impl Into<By> + Send,
        member: MemberId,
        credit: Credit,
        receipt: Option<Receipt<'_, Lot>>,
    ) -> Result<Lot, BooksError<PointsRefusal>> {
        let (by, credit, receipt) = (&by.into(), &credit, receipt.as_ref());
        let once = || self.once((by, member), credit, receipt);
        let lock = POINTS_IN.of([&member]);
        self.desk.guarded.run(lock, async |_| again(once).await).await?
    }

    async fn once(
        &self,
        (by, member): (&By, MemberId),
        credit: &Credit,
        receipt: Option<&Receipt<'_, Lot>>,
    ) -> Changed<Lot> {
        let now = self.desk.now();
        let mut unit = self.desk.begin().await?;
        let lot = self.desk.cashier.till(&mut *unit, now).credit(member, credit.clone()).await?;
        let details = [
            ("member_id", member.to_string().into()),
            ("amount", credit.amount.into()),
            ("kind", credit.kind.name().into()),
        ];
        let action = NewAction::new(by, ActionKind::PointsGranted, &lot.id, now, details);
        unit.actions().note(&action).await?;
        self.desk.end(unit, by.member, receipt, lot).await
    }
}
