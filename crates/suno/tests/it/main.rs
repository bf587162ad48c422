//! Suno's composer against its stand-in: real sockets, faults to order.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod callbacks;
mod contract;
mod desk;
mod faults;
mod orders;
mod secrets;
mod songs;
mod status;
