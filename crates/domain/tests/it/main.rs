//! The use cases on the memory adapters, in virtual time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod callbacks;
mod ensure;
mod guarded;
mod images;
mod letters;
mod lines;
mod meddling;
mod members;
mod orders;
mod paid;
mod produce;
mod replies;
mod stage;
mod steps;
mod tickets;
