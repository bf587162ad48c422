use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{OrderNumber, Reason};
use crate::model::{Datum, EntryId, EventKind, LotId, MemberId, NewEvent, UsageId};

/// How a member's points changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Points came.
    Accumulated,
    /// Points that came were taken back.
    AccumulationCanceled,
    /// Points were spent.
    Used,
    /// Points that were spent came back.
    UseCanceled,
    /// Points were lost when their time was over.
    Expired,
    /// Points went to another member, or came from one.
    Transferred,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Accumulated,
        Self::AccumulationCanceled,
        Self::Used,
        Self::UseCanceled,
        Self::Expired,
        Self::Transferred,
    ];

    /// The kind's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accumulated => "accumulated",
            Self::AccumulationCanceled => "accumulation_canceled",
            Self::Used => "used",
            Self::UseCanceled => "use_canceled",
            Self::Expired => "expired",
            Self::Transferred => "transferred",
        }
    }

    /// The kind of a stored word; `None` if there is none of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn event(self) -> EventKind {
        match self {
            Self::Accumulated => EventKind::PointsAccumulated,
            Self::AccumulationCanceled => EventKind::PointsAccumulationCanceled,
            Self::Used => EventKind::PointsUsed,
            Self::UseCanceled => EventKind::PointsUseCanceled,
            Self::Expired => EventKind::PointsExpired,
            Self::Transferred => EventKind::PointsTransferred,
        }
    }
}

/// A change of a member's points, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id; later ones have greater ones.
    pub id: EntryId,
    /// Whose points changed.
    pub member: MemberId,
    /// How.
    pub kind: EntryKind,
    /// By how much: less than zero where points went.
    pub amount: i64,
    /// What the member had afterwards.
    pub balance: i64,
    /// The lot that came, was taken back or was lost.
    pub lot: Option<LotId>,
    /// The use of points.
    pub usage: Option<UsageId>,
    /// On what they were spent, or what they came from.
    pub order: Option<OrderNumber>,
    /// To whom they went, or from whom they came.
    pub counterpart: Option<MemberId>,
    /// Why, where somebody said so.
    pub reason: Option<Reason>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Entry {
    /// The entry as the member's log tells it.
    #[must_use]
    pub fn event(&self) -> NewEvent {
        let mut data = BTreeMap::from([
            ("amount", Datum::Number(self.amount)),
            ("balance", Datum::Number(self.balance)),
        ]);
        let lot = self.lot.map(|id| id.to_string());
        if let Some(key) = self.usage.map(|id| id.to_string()).or(lot) {
            data.insert("key", key.into());
        }
        if let Some(order) = &self.order {
            data.insert("order_number", order.as_str().into());
        }
        if let Some(reason) = &self.reason {
            data.insert("reason", reason.as_str().into());
        }
        NewEvent { kind: self.kind.event(), project: None, at: self.at, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_and_names_the_event() {
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::from_name(kind.name()), Some(kind));
            assert_eq!(kind.event().name(), format!("points.{}", kind.name()));
        }
    }
}
