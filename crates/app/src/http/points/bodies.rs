use castad_domain::{
    model::{Entry, GivenBack, Lot, MemberId, Reconciled, Restored, Totals, Transfer, Usage},
    port::{Balance, Expiring},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::views::time;

/// Points that a member is to get.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct NewAccumulation {
    /// Who gets them.
    member_id: String,
    /// How many: a charge from 1,000 to 1,000,000 in thousands, else 1 to 100,000.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1_000)]
    amount: i64,
    /// `charge`, `bonus` or `manual`.
    #[schema(example = "bonus")]
    kind: String,
    /// For how many days they are good; 365 if nothing is said.
    #[schema(minimum = 1, maximum = 1824)]
    expires_in_days: Option<u64>,
}

/// Points that came.
#[derive(Serialize, ToSchema)]
#[schema(as = Accumulation)]
pub(in crate::http) struct AccumulationBody {
    /// How they are called.
    key: String,
    /// Who got them.
    member_id: String,
    /// How many.
    amount: i64,
    /// Why.
    kind: &'static str,
    /// When their time is over.
    expires_at: String,
}

impl From<&Lot> for AccumulationBody {
    fn from(lot: &Lot) -> Self {
        Self {
            key: lot.id.to_string(),
            member_id: lot.member.to_string(),
            amount: lot.amount,
            kind: lot.kind.name(),
            expires_at: time(lot.expires_at),
        }
    }
}

/// Points that were taken back.
#[derive(Serialize, ToSchema)]
#[schema(as = CanceledAccumulation)]
pub(in crate::http) struct CanceledAccumulationBody {
    /// How they were called.
    key: String,
    /// How many.
    canceled: i64,
}

impl From<&Lot> for CanceledAccumulationBody {
    fn from(lot: &Lot) -> Self {
        Self { key: lot.id.to_string(), canceled: lot.amount }
    }
}

/// Points that are to be spent.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct NewUsage {
    /// On what; points are spent on an order once.
    #[schema(max_length = 100, example = "A1234")]
    order_number: String,
    /// How many.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 500)]
    amount: i64,
}

/// What was taken of a lot.
#[derive(Serialize, ToSchema)]
#[schema(as = Taken)]
pub(in crate::http) struct TakenBody {
    /// The lot.
    lot: String,
    /// How many points.
    amount: i64,
}

/// Points that were spent.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
pub(in crate::http) struct UsageBody {
    /// How the use is called.
    key: String,
    /// On what they were spent.
    order_number: String,
    /// How many.
    amount: i64,
    /// Of which lots.
    used_from: Vec<TakenBody>,
}

impl From<&Usage> for UsageBody {
    fn from(usage: &Usage) -> Self {
        let details = usage.details.iter();
        Self {
            key: usage.id.to_string(),
            order_number: usage.order.to_string(),
            amount: usage.amount,
            used_from: details
                .map(|part| TakenBody { lot: part.lot.to_string(), amount: part.amount })
                .collect(),
        }
    }
}

/// What is to come back of a use.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct NewCancellation {
    /// How many points; all that did not come back yet if nothing is said.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount: Option<u64>,
    /// Why, for your history of points.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// Points that came back to a lot.
#[derive(Serialize, ToSchema)]
#[schema(as = Restored)]
pub(in crate::http) struct RestoredBody {
    /// The lot that has them now.
    lot: String,
    /// How many.
    amount: i64,
    /// Whether it is a new lot, for one that is past its time.
    reissued: bool,
}

impl From<&Restored> for RestoredBody {
    fn from(part: &Restored) -> Self {
        Self { lot: part.lot.to_string(), amount: part.amount, reissued: part.reissued }
    }
}

/// What came back of a use.
#[derive(Serialize, ToSchema)]
#[schema(as = GivenBack)]
pub(in crate::http) struct GivenBackBody {
    /// How the use is called.
    key: String,
    /// How many points came back now.
    canceled: i64,
    /// How many may still come back.
    remaining: i64,
    /// To which lots they came.
    restored: Vec<RestoredBody>,
}

impl From<&GivenBack> for GivenBackBody {
    fn from(back: &GivenBack) -> Self {
        Self {
            key: back.usage.id.to_string(),
            canceled: back.amount,
            remaining: back.usage.remaining(),
            restored: back.restored.iter().map(RestoredBody::from).collect(),
        }
    }
}

/// Points that are lost at a time.
#[derive(Serialize, ToSchema)]
#[schema(as = Expiring)]
pub(in crate::http) struct ExpiringBody {
    /// How many.
    amount: i64,
    /// When.
    expires_at: String,
}

