use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    Datum, EventKind, HoldId, IllegalTransition, MemberId, NewEvent, Place, Slot, SlotId, VideoId,
};

/// How long a slot is kept for a member.
pub const HOLD_TIME: TimeDelta = TimeDelta::minutes(5);
/// How many slots a member may hold at once.
pub const MOST_HELD: u32 = 10;

/// Where a hold stands.
///
/// ```text
/// Held --reserved--> Reserved --canceled--> Canceled
///   |---released--> Released
///   '---expired---> Expired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    /// The slot is kept for the member until the hold's time is over.
    Held,
    /// The slot was paid and is booked.
    Reserved {
        /// The video that is broadcast.
        video: VideoId,
        /// When it was paid.
        at: DateTime<Utc>,
    },
    /// Its time was over.
    Expired {
        /// When that was written down.
        at: DateTime<Utc>,
    },
    /// The member gave it back.
    Released {
        /// When.
        at: DateTime<Utc>,
    },
    /// The member gave the booking back, and got the points back.
    Canceled {
        /// The video that was to be broadcast.
        video: VideoId,
        /// When.
        at: DateTime<Utc>,
    },
}

impl HoldState {
    /// The state's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Reserved { .. } => "reserved",
            Self::Expired { .. } => "expired",
            Self::Released { .. } => "released",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// The word of the one state that leads to this one; a hold that was just taken has none.
    #[must_use]
    pub fn before(self) -> Option<&'static str> {
        match self {
            Self::Held => None,
            Self::Reserved { .. } | Self::Expired { .. } | Self::Released { .. } => Some("held"),
            Self::Canceled { .. } => Some("reserved"),
        }
    }

    /// Whether the slot is still this hold's.
    #[must_use]
    pub fn keeps_slot(self) -> bool {
        match self {
            Self::Held | Self::Reserved { .. } => true,
            Self::Expired { .. } | Self::Released { .. } | Self::Canceled { .. } => false,
        }
    }

    /// The video that is or was to be broadcast.
    #[must_use]
    pub fn video(self) -> Option<VideoId> {
        match self {
            Self::Reserved { video, .. } | Self::Canceled { video, .. } => Some(video),
            Self::Held | Self::Expired { .. } | Self::Released { .. } => None,
        }
    }

    /// When it came into this state; a hold that was just taken has been so from the start.
    #[must_use]
    pub fn since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Held => None,
            Self::Reserved { at, .. }
            | Self::Expired { at }
            | Self::Released { at }
            | Self::Canceled { at, .. } => Some(at),
        }
    }
}

/// Why a hold does not become what it was to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoldRefusal {
    /// Its time is over, or the slot was given back.
    #[error("the slot is held no longer")]
    Over,
    /// Its state does not allow it.
    #[error(transparent)]
    State(#[from] IllegalTransition),
    /// The day of the slot has begun.
    #[error("a booking is canceled before its day, and {0} has begun")]
    DayBegun(NaiveDate),
}

/// A slot that is kept for a member for a while, and booked once it is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// The slot.
    pub slot: SlotId,
    /// Which number of which day that is.
    pub place: Place,
    /// For whom.
    pub member: MemberId,
    /// What the slot costs, in points.
    pub price: i64,
    /// Since when.
    pub held_at: DateTime<Utc>,
    /// When it is over, unless it was paid.
    pub expires_at: DateTime<Utc>,
    /// Where it stands.
    pub state: HoldState,
}

