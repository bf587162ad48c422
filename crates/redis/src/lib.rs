//! Castad's distributed lock on Redis.
//!
//! [`RedisLock`] is the [`LockManager`](castad_domain::port::LockManager) of several processes that
//! share one Redis; [`Breaker`] leaves a lock that keeps failing alone for a while; [`LockMetrics`]
//! turns what happens into numbers. `Guarded` of the domain is the one caller.
//!
//! What it promises:
//!
//! * One script takes a lock and issues its token, one renews, one lets go and tells those who watch:
//!   nothing is half done, and a script that the server forgot is sent again.
//! * Every call ends within the time that [`Settings`] give it, be it with an error.
//! * Tokens rise beyond every loss of Redis: their upper part is an epoch that the database counts.
//! * Who watches is told of a release that came after the watch began, and of every interruption.
//!
//! What it does not promise: that nobody else holds a lock. A Redis that forgets, a process that
//! stands still or a clock that jumps lets two in. The rows' own guards decide what is right.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use castad_memory::{ManualClock, MemoryEpochs};
//! use castad_redis::{Breaker, BreakerSettings, RedisLock, Settings};
//!
//! # fn main() -> Result<(), castad_redis::BadUrl> {
//! let clock = Arc::new(ManualClock::default());
//! let epochs = Arc::new(MemoryEpochs::new());
//! let lock = RedisLock::new("redis://127.0.0.1:6379", epochs, clock.clone(), Settings::default())?;
//! let lock = Breaker::around(Arc::new(lock), clock, BreakerSettings::default());
//! # let _ = lock; Ok(()) }
//! ```

mod breaker;
mod lock;
mod metrics;
mod script;
mod server;
mod settings;
mod shelf;
mod watch;

pub use breaker::{Breaker, BreakerSettings};
pub use lock::RedisLock;
pub use metrics::LockMetrics;
pub use settings::{BadUrl, Settings};
pub use shelf::RedisShelf;
