//! Castad on NATS JetStream.
//!
//! [`Nats`] is one connection that is made and made again by itself; [`NatsEvents`] is the
//! [`EventStream`](castad_domain::port::EventStream) over it, [`NatsFeed`] the
//! [`WorkFeed`](castad_domain::port::WorkFeed).
//!
//! What it promises:
//!
//! * Nobody waits to begin: a server that is away is looked for in the background, and every call
//!   ends within the time that [`Settings`] give it, be it with an error.
//! * A member's events are in the stream in the order of their log, each once, whoever publishes
//!   them and however often: the server itself refuses what would come out of turn.
//! * An offer of work is in one hand at a time, comes again when nothing is heard of it, a few times
//!   at most, and is gone when it is settled.
//! * Streams are made where they are missing; several that do so at once do not collide.
//!
//! The database stays the source of truth: what the server loses it is told again, or done without.
//!
//! # Example
//!
//! ```no_run
//! use castad_domain::port::EventStream;
//! use castad_nats::{Nats, NatsEvents, Settings};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let nats = Nats::open("nats://127.0.0.1:4222", Settings::default()).await?;
//! let events = NatsEvents::new(&nats);
//! events.check().await?;
//! # Ok(()) }
//! ```

mod events;
mod fault;
mod feed;
mod server;
mod settings;

pub use events::NatsEvents;
pub use feed::NatsFeed;
pub use server::{LookError, Nats, PrepareError};
pub use settings::{BadUrl, Settings};
