use chrono::{DateTime, TimeDelta, Utc};

use super::{ChannelId, MemberId, QueueToken};

/// How many are let in at once.
pub const LET_IN: i64 = 50;
/// How often as many are let in.
pub const LET_IN_EVERY: TimeDelta = TimeDelta::seconds(10);
/// How long who was let in may book.
pub const TICKET_LIFE: TimeDelta = TimeDelta::hours(1);

/// The queue before a channel.
///
/// Who comes gets the next number, and with it the time at which they are let in: of each window of
/// [`LET_IN_EVERY`], the first [`LET_IN`]. A window begins when somebody comes and the one before is
/// over, or right behind one that is full. So nobody has to drive the queue, and where it stands at
/// any time follows from this row alone.
///
/// ```
/// # use castad_domain::model::*;
/// # use chrono::{DateTime, TimeDelta};
/// let now = DateTime::UNIX_EPOCH;
/// let mut queue = BookingQueue::open(ChannelId::from_bits(1), now);
/// let member = MemberId::from_bits(2);
/// let tickets: Vec<_> =
///     (1..=51).map(|n| queue.issue(QueueToken::from_bits(n), member, now)).collect();
/// assert_eq!(tickets[49].state(now), TicketState::Active);
/// assert_eq!(tickets[50].state(now), TicketState::Waiting);
/// assert_eq!(tickets[50].active_at, now + TimeDelta::seconds(10));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingQueue {
    /// The channel.
    pub channel: ChannelId,
    /// How many numbers were given.
    pub issued: i64,
    /// When the last window begins.
    pub window_at: DateTime<Utc>,
    /// How many are let in in it so far.
    pub admitted: i64,
}

impl BookingQueue {
    /// A queue in which nobody stands.
    #[must_use]
    pub fn open(channel: ChannelId, now: DateTime<Utc>) -> Self {
        Self { channel, issued: 0, window_at: now, admitted: 0 }
    }

    /// The next number.
    #[must_use]
    pub fn issue(&mut self, token: QueueToken, member: MemberId, now: DateTime<Utc>) -> Ticket {
        if self.window_at + LET_IN_EVERY <= now {
            (self.window_at, self.admitted) = (now, 0);
        } else if self.admitted >= LET_IN {
            (self.window_at, self.admitted) = (self.window_at + LET_IN_EVERY, 0);
        }
        self.admitted += 1;
        self.issued += 1;
        Ticket {
            token,
            channel: self.channel,
            member,
            number: self.issued,
            issued_at: now,
            active_at: self.window_at.max(now),
            used_at: None,
        }
    }

    /// Where a ticket stands: 1 is next; 0, it was let in.
    #[must_use]
    pub fn position(&self, ticket: &Ticket, now: DateTime<Utc>) -> i64 {
        match ticket.state(now) {
            TicketState::Waiting => (ticket.number - (self.issued - self.waiting(now))).max(1),
            TicketState::Active | TicketState::Used | TicketState::Expired => 0,
        }
    }

    /// How many stand in it: windows to come follow each other without a gap, and all but the last
    /// are full.
    fn waiting(&self, now: DateTime<Utc>) -> i64 {
        let ahead = (self.window_at - now).num_microseconds().unwrap_or(0);
        if ahead <= 0 {
            return 0;
        }
        let every = LET_IN_EVERY.num_microseconds().unwrap_or(i64::MAX);
        self.admitted + (ahead - 1) / every * LET_IN
    }
}

/// Where a ticket stands.
///
/// ```text
/// Waiting --let in--> Active --booked--> Used
///                       '---an hour---> Expired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketState {
    /// Its turn has not come.
    Waiting,
    /// Its owner may book.
    Active,
    /// A slot was paid with it.
    Used,
    /// Its time is over.
    Expired,
}

impl TicketState {
    /// The state's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Used => "used",
            Self::Expired => "expired",
        }
    }

    /// Whether it is of use to its owner, now or later.
    #[must_use]
    pub fn is_live(self) -> bool {
        match self {
            Self::Waiting | Self::Active => true,
            Self::Used | Self::Expired => false,
        }
    }
}

/// Why a ticket does not open the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// There is none, it is somebody else's or of another channel, or its time is over.
    #[error("the channel asks for a queue token that is good")]
    Invalid,
    /// Its turn has not come.
    #[error("the queue token's turn has not come")]
    Waiting,
}

/// A member's place in the queue before a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// What it is recognised by.
    pub token: QueueToken,
    /// The channel.
    pub channel: ChannelId,
    /// Whose it is.
    pub member: MemberId,
    /// The how many-th it is, counted from 1 in the order of arrival.
    pub number: i64,
    /// When it was given.
    pub issued_at: DateTime<Utc>,
    /// When its owner is let in.
    pub active_at: DateTime<Utc>,
    /// When a slot was paid with it.
    pub used_at: Option<DateTime<Utc>>,
}

