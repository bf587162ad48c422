//! Letters to members: when one is due, and that it is sent once at most.

mod mailroom;
mod send;
mod warn;

pub(super) use mailroom::Mailroom;
pub use send::{LetterEnd, SendLetter};
pub use warn::WarnOfExpiry;
