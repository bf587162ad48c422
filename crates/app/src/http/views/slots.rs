//! Channels, slots, holds and queue tokens on the wire.

use castad_domain::{
    model::{Channel, Hold, HoldState, Slot, TicketState},
    port::{Booking, InQueue},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::time;

/// A channel that broadcasts ads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub(in crate::http) struct ChannelBody {
    id: String,
    name: String,
    /// The days on which it broadcasts, in order.
    #[schema(example = json!(["2026-05-01"]))]
    dates: Vec<String>,
    /// How many slots each day has.
    slots: u32,
    /// What a slot costs, in points.
    price: i64,
    /// Whether one has to queue before one may book.
    queue: bool,
    created_at: String,
}

impl From<&Channel> for ChannelBody {
    fn from(channel: &Channel) -> Self {
        Self {
            id: channel.id.to_string(),
            name: channel.name.as_str().to_owned(),
            dates: channel.dates.iter().map(ToString::to_string).collect(),
            slots: channel.slots,
            price: channel.price,
            queue: channel.queue,
            created_at: time(channel.opened_at),
        }
    }
}

/// A slot of a channel, as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Slot)]
pub(in crate::http) struct SlotBody {
    id: String,
    number: u32,
    #[schema(example = "2026-05-01")]
    date: String,
    /// What it costs, in points.
    price: i64,
    /// `available`, `held` or `reserved`.
    status: &'static str,
}

impl SlotBody {
    pub(in crate::http) fn new(slot: &Slot, now: DateTime<Utc>) -> Self {
        Self {
            id: slot.id.to_string(),
            number: slot.place.number,
            date: slot.place.date.to_string(),
            price: slot.price,
            status: slot.state.at(now).name(),
        }
    }
}

/// A slot that is or was kept for you.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub(in crate::http) struct HoldBody {
    id: String,
    slot_id: String,
    channel_id: String,
    /// What the channel is called; in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_name: Option<String>,
    #[schema(example = "2026-05-01")]
    date: String,
    number: u32,
    /// What it costs, in points.
    price: i64,
    /// `held`, `reserved`, `expired`, `released` or `canceled`.
    status: &'static str,
    created_at: String,
    /// When it is over, unless it was paid.
    expires_at: String,
    /// What is broadcast.
    video_id: Option<String>,
    /// When it was paid, given back, canceled or over.
    updated_at: String,
    /// What was spent and has not come back.
    charged_points: i64,
    /// What came back when it was canceled.
    #[serde(skip_serializing_if = "Option::is_none")]
    returned_points: Option<i64>,
    /// Whether it is a booking that may still be canceled; where it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelable: Option<bool>,
}

impl HoldBody {
    pub(in crate::http) fn new(hold: &Hold) -> Self {
        let booked = matches!(hold.state, HoldState::Reserved { .. });
        Self {
            id: hold.id.to_string(),
            slot_id: hold.slot.to_string(),
            channel_id: hold.place.channel.to_string(),
            channel_name: None,
            date: hold.place.date.to_string(),
            number: hold.place.number,
            price: hold.price,
            status: hold.state.name(),
            created_at: time(hold.held_at),
            expires_at: time(hold.expires_at),
            video_id: hold.state.video().map(|id| id.to_string()),
            updated_at: time(hold.state.since().unwrap_or(hold.held_at)),
            charged_points: if booked { hold.price } else { 0 },
            returned_points: None,
            cancelable: None,
        }
    }

    /// The same as it is at that time, with what its channel is called.
    pub(in crate::http) fn of(booking: &Booking, now: (DateTime<Utc>, NaiveDate)) -> Self {
        let hold = booking.hold.at(now.0);
        let booked = matches!(hold.state, HoldState::Reserved { .. });
        let channel_name = Some(booking.channel.as_str().to_owned());
        let cancelable = Some(booked && hold.canceled(now).is_ok());
        Self { channel_name, cancelable, ..Self::new(&hold) }
    }

    /// The same with what came back.
    pub(in crate::http) fn returned(self, points: i64) -> Self {
        Self { returned_points: Some(points), ..self }
    }
}

/// Your place in the queue before a channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueueToken)]
pub(in crate::http) struct QueueTokenBody {
    /// Send it as `Castad-Queue-Token` to hold and pay slots of the channel.
    token: String,
    channel_id: String,
    /// 1 is next; 0 once you were let in.
    position: i64,
    /// `waiting`, `active`, `used` or `expired`.
    status: &'static str,
    /// Until when you may book, once you were let in.
    expires_at: Option<String>,
    /// When you are let in, while you wait.
    estimated_start: Option<String>,
    created_at: String,
}

impl QueueTokenBody {
    pub(in crate::http) fn new(standing: &InQueue, now: DateTime<Utc>) -> Self {
        let ticket = &standing.ticket;
        let state = ticket.state(now);
        let waits = state == TicketState::Waiting;
        Self {
            token: ticket.token.to_string(),
            channel_id: ticket.channel.to_string(),
            position: standing.queue.position(ticket, now),
            status: state.name(),
            expires_at: (!waits).then(|| time(ticket.expires_at())),
            estimated_start: waits.then(|| time(ticket.active_at)),
            created_at: time(ticket.issued_at),
        }
    }
}
