//! Every port of Castad in memory: what tests and embedders start from.
//!
//! Nothing here waits for real time, touches a disk or draws a random number, so what runs on it
//! runs the same every time.

mod access;
mod audit;
mod bell;
mod catalog;
mod coupons;
mod feed;
mod kit;
mod lanes;
mod lines;
mod lock;
mod mail;
mod maker;
mod media;
mod offers;
mod oversight;
mod password;
mod photo;
mod points;
mod queue;
mod receiver;
mod script;
mod settings;
mod shelf;
mod shop;
mod slots;
mod store;
mod stream;
mod tables;
mod time;
mod unit;
mod webhooks;
mod work;
mod writer;

pub use feed::MemoryFeed;
pub use kit::{Memory, NoSuchProduction};
pub use lock::{MemoryEpochs, MemoryLock};
pub use mail::MemoryMail;
pub use maker::{Craft, Music, Pictures, Scripted, ScriptedComposer, ScriptedRenderer};
pub use media::MemoryMedia;
pub use password::QuickHasher;
pub use photo::PlainLab;
pub use receiver::{MemoryReceiver, Received};
pub use script::{Answer, Parcel};
pub use shelf::MemoryShelf;
pub use store::MemoryStore;
pub use stream::MemoryStream;
pub use time::{HurriedClock, ManualClock, SequentialIds};
pub use writer::ScriptedWriter;
