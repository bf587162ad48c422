use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{
        BookingQueue, Channel, ChannelId, Hold, HoldId, HoldState, MemberId, QueueToken, Slot,
        SlotId, SlotState, Ticket,
    },
    port::{
        Booking, InQueue, MAX_PAGE, Page, SlotBook, SlotOffer, SlotPage, SlotReader, StoreError,
        StoreErrorKind, TicketBook,
    },
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, tables::Tables, unit::MemoryUnit};

/// Channels and all that is booked on them.
#[derive(Clone, Default)]
pub(crate) struct SlotTables {
    channels: BTreeMap<ChannelId, Channel>,
    pub(crate) slots: BTreeMap<SlotId, Slot>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    queues: BTreeMap<ChannelId, BookingQueue>,
    tickets: BTreeMap<QueueToken, Ticket>,
}

fn conflict<T>() -> Result<T, StoreError> {
    Err(StoreErrorKind::Conflict.into())
}

fn duplicate<T>() -> Result<T, StoreError> {
    Err(StoreErrorKind::Duplicate.into())
}

impl SlotTables {
    fn insert_channel(&mut self, channel: &Channel, slots: &[Slot]) -> Result<(), StoreError> {
        let taken = slots.iter().any(|slot| self.slots.contains_key(&slot.id));
        if taken || self.channels.contains_key(&channel.id) {
            return duplicate();
        }
        self.channels.insert(channel.id, channel.clone());
        self.slots.extend(slots.iter().map(|slot| (slot.id, slot.clone())));
        if channel.queue {
            let queue = BookingQueue::open(channel.id, channel.opened_at);
            self.queues.insert(channel.id, queue);
        }
        Ok(())
    }

    fn is_free_for(&self, hold: &Hold) -> bool {
        let slot = self.slots.get(&hold.slot);
        slot.is_some_and(|slot| slot.state.at(hold.held_at) == SlotState::Available)
    }

    fn take(&mut self, hold: &Hold) -> Result<(), StoreError> {
        if !self.is_free_for(hold) {
            return conflict();
        }
        if let Some(slot) = self.slots.get_mut(&hold.slot) {
            slot.state = SlotState::Held { hold: hold.id, until: hold.expires_at };
        }
        Ok(())
    }

    fn hold_of(&self, slot: SlotId) -> Option<Hold> {
        self.holds.values().find(|hold| hold.slot == slot && hold.state.keeps_slot()).cloned()
    }

    fn insert_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        if self.holds.contains_key(&hold.id) || self.hold_of(hold.slot).is_some() {
            return duplicate();
        }
        self.holds.insert(hold.id, hold.clone());
        Ok(())
    }

    fn write_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        let kept = self.holds.get_mut(&hold.id);
        let kept = kept.filter(|kept| Some(kept.state.name()) == hold.state.before());
        let Some(kept) = kept else { return conflict() };
        kept.state = hold.state;
        let state = match hold.state {
            HoldState::Held => return Ok(()),
            HoldState::Reserved { .. } => SlotState::Reserved { hold: hold.id },
            HoldState::Expired { .. } | HoldState::Released { .. } | HoldState::Canceled { .. } => {
                SlotState::Available
            }
        };
        let books = matches!(hold.state, HoldState::Reserved { .. });
        let is_its = |slot: &&mut Slot| match slot.state {
            SlotState::Held { hold: by, .. } | SlotState::Reserved { hold: by } => by == hold.id,
            SlotState::Available => false,
        };
        match self.slots.get_mut(&hold.slot).filter(is_its) {
            Some(slot) => slot.state = state,
            None if books => return conflict(),
            None => {}
        }
        Ok(())
    }

    fn lapsed(&self, now: DateTime<Utc>, limit: u32) -> Vec<Hold> {
        let over = |hold: &&Hold| hold.state == HoldState::Held && hold.expires_at <= now;
        self.holds.values().filter(over).take(limit as usize).cloned().collect()
    }

    fn held_by(&self, member: MemberId, now: DateTime<Utc>) -> u32 {
        let holds = self.holds.values().filter(|hold| hold.member == member);
        let count = holds.filter(|hold| hold.state == HoldState::Held && now < hold.expires_at);
        u32::try_from(count.count()).unwrap_or(u32::MAX)
    }

    fn issue(&mut self, ticket: &Ticket, queue: &BookingQueue) -> Result<(), StoreError> {
        let kept = self.queues.get_mut(&queue.channel);
        match kept.filter(|kept| kept.issued + 1 == queue.issued) {
            Some(kept) => *kept = queue.clone(),
            None => return conflict(),
        }
        self.tickets.insert(ticket.token, ticket.clone());
        Ok(())
    }

    fn use_ticket(&mut self, ticket: &Ticket) -> Result<(), StoreError> {
        match self.tickets.get_mut(&ticket.token).filter(|kept| kept.used_at.is_none()) {
            Some(kept) => kept.used_at = ticket.used_at,
            None => return conflict(),
        }
        Ok(())
    }

    fn booking(&self, hold: &Hold) -> Option<Booking> {
        let channel = self.channels.get(&hold.place.channel)?;
        let (name, queue) = (channel.name.clone(), channel.queue);
        Some(Booking { hold: hold.clone(), channel: name, queue })
    }
}

