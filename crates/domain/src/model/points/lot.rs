use chrono::{DateTime, Utc};

use super::OrderNumber;
use crate::model::{LotId, MemberId, UnknownWord};

/// Why points came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LotKind {
    /// They were paid for.
    Charge,
    /// They were a gift.
    Bonus,
    /// An admin gave them.
    Manual,
    /// They were spent, came back, and those they had been were past their time.
    Reissue,
}

impl LotKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Charge, Self::Bonus, Self::Manual, Self::Reissue];

    /// The kind's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Bonus => "bonus",
            Self::Manual => "manual",
            Self::Reissue => "reissue",
        }
    }

    /// The kind of a word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let unknown = UnknownWord { allowed: "charge, bonus, manual, reissue" };
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(unknown)
    }
}

/// Where a lot stands.
///
/// ```text
/// Open --taken back, untouched--> Canceled
///      --past its time----------> Expired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LotState {
    /// What remains of it can be spent until its time is over.
    Open,
    /// It was taken back whole.
    Canceled,
    /// What remained of it was lost.
    Expired,
}

impl LotState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Canceled, Self::Expired];

    /// The state's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }

    /// The state of a stored word; `None` if there is none of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Points that came at once and expire together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Its id, which is the key of what was accumulated.
    pub id: LotId,
    /// Whose it is.
    pub member: MemberId,
    /// Why it came.
    pub kind: LotKind,
    /// Whether it is spent before others: an admin gave it, or it stands for one that an admin gave.
    pub manual: bool,
    /// How many points came.
    pub amount: i64,
    /// How many of them are there.
    pub remaining: i64,
    /// Where it stands.
    pub state: LotState,
    /// When its time is over.
    pub expires_at: DateTime<Utc>,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// The lot that its points were of before: of the member who handed them over, or the one that
    /// was past its time when they came back.
    pub origin: Option<LotId>,
    /// What it came from.
    pub source: Option<OrderNumber>,
}

impl Lot {
    /// Whether it is past its time, be that written down or not.
    #[must_use]
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.state == LotState::Expired || self.expires_at <= now
    }

    /// Whether a member's own money is behind it.
    #[must_use]
    pub fn is_bought(&self) -> bool {
        self.kind == LotKind::Charge && self.source.is_some()
    }

    /// Until when it has points; `None` if it has none.
    #[must_use]
    pub fn live_until(&self) -> Option<DateTime<Utc>> {
        (self.remaining > 0).then_some(self.expires_at)
    }

    /// What decides which lot is spent first: one from an admin, then the next to expire, then the
    /// oldest.
    pub(super) fn turn(&self) -> (bool, DateTime<Utc>, LotId) {
        (!self.manual, self.expires_at, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for kind in LotKind::ALL {
            assert_eq!(LotKind::from_name(kind.name()), Ok(kind));
        }
        assert!(LotKind::from_name("Manual").is_err());
        for state in LotState::ALL {
            assert_eq!(LotState::from_name(state.name()), Some(state));
        }
    }
}