impl Hold {
    /// The slot, kept for the member from now on.
    #[must_use]
    pub fn of(id: HoldId, slot: &Slot, member: MemberId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            slot: slot.id,
            place: slot.place,
            member,
            price: slot.price,
            held_at: now,
            expires_at: now + HOLD_TIME,
            state: HoldState::Held,
        }
    }

    /// The slot is paid.
    ///
    /// # Errors
    ///
    /// [`HoldRefusal`] unless it is held and its time is not over.
    pub fn reserved(&self, video: VideoId, now: DateTime<Utc>) -> Result<Self, HoldRefusal> {
        match self.state {
            HoldState::Held if now < self.expires_at => {
                Ok(self.turn(HoldState::Reserved { video, at: now }))
            }
            HoldState::Held | HoldState::Expired { .. } | HoldState::Released { .. } => {
                Err(HoldRefusal::Over)
            }
            HoldState::Reserved { .. } | HoldState::Canceled { .. } => {
                Err(self.refuse("paid").into())
            }
        }
    }

    /// The member gives the slot back before it is paid. What is over already stays as it is.
    ///
    /// # Errors
    ///
    /// [`HoldRefusal`] if it was paid.
    pub fn released(&self, now: DateTime<Utc>) -> Result<Self, HoldRefusal> {
        match self.state {
            HoldState::Held => Ok(self.turn(HoldState::Released { at: now })),
            HoldState::Expired { .. } | HoldState::Released { .. } | HoldState::Canceled { .. } => {
                Ok(self.clone())
            }
            HoldState::Reserved { .. } => Err(self.refuse("given back").into()),
        }
    }

    /// Its time is over.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is held and its time is over.
    pub fn expired(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        match self.state {
            HoldState::Held if self.expires_at <= now => {
                Ok(self.turn(HoldState::Expired { at: now }))
            }
            HoldState::Held
            | HoldState::Reserved { .. }
            | HoldState::Expired { .. }
            | HoldState::Released { .. }
            | HoldState::Canceled { .. } => Err(self.refuse("expired")),
        }
    }

    /// The member gives the booking back; `today` is the day that it is where it would be on air.
    /// What was canceled before stays as it is.
    ///
    /// # Errors
    ///
    /// [`HoldRefusal`] unless it is booked and its day has not begun.
    pub fn canceled(&self, (now, today): (DateTime<Utc>, NaiveDate)) -> Result<Self, HoldRefusal> {
        match self.state {
            HoldState::Reserved { .. } if self.place.date <= today => {
                Err(HoldRefusal::DayBegun(self.place.date))
            }
            HoldState::Reserved { video, .. } => {
                Ok(self.turn(HoldState::Canceled { video, at: now }))
            }
            HoldState::Canceled { .. } => Ok(self.clone()),
            HoldState::Held | HoldState::Expired { .. } | HoldState::Released { .. } => {
                Err(self.refuse("canceled").into())
            }
        }
    }

    /// What it is at that time: past its time it has expired, whether that was written down or not.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Self {
        self.expired(now).unwrap_or_else(|_| self.clone())
    }

    /// What is told of the state that it is in.
    #[must_use]
    pub fn event(&self) -> NewEvent {
        let kind = match self.state {
            HoldState::Held => EventKind::SlotHeld,
            HoldState::Reserved { .. } => EventKind::SlotReserved,
            HoldState::Expired { .. } => EventKind::SlotExpired,
            HoldState::Released { .. } => EventKind::SlotReleased,
            HoldState::Canceled { .. } => EventKind::SlotCanceled,
        };
        let mut data = std::collections::BTreeMap::from([
            ("hold_id", Datum::from(self.id.to_string())),
            ("slot_id", self.slot.to_string().into()),
            ("channel_id", self.place.channel.to_string().into()),
            ("date", self.place.date.to_string().into()),
            ("number", Datum::Number(i64::from(self.place.number))),
            ("points", Datum::Number(self.price)),
        ]);
        if let Some(video) = self.state.video() {
            data.insert("video_id", video.to_string().into());
        }
        NewEvent { kind, project: None, at: self.state.since().unwrap_or(self.held_at), data }
    }

    fn turn(&self, state: HoldState) -> Self {
        Self { state, ..self.clone() }
    }

    fn refuse(&self, event: &'static str) -> IllegalTransition {
        IllegalTransition { what: "hold", from: self.state.name(), event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelId, SlotState};

    const VIDEO: VideoId = VideoId::from_bits(9);

    fn now() -> DateTime<Utc> {
        "2026-05-01T03:00:00Z".parse().unwrap()
    }

    /// The day before the one that is booked.
    fn eve() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, 1).unwrap()
    }

    fn hold(state: HoldState) -> Hold {
        let date = NaiveDate::from_ymd_opt(2026, 5, 2).unwrap();
        let place = Place { channel: ChannelId::from_bits(1), date, number: 7 };
        let id = SlotId::from_bits(2);
        let slot = Slot { id, place, price: 5_000, state: SlotState::Available };
        let hold = Hold::of(HoldId::from_bits(3), &slot, MemberId::from_bits(4), now());
        Hold { state, ..hold }
    }

    fn states() -> [HoldState; 5] {
        let at = now();
        [
            HoldState::Held,
            HoldState::Reserved { video: VIDEO, at },
            HoldState::Expired { at },
            HoldState::Released { at },
            HoldState::Canceled { video: VIDEO, at },
        ]
    }

    /// What each state becomes; a refusal is told by what it says of itself.
    #[test]
    fn the_picture_is_the_machine() {
        let late = now() + HOLD_TIME;
        let word = |end: Result<Hold, HoldRefusal>| match end {
            Ok(hold) => hold.state.name(),
            Err(HoldRefusal::Over) => "over",
            Err(HoldRefusal::State(_)) => "state",
            Err(HoldRefusal::DayBegun(_)) => "begun",
        };
        let table = states().map(|state| {
            let hold = hold(state);
            let early = late - TimeDelta::microseconds(1);
            let paid = (word(hold.reserved(VIDEO, early)), word(hold.reserved(VIDEO, late)));
            let expired = |at| hold.expired(at).is_ok();
            let ends = (word(hold.released(late)), word(hold.canceled((late, eve()))));
            (state.name(), paid, (expired(early), expired(late)), ends)
        });
        let expected = [
            ("held", ("reserved", "over"), (false, true), ("released", "state")),
            ("reserved", ("state", "state"), (false, false), ("state", "canceled")),
            ("expired", ("over", "over"), (false, false), ("expired", "state")),
            ("released", ("over", "over"), (false, false), ("released", "state")),
            ("canceled", ("state", "state"), (false, false), ("canceled", "canceled")),
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn every_step_starts_from_the_state_that_it_names() {
        let held = hold(HoldState::Held);
        let booked = held.reserved(VIDEO, now()).unwrap();
        let late = now() + HOLD_TIME;
        let ends = [booked.clone(), held.released(now()).unwrap(), held.expired(late).unwrap()];
        assert!(ends.iter().all(|end| end.state.before() == Some(held.state.name())));
        let canceled = booked.canceled((now(), eve())).unwrap();
        assert_eq!(canceled.state.before(), Some(booked.state.name()));
        assert_eq!(canceled.state.video(), Some(VIDEO));
    }

    #[test]
    fn a_booking_is_canceled_until_its_day_begins() {
        let booked = hold(HoldState::Reserved { video: VIDEO, at: now() });
        assert!(booked.canceled((now(), eve())).is_ok());
        let refused = booked.canceled((now(), booked.place.date));
        assert_eq!(refused, Err(HoldRefusal::DayBegun(booked.place.date)));
    }

    #[test]
    fn past_its_time_a_hold_shows_that_it_expired() {
        let held = hold(HoldState::Held);
        assert_eq!(held.at(now()).state.name(), "held");
        assert_eq!(held.at(held.expires_at).state.name(), "expired");
    }

    #[test]
    fn every_state_is_told_by_an_event_of_its_name() {
        for state in states() {
            let event = hold(state).event();
            assert_eq!(event.kind.name(), format!("slot.{}", state.name()));
            assert_eq!(event.data["number"], Datum::Number(7));
        }
    }
}
