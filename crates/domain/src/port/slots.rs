use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::{Page, StoreError};
use crate::model::{
    BookingQueue, Channel, ChannelId, ChannelName, Hold, HoldId, MemberId, QueueToken, Slot,
    SlotId, Ticket,
};

/// Channels, slots, holds, and the queue before them.
///
/// # Contract
///
/// * Rows are locked in this order by every method: ticket, slot, hold. So no two units wait for
///   each other.
#[async_trait]
pub trait SlotBook: TicketBook + Send {
    /// Adds a channel with all its slots, and its queue if it has one.
    ///
    /// # Contract
    ///
    /// * The number of statements is bounded: slots go in batches.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if an id is taken.
    async fn insert_channel(&mut self, channel: &Channel, slots: &[Slot])
    -> Result<(), StoreError>;

    /// Keeps the slot for a hold, unless somebody else has it when the hold begins; says whether it
    /// did. A hold past its time keeps nobody off.
    ///
    /// # Contract
    ///
    /// * Of any number of units that take the same slot one commits.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn take(&mut self, hold: &Hold) -> Result<bool, StoreError>;

    /// The hold that is written down as the one that has the slot; `None` if there is none.
    ///
    /// # Contract
    ///
    /// * Asked behind [`take`](Self::take), it is nobody else's to change until the unit ends.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn hold_of(&mut self, slot: SlotId) -> Result<Option<Hold>, StoreError>;

    /// Adds a hold that was just taken.
    ///
    /// # Contract
    ///
    /// * A slot has one hold at a time that keeps it.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if another keeps the slot.
    async fn insert_hold(&mut self, hold: &Hold) -> Result<(), StoreError>;

    /// A hold, until the unit ends nobody else's to change; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError>;

    /// Writes what became of a hold, and of its slot unless somebody else has taken that since.
    ///
    /// # Contract
    ///
    /// * Written only from the state that leads to the new one; booked only while the slot is the
    ///   hold's.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if it was in another state.
    async fn write_hold(&mut self, hold: &Hold) -> Result<(), StoreError>;

    /// Up to `limit` holds whose time is over and that are not written off, those that others have
    /// in hand just now left out; until the unit ends nobody else's to change.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn lapsed(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Hold>, StoreError>;

    /// How many slots the member holds at that time, unpaid.
    ///
    /// # Contract
    ///
    /// * Asked behind an event of the member's, it counts what no other unit can change any more.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn held_by(&mut self, member: MemberId, now: DateTime<Utc>) -> Result<u32, StoreError>;
}

/// The queues before channels.
#[async_trait]
pub trait TicketBook: Send {
    /// The queue before a channel, until the unit ends nobody else's to change; `None` if it has
    /// none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn queue(&mut self, channel: ChannelId) -> Result<Option<BookingQueue>, StoreError>;

    /// Adds the ticket that a queue has just issued, and writes the queue.
    ///
    /// # Contract
    ///
    /// * Numbers of a channel have no gap and rise in the order of commits.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else's was issued
    /// first.
    async fn issue(&mut self, ticket: &Ticket, queue: &BookingQueue) -> Result<(), StoreError>;

    /// The member's newest ticket of a channel, be it of use or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn newest_ticket(
        &mut self,
        channel: ChannelId,
        member: MemberId,
    ) -> Result<Option<Ticket>, StoreError>;

    /// A ticket, until the unit ends nobody else's to change; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn ticket(&mut self, token: QueueToken) -> Result<Option<Ticket>, StoreError>;

    /// Writes that a ticket was used.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if it was used before.
    async fn use_ticket(&mut self, ticket: &Ticket) -> Result<(), StoreError>;

    /// Forgets up to `limit` tickets whose owners were let in before that time, the oldest first,
    /// and says how many.
    ///
    /// # Contract
    ///
    /// * Those who wait stand where they stood.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn forget_tickets(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError>;
}

/// Which slots of a channel: in the order of days and numbers, those behind `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotPage {
    /// Of that day only.
    pub date: Option<NaiveDate>,
    /// How many at most.
    pub limit: u32,
    /// The day and number of the last slot that was seen.
    pub after: Option<(NaiveDate, u32)>,
}

/// A slot as it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotOffer {
    /// The slot.
    pub slot: Slot,
    /// Whether one has to queue for it.
    pub queue: bool,
}

/// A hold with what its channel is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The hold.
    pub hold: Hold,
    /// What the channel is called.
    pub channel: ChannelName,
    /// Whether one has to queue for it.
    pub queue: bool,
}

/// A ticket and the queue that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InQueue {
    /// The ticket.
    pub ticket: Ticket,
    /// The queue.
    pub queue: BookingQueue,
}

/// Channels and slots as they stand.
///
/// # Contract
///
/// * Each read costs one statement, whatever it finds.
/// * What a slot or hold is *now* the model says: a row may tell of a hold that is past its time.
#[async_trait]
pub trait SlotReader: Send + Sync {
    /// Channels, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn channels(&self, page: Page) -> Result<Vec<Channel>, StoreError>;

    /// One channel.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError>;

    /// Slots of a channel, in the order of days and numbers.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn slots(&self, channel: ChannelId, page: SlotPage) -> Result<Vec<Slot>, StoreError>;

    /// One slot.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn slot(&self, id: SlotId) -> Result<Option<SlotOffer>, StoreError>;

    /// A hold of the member's.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn booking(&self, of: MemberId, id: HoldId) -> Result<Option<Booking>, StoreError>;

    /// The member's holds, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn bookings(&self, of: MemberId, page: Page) -> Result<Vec<Booking>, StoreError>;

    /// Where a ticket of the member's stands.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn in_queue(
        &self,
        of: MemberId,
        token: QueueToken,
    ) -> Result<Option<InQueue>, StoreError>;
}
