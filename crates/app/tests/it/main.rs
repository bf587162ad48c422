//! The HTTP face over the memory adapters.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod callbacks;
mod earlier;
mod events;
mod files;
mod idempotency;
mod openapi;
mod problems;
mod projects;
mod slots;
mod studio;
mod system;
