//! Every port of Castad in memory: what tests and embedders start from.
//!
//! Nothing here waits for real time, touches a disk or draws a random number, so what runs on it
//! runs the same every time.

mod bell;
mod catalog;
mod lock;
mod queue;
mod store;
mod tables;
mod time;
mod unit;

pub use lock::MemoryLock;
pub use store::MemoryStore;
pub use time::{ManualClock, SequentialIds};
