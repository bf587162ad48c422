//! The suites that hold an adapter to its port.
//!
//! A port's documentation says what it promises; each promise is a case here, and every adapter runs
//! the same cases. An adapter's crate names the suite and says how to get an empty adapter:
//!
//! ```ignore
//! use castad_contract::{Database, Writers};
//!
//! async fn fresh() -> Database {
//!     Database::of(MyStore::in_a_new_folder().await, Writers::Many)
//! }
//!
//! castad_contract::database_contract!(fresh);
//! // or, where it needs a server that is not always there:
//! castad_contract::database_contract!(ignore = "needs MySQL", fresh);
//! ```
//!
//! Each case becomes a `#[tokio::test]` of its own, so that a failure names the promise.
#![expect(
    clippy::missing_panics_doc,
    reason = "a case panics when the promise is broken: that is its use"
)]

pub mod access;
pub mod catalog;
mod database;
pub mod events;
pub mod lock;
pub mod make;
pub mod outbox;
pub mod productions;
pub mod queue;
pub mod replies;
mod suite;

pub use database::{Database, Writers};
