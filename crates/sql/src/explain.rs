//! Every text is explained on tables that are filled and analysed: none may walk through one that
//! grows.

mod released;
mod servers;
mod sqlite;

use crate::{
    access, actions, catalog, coupons, events, lines, lock, offers, oversight, points, production,
    profile, queue, replies, settings, shop, slots, webhooks,
};

/// Tables that grow, and the names that texts give them; a derived table is as long as a page.
const GROWING: &[&str] = &[
    "members",
    "api_keys",
    "sessions",
    "projects",
    "images",
    "lyrics",
    "songs",
    "videos",
    "event_heads",
    "events",
    "replies",
    "jobs",
    "locks",
    "point_accounts",
    "point_lots",
    "point_usages",
    "point_usage_details",
    "point_entries",
    "point_totals",
    "setting_changes",
    "profiles",
    "p",
    "i",
    "l",
    "s",
    "v",
    "j",
    "r",
    "q",
    "w",
    "h",
    "f",
    "e",
    "n",
    "m",
    "a",
    "k",
    "campaigns",
    "coupons",
    "packs",
    "orders",
    "channels",
    "slots",
    "holds",
    "booking_queues",
    "queue_tickets",
    "coupon_lines",
    "coupon_requests",
    "c",
    "t",
    "webhooks",
    "webhook_deliveries",
    "admin_actions",
];

/// The texts that every engine runs.
fn texts() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let modules = [
        access::TEXTS,
        actions::TEXTS,
        catalog::TEXTS,
        coupons::TEXTS,
        events::TEXTS,
        lines::TEXTS,
        lock::TEXTS,
        offers::TEXTS,
        oversight::TEXTS,
        points::READS,
        points::TEXTS,
        points::WRITES,
        production::TEXTS,
        production::WRITES,
        profile::TEXTS,
        queue::TEXTS,
        replies::TEXTS,
        settings::TEXTS,
        shop::TEXTS,
        slots::READS,
        slots::TEXTS,
        slots::TICKETS,
        webhooks::TEXTS,
    ];
    modules.into_iter().flatten()
}
