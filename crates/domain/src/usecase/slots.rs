//! Ad slots: opened, held, paid, given back, and the queue before them.

mod book;
mod cancel;
mod expire;
mod give_back;
mod hold;
mod join_queue;
mod open_channel;

pub use book::{BookOrder, BookSlot};
pub use cancel::CancelBooking;
use chrono::{DateTime, NaiveDate, Utc};
pub use expire::ExpireHolds;
pub use give_back::GiveBackSlot;
pub use hold::{HoldOrder, HoldSlot};
pub use join_queue::JoinQueue;
pub use open_channel::OpenChannel;

use super::books::BooksError;
use crate::{
    model::{
        ChannelId, Failure, Hold, HoldId, HoldRefusal, IllegalTransition, MOST_HELD, MemberId,
        NewEvent, OrderNumber, PlanError, PointsRefusal, QueueToken, Ticket, TicketRefusal,
    },
    port::{StoreError, UnitOfWork},
};

/// Why the books of slots do not allow what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlotRefusal {
    /// The plan makes no channel.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is no such channel.
    #[error("there is no such channel")]
    NoChannel,
    /// The channel does not broadcast on that day.
    #[error("the channel has no ads on {0}")]
    NotOnAir(NaiveDate),
    /// There is no queue before the channel.
    #[error("nobody has to queue for this channel: hold one of its slots")]
    NoQueue,
    /// There is no such slot.
    #[error("there is no such slot")]
    NoSlot,
    /// Somebody else has it.
    #[error("somebody else has the slot")]
    Unavailable,
    /// Its day is over.
    #[error("the slot's day, {0}, is over")]
    DayOver(NaiveDate),
    /// The member holds as many as one may.
    #[error("at most {MOST_HELD} slots are held at once: pay or give back one of them")]
    TooManyHolds,
    /// The member has no such hold.
    #[error("there is no such hold")]
    NoHold,
    /// It does not become what it was to become.
    #[error(transparent)]
    Hold(#[from] HoldRefusal),
    /// The member has no such video.
    #[error("there is no such video")]
    NoVideo,
    /// The video is not there yet.
    #[error("the video is not ready: only one that is can be broadcast")]
    VideoNotReady,
    /// The video will never be there.
    #[error("the video was not made: {}", .0.detail)]
    VideoFailed(Box<Failure>),
    /// Nor will one whose owner did not want it any more.
    #[error("the video was canceled: there is nothing to broadcast")]
    VideoCanceled,
    /// The points do not allow it.
    #[error(transparent)]
    Points(PointsRefusal),
    /// The queue token does not open the channel.
    #[error(transparent)]
    Ticket(#[from] TicketRefusal),
}

impl From<IllegalTransition> for SlotRefusal {
    fn from(refused: IllegalTransition) -> Self {
        Self::Hold(refused.into())
    }
}

/// Why an order about slots was not carried out; nothing of it was.
pub type SlotError = BooksError<SlotRefusal>;

impl<R: Into<SlotRefusal>> From<R> for SlotError {
    fn from(refused: R) -> Self {
        Self::Refused(refused.into())
    }
}

/// The ticket that lets a member book on a channel, until the unit ends nobody else's to use.
async fn admitted(
    unit: &mut dyn UnitOfWork,
    token: Option<QueueToken>,
    channel: ChannelId,
    member: MemberId,
    now: DateTime<Utc>,
) -> Result<Ticket, SlotError> {
    let token = token.ok_or(TicketRefusal::Invalid)?;
    let ticket = unit.slots().ticket(token).await?.ok_or(TicketRefusal::Invalid)?;
    ticket.opens(channel, member, now)?;
    Ok(ticket)
}

/// Tells what became of holds, each in its member's log, in the order in which logs are locked.
async fn tell(unit: &mut dyn UnitOfWork, mut holds: Vec<&Hold>) -> Result<(), StoreError> {
    holds.sort_by_key(|hold| hold.member);
    for of_one in holds.chunk_by(|one, next| one.member == next.member) {
        let events: Vec<NewEvent> = of_one.iter().map(|hold| hold.event()).collect();
        unit.events().append(of_one[0].member, &events).await?;
    }
    Ok(())
}

/// What points are spent on for a hold: the same number however often it is paid.
fn order_number(hold: HoldId) -> OrderNumber {
    OrderNumber::parse(&format!("SLOT-{hold}")).expect("an id fits into an order number")
}
