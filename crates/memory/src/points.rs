use std::{collections::BTreeMap, sync::Arc};

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
