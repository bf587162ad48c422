use castad_domain::{
    model::{
        Entry, EntryId, EntryKind, Lot, LotId, LotKind, LotState, MemberId, OrderNumber,
        PointAccount, Reason, SettingsVersion, Totals, Usage, UsageDetail, UsageId,
    },
    port::StoreError,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::corrupt;

/// The columns of a lot, in the names of its row.
macro_rules! lot_columns {
    () => {
        "point_lots.id, point_lots.member_id, point_lots.kind, point_lots.first_out, \
         point_lots.amount, point_lots.remaining, point_lots.state, point_lots.expires_at, \
         point_lots.created_at, point_lots.origin_id, point_lots.source"
    };
}

pub(crate) use lot_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct AccountRow {
    version: i64,
    balance: i64,
    settings: i64,
}

impl AccountRow {
    pub(super) fn account(self, member: MemberId, lots: Vec<Lot>) -> PointAccount {
        PointAccount::restore(
            member,
            self.version,
            SettingsVersion(self.settings),
            self.balance,
            lots,
        )
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct LotRow {
    id: Uuid,
    member_id: Uuid,
    kind: String,
    first_out: bool,
    amount: i64,
    remaining: i64,
    state: String,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    origin_id: Option<Uuid>,
    source: Option<String>,
}

impl TryFrom<LotRow> for Lot {
    type Error = StoreError;

    fn try_from(row: LotRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: LotId::from_bits(row.id.as_u128()),
            member: MemberId::from_bits(row.member_id.as_u128()),
            kind: LotKind::from_name(&row.kind).map_err(|_| corrupt("point_lots.kind"))?,
            manual: row.first_out,
            amount: row.amount,
            remaining: row.remaining,
            state: LotState::from_name(&row.state).ok_or_else(|| corrupt("point_lots.state"))?,
            expires_at: row.expires_at,
            created_at: row.created_at,
            origin: row.origin_id.map(|id| LotId::from_bits(id.as_u128())),
            source: order("point_lots.source", row.source)?,
        })
    }
}

fn order(column: &'static str, text: Option<String>) -> Result<Option<OrderNumber>, StoreError> {
    let parse = |text: String| OrderNumber::parse(&text).map_err(|_| corrupt(column));
    text.map(parse).transpose()
}

#[derive(sqlx::FromRow)]
pub(super) struct UsageRow {
    pub(super) id: Uuid,
    order_number: String,
    amount: i64,
    canceled: i64,
    at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(super) struct DetailRow {
    lot_id: Uuid,
    amount: i64,
    canceled: i64,
}

impl UsageRow {
    pub(super) fn usage(
        self,
        member: MemberId,
        details: Vec<DetailRow>,
    ) -> Result<Usage, StoreError> {
        let detail = |row: DetailRow| UsageDetail {
            lot: LotId::from_bits(row.lot_id.as_u128()),
            amount: row.amount,
            canceled: row.canceled,
        };
        let column = "point_usages.order_number";
        Ok(Usage {
            id: UsageId::from_bits(self.id.as_u128()),
            member,
            order: OrderNumber::parse(&self.order_number).map_err(|_| corrupt(column))?,
            amount: self.amount,
            canceled: self.canceled,
            at: self.at,
            details: details.into_iter().map(detail).collect(),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct EntryRow {
    id: Uuid,
    kind: String,
    amount: i64,
    balance: i64,
    lot_id: Option<Uuid>,
    usage_id: Option<Uuid>,
    order_number: Option<String>,
    counterpart_id: Option<Uuid>,
    reason: Option<String>,
    at: DateTime<Utc>,
}

impl EntryRow {
    pub(super) fn entry(self, member: MemberId) -> Result<Entry, StoreError> {
        Ok(Entry {
            id: EntryId::from_bits(self.id.as_u128()),
            member,
            kind: entry_kind(&self.kind)?,
            amount: self.amount,
            balance: self.balance,
            lot: self.lot_id.map(|id| LotId::from_bits(id.as_u128())),
            usage: self.usage_id.map(|id| UsageId::from_bits(id.as_u128())),
            order: order("point_entries.order_number", self.order_number)?,
            counterpart: self.counterpart_id.map(|id| MemberId::from_bits(id.as_u128())),
            reason: reason(self.reason)?,
            at: self.at,
        })
    }
}

fn reason(text: Option<String>) -> Result<Option<Reason>, StoreError> {
    let reason = text.map(|text| Reason::parse(&text));
    reason.transpose().map_err(|_| corrupt("point_entries.reason"))
}

fn entry_kind(name: &str) -> Result<EntryKind, StoreError> {
    EntryKind::from_name(name).ok_or_else(|| corrupt("point_entries.kind"))
}

/// What the entries of a kind sum up to.
#[derive(sqlx::FromRow)]
pub(super) struct SumRow {
    kind: String,
    pub(super) amount: i64,
}

impl SumRow {
    pub(super) fn kind(&self) -> Result<EntryKind, StoreError> {
        entry_kind(&self.kind)
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct TotalsRow {
    available: i64,
    accumulated: i64,
    used: i64,
    expired: i64,
}

impl From<TotalsRow> for Totals {
    fn from(row: TotalsRow) -> Self {
        let TotalsRow { available, accumulated, used, expired } = row;
        Self { available, accumulated, used, expired }
    }
}