/// What a member can spend, and what became of the rest.
#[derive(Serialize, ToSchema)]
#[schema(as = Balance)]
pub(in crate::http) struct BalanceBody {
    /// How many points can be spent.
    available: i64,
    /// Those of them that are lost within 30 days, the next first.
    expiring_soon: Vec<ExpiringBody>,
    /// How many came and were not taken back.
    accumulated: i64,
    /// How many were spent and did not come back.
    used: i64,
    /// How many were lost when their time was over.
    expired: i64,
}

impl BalanceBody {
    pub(super) fn new(balance: &Balance, totals: Totals) -> Self {
        let soon = |soon: &Expiring| ExpiringBody {
            amount: soon.amount,
            expires_at: time(soon.expires_at),
        };
        Self {
            available: balance.available,
            expiring_soon: balance.expiring.iter().map(soon).collect(),
            accumulated: totals.accumulated,
            used: totals.used,
            expired: totals.expired,
        }
    }
}

/// A change of a member's points.
#[derive(Serialize, ToSchema)]
#[schema(as = PointEntry)]
pub(in crate::http) struct EntryBody {
    /// Its id.
    id: String,
    /// What happened: `accumulated`, `accumulation_canceled`, `used`, `use_canceled`, `expired` or
    /// `transferred`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// By how much; less than zero where points went.
    amount: i64,
    /// What was there afterwards.
    balance: i64,
    /// The use or the points that it is about.
    key: Option<String>,
    /// On what they were spent, or what they came from.
    order_number: Option<String>,
    /// To whom they went, or from whom they came.
    counterpart_id: Option<String>,
    /// Why they came back, where somebody said so.
    reason: Option<String>,
    /// When.
    at: String,
}

impl From<&Entry> for EntryBody {
    fn from(entry: &Entry) -> Self {
        let lot = entry.lot.map(|id| id.to_string());
        Self {
            id: entry.id.to_string(),
            kind: entry.kind.name(),
            amount: entry.amount,
            balance: entry.balance,
            key: entry.usage.map(|id| id.to_string()).or(lot),
            order_number: entry.order.as_ref().map(ToString::to_string),
            counterpart_id: entry.counterpart.map(|id| id.to_string()),
            reason: entry.reason.as_ref().map(ToString::to_string),
            at: time(entry.at),
        }
    }
}

/// Points that are to go from one member to another.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct NewTransfer {
    /// Whose points go.
    from_member_id: String,
    /// Who gets them.
    to_member_id: String,
    /// How many.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount: i64,
}

/// A lot that came of a transfer.
#[derive(Serialize, ToSchema)]
#[schema(as = Handed)]
pub(in crate::http) struct HandedBody {
    /// The new lot.
    lot: String,
    /// The lot that its points were of.
    from: Option<String>,
    /// How many.
    amount: i64,
    /// When their time is over, as it was before.
    expires_at: String,
}

/// Points that went from one member to another.
#[derive(Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(in crate::http) struct TransferBody {
    /// The entry of whom they went from.
    key: String,
    /// How many.
    amount: i64,
    /// What came of them.
    lots: Vec<HandedBody>,
}

impl From<&Transfer> for TransferBody {
    fn from(transfer: &Transfer) -> Self {
        let lot = |lot: &Lot| HandedBody {
            lot: lot.id.to_string(),
            from: lot.origin.map(|id| id.to_string()),
            amount: lot.amount,
            expires_at: time(lot.expires_at),
        };
        Self {
            key: transfer.entry.to_string(),
            amount: transfer.amount,
            lots: transfer.lots.iter().map(lot).collect(),
        }
    }
}

/// What was written off.
#[derive(Serialize, ToSchema)]
#[schema(as = Expired)]
pub(in crate::http) struct ExpiredBody {
    /// How many points.
    pub(super) expired: i64,
}

/// Whose points are to be looked at.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct WhoseBooks {
    /// One member's; everybody's if nothing is said.
    member_id: Option<String>,
}

/// What was found of a member's points.
#[derive(Serialize, ToSchema)]
#[schema(as = Reconciled)]
pub(in crate::http) struct ReconciledBody {
    /// The member.
    member_id: String,
    /// `matched`, `corrected`, `created` or `skipped`.
    result: &'static str,
}

impl From<(MemberId, Reconciled)> for ReconciledBody {
    fn from((member, found): (MemberId, Reconciled)) -> Self {
        Self { member_id: member.to_string(), result: found.name() }
    }
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Reconciliation)]
pub(in crate::http) struct ReconciliationBody {
    /// Of each member.
    pub(super) items: Vec<ReconciledBody>,
}
