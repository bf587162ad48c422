//! What the engines say differently.

pub(crate) mod mysql;
pub(crate) mod offers;
pub(crate) mod sqlite;

use castad_domain::{
    model::{Lane, Slot},
    port::Turn,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    link::Link,
    points::AccountRow,
    row::{CampaignRow, ClaimRow, LaneRow, OrderRow, PackRow, WebhookRow, bits},
    slots::HoldRow,
};

/// Claims the next jobs of a lane, up to so many.
pub(crate) async fn claim(
    link: Link<'_>,
    lane: Lane,
    turn: Turn,
    most: u32,
) -> Result<Vec<ClaimRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::claim(to, lane, turn, most).await,
        Link::MySql(to) => mysql::claim(to, lane, turn, most).await,
    }
}

/// Every lane.
pub(crate) async fn lanes(link: Link<'_>) -> Result<Vec<LaneRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::lanes(to).await,
        Link::MySql(to) => mysql::lanes(to).await,
    }
}

/// What is needed to take a lock.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) owner: Uuid,
    pub(crate) now: DateTime<Utc>,
    pub(crate) until: DateTime<Utc>,
}

/// The token of a lock that was taken; `None` while somebody else holds it.
pub(crate) async fn lock(link: Link<'_>, wanted: Wanted<'_>) -> Result<Option<i64>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::lock(to, wanted).await,
        Link::MySql(to) => mysql::lock(to, wanted).await,
    }
}

/// The last number of a member's log after it was raised.
pub(crate) async fn raise(link: Link<'_>, member: Uuid, by: i64) -> Result<i64, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::raise(to, member, by).await,
        Link::MySql(to) => mysql::raise(to, member, by).await,
    }
}

/// The number of a life of another lock that begins.
pub(crate) async fn next_epoch(link: Link<'_>) -> Result<i64, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::next_epoch(to).await,
        Link::MySql(to) => mysql::next_epoch(to).await,
    }
}

/// A member's account, held until the transaction ends; `None` if there is none.
pub(crate) async fn hold_account(
    link: Link<'_>,
    member: Uuid,
) -> Result<Option<AccountRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::hold_account(to, member).await,
        Link::MySql(to) => mysql::hold_account(to, member).await,
    }
}

/// Opens the account of a member, if there is such a member and the account is not there.
pub(crate) async fn open_account(link: Link<'_>, member: Uuid) -> Result<(), sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::open_account(to, member).await,
        Link::MySql(to) => mysql::open_account(to, member).await,
    }
}

/// Holds the settings until the transaction ends.
pub(crate) async fn hold_settings(link: Link<'_>) -> Result<(), sqlx::Error> {
    match link {
        // Whoever writes is alone.
        Link::Sqlite(_) => Ok(()),
        Link::MySql(to) => mysql::hold_settings(to).await,
    }
}

/// A campaign that nobody else changes until the transaction ends.
pub(crate) async fn hold_campaign(
    link: Link<'_>,
    id: Uuid,
) -> Result<Option<CampaignRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::hold_campaign(to, id).await,
        Link::MySql(to) => mysql::hold_campaign(to, id).await,
    }
}

/// A pack that nobody else changes until the transaction ends.
pub(crate) async fn hold_pack(link: Link<'_>, id: Uuid) -> Result<Option<PackRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::hold_pack(to, id).await,
        Link::MySql(to) => mysql::hold_pack(to, id).await,
    }
}

/// An order that nobody else changes until the transaction ends.
pub(crate) async fn hold_order(link: Link<'_>, id: Uuid) -> Result<Option<OrderRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::hold_order(to, id).await,
        Link::MySql(to) => mysql::hold_order(to, id).await,
    }
}

/// Adds slots that nobody holds, with one statement.
pub(crate) async fn insert_slots(link: Link<'_>, slots: &[Slot]) -> Result<(), sqlx::Error> {
    macro_rules! insert {
        ($engine:ty, $to:expr) => {{
            let mut text = sqlx::QueryBuilder::<$engine>::new(
                "INSERT INTO slots (id, channel_id, air_date, number, price, state, version) ",
            );
            text.push_values(slots, |mut row, slot| {
                row.push_bind(bits(slot.id.to_bits()));
                row.push_bind(bits(slot.place.channel.to_bits()));
                row.push_bind(slot.place.date);
                row.push_bind(i64::from(slot.place.number));
                row.push_bind(slot.price);
                row.push("'available', 0");
            });
            text.build().persistent(false).execute($to).await.map(drop)
        }};
    }
    match link {
        Link::Sqlite(to) => insert!(sqlx::Sqlite, to),
        Link::MySql(to) => insert!(sqlx::MySql, to),
    }
}

/// Holds whose time is over, that nobody else has in hand.
pub(crate) async fn lapsed(
    link: Link<'_>,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<HoldRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::lapsed(to, now, limit).await,
        Link::MySql(to) => mysql::lapsed(to, now, limit).await,
    }
}

/// A member's webhook that nobody else changes until the transaction ends.
pub(crate) async fn hold_webhook(
    link: Link<'_>,
    id: Uuid,
    member: Uuid,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::hold_webhook(to, id, member).await,
        Link::MySql(to) => mysql::hold_webhook(to, id, member).await,
    }
}

/// Claims the webhook that has waited longest.
pub(crate) async fn claim_webhook(
    link: Link<'_>,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    match link {
        Link::Sqlite(to) => sqlite::claim_webhook(to, now, lease_until).await,
        Link::MySql(to) => mysql::claim_webhook(to, now, lease_until).await,
    }
}
