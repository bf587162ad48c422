//! A song composer on Suno, by way of sunoapi.org and servers that speak like it.
//!
//! [`Suno`] sends the words as they are, with the attempt in the address for callbacks, and takes the
//! first of the two tracks that can be had. When each line is sung comes from Suno's timed words, as
//! far as they make sense.
//!
//! What it promises beyond the port:
//!
//! - What a code means is read in the body as well as in the HTTP status: 429 is no credit, 405 and 430
//!   are too many calls.
//! - An order whose answer is not clear is never sent again here; its job is found by a callback, and
//!   only if Suno's own record of it names the attempt.
//! - A job that is paid for is not given up over a wrong key, a silence or a callback that failed.
//! - The key is in no error, no log and no `Debug`.

mod composer;
mod order;
mod refusal;
mod settings;
mod status;
mod timing;
mod wire;

pub use composer::Suno;
pub use settings::Settings;
