use async_trait::async_trait;
use castad_domain::{
    model::{BookingQueue, ChannelId, MemberId, QueueToken, Ticket},
    port::{StoreError, TicketBook},
};
use chrono::{DateTime, Utc};

use super::row::{QueueRow, TicketRow};
use crate::{fault::one_row, row::bits, store::Unit};

macro_rules! ticket_columns {
    () => {
        "t.token, t.channel_id, t.member_id, t.number, t.issued_at, t.active_at, t.used_at"
    };
}
pub(super) use ticket_columns;

texts! {
    INSERT_QUEUE =
        "INSERT INTO booking_queues (channel_id, issued, window_at, admitted) VALUES (?, ?, ?, ?)";
    /// Writes nothing new, and so keeps the row from everybody else until the unit ends.
    LOCK_QUEUE = "UPDATE booking_queues SET issued = issued WHERE channel_id = ?";
    QUEUE =
        "SELECT q.channel_id AS queue_channel, q.issued, q.window_at, q.admitted \
         FROM booking_queues q WHERE q.channel_id = ?";
    RAISE_QUEUE =
        "UPDATE booking_queues SET issued = ?, window_at = ?, admitted = ? \
         WHERE channel_id = ? AND issued = ?";
    INSERT_TICKET =
        "INSERT INTO queue_tickets (token, channel_id, member_id, number, issued_at, active_at, \
         used_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
    NEWEST_TICKET = concat!(
        "SELECT ", ticket_columns!(), " FROM queue_tickets t \
         WHERE t.channel_id = ? AND t.member_id = ? ORDER BY t.number DESC LIMIT 1"
    );
    LOCK_TICKET = "UPDATE queue_tickets SET number = number WHERE token = ?";
    TICKET = concat!("SELECT ", ticket_columns!(), " FROM queue_tickets t WHERE t.token = ?");
    USE_TICKET = "UPDATE queue_tickets SET used_at = ? WHERE token = ? AND used_at IS NULL";
    OLD_TICKETS =
        "SELECT token FROM queue_tickets WHERE active_at < ? ORDER BY active_at LIMIT ?";
    FORGET_TICKET = "DELETE FROM queue_tickets WHERE token = ?";
}

#[derive(sqlx::FromRow)]
struct OldTicket {
    token: Vec<u8>,
}

pub(super) async fn insert_queue(unit: &mut Unit, queue: &BookingQueue) -> Result<(), StoreError> {
    let channel = bits(queue.channel.to_bits());
    let (issued, admitted) = (queue.issued, queue.admitted);
    execute!(unit.link(), INSERT_QUEUE, channel, issued, queue.window_at, admitted)?;
    Ok(())
}

#[async_trait]
impl TicketBook for Unit {
    async fn queue(&mut self, channel: ChannelId) -> Result<Option<BookingQueue>, StoreError> {
        let channel = bits(channel.to_bits());
        if execute!(self.link(), LOCK_QUEUE, channel)? == 0 {
            return Ok(None);
        }
        let row = fetch_optional!(self.link(), QueueRow, QUEUE, channel)?;
        Ok(row.map(QueueRow::queue))
    }

    async fn issue(&mut self, ticket: &Ticket, queue: &BookingQueue) -> Result<(), StoreError> {
        let channel = bits(queue.channel.to_bits());
        one_row(execute!(
            self.link(),
            RAISE_QUEUE,
            queue.issued,
            queue.window_at,
            queue.admitted,
            channel,
            queue.issued - 1,
        )?)?;
        execute!(
            self.link(),
            INSERT_TICKET,
            bits(ticket.token.to_bits()),
            channel,
            bits(ticket.member.to_bits()),
            ticket.number,
            ticket.issued_at,
            ticket.active_at,
            ticket.used_at,
        )?;
        Ok(())
    }

    async fn newest_ticket(
        &mut self,
        channel: ChannelId,
        member: MemberId,
    ) -> Result<Option<Ticket>, StoreError> {
        let (channel, member) = (bits(channel.to_bits()), bits(member.to_bits()));
        let row = fetch_optional!(self.link(), TicketRow, NEWEST_TICKET, channel, member)?;
        Ok(row.map(TicketRow::ticket))
    }

    async fn ticket(&mut self, token: QueueToken) -> Result<Option<Ticket>, StoreError> {
        let token = bits(token.to_bits());
        if execute!(self.link(), LOCK_TICKET, token)? == 0 {
            return Ok(None);
        }
        let row = fetch_optional!(self.link(), TicketRow, TICKET, token)?;
        Ok(row.map(TicketRow::ticket))
    }

    async fn use_ticket(&mut self, ticket: &Ticket) -> Result<(), StoreError> {
        let token = bits(ticket.token.to_bits());
        one_row(execute!(self.link(), USE_TICKET, ticket.used_at, token)?)
    }

    /// Found first, then forgotten one by one: so no row is locked but those, and always in the
    /// same order.
    async fn forget_tickets(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        for OldTicket { token } in
            fetch_all!(self.link(), OldTicket, OLD_TICKETS, before, i64::from(limit))?
        {
            forgotten += execute!(self.link(), FORGET_TICKET, token)?;
        }
        Ok(forgotten)
    }
}
