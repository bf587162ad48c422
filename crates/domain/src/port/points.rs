use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::model::{
    Entry, EntryId, Lot, LotId, MemberId, OrderNumber, PointAccount, Totals, Usage, UsageId,
};

/// Points, as a transaction sees them: accounts, lots, uses and entries.
#[async_trait]
pub trait PointsBook: Send {
    /// Holds a member's account until the unit ends, with the lots that have points; opened if the
    /// member has none yet. `None` if there is no such member.
    ///
    /// # Contract
    ///
    /// * Whatever changes a member's points holds the account first: who holds it sees all that was
    ///   written before, and of two units that hold it the later one waits, or cannot commit.
    /// * Who holds several accounts takes them in the order of their members' ids.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if others held it for too long.
    async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError>;

    /// A lot of a member, whatever is left of it; `None` if the member has none of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError>;

    /// The lots that a use took points of, whatever is left of them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError>;

    /// A use of a member's points; `None` if the member has none of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError>;

    /// What a member spent on an order; `None` if nothing was.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn usage_of(
        &mut self,
        of: MemberId,
        order: &OrderNumber,
    ) -> Result<Option<Usage>, StoreError>;

    /// Writes what changed of an account, with its entries and the member's totals.
    ///
    /// # Contract
    ///
    /// * Of two writers that read the same version one wins, the other gets a conflict.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first,
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if points were spent on the
    /// order before.
    async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError>;

    /// The totals that a member's entries sum up to, and those that are kept.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn audit(&mut self, of: MemberId) -> Result<(Totals, Option<Totals>), StoreError>;

    /// Notes at `now`, of a member's lots that are good then and lost before `soon`, that the member is
    /// told of them, and says how many lots those are.
    ///
    /// # Contract
    ///
    /// * What was noted before stays as it was and does not count: each lot is noted once, and of two
    ///   units that note it the later one finds it noted, or cannot commit.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn note_told(
        &mut self,
        of: MemberId,
        (now, soon): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<u64, StoreError>;

    /// Keeps the totals of a held account anew, and has its row say what its lots have.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn correct(&mut self, account: &PointAccount, totals: Totals) -> Result<(), StoreError>;
}

/// What a member can spend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// How many points.
    pub available: i64,
    /// Those of them that are lost soon, the next first.
    pub expiring: Vec<Expiring>,
}

/// Points that are lost at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    /// How many.
    pub amount: i64,
    /// When.
    pub expires_at: DateTime<Utc>,
}

/// A part of a member's history, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The most entries.
    pub limit: u32,
    /// The entry that the page stands behind.
    pub after: Option<EntryId>,
    /// Only what has to do with that order.
    pub order: Option<OrderNumber>,
}

/// Points, as they are read.
#[async_trait]
pub trait PointsReader: Send + Sync {
    /// A lot, whosever it is; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn lot(&self, id: LotId) -> Result<Option<Lot>, StoreError>;

    /// What a member can spend, and what of it is lost before `soon`.
    ///
    /// # Contract
    ///
    /// * What is past its time by `now` does not count, be it written off or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn balance(
        &self,
        of: MemberId,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
    ) -> Result<Balance, StoreError>;

    /// The totals that are kept of a member; `None` if the member never had points.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn totals(&self, of: MemberId) -> Result<Option<Totals>, StoreError>;

    /// A part of a member's entries, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn history(&self, of: MemberId, page: HistoryPage) -> Result<Vec<Entry>, StoreError>;

    /// Members who have points past their time that are not written off.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn overdue(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<MemberId>, StoreError>;

    /// Members who have points that are good now and lost before `soon`, and of which nobody noted that
    /// they are told.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn untold(
        &self,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError>;

    /// What is left of a member's points of which it was noted at that time that they are told, the
    /// next to be lost first.
    ///
    /// # Contract
    ///
    /// * What is past its time by `now` is left out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn told(
        &self,
        of: MemberId,
        noted: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Expiring>, StoreError>;

    /// Members who have accounts, by their ids, those behind one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn accounts(
        &self,
        after: Option<MemberId>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError>;
}
