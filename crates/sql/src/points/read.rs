use async_trait::async_trait;
use castad_domain::{
    model::{Entry, Lot, LotId, MemberId, Totals},
    port::{Balance, Expiring, HistoryPage, PointsReader, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    TOTALS,
    row::{EntryRow, LotRow, TotalsRow, lot_columns},
};
use crate::{row::bits, store::Sql};

texts! {
    LOT = concat!("SELECT ", lot_columns!(), " FROM point_lots WHERE point_lots.id = ?");
    LIVE_BY_TIME =
        "SELECT live_until, CAST(SUM(remaining) AS SIGNED) AS amount FROM point_lots \
         WHERE member_id = ? AND live_until > ? GROUP BY live_until ORDER BY live_until";
    HISTORY =
        "SELECT id, kind, amount, balance, lot_id, usage_id, order_number, counterpart_id, \
         reason, at FROM point_entries WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
    HISTORY_OF_ORDER =
        "SELECT id, kind, amount, balance, lot_id, usage_id, order_number, counterpart_id, \
         reason, at FROM point_entries WHERE member_id = ? AND order_number = ? AND id < ? \
         ORDER BY id DESC LIMIT ?";
    OVERDUE = "SELECT DISTINCT member_id FROM point_lots WHERE live_until <= ? LIMIT ?";
    /// Whose lots are lost soon, where nobody noted that they are told of it.
    UNTOLD =
        "SELECT DISTINCT member_id FROM point_lots \
         WHERE told_at IS NULL AND live_until > ? AND live_until < ? LIMIT ?";
    TOLD =
        "SELECT live_until, CAST(SUM(remaining) AS SIGNED) AS amount FROM point_lots \
         WHERE member_id = ? AND live_until > ? AND told_at = ? \
         GROUP BY live_until ORDER BY live_until";
    ACCOUNTS =
        "SELECT member_id FROM point_accounts WHERE member_id > ? AND version > 0 \
         ORDER BY member_id LIMIT ?";
}

#[derive(sqlx::FromRow)]
struct LiveRow {
    live_until: DateTime<Utc>,
    amount: i64,
}

impl From<LiveRow> for Expiring {
    fn from(row: LiveRow) -> Self {
        Self { amount: row.amount, expires_at: row.live_until }
    }
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    member_id: Uuid,
}

impl MemberRow {
    fn id(&self) -> MemberId {
        MemberId::from_bits(self.member_id.as_u128())
    }
}

#[async_trait]
impl PointsReader for Sql {
    async fn lot(&self, id: LotId) -> Result<Option<Lot>, StoreError> {
        let id = bits(id.to_bits());
        let row = fetch_optional!(self.reader().await?.link(), LotRow, LOT, id)?;
        row.map(Lot::try_from).transpose()
    }

    async fn balance(
        &self,
        of: MemberId,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
    ) -> Result<Balance, StoreError> {
        let of = bits(of.to_bits());
        let rows = fetch_all!(self.reader().await?.link(), LiveRow, LIVE_BY_TIME, of, now)?;
        let available = rows.iter().map(|row| row.amount).sum();
        let lost = rows.into_iter().take_while(|row| row.live_until < soon);
        Ok(Balance { available, expiring: lost.map(Expiring::from).collect() })
    }

    async fn totals(&self, of: MemberId) -> Result<Option<Totals>, StoreError> {
        let of = bits(of.to_bits());
        let read = self
            .lagging(|link| Box::pin(async move { fetch_optional!(link, TotalsRow, TOTALS, of) }));
        Ok(read.await?.map(Totals::from))
    }

    async fn history(&self, of: MemberId, page: HistoryPage) -> Result<Vec<Entry>, StoreError> {
        let member = bits(of.to_bits());
        let before = page.after.map_or(Uuid::max(), |id| bits(id.to_bits()));
        let (order, limit) = (page.order, page.limit);
        let read = self.lagging(|link| {
            let order = order.clone();
            Box::pin(async move {
                match order {
                    None => fetch_all!(link, EntryRow, HISTORY, member, before, limit),
                    Some(order) => {
                        let (text, order) = (HISTORY_OF_ORDER, order.as_str());
                        fetch_all!(link, EntryRow, text, member, order, before, limit)
                    }
                }
            })
        });
        let rows = read.await?;
        rows.into_iter().map(|row| row.entry(of)).collect()
    }

    async fn overdue(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<MemberId>, StoreError> {
        let rows = fetch_all!(self.reader().await?.link(), MemberRow, OVERDUE, now, limit)?;
        Ok(rows.iter().map(MemberRow::id).collect())
    }

    async fn untold(
        &self,
        now: DateTime<Utc>,
        soon: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError> {
        let rows = fetch_all!(self.reader().await?.link(), MemberRow, UNTOLD, now, soon, limit)?;
        Ok(rows.iter().map(MemberRow::id).collect())
    }

    async fn told(
        &self,
        of: MemberId,
        noted: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Expiring>, StoreError> {
        let of = bits(of.to_bits());
        let rows = fetch_all!(self.reader().await?.link(), LiveRow, TOLD, of, now, noted)?;
        Ok(rows.into_iter().map(Expiring::from).collect())
    }

    async fn accounts(
        &self,
        after: Option<MemberId>,
        limit: u32,
    ) -> Result<Vec<MemberId>, StoreError> {
        let after = after.map_or(Uuid::nil(), |id| bits(id.to_bits()));
        let rows = fetch_all!(self.reader().await?.link(), MemberRow, ACCOUNTS, after, limit)?;
        Ok(rows.iter().map(MemberRow::id).collect())
    }
}
