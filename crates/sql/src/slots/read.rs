use async_trait::async_trait;
use castad_domain::{
    model::{Channel, ChannelId, ChannelName, HoldId, MemberId, QueueToken, Slot, SlotId},
    port::{Booking, InQueue, MAX_PAGE, Page, SlotOffer, SlotPage, SlotReader, StoreError},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    hold_columns,
    row::{ChannelRow, HoldRow, QueueRow, SlotRow, TicketRow},
    tickets::ticket_columns,
};
use crate::{fault::corrupt, row::bits, store::Sql};

macro_rules! slot_columns {
    () => {
        "s.id AS slot_id, s.channel_id, s.air_date, s.number, s.price, s.state, s.hold_id, \
         s.held_until"
    };
}

macro_rules! channel_columns {
    () => {
        "c.id, c.name, c.dates, c.slots, c.price, c.queue, c.opened_at"
    };
}

texts! {
    CHANNEL = concat!("SELECT ", channel_columns!(), " FROM channels c WHERE c.id = ?");
    CHANNELS = concat!(
        "SELECT ", channel_columns!(), " FROM channels c WHERE c.id < ? ORDER BY c.id DESC LIMIT ?"
    );
    /// A range of days and a filter: no engine seeks by a comparison of pairs as well.
    SLOTS = concat!(
        "SELECT ", slot_columns!(), " FROM slots s WHERE s.channel_id = ? AND s.air_date >= ? \
         AND s.air_date <= ? AND NOT (s.air_date = ? AND s.number <= ?) \
         ORDER BY s.air_date, s.number LIMIT ?"
    );
    SLOT = concat!(
        "SELECT ", slot_columns!(), ", c.queue FROM slots s JOIN channels c ON c.id = s.channel_id \
         WHERE s.id = ?"
    );
    BOOKING = concat!(
        "SELECT ", hold_columns!(), ", c.name, c.queue FROM holds h \
         JOIN slots s ON s.id = h.slot_id JOIN channels c ON c.id = s.channel_id \
         WHERE h.id = ? AND h.member_id = ?"
    );
    BOOKINGS = concat!(
        "SELECT ", hold_columns!(), ", c.name, c.queue FROM (SELECT r.id FROM holds r \
           WHERE r.member_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?) page \
         JOIN holds h ON h.id = page.id JOIN slots s ON s.id = h.slot_id \
         JOIN channels c ON c.id = s.channel_id ORDER BY h.id DESC"
    );
    IN_QUEUE = concat!(
        "SELECT ", ticket_columns!(), ", q.channel_id AS queue_channel, q.issued, q.window_at, \
         q.admitted FROM queue_tickets t JOIN booking_queues q ON q.channel_id = t.channel_id \
         WHERE t.token = ? AND t.member_id = ?"
    );
}

#[derive(sqlx::FromRow)]
struct OfferRow {
    #[sqlx(flatten)]
    slot: SlotRow,
    queue: bool,
}

#[derive(sqlx::FromRow)]
struct BookingRow {
    #[sqlx(flatten)]
    hold: HoldRow,
    name: String,
    queue: bool,
}

impl BookingRow {
    fn booking(self) -> Result<Booking, StoreError> {
        let channel = ChannelName::parse(&self.name).map_err(|_| corrupt("channels.name"))?;
        Ok(Booking { hold: self.hold.hold()?, channel, queue: self.queue })
    }
}

#[derive(sqlx::FromRow)]
struct InQueueRow {
    #[sqlx(flatten)]
    ticket: TicketRow,
    #[sqlx(flatten)]
    queue: QueueRow,
}

/// The bound that a page begins behind, and its length.
fn bounds(page: Page) -> (Uuid, u32) {
    (page.after.map_or(Uuid::max(), bits), page.limit.min(MAX_PAGE))
}

#[async_trait]
impl SlotReader for Sql {
    async fn channels(&self, page: Page) -> Result<Vec<Channel>, StoreError> {
        let (after, limit) = bounds(page);
        let rows = fetch_all!(self.reader().await?.link(), ChannelRow, CHANNELS, after, limit)?;
        rows.into_iter().map(ChannelRow::channel).collect()
    }

    async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        let id = bits(id.to_bits());
        let row = fetch_optional!(self.reader().await?.link(), ChannelRow, CHANNEL, id)?;
        row.map(ChannelRow::channel).transpose()
    }

    async fn slots(&self, channel: ChannelId, page: SlotPage) -> Result<Vec<Slot>, StoreError> {
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
        let (seen_date, seen_number) = page.after.unwrap_or_default();
        let first = page.date.unwrap_or_default().max(seen_date);
        let rows = fetch_all!(
            self.reader().await?.link(),
            SlotRow,
            SLOTS,
            bits(channel.to_bits()),
            first,
            page.date.unwrap_or(last),
            seen_date,
            i64::from(seen_number),
            page.limit.min(MAX_PAGE)
        )?;
        rows.into_iter().map(SlotRow::slot).collect()
    }

    async fn slot(&self, id: SlotId) -> Result<Option<SlotOffer>, StoreError> {
        let id = bits(id.to_bits());
        let row = fetch_optional!(self.reader().await?.link(), OfferRow, SLOT, id)?;
        let offer = |row: OfferRow| Ok(SlotOffer { slot: row.slot.slot()?, queue: row.queue });
        row.map(offer).transpose()
    }

    async fn booking(&self, of: MemberId, id: HoldId) -> Result<Option<Booking>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let row = fetch_optional!(self.reader().await?.link(), BookingRow, BOOKING, id, of)?;
        row.map(BookingRow::booking).transpose()
    }

    async fn bookings(&self, of: MemberId, page: Page) -> Result<Vec<Booking>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        let mut reader = self.reader().await?;
        let rows = fetch_all!(reader.link(), BookingRow, BOOKINGS, of, after, limit)?;
        rows.into_iter().map(BookingRow::booking).collect()
    }

    async fn in_queue(
        &self,
        of: MemberId,
        token: QueueToken,
    ) -> Result<Option<InQueue>, StoreError> {
        let (of, token) = (bits(of.to_bits()), bits(token.to_bits()));
        let row = fetch_optional!(self.reader().await?.link(), InQueueRow, IN_QUEUE, token, of)?;
        Ok(row.map(|row| InQueue { ticket: row.ticket.ticket(), queue: row.queue.queue() }))
    }
}