impl Ticket {
    /// When its time is over.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.active_at + TICKET_LIFE
    }

    /// Where it stands at that time.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> TicketState {
        if self.used_at.is_some() {
            TicketState::Used
        } else if now < self.active_at {
            TicketState::Waiting
        } else if now < self.expires_at() {
            TicketState::Active
        } else {
            TicketState::Expired
        }
    }

    /// Whether it lets that member book on that channel.
    ///
    /// # Errors
    ///
    /// [`TicketRefusal`] says why not.
    pub fn opens(
        &self,
        channel: ChannelId,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        if (self.channel, self.member) != (channel, member) {
            return Err(TicketRefusal::Invalid);
        }
        match self.state(now) {
            TicketState::Active => Ok(()),
            TicketState::Waiting => Err(TicketRefusal::Waiting),
            TicketState::Used | TicketState::Expired => Err(TicketRefusal::Invalid),
        }
    }

    /// A slot was paid with it.
    #[must_use]
    pub fn used(&self, now: DateTime<Utc>) -> Self {
        Self { used_at: Some(now), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: ChannelId = ChannelId::from_bits(1);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(1_000 + seconds)
    }

    fn come(queue: &mut BookingQueue, many: usize, now: DateTime<Utc>) -> Vec<Ticket> {
        let mut next = || {
            let n = u128::from(queue.issued.unsigned_abs()) + 1;
            queue.issue(QueueToken::from_bits(n), MemberId::from_bits(n), now)
        };
        (0..many).map(|_| next()).collect()
    }

    #[test]
    fn fifty_are_let_in_every_ten_seconds_in_the_order_of_arrival() {
        let mut queue = BookingQueue::open(CHANNEL, at(0));
        let tickets = come(&mut queue, 120, at(0));
        for (now, active) in [(0, 50), (9, 50), (10, 100), (19, 100), (20, 120), (30, 120)] {
            let let_in = |ticket: &&Ticket| ticket.state(at(now)) == TicketState::Active;
            assert_eq!(tickets.iter().filter(let_in).count(), active, "after {now} s");
            for (ticket, i) in tickets.iter().zip(0..) {
                let waits = if i < active { 0 } else { i + 1 - active };
                assert_eq!(queue.position(ticket, at(now)), i64::try_from(waits).unwrap());
            }
        }
        assert!(tickets.windows(2).all(|pair| pair[0].active_at <= pair[1].active_at));
    }

    #[test]
    fn who_comes_late_in_a_window_takes_what_is_left_of_it() {
        let mut queue = BookingQueue::open(CHANNEL, at(0));
        come(&mut queue, 49, at(0));
        let late = come(&mut queue, 2, at(7));
        assert_eq!(late[0].active_at, at(7));
        assert_eq!(late[1].active_at, at(10));
        assert_eq!(queue.position(&late[1], at(7)), 1);
    }

    #[test]
    fn time_in_which_nobody_came_lets_nobody_in_later() {
        let mut queue = BookingQueue::open(CHANNEL, at(0));
        let rush = come(&mut queue, 60, at(500));
        assert_eq!((rush[49].active_at, rush[50].active_at), (at(500), at(510)));
        let next = come(&mut queue, 41, at(515));
        assert_eq!((next[39].active_at, next[40].active_at), (at(515), at(520)));
    }

    #[test]
    fn a_ticket_opens_its_own_channel_to_its_own_member_for_an_hour() {
        let mut queue = BookingQueue::open(CHANNEL, at(0));
        let last = come(&mut queue, 51, at(0)).pop().unwrap();
        let opens = |ticket: &Ticket, now| ticket.opens(CHANNEL, ticket.member, at(now));
        assert_eq!(opens(&last, 9), Err(TicketRefusal::Waiting));
        assert_eq!(opens(&last, 10), Ok(()));
        assert_eq!(opens(&last, 10 + 3_599), Ok(()));
        assert_eq!(opens(&last, 10 + 3_600), Err(TicketRefusal::Invalid));
        assert_eq!(opens(&last.used(at(11)), 12), Err(TicketRefusal::Invalid));
        let (other, stranger) = (ChannelId::from_bits(2), MemberId::from_bits(99));
        assert_eq!(last.opens(other, last.member, at(10)), Err(TicketRefusal::Invalid));
        assert_eq!(last.opens(CHANNEL, stranger, at(10)), Err(TicketRefusal::Invalid));
    }
}
