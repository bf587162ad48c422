//! The HTTP face over the memory adapters.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod callbacks;
mod coupons;
mod earlier;
mod events;
mod files;
mod idempotency;
mod openapi;
mod problems;
mod projects;
mod shop;
mod studio;
mod system;
