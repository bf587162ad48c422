use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use castad_domain::{
    model::{
        Entry, Lot, LotId, MemberId, OrderNumber, PointAccount, SettingsVersion, Totals, Usage,
        UsageId,
    },
    port::{Balance, Expiring, HistoryPage, PointsBook, PointsReader, StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, tables::Tables, unit::MemoryUnit};

/// The tables of points.
#[derive(Clone, Default)]
pub(crate) struct PointsTables {
    pub(crate) accounts: BTreeMap<MemberId, AccountRow>,
    pub(crate) lots: BTreeMap<LotId, Arc<Lot>>,
    pub(crate) usages: BTreeMap<UsageId, Arc<Usage>>,
    pub(crate) entries: BTreeMap<MemberId, Arc<Vec<Arc<Entry>>>>,
    pub(crate) totals: BTreeMap<MemberId, Totals>,
    /// When it was noted of a lot that its member is told.
    told: BTreeMap<LotId, DateTime<Utc>>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct AccountRow {
    pub(crate) version: i64,
    pub(crate) balance: i64,
}

impl PointsTables {
    fn account(&self, member: MemberId, settings: SettingsVersion) -> Option<PointAccount> {
        let row = self.accounts.get(&member)?;
        let live = |lot: &&Arc<Lot>| lot.member == member && lot.remaining > 0;
        let lots = self.lots.values().filter(live).map(|lot| Lot::clone(lot)).collect();
        Some(PointAccount::restore(member, row.version, settings, row.balance, lots))
    }

    /// Refuses an account that somebody else wrote since.
    fn checked(&mut self, account: &PointAccount) -> Result<&mut AccountRow, StoreError> {
        let row = self.accounts.get_mut(&account.member());
        row.filter(|row| row.version == account.version())
            .ok_or_else(|| StoreErrorKind::Conflict.into())
    }

    fn write(&mut self, account: &PointAccount) -> Result<(), StoreError> {
        let row = self.checked(account)?;
        *row = AccountRow { version: row.version + 1, balance: account.balance() };
        let (member, changes) = (account.member(), account.changes());
        let taken = |usage: &Usage| self.spent_on(usage.member, &usage.order).is_some();
        if changes.spent.iter().any(taken) {
            return Err(StoreErrorKind::Duplicate.into());
        }
        let changed = |id: &LotId| changes.opened.contains(id) || changes.touched.contains(id);
        for lot in account.lots().iter().filter(|lot| changed(&lot.id)) {
            self.lots.insert(lot.id, Arc::new(lot.clone()));
        }
        for usage in changes.spent.iter().chain(&changes.returned) {
            self.usages.insert(usage.id, Arc::new(usage.clone()));
        }
        let entries = Arc::make_mut(self.entries.entry(member).or_default());
        entries.extend(changes.entries.iter().cloned().map(Arc::new));
        if account.version() == 0 {
            self.totals.insert(member, Totals::default());
        }
        if let Some(totals) = self.totals.get_mut(&member) {
            *totals = changes.entries.iter().fold(*totals, Totals::with);
        }
        Ok(())
    }

    pub(crate) fn spent_on(&self, member: MemberId, order: &OrderNumber) -> Option<&Arc<Usage>> {
        self.usages.values().find(|usage| usage.member == member && usage.order == *order)
    }

    /// Lots that are good now and lost before `soon`, and of which nothing is noted.
    fn untold(
        &self,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
    ) -> impl Iterator<Item = &Arc<Lot>> + use<'_> {
        let due = move |lot: &&Arc<Lot>| {
            let until = lot.live_until().filter(|until| now < *until && *until < soon);
            until.is_some() && !self.told.contains_key(&lot.id)
        };
        self.lots.values().filter(due)
    }

    /// Refuses lots that somebody else noted since.
    fn note(&mut self, lots: &[LotId], at: DateTime<Utc>) -> Result<(), StoreError> {
        if lots.iter().any(|id| self.told.insert(*id, at).is_some()) {
            return Err(StoreErrorKind::Conflict.into());
        }
        Ok(())
    }

    fn entries(&self, of: MemberId) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.entries.get(&of).into_iter().flat_map(|entries| entries.iter())
    }
}

impl Tables {
    /// Opens the account of a member who has none, and refuses one that changed since.
    fn hold(&mut self, member: MemberId, version: i64) -> Result<(), StoreError> {
        let row = self.points.accounts.entry(member).or_default();
        if row.version == version { Ok(()) } else { Err(StoreErrorKind::Conflict.into()) }
    }
}

#[async_trait]
impl PointsBook for MemoryUnit {
    async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError> {
        if self.own().members.iter().all(|known| known.id != member) {
            return Ok(None);
        }
        let version = self.own().points.accounts.get(&member).map_or(0, |row| row.version);
        self.step(move |tables| tables.hold(member, version))?;
        let settings = self.own().settings.now().version;
        Ok(self.own().points.account(member, settings))
    }

    async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError> {
        let lot = self.own().points.lots.get(&id).filter(|lot| lot.member == of);
        Ok(lot.map(|lot| Lot::clone(lot)))
    }

