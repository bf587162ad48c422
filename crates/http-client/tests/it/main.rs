//! The clients against servers that say what they are told to, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
mod downloads;
mod server;
