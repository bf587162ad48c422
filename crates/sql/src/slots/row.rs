use castad_domain::{
    model::{
        BookingQueue, Channel, ChannelId, ChannelName, Hold, HoldId, HoldState, MemberId, Place,
        QueueToken, Slot, SlotId, SlotState, Ticket, VideoId,
    },
    port::StoreError,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::fault::{corrupt, whole};

/// Days as a channel's row holds them.
pub(super) fn dates_text(dates: &[NaiveDate]) -> String {
    dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[derive(sqlx::FromRow)]
pub(super) struct ChannelRow {
    id: Uuid,
    name: String,
    dates: String,
    slots: i64,
    price: i64,
    queue: bool,
    opened_at: DateTime<Utc>,
}

impl ChannelRow {
    pub(super) fn channel(self) -> Result<Channel, StoreError> {
        let dates = self.dates.split(',').map(str::parse::<NaiveDate>).collect::<Result<_, _>>();
        Ok(Channel {
            id: ChannelId::from_bits(self.id.as_u128()),
            name: ChannelName::parse(&self.name).map_err(|_| corrupt("channels.name"))?,
            dates: dates.map_err(|_| corrupt("channels.dates"))?,
            slots: whole("channels.slots", self.slots)?,
            price: self.price,
            queue: self.queue,
            opened_at: self.opened_at,
        })
    }
}

fn place(channel: Uuid, date: NaiveDate, number: i64) -> Result<Place, StoreError> {
    let channel = ChannelId::from_bits(channel.as_u128());
    Ok(Place { channel, date, number: whole("slots.number", number)? })
}

#[derive(sqlx::FromRow)]
pub(super) struct SlotRow {
    slot_id: Uuid,
    channel_id: Uuid,
    air_date: NaiveDate,
    number: i64,
    price: i64,
    state: String,
    hold_id: Option<Uuid>,
    held_until: Option<DateTime<Utc>>,
}

impl SlotRow {
    pub(super) fn slot(self) -> Result<Slot, StoreError> {
        let hold = self.hold_id.map(|id| HoldId::from_bits(id.as_u128()));
        let state = match (self.state.as_str(), hold, self.held_until) {
            ("available", None, None) => SlotState::Available,
            ("held", Some(hold), Some(until)) => SlotState::Held { hold, until },
            ("reserved", Some(hold), None) => SlotState::Reserved { hold },
            _ => return Err(corrupt("slots.state")),
        };
        Ok(Slot {
            id: SlotId::from_bits(self.slot_id.as_u128()),
            place: place(self.channel_id, self.air_date, self.number)?,
            price: self.price,
            state,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct HoldRow {
    hold_id: Uuid,
    slot_id: Uuid,
    member_id: Uuid,
    price: i64,
    state: String,
    video_id: Option<Uuid>,
    held_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    changed_at: Option<DateTime<Utc>>,
    channel_id: Uuid,
    air_date: NaiveDate,
    number: i64,
}

impl HoldRow {
    pub(super) fn hold(self) -> Result<Hold, StoreError> {
        let video = self.video_id.map(|id| VideoId::from_bits(id.as_u128()));
        let state = match (self.state.as_str(), video, self.changed_at) {
            ("held", None, None) => HoldState::Held,
            ("reserved", Some(video), Some(at)) => HoldState::Reserved { video, at },
            ("expired", None, Some(at)) => HoldState::Expired { at },
            ("released", None, Some(at)) => HoldState::Released { at },
            ("canceled", Some(video), Some(at)) => HoldState::Canceled { video, at },
            _ => return Err(corrupt("holds.state")),
        };
        Ok(Hold {
            id: HoldId::from_bits(self.hold_id.as_u128()),
            slot: SlotId::from_bits(self.slot_id.as_u128()),
            place: place(self.channel_id, self.air_date, self.number)?,
            member: MemberId::from_bits(self.member_id.as_u128()),
            price: self.price,
            held_at: self.held_at,
            expires_at: self.expires_at,
            state,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct QueueRow {
    queue_channel: Uuid,
    issued: i64,
    window_at: DateTime<Utc>,
    admitted: i64,
}

impl QueueRow {
    pub(super) fn queue(self) -> BookingQueue {
        BookingQueue {
            channel: ChannelId::from_bits(self.queue_channel.as_u128()),
            issued: self.issued,
            window_at: self.window_at,
            admitted: self.admitted,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct TicketRow {
    token: Uuid,
    channel_id: Uuid,
    member_id: Uuid,
    number: i64,
    issued_at: DateTime<Utc>,
    active_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

impl TicketRow {
    pub(super) fn ticket(self) -> Ticket {
        Ticket {
            token: QueueToken::from_bits(self.token.as_u128()),
            channel: ChannelId::from_bits(self.channel_id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            number: self.number,
            issued_at: self.issued_at,
            active_at: self.active_at,
            used_at: self.used_at,
        }
    }
}
