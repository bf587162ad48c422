mod read;
mod row;
mod write;

use async_trait::async_trait;
use castad_domain::{
    model::{Lot, LotId, MemberId, OrderNumber, PointAccount, Totals, Usage, UsageId},
    port::{PointsBook, StoreError},
};
use chrono::{DateTime, Utc};
#[cfg(test)]
pub(crate) use read::TEXTS as READS;
pub(crate) use row::AccountRow;
use row::{DetailRow, LotRow, SumRow, TotalsRow, UsageRow, lot_columns};
use uuid::Uuid;
#[cfg(test)]
pub(crate) use write::TEXTS as WRITES;

use crate::{
    dialect,
    fault::{corrupt, one_row, store_error},
    row::bits,
    store::Unit,
};

/// The version of the settings, to be read in the statement that holds an account.
macro_rules! settings_version {
    () => {
        "(SELECT settings_head.version FROM settings_head WHERE settings_head.id = 1)"
    };
}

pub(crate) use settings_version;

texts! {
    LIVE_LOTS =
        concat!("SELECT ", lot_columns!(), " FROM point_lots \
         WHERE member_id = ? AND live_until IS NOT NULL");
    LOTS_OF_USAGE =
        concat!("SELECT ", lot_columns!(), " FROM point_usage_details \
         JOIN point_lots ON point_lots.id = point_usage_details.lot_id \
         WHERE point_usage_details.usage_id = ?");
    LOT_OF_MEMBER =
        concat!("SELECT ", lot_columns!(), " FROM point_lots \
         WHERE point_lots.id = ? AND point_lots.member_id = ?");
    USAGE =
        "SELECT id, order_number, amount, canceled, at FROM point_usages \
         WHERE id = ? AND member_id = ?";
    USAGE_OF_ORDER =
        "SELECT id, order_number, amount, canceled, at FROM point_usages \
         WHERE member_id = ? AND order_number = ?";
    DETAILS =
        "SELECT lot_id, amount, canceled FROM point_usage_details WHERE usage_id = ? ORDER BY place";
    SUMS =
        "SELECT kind, CAST(SUM(amount) AS SIGNED) AS amount FROM point_entries \
         WHERE member_id = ? GROUP BY kind";
    TOTALS =
        "SELECT available, accumulated, used, expired FROM point_totals WHERE member_id = ?";
}

impl Unit {
    async fn with_details(
        &mut self,
        of: MemberId,
        row: Option<UsageRow>,
    ) -> Result<Option<Usage>, StoreError> {
        let Some(row) = row else { return Ok(None) };
        let details = fetch_all!(self.link(), DetailRow, DETAILS, row.id)?;
        row.usage(of, details).map(Some)
    }

    async fn account(&mut self, member: Uuid) -> Result<Option<AccountRow>, StoreError> {
        let held = dialect::hold_account(self.link(), member).await.map_err(store_error)?;
        if held.is_some() {
            return Ok(held);
        }
        dialect::open_account(self.link(), member).await.map_err(store_error)?;
        dialect::hold_account(self.link(), member).await.map_err(store_error)
    }
}

#[async_trait]
impl PointsBook for Unit {
    async fn hold(&mut self, member: MemberId) -> Result<Option<PointAccount>, StoreError> {
        let of = bits(member.to_bits());
        let Some(row) = self.account(of).await? else { return Ok(None) };
        let lots = fetch_all!(self.link(), LotRow, LIVE_LOTS, of)?;
        let lots = lots.into_iter().map(Lot::try_from).collect::<Result<_, _>>()?;
        Ok(Some(row.account(member, lots)))
    }

    async fn lot(&mut self, of: MemberId, id: LotId) -> Result<Option<Lot>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let row = fetch_optional!(self.link(), LotRow, LOT_OF_MEMBER, id, of)?;
        row.map(Lot::try_from).transpose()
    }

    async fn lots_of(&mut self, usage: &Usage) -> Result<Vec<Lot>, StoreError> {
        let id = bits(usage.id.to_bits());
        let rows = fetch_all!(self.link(), LotRow, LOTS_OF_USAGE, id)?;
        rows.into_iter().map(Lot::try_from).collect()
    }

    async fn usage(&mut self, of: MemberId, id: UsageId) -> Result<Option<Usage>, StoreError> {
        let (member, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let row = fetch_optional!(self.link(), UsageRow, USAGE, id, member)?;
        self.with_details(of, row).await
    }

    async fn usage_of(
        &mut self,
        of: MemberId,
        order: &OrderNumber,
    ) -> Result<Option<Usage>, StoreError> {
        let (member, order) = (bits(of.to_bits()), order.as_str());
        let row = fetch_optional!(self.link(), UsageRow, USAGE_OF_ORDER, member, order)?;
        self.with_details(of, row).await
    }

    async fn write(&mut self, account: &PointAccount) -> Result<(), StoreError> {
        write::account(self, account).await
    }

    async fn audit(&mut self, of: MemberId) -> Result<(Totals, Option<Totals>), StoreError> {
        let of = bits(of.to_bits());
        let sums = fetch_all!(self.link(), SumRow, SUMS, of)?;
        let kept = fetch_optional!(self.link(), TotalsRow, TOTALS, of)?;
        let sum = |totals: Totals, row: SumRow| Ok(totals.with_sum(row.kind()?, row.amount));
        let sums: Result<_, StoreError> = sums.into_iter().try_fold(Totals::default(), sum);
        Ok((sums?, kept.map(Totals::from)))
    }

    async fn note_told(
        &mut self,
        of: MemberId,
        within: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<u64, StoreError> {
        write::told(self, of, within).await
    }

    async fn correct(&mut self, account: &PointAccount, totals: Totals) -> Result<(), StoreError> {
        write::corrected(self, account, totals).await
    }
}