    async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError> {
        let lots = usage.details.iter().filter_map(|part| self.own().points.lots.get(&part.lot));
        Ok(lots.map(|lot| Lot::clone(lot)).collect())
    }

    async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError> {
        let usage = self.own().points.usages.get(&id).filter(|usage| usage.member == of);
        Ok(usage.map(|usage| Usage::clone(usage)))
    }

    async fn usage_of(
        &mut self,
        of: MemberId,
        order: &OrderNumber,
    ) -> Result<Option<Usage>, StoreError> {
        Ok(self.own().points.spent_on(of, order).map(|usage| Usage::clone(usage)))
    }

    async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError> {
        let account = account.clone();
        self.step(move |tables| tables.points.write(&account))
    }

    async fn audit(&mut self, of: MemberId) -> Result<(Totals, Option<Totals>), StoreError> {
        let points = &self.own().points;
        let sums = points.entries(of).fold(Totals::default(), |totals, entry| totals.with(entry));
        Ok((sums, points.totals.get(&of).copied()))
    }

    async fn note_told(
        &mut self,
        of: MemberId,
        (now, soon): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<u64, StoreError> {
        let untold = self.own().points.untold(now, soon);
        let ids: Vec<LotId> = untold.filter(|lot| lot.member == of).map(|lot| lot.id).collect();
        let lots = ids.len() as u64;
        self.step(move |tables| tables.points.note(&ids, now))?;
        Ok(lots)
    }

    async fn correct(&mut self, account: &PointAccount, totals: Totals) -> Result<(), StoreError> {
        let account = account.clone();
        self.step(move |tables| {
            let row = tables.points.checked(&account)?;
            *row = AccountRow { version: row.version + 1, balance: account.balance() };
            tables.points.totals.insert(account.member(), totals);
            Ok(())
        })
    }
}

#[async_trait]
impl PointsReader for MemoryStore {
    async fn lot(&self, id: LotId) -> Result<Option<Lot>, StoreError> {
        Ok(self.snapshot().points.lots.get(&id).map(|lot| Lot::clone(lot)))
    }

    async fn balance(
        &self,
        of: MemberId,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
    ) -> Result<Balance, StoreError> {
        let tables = self.snapshot();
        let good = |lot: &&Arc<Lot>| lot.member == of && lot.remaining > 0 && !lot.is_over(now);
        let mut by_time = BTreeMap::new();
        for lot in tables.points.lots.values().filter(good) {
            *by_time.entry(lot.expires_at).or_insert(0) += lot.remaining;
        }
        let available = by_time.values().sum();
        let expiring = by_time.range(..soon);
        let expiring = expiring.map(|(&expires_at, &amount)| Expiring { amount, expires_at });
        Ok(Balance { available, expiring: expiring.collect() })
    }

    async fn totals(&self, of: MemberId) -> Result<Option<Totals>, StoreError> {
        Ok(self.snapshot().points.totals.get(&of).copied())
    }

    async fn history(&self, of: MemberId, page: HistoryPage) -> Result<Vec<Entry>, StoreError> {
        let tables = self.snapshot();
        let behind = |entry: &&Arc<Entry>| page.after.is_none_or(|after| entry.id < after);
        let asked = |entry: &&Arc<Entry>| page.order.is_none() || entry.order == page.order;
        let newest = tables.points.entries(of).rev().filter(behind).filter(asked);
        Ok(newest.take(page.limit as usize).map(|entry| Entry::clone(entry)).collect())
    }

    async fn overdue(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<MemberId>, StoreError> {
        let tables = self.snapshot();
        let lots = tables.points.lots.values();
        let over = lots.filter(|lot| lot.live_until().is_some_and(|until| until <= now));
        let mut members: Vec<_> = over.map(|lot| lot.member).collect();
        members.sort();
        members.dedup();
        members.truncate(limit as usize);
        Ok(members)
    }

    async fn untold(
        &self,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError> {
        let tables = self.snapshot();
        let members: BTreeSet<_> = tables.points.untold(now, soon).map(|lot| lot.member).collect();
        Ok(members.into_iter().take(limit as usize).collect())
    }

    async fn told(
        &self,
        of: MemberId,
        noted: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Expiring>, StoreError> {
        let tables = self.snapshot();
        let points = &tables.points;
        let mut by_time = BTreeMap::new();
        for lot in points.lots.values().filter(|lot| lot.member == of) {
            let until = lot.live_until().filter(|until| *until > now);
            if let Some(until) = until.filter(|_| points.told.get(&lot.id) == Some(&noted)) {
                *by_time.entry(until).or_insert(0) += lot.remaining;
            }
        }
        let expiring = |(expires_at, amount)| Expiring { amount, expires_at };
        Ok(by_time.into_iter().map(expiring).collect())
    }

    async fn accounts(
        &self,
        after: Option<MemberId>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError> {
        let tables = self.snapshot();
        let members = tables.points.accounts.keys().copied();
        let behind = members.filter(|member| after.is_none_or(|after| *member > after));
        Ok(behind.take(limit as usize).collect())
    }
}
