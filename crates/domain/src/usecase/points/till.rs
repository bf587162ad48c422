use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    model::{
        Cancellation, Credit, Entry, GivenBack, Lot, LotId, MemberId, OrderNumber, PointAccount,
        PointsRefusal, Settings, Stamp, Transfer, Usage, UsageId,
    },
    port::{IdSource, Ports, UnitOfWork},
    usecase::BooksError,
};

/// What comes of a change of points.
pub(super) type Changed<T> = Result<T, BooksError<PointsRefusal>>;

/// Who opens tills: what a use case keeps to change points in units of its own.
#[derive(Clone)]
pub(in crate::usecase) struct Cashier {
    ids: Arc<dyn IdSource>,
}

impl Cashier {
    /// Takes what it needs of the ports.
    pub(in crate::usecase) fn new(ports: &Ports) -> Self {
        Self { ids: Arc::clone(&ports.ids) }
    }

    /// A till in a unit. What it does is undone with the unit, and lasts with it.
    pub(in crate::usecase) fn till<'a>(
        &'a self,
        unit: &'a mut dyn UnitOfWork,
        now: DateTime<Utc>,
    ) -> Till<'a> {
        Till { unit, cashier: self, now }
    }
}

/// Changes members' points within somebody's unit: each change holds the account, decides, writes,
/// and appends what happened to the member's log.
///
/// Rows are locked in one order everywhere: whoever holds other rows takes them before, comes to two
/// accounts in the order of their members' ids, and appends events of its own afterwards.
pub(in crate::usecase) struct Till<'a> {
    unit: &'a mut dyn UnitOfWork,
    cashier: &'a Cashier,
    now: DateTime<Utc>,
}

impl Till<'_> {
    /// Spends points on an order, once.
    pub(in crate::usecase) async fn spend(
        &mut self,
        member: MemberId,
        order: &OrderNumber,
        amount: i64,
    ) -> Changed<Usage> {
        let mut account = self.hold(member).await?;
        if self.unit.points().usage_of(member, order).await?.is_some() {
            return Err(BooksError::Refused(PointsRefusal::OrderNumberUsed));
        }
        let next = self.next_id();
        let stamp = Stamp { at: self.now, ids: &next };
        let usage = account.spend(order.clone(), amount, stamp).map_err(BooksError::Refused)?;
        self.write(&account).await?;
        Ok(usage)
    }

    /// Gives back what is left of what was spent on an order, and says how many points came back:
    /// none if nothing was spent or all of it came back before.
    pub(in crate::usecase) async fn give_back(
        &mut self,
        member: MemberId,
        order: &OrderNumber,
    ) -> Changed<i64> {
        let account = self.hold(member).await?;
        let usage = self.unit.points().usage_of(member, order).await?;
        let Some(usage) = usage.filter(|usage| usage.remaining() > 0) else { return Ok(0) };
        Ok(self.restore(account, &usage, &Cancellation::default()).await?.amount)
    }

    /// Gives back what is wanted of a use.
    pub(super) async fn cancel_usage(
        &mut self,
        member: MemberId,
        usage: UsageId,
        wanted: &Cancellation,
    ) -> Changed<GivenBack> {
        let account = self.hold(member).await?;
        let usage = self.unit.points().usage(member, usage).await?;
        let usage = usage.ok_or(BooksError::Refused(PointsRefusal::NoSuchUsage))?;
        if usage.order.is_reserved() {
            return Err(BooksError::Refused(PointsRefusal::OrderNumberReserved));
        }
        self.restore(account, &usage, wanted).await
    }

    async fn restore(
        &mut self,
        mut account: PointAccount,
        usage: &Usage,
        wanted: &Cancellation,
    ) -> Changed<GivenBack> {
        account.recall(self.unit.points().lots_of(usage).await?);
        let (settings, next) = (self.settings(&account).await?, self.next_id());
        let stamp = Stamp { at: self.now, ids: &next };
        let back = account
            .give_back(usage, wanted, (&settings.points, stamp))
            .map_err(BooksError::Refused)?;
        self.write(&account).await?;
        Ok(back)
    }

    /// Gives points, within the limits.
    pub(in crate::usecase) async fn credit(
        &mut self,
        member: MemberId,
        credit: Credit,
    ) -> Changed<Lot> {
        let mut account = self.hold(member).await?;
        let (settings, next) = (self.settings(&account).await?, self.next_id());
        let stamp = Stamp { at: self.now, ids: &next };
        let lot =
            account.accumulate(credit, (&settings.points, stamp)).map_err(BooksError::Refused)?;
        self.write(&account).await?;
        Ok(lot)
    }

    /// Takes a lot back: whole, and only if it is as it came.
    pub(in crate::usecase) async fn take_back(
        &mut self,
        member: MemberId,
        lot: LotId,
    ) -> Changed<Lot> {
        let mut account = self.hold(member).await?;
        account.recall(self.unit.points().lot(member, lot).await?);
        let next = self.next_id();
        let stamp = Stamp { at: self.now, ids: &next };
        let lot = account.take_back(lot, stamp).map_err(BooksError::Refused)?;
        self.write(&account).await?;
        Ok(lot)
    }

    /// Hands points over to another member.
    pub(super) async fn transfer(
        &mut self,
        from: MemberId,
        to: MemberId,
        amount: i64,
    ) -> Changed<Transfer> {
        if from == to {
            return Err(BooksError::Refused(PointsRefusal::SameMember));
        }
        let first = self.hold(from.min(to)).await?;
        let second = self.hold(from.max(to)).await?;
        let (mut giver, mut taker) = if from < to { (first, second) } else { (second, first) };
        let (settings, next) = (self.settings(&taker).await?, self.next_id());
        let stamp = Stamp { at: self.now, ids: &next };
        let transfer = giver
            .hand_over(&mut taker, amount, (&settings.points, stamp))
            .map_err(BooksError::Refused)?;
        let (first, second) = if from < to { (giver, taker) } else { (taker, giver) };
        self.write(&first).await?;
        self.write(&second).await?;
        Ok(transfer)
    }

    /// Writes off what is past its time, and says how many points that were.
    pub(super) async fn expire(&mut self, member: MemberId) -> Changed<i64> {
        let held = self.unit.points().hold(member).await?;
        let Some(mut account) = held else { return Ok(0) };
        let next = self.next_id();
        let lost = account.expire(Stamp { at: self.now, ids: &next });
        if lost > 0 {
            self.write(&account).await?;
        }
        Ok(lost)
    }

    /// The account, with nothing in it that is past its time.
    async fn hold(&mut self, member: MemberId) -> Changed<PointAccount> {
        let held = self.unit.points().hold(member).await?;
        let mut account = held.ok_or(BooksError::Refused(PointsRefusal::NoSuchMember))?;
        let next = self.next_id();
        account.expire(Stamp { at: self.now, ids: &next });
        Ok(account)
    }

    /// The settings as they were when the account was held, or newer.
    async fn settings(&mut self, account: &PointAccount) -> Changed<Arc<Settings>> {
        Ok(self.unit.settings().settings(account.settings()).await?)
    }

    fn next_id(&self) -> impl Fn() -> u128 + Send + Sync + use<> {
        let ids = Arc::clone(&self.cashier.ids);
        move || ids.next()
    }

    async fn write(&mut self, account: &PointAccount) -> Changed<()> {
        self.unit.points().write(account).await?;
        let events: Vec<_> = account.changes().entries.iter().map(Entry::event).collect();
        self.unit.events().append(account.member(), &events).await?;
        Ok(())
    }
}
