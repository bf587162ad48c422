//! Files in a container, held to the port and to what is promised beyond it: on Azurite, and on a
//! server that fails to order.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod azurite;
mod faults;
mod orders;
mod server;
mod web;
