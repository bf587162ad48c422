//! Creatomate against its stand-in: real sockets, faults to order, a media store that hands out links.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cache;
mod callbacks;
mod check;
mod contract;
mod desk;
mod faults;
mod requests;
mod results;
mod secrets;
mod sharing;
mod shelf;
