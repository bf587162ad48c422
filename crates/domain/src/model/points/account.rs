mod back;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::BTreeSet;

pub use back::{Cancellation, GivenBack, Restored};
use chrono::{DateTime, TimeDelta, Utc};
pub use transfer::Transfer;

use super::{
    Entry, EntryKind, Lot, LotKind, LotState, OrderNumber, PointsRefusal, Reason, Usage,
    UsageDetail,
};
use crate::model::{EntryId, LotId, MemberId, PointLimits, SettingsVersion, UsageId};

/// When something is written down, and where its ids come from.
#[derive(Clone, Copy)]
pub struct Stamp<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Gives the next id.
    pub ids: &'a (dyn Fn() -> u128 + Send + Sync),
}

/// Points that are to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Why.
    pub kind: LotKind,
    /// How many.
    pub amount: i64,
    /// For how long they are good, if not as long as usual.
    pub lifetime: Option<TimeDelta>,
    /// What they come from.
    pub source: Option<OrderNumber>,
}

/// What changed of an account since it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PointsChanges {
    /// The lots that are new.
    pub opened: BTreeSet<LotId>,
    /// The lots that are not, and are not as they were read.
    pub touched: BTreeSet<LotId>,
    /// The uses that are new.
    pub spent: Vec<Usage>,
    /// The uses of which something came back.
    pub returned: Vec<Usage>,
    /// What is to be written down.
    pub entries: Vec<Entry>,
}

/// A member's points, held by whoever changes them.
///
/// It knows the lots that have points, and those others that a decision needs. It notes what a
/// decision changes; a decision that is refused changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointAccount {
    member: MemberId,
    version: i64,
    settings: SettingsVersion,
    recorded: i64,
    lots: Vec<Lot>,
    changes: PointsChanges,
}

impl PointAccount {
    /// The account of a row: how often it was written, the settings at the time, what it said was
    /// there, and its lots that have points.
    #[must_use]
    pub fn restore(
        member: MemberId,
        version: i64,
        settings: SettingsVersion,
        recorded: i64,
        lots: Vec<Lot>,
    ) -> Self {
        Self { member, version, settings, recorded, lots, changes: PointsChanges::default() }
    }

