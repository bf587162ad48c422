//! The HTTP face over the memory adapters.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod account;
mod actions;
mod at_once;
mod audit;
mod callbacks;
mod coupons;
mod door;
mod earlier;
mod events;
mod files;
mod idempotency;
mod limits;
mod members;
mod openapi;
mod oversight;
mod passwords;
mod points;
mod problems;
mod projects;
mod released;
mod replays;
mod rights;
mod scopes;
mod settings;
mod shop;
mod slots;
mod studio;
mod system;
mod told;
mod watching;
mod webhooks;
