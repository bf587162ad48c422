use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Database, Writers};
use castad_domain::{
    model::{
        BookingQueue, Channel, ChannelId, Hold, HoldId, HoldState, MemberId, QueueToken, Slot,
        SlotId, Ticket,
    },
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, PointsBook, ProductionRepository, ReplyBook,
        SettingsBook, ShopBook, SlotBook, Store, StoreError, StoreErrorKind, TicketBook,
        UnitOfWork, WebhookBook, WorkOutbox,
    },
};
use castad_memory::MemoryStore;
use chrono::{DateTime, TimeDelta, Utc};

/// What is wrong with a store's slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotFault {
    None,
    /// Takes a slot from who has it.
    Overbooks,
    /// Waits for a sweeper before it frees a slot.
    WaitsForSweepers,
    /// Writes a hold whatever it was.
    IgnoresStates,
    /// Counts holds that are over.
    CountsTheOver,
    /// Finds holds that are not over.
    Hurries,
    /// Gives a number whatever was given meanwhile.
    NumbersTwice,
    /// Uses a ticket however often it is asked.
    UsesTwice,
    /// Forgets tickets that may still be asked for.
    ForgetsTheYoung,
    /// Forgets more tickets at once than it is asked to.
    ForgetsAll,
}

/// A database with one fault.
pub(crate) fn broken_slots(fault: SlotFault) -> Database {
    let memory = MemoryStore::new();
    let mut database = Database::of(memory.clone(), Writers::Many);
    database.store = Arc::new(Broken { inner: memory, fault });
    database
}

struct Broken {
    inner: MemoryStore,
    fault: SlotFault,
}

struct Unit {
    store: MemoryStore,
    inner: Box<dyn UnitOfWork>,
    fault: SlotFault,
}

#[async_trait]
impl Store for Broken {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = self.inner.begin().await?;
        Ok(Box::new(Unit { store: self.inner.clone(), inner, fault: self.fault }))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self.inner.productions()
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self.inner.events()
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self.inner.work()
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self.inner.replies()
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self.inner.access()
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self.inner.points()
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self.inner.coupons()
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self.inner.shop()
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self.inner.settings()
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self.inner.webhooks()
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self.inner.actions()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }
}

/// Takes the slot from who has it, in a transaction of its own.
async fn throw_out(store: &MemoryStore, hold: &Hold) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    let Some(before) = unit.slots().hold_of(hold.slot).await? else { return Ok(()) };
    let state = HoldState::Released { at: hold.held_at };
    unit.slots().write_hold(&Hold { state, ..before }).await?;
    unit.commit().await
}

/// A state that nobody looks at is no matter.
fn overlooked(
    fault: SlotFault,
    looks: SlotFault,
    end: Result<(), StoreError>,
) -> Result<(), StoreError> {
    match end {
        Err(refused) if refused.kind() == StoreErrorKind::Conflict && fault == looks => Ok(()),
        end => end,
    }
}

#[async_trait]
impl SlotBook for Unit {
    async fn insert_channel(
        &mut self,
        channel: &Channel,
        slots: &[Slot],
    ) -> Result<(), StoreError> {
        self.inner.slots().insert_channel(channel, slots).await
    }

    async fn take(&mut self, hold: &Hold) -> Result<bool, StoreError> {
        if self.fault == SlotFault::Overbooks {
            throw_out(&self.store, hold).await?;
            self.inner = self.store.begin().await?;
        }
        let mut hold = hold.clone();
        if self.fault == SlotFault::WaitsForSweepers {
            hold.held_at = DateTime::UNIX_EPOCH;
        }
        self.inner.slots().take(&hold).await
    }

    async fn hold_of(&mut self, slot: SlotId) -> Result<Option<Hold>, StoreError> {
        self.inner.slots().hold_of(slot).await
    }

    async fn insert_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        self.inner.slots().insert_hold(hold).await
    }

    async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        self.inner.slots().hold(id).await
    }

    async fn write_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        let end = self.inner.slots().write_hold(hold).await;
        overlooked(self.fault, SlotFault::IgnoresStates, end)
    }

    async fn lapsed(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Hold>, StoreError> {
        let early = self.fault == SlotFault::Hurries;
        let now = if early { now + TimeDelta::days(1) } else { now };
        self.inner.slots().lapsed(now, limit).await
    }

    async fn held_by(&mut self, member: MemberId, now: DateTime<Utc>) -> Result<u32, StoreError> {
        let late = self.fault == SlotFault::CountsTheOver;
        let now = if late { DateTime::UNIX_EPOCH } else { now };
        self.inner.slots().held_by(member, now).await
    }
}

#[async_trait]
impl TicketBook for Unit {
    async fn queue(&mut self, channel: ChannelId) -> Result<Option<BookingQueue>, StoreError> {
        self.inner.slots().queue(channel).await
    }

    async fn issue(&mut self, ticket: &Ticket, queue: &BookingQueue) -> Result<(), StoreError> {
        if self.fault != SlotFault::NumbersTwice {
            return self.inner.slots().issue(ticket, queue).await;
        }
        let mut unit = self.store.begin().await?;
        let kept = unit.slots().queue(queue.channel).await?;
        let issued = kept.map_or(0, |kept| kept.issued) + 1;
        unit.slots().issue(ticket, &BookingQueue { issued, ..queue.clone() }).await?;
        unit.commit().await
    }

    async fn newest_ticket(
        &mut self,
        channel: ChannelId,
        member: MemberId,
    ) -> Result<Option<Ticket>, StoreError> {
        self.inner.slots().newest_ticket(channel, member).await
    }

    async fn ticket(&mut self, token: QueueToken) -> Result<Option<Ticket>, StoreError> {
        self.inner.slots().ticket(token).await
    }

    async fn use_ticket(&mut self, ticket: &Ticket) -> Result<(), StoreError> {
        let end = self.inner.slots().use_ticket(ticket).await;
        overlooked(self.fault, SlotFault::UsesTwice, end)
    }

    async fn forget_tickets(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let early = i64::from(self.fault == SlotFault::ForgetsTheYoung);
        let limit = if self.fault == SlotFault::ForgetsAll { u32::MAX } else { limit };
        let before = before + TimeDelta::microseconds(early);
        self.inner.slots().forget_tickets(before, limit).await
    }
}
