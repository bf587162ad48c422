use chrono::{DateTime, NaiveDate, Utc};

use super::{ChannelId, HoldId, SlotId};

/// Which of a channel's numbers, on which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The channel.
    pub channel: ChannelId,
    /// The day.
    pub date: NaiveDate,
    /// The number, counted from 1.
    pub number: u32,
}

/// A place that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its id.
    pub id: SlotId,
    /// Which number of which day.
    pub place: Place,
    /// What it costs, in points.
    pub price: i64,
    /// Where it stands.
    pub state: SlotState,
}

/// Where a slot stands.
///
/// ```text
/// Available --held--> Held --reserved--> Reserved
///     ^----released, expired---'             |
///     '--------------canceled----------------'
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotState {
    /// Anybody may hold it.
    Available,
    /// It is kept for a member until then.
    Held {
        /// The hold.
        hold: HoldId,
        /// When it is anybody's again.
        until: DateTime<Utc>,
    },
    /// It is booked.
    Reserved {
        /// The hold that was paid.
        hold: HoldId,
    },
}

impl SlotState {
    /// The state's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Held { .. } => "held",
            Self::Reserved { .. } => "reserved",
        }
    }

    /// What the state is at that time: a hold past its time keeps nobody off, written off or not.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        match self {
            Self::Held { until, .. } if until <= now => Self::Available,
            Self::Available | Self::Held { .. } | Self::Reserved { .. } => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_hold_past_its_time_keeps_nobody_off() {
        let (now, hold) = (DateTime::UNIX_EPOCH, HoldId::from_bits(1));
        let held = SlotState::Held { hold, until: now };
        assert_eq!(held.at(now - TimeDelta::microseconds(1)), held);
        assert_eq!(held.at(now), SlotState::Available);
        assert_eq!(SlotState::Reserved { hold }.at(now).name(), "reserved");
        assert_eq!(SlotState::Available.at(now).name(), "available");
    }
}
