//! ChatGPT against the stand-in for OpenAI: real sockets, faults to order.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
mod desk;
mod faults;
mod requests;
mod secrets;