impl MemoryUnit {
    fn slot_step(
        &mut self,
        step: impl Fn(&mut SlotTables) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        self.step(move |tables: &mut Tables| step(Arc::make_mut(&mut tables.slots)))
    }
}

#[async_trait]
impl SlotBook for MemoryUnit {
    async fn insert_channel(
        &mut self,
        channel: &Channel,
        slots: &[Slot],
    ) -> Result<(), StoreError> {
        let (channel, slots) = (channel.clone(), slots.to_vec());
        self.slot_step(move |tables| tables.insert_channel(&channel, &slots))
    }

    async fn take(&mut self, hold: &Hold) -> Result<bool, StoreError> {
        if !self.own().slots.is_free_for(hold) {
            return Ok(false);
        }
        let hold = hold.clone();
        self.slot_step(move |tables| tables.take(&hold))?;
        Ok(true)
    }

    async fn hold_of(&mut self, slot: SlotId) -> Result<Option<Hold>, StoreError> {
        Ok(self.guard(move |tables| tables.slots.hold_of(slot)))
    }

    async fn insert_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        let hold = hold.clone();
        self.slot_step(move |tables| tables.insert_hold(&hold))
    }

    async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        Ok(self.guard(move |tables| tables.slots.holds.get(&id).cloned()))
    }

    async fn write_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        let hold = hold.clone();
        self.slot_step(move |tables| tables.write_hold(&hold))
    }

    async fn lapsed(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Hold>, StoreError> {
        Ok(self.own().slots.lapsed(now, limit))
    }

    async fn held_by(&mut self, member: MemberId, now: DateTime<Utc>) -> Result<u32, StoreError> {
        Ok(self.guard(move |tables| tables.slots.held_by(member, now)))
    }
}

#[async_trait]
impl TicketBook for MemoryUnit {
    async fn queue(&mut self, channel: ChannelId) -> Result<Option<BookingQueue>, StoreError> {
        Ok(self.guard(move |tables| tables.slots.queues.get(&channel).cloned()))
    }

    async fn issue(&mut self, ticket: &Ticket, queue: &BookingQueue) -> Result<(), StoreError> {
        let (ticket, queue) = (ticket.clone(), queue.clone());
        self.slot_step(move |tables| tables.issue(&ticket, &queue))
    }

    async fn newest_ticket(
        &mut self,
        channel: ChannelId,
        member: MemberId,
    ) -> Result<Option<Ticket>, StoreError> {
        let tickets = self.own().slots.tickets.values();
        let of_member = |ticket: &&Ticket| ticket.channel == channel && ticket.member == member;
        Ok(tickets.filter(of_member).max_by_key(|ticket| ticket.number).cloned())
    }

