//! Every text is explained on tables that are filled and analysed: none may walk through one that
//! grows.

mod servers;
mod sqlite;

use crate::{access, catalog, coupons, events, lock, production, queue, replies};

/// Tables that grow, and the names that texts give them; a derived table is as long as a page.
const GROWING: [&str; 31] = [
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
    "campaigns",
    "coupons",
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
];

/// The texts that every engine runs.
fn texts() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let modules = [
        access::TEXTS,
        catalog::TEXTS,
        coupons::TEXTS,
        events::TEXTS,
        lock::TEXTS,
        production::TEXTS,
        production::WRITES,
        queue::TEXTS,
        replies::TEXTS,
    ];
    modules.into_iter().flatten()
}