    /// Whose it is.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.member
    }

    /// How often it was written when it was read.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The settings that were in force when it was held.
    #[must_use]
    pub fn settings(&self) -> SettingsVersion {
        self.settings
    }

    /// What its row said was there.
    #[must_use]
    pub fn recorded(&self) -> i64 {
        self.recorded
    }

    /// What its lots have. Lots past their time count until that is [written off](Self::expire).
    #[must_use]
    pub fn balance(&self) -> i64 {
        self.lots.iter().map(|lot| lot.remaining).sum()
    }

    /// Its lots as they are now.
    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// What changed since it was read.
    #[must_use]
    pub fn changes(&self) -> &PointsChanges {
        &self.changes
    }

    /// The same decisions on another version, for doubles of a store that does not look.
    #[cfg(feature = "mock")]
    #[must_use]
    pub fn rebased(self, version: i64) -> Self {
        Self { version, ..self }
    }

    /// Writes off the lots that are past their time, and says how many points that were. Every
    /// change begins with it: what has expired is never spent, be the batch late or not.
    pub fn expire(&mut self, stamp: Stamp<'_>) -> i64 {
        let due = |lot: &&mut Lot| lot.remaining > 0 && lot.is_over(stamp.at);
        let mut over = Vec::new();
        for lot in self.lots.iter_mut().filter(due) {
            lot.state = LotState::Expired;
            over.push((lot.id, std::mem::take(&mut lot.remaining)));
        }
        let mut balance = self.balance() + over.iter().map(|(_, lost)| lost).sum::<i64>();
        for &(id, lost) in &over {
            self.touch(id);
            balance -= lost;
            let entry = Entry { lot: Some(id), ..self.entry(stamp, EntryKind::Expired, -lost) };
            self.changes.entries.push(Entry { balance, ..entry });
        }
        over.iter().map(|(_, lost)| lost).sum()
    }

    /// Adds points.
    ///
    /// # Errors
    ///
    /// [`PointsRefusal`] if the limits do not allow it.
    pub fn accumulate(
        &mut self,
        credit: Credit,
        (limits, stamp): (&PointLimits, Stamp<'_>),
    ) -> Result<Lot, PointsRefusal> {
        let Credit { kind, amount, lifetime, source } = credit;
        limits.check_amount(kind, amount)?;
        let expires_at = limits.expiry(lifetime, stamp.at)?;
        limits.check_balance(self.balance(), amount)?;

        let lot = Lot {
            id: LotId::from_bits((stamp.ids)()),
            member: self.member,
            kind,
            manual: kind == LotKind::Manual,
            amount,
            remaining: amount,
            state: LotState::Open,
            expires_at,
            created_at: stamp.at,
            origin: None,
            source: source.clone(),
        };
        self.open(lot.clone());
        let entry = self.entry(stamp, EntryKind::Accumulated, amount);
        self.changes.entries.push(Entry { lot: Some(lot.id), order: source, ..entry });
        Ok(lot)
    }

    /// Takes a lot back, whole.
    ///
    /// # Errors
    ///
    /// [`PointsRefusal`] if there is no such lot, or if it is not as it came.
    pub fn take_back(&mut self, lot: LotId, stamp: Stamp<'_>) -> Result<Lot, PointsRefusal> {
        let kept = self.lots.iter_mut().find(|kept| kept.id == lot);
        let kept = kept.ok_or(PointsRefusal::NoSuchLot)?;
        if kept.state == LotState::Canceled {
            return Err(PointsRefusal::AlreadyCanceled);
        }
        if kept.is_over(stamp.at) {
            return Err(PointsRefusal::LotExpired);
        }
        if kept.remaining < kept.amount {
            return Err(PointsRefusal::LotInUse { used: kept.amount - kept.remaining });
        }

        kept.state = LotState::Canceled;
        kept.remaining = 0;
        let kept = kept.clone();
        self.touch(lot);
        let entry = self.entry(stamp, EntryKind::AccumulationCanceled, -kept.amount);
        self.changes.entries.push(Entry { lot: Some(lot), order: kept.source.clone(), ..entry });
        Ok(kept)
    }

    /// Spends points on an order: those from an admin first, then those that expire next, then the
    /// oldest.
    ///
    /// # Errors
    ///
    /// [`PointsRefusal`] if fewer are there.
    pub fn spend(
        &mut self,
        order: OrderNumber,
        amount: i64,
        stamp: Stamp<'_>,
    ) -> Result<Usage, PointsRefusal> {
        let details = self.take(amount, stamp)?.into_iter();
        let details = details.map(|(lot, amount)| UsageDetail { lot, amount, canceled: 0 });
        let usage = Usage {
            id: UsageId::from_bits((stamp.ids)()),
            member: self.member,
            order: order.clone(),
            amount,
            canceled: 0,
            at: stamp.at,
            details: details.collect(),
        };
        let entry = self.entry(stamp, EntryKind::Used, -amount);
        self.changes.entries.push(Entry { usage: Some(usage.id), order: Some(order), ..entry });
        self.changes.spent.push(usage.clone());
        Ok(usage)
    }

    /// Takes points out of lots, in turn, and says how many of which.
    fn take(&mut self, amount: i64, stamp: Stamp<'_>) -> Result<Vec<(LotId, i64)>, PointsRefusal> {
        if amount < 1 {
            return Err(PointsRefusal::Amount { least: 1, most: i64::MAX, step: 1 });
        }
        let good = |lot: &&mut Lot| lot.remaining > 0 && !lot.is_over(stamp.at);
        let mut lots: Vec<&mut Lot> = self.lots.iter_mut().filter(good).collect();
        let available = lots.iter().map(|lot| lot.remaining).sum();
        if amount > available {
            return Err(PointsRefusal::Insufficient { available });
        }
        lots.sort_by_key(|lot| lot.turn());

        let (mut left, mut parts) = (amount, Vec::new());
        for lot in lots {
            let part = left.min(lot.remaining);
            if part == 0 {
                break;
            }
            lot.remaining -= part;
            left -= part;
            parts.push((lot.id, part));
        }
        for &(lot, _) in &parts {
            self.touch(lot);
        }
        Ok(parts)
    }

    fn open(&mut self, lot: Lot) {
        self.changes.opened.insert(lot.id);
        self.lots.push(lot);
    }

    fn touch(&mut self, lot: LotId) {
        if !self.changes.opened.contains(&lot) {
            self.changes.touched.insert(lot);
        }
    }

    /// An entry of the account as it is now.
    fn entry(&self, stamp: Stamp<'_>, kind: EntryKind, amount: i64) -> Entry {
        Entry {
            id: EntryId::from_bits((stamp.ids)()),
            member: self.member,
            kind,
            amount,
            balance: self.balance(),
            lot: None,
            usage: None,
            order: None,
            counterpart: None,
            reason: None,
            at: stamp.at,
        }
    }
}