    async fn ticket(&mut self, token: QueueToken) -> Result<Option<Ticket>, StoreError> {
        Ok(self.guard(move |tables| tables.slots.tickets.get(&token).cloned()))
    }

    async fn use_ticket(&mut self, ticket: &Ticket) -> Result<(), StoreError> {
        let ticket = ticket.clone();
        self.slot_step(move |tables| tables.use_ticket(&ticket))
    }

    async fn forget_tickets(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let tickets = self.own().slots.tickets.values();
        let mut old: Vec<_> = tickets.filter(|ticket| ticket.active_at < before).collect();
        old.sort_by_key(|ticket| (ticket.active_at, ticket.token));
        let old: Vec<_> = old.iter().take(limit as usize).map(|ticket| ticket.token).collect();
        let forgotten = old.len() as u64;
        self.slot_step(move |tables| {
            tables.tickets.retain(|token, _| !old.contains(token));
            Ok(())
        })?;
        Ok(forgotten)
    }
}

fn size(limit: u32) -> usize {
    limit.min(MAX_PAGE) as usize
}

#[async_trait]
impl SlotReader for MemoryStore {
    async fn channels(&self, page: Page) -> Result<Vec<Channel>, StoreError> {
        let tables = self.snapshot();
        let behind =
            |channel: &&Channel| page.after.is_none_or(|after| channel.id.to_bits() < after);
        let newest = tables.slots.channels.values().rev().filter(behind);
        Ok(newest.take(size(page.limit)).cloned().collect())
    }

    async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        Ok(self.snapshot().slots.channels.get(&id).cloned())
    }

    async fn slots(&self, channel: ChannelId, page: SlotPage) -> Result<Vec<Slot>, StoreError> {
        let tables = self.snapshot();
        let asked = |slot: &&Slot| {
            let place = slot.place;
            place.channel == channel
                && page.date.is_none_or(|date| place.date == date)
                && page.after.is_none_or(|after| (place.date, place.number) > after)
        };
        let mut slots: Vec<_> = tables.slots.slots.values().filter(asked).cloned().collect();
        slots.sort_by_key(|slot| slot.place);
        slots.truncate(size(page.limit));
        Ok(slots)
    }

    async fn slot(&self, id: SlotId) -> Result<Option<SlotOffer>, StoreError> {
        let tables = self.snapshot();
        let slot = tables.slots.slots.get(&id).cloned();
        Ok(slot.map(|slot| {
            let queue = tables.slots.queues.contains_key(&slot.place.channel);
            SlotOffer { slot, queue }
        }))
    }

    async fn booking(&self, of: MemberId, id: HoldId) -> Result<Option<Booking>, StoreError> {
        let tables = self.snapshot();
        let hold = tables.slots.holds.get(&id).filter(|hold| hold.member == of);
        Ok(hold.and_then(|hold| tables.slots.booking(hold)))
    }

    async fn bookings(&self, of: MemberId, page: Page) -> Result<Vec<Booking>, StoreError> {
        let tables = self.snapshot();
        let asked = |hold: &&Hold| {
            hold.member == of && page.after.is_none_or(|after| hold.id.to_bits() < after)
        };
        let newest = tables.slots.holds.values().rev().filter(asked).take(size(page.limit));
        Ok(newest.filter_map(|hold| tables.slots.booking(hold)).collect())
    }

    async fn in_queue(
        &self,
        of: MemberId,
        token: QueueToken,
    ) -> Result<Option<InQueue>, StoreError> {
        let tables = self.snapshot();
        let ticket = tables.slots.tickets.get(&token).filter(|ticket| ticket.member == of);
        Ok(ticket.and_then(|ticket| {
            let queue = tables.slots.queues.get(&ticket.channel)?.clone();
            Some(InQueue { ticket: ticket.clone(), queue })
        }))
    }
}
