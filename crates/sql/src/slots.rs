//! Channels, slots and holds. Every unit locks a ticket before a slot, and a slot before a hold.

mod read;
mod row;
mod tickets;

use async_trait::async_trait;
use castad_domain::{
    model::{BookingQueue, Channel, Hold, HoldId, HoldState, MemberId, Slot, SlotId},
    port::{SlotBook, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) use self::row::HoldRow;
#[cfg(test)]
pub(crate) use self::{read::TEXTS as READS, tickets::TEXTS as TICKETS};
use crate::{
    dialect,
    fault::{one_row, store_error, whole},
    row::bits,
    slots::row::dates_text,
    store::Unit,
};

macro_rules! hold_columns {
    () => {
        "h.id AS hold_id, h.slot_id, h.member_id, h.price, h.state, h.video_id, h.held_at, \
         h.expires_at, h.changed_at, s.channel_id, s.air_date, s.number"
    };
}
pub(crate) use hold_columns;

texts! {
    INSERT_CHANNEL =
        "INSERT INTO channels (id, name, dates, slots, price, queue, opened_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)";
    TAKE =
        "UPDATE slots SET state = 'held', hold_id = ?, held_until = ?, version = version + 1 \
         WHERE id = ? AND (state = 'available' OR state = 'held' AND held_until <= ?)";
    BOOK =
        "UPDATE slots SET state = 'reserved', held_until = NULL, version = version + 1 \
         WHERE id = ? AND hold_id = ? AND state = 'held'";
    FREE =
        "UPDATE slots SET state = 'available', hold_id = NULL, held_until = NULL, \
         version = version + 1 WHERE id = ? AND hold_id = ?";
    SLOT_OF = "SELECT h.slot_id FROM holds h WHERE h.id = ?";
    /// Writes nothing new, and so keeps the row from everybody else until the unit ends.
    LOCK_SLOT = "UPDATE slots SET version = version WHERE id = ?";
    HOLD = concat!(
        "SELECT ", hold_columns!(), " FROM holds h JOIN slots s ON s.id = h.slot_id WHERE h.id = ?"
    );
    HOLD_OF = concat!(
        "SELECT ", hold_columns!(),
        " FROM holds h JOIN slots s ON s.id = h.slot_id WHERE h.active_slot = ?"
    );
    INSERT_HOLD =
        "INSERT INTO holds (id, slot_id, active_slot, member_id, price, state, video_id, held_at, \
         expires_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    WRITE_HOLD =
        "UPDATE holds SET state = ?, active_slot = ?, video_id = ?, changed_at = ? \
         WHERE id = ? AND state = ?";
    HELD_BY =
        "SELECT COUNT(*) AS held FROM holds h \
         WHERE h.member_id = ? AND h.state = 'held' AND h.expires_at > ?";
}

/// How many slots one statement adds.
const BATCH: usize = 500;

#[derive(sqlx::FromRow)]
struct OfSlot {
    slot_id: Uuid,
}

#[derive(sqlx::FromRow)]
struct Held {
    held: i64,
}

/// The slot, as long as the hold keeps it.
fn active(hold: &Hold) -> Option<Uuid> {
    hold.state.keeps_slot().then(|| bits(hold.slot.to_bits()))
}

fn video(hold: &Hold) -> Option<Uuid> {
    hold.state.video().map(|video| bits(video.to_bits()))
}

#[async_trait]
impl SlotBook for Unit {
    async fn insert_channel(
        &mut self,
        channel: &Channel,
        slots: &[Slot],
    ) -> Result<(), StoreError> {
        execute!(
            self.link(),
            INSERT_CHANNEL,
            bits(channel.id.to_bits()),
            channel.name.as_str(),
            dates_text(&channel.dates),
            i64::from(channel.slots),
            channel.price,
            channel.queue,
            channel.opened_at,
        )?;
        for batch in slots.chunks(BATCH) {
            dialect::insert_slots(self.link(), batch).await.map_err(store_error)?;
        }
        if channel.queue {
            let queue = BookingQueue::open(channel.id, channel.opened_at);
            tickets::insert_queue(self, &queue).await?;
        }
        Ok(())
    }

    async fn take(&mut self, hold: &Hold) -> Result<bool, StoreError> {
        let (slot, id) = (bits(hold.slot.to_bits()), bits(hold.id.to_bits()));
        let taken = execute!(self.link(), TAKE, id, hold.expires_at, slot, hold.held_at)?;
        Ok(taken == 1)
    }

    async fn hold_of(&mut self, slot: SlotId) -> Result<Option<Hold>, StoreError> {
        let slot = bits(slot.to_bits());
        let row = fetch_optional!(self.link(), HoldRow, HOLD_OF, slot)?;
        row.map(HoldRow::hold).transpose()
    }

    async fn insert_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        execute!(
            self.link(),
            INSERT_HOLD,
            bits(hold.id.to_bits()),
            bits(hold.slot.to_bits()),
            active(hold),
            bits(hold.member.to_bits()),
            hold.price,
            hold.state.name(),
            video(hold),
            hold.held_at,
            hold.expires_at,
            hold.state.since(),
        )?;
        Ok(())
    }

    async fn hold(&mut self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        let id = bits(id.to_bits());
        let Some(of) = fetch_optional!(self.link(), OfSlot, SLOT_OF, id)? else { return Ok(None) };
        execute!(self.link(), LOCK_SLOT, of.slot_id)?;
        let row = fetch_optional!(self.link(), HoldRow, HOLD, id)?;
        row.map(HoldRow::hold).transpose()
    }

    async fn write_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        let (slot, id) = (bits(hold.slot.to_bits()), bits(hold.id.to_bits()));
        match hold.state {
            HoldState::Held => {}
            HoldState::Reserved { .. } => one_row(execute!(self.link(), BOOK, slot, id)?)?,
            HoldState::Expired { .. } | HoldState::Released { .. } | HoldState::Canceled { .. } => {
                execute!(self.link(), FREE, slot, id)?;
            }
        }
        one_row(execute!(
            self.link(),
            WRITE_HOLD,
            hold.state.name(),
            active(hold),
            video(hold),
            hold.state.since(),
            id,
            hold.state.before(),
        )?)
    }

    async fn lapsed(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Hold>, StoreError> {
        let rows = dialect::lapsed(self.link(), now, limit).await.map_err(store_error)?;
        rows.into_iter().map(HoldRow::hold).collect()
    }

    async fn held_by(&mut self, member: MemberId, now: DateTime<Utc>) -> Result<u32, StoreError> {
        let member = bits(member.to_bits());
        let held = fetch_optional!(self.link(), Held, HELD_BY, member, now)?;
        whole("holds.member_id", held.map_or(0, |row| row.held))
    }
}
