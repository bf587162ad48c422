//! The suites that hold an adapter to its port.
//!
//! A port's documentation says what it promises; each promise is a case here, and every adapter runs
//! the same cases. An adapter's crate names the suite and says how to get an empty adapter:
//!
//! ```
//! use castad_contract::{Database, Writers};
//! use castad_memory::MemoryStore;
//!
//! async fn fresh() -> Database {
//!     Database::of(MemoryStore::new(), Writers::Many)
//! }
//!
//! castad_contract::database_contract!(fresh);
//! # fn main() {}
//! ```
//!
//! Where an adapter needs a server that is not always there, the reason stands in front:
//! `database_contract!(ignore = "needs MySQL: just test-mysql", fresh)`.
//!
//! Each case becomes a `#[tokio::test]` of its own, so that a failure names the promise.
#![expect(
    clippy::missing_panics_doc,
    reason = "a case panics when the promise is broken: that is its use"
)]
#![expect(
    clippy::unused_async,
    reason = "every case is called alike, be there anything to wait for or not"
)]

pub mod access;
pub mod actions;
mod airtight;
mod audited;
pub mod big_media;
mod books;
pub mod catalog;
pub mod counted;
pub mod coupons;
mod database;
pub mod decisions;
mod doubtful;
pub mod epochs;
pub mod events;
pub mod feed;
pub mod ids;
pub mod lanes;
mod ledger;
pub mod lines;
pub mod lock;
pub mod mail;
pub mod make;
mod maker;
pub mod media;
pub mod members;
mod mingled;
mod no_lock;
pub mod offers;
pub mod outbox;
pub mod oversight;
pub mod passwords;
pub mod payments;
pub mod photo;
pub mod points;
pub mod points_orders;
mod post_office;
pub mod productions;
mod proxy;
mod purse;
pub mod queue;
mod race;
pub mod races_coupons;
pub mod races_events;
pub mod races_lines;
pub mod races_members;
pub mod races_points;
pub mod races_settings;
pub mod races_shop;
pub mod races_slots;
pub mod replays;
pub mod replies;
pub mod secret_ids;
pub mod settings;
pub mod shop;
pub mod slots;
pub mod song;
pub mod storm;
pub mod stream;
mod suite;
pub mod tickets;
pub mod time;
pub mod untold;
pub mod video;
mod wall;
pub mod webhooks;
pub mod writer;

pub use airtight::airtight;
pub use audited::{audited, findings};
pub use books::Books;
#[doc(hidden)]
pub use castad_domain::port::BookRule;
pub use database::{Database, Writers, leading};
pub use doubtful::doubtful;
pub use feed::Feeds;
pub use ledger::{Ledger, LineLedger, ledger};
pub use lock::Locks;
pub use mail::{Arrived, Mails};
pub use mingled::mingled;
pub use no_lock::NoLock;
pub use post_office::PostOffice;
pub use proxy::Proxy;
pub use purse::Purse;
pub use song::Composing;
pub use stream::Streams;
pub use time::{Timepiece, until};
pub use video::Rendering;
pub use wall::WallClock;
