//! A lyric writer on OpenAI, and on servers that speak like it.
//!
//! [`ChatGpt`] asks for a title, sections and lines in a JSON schema, reads the answer as it is
//! written, and checks it: the name carried, enough lines, the language asked for. A wrong answer is
//! asked again once.
//!
//! What it promises beyond the port:
//!
//! - A refusal, an answer cut at its length and one cut by a filter are told apart by their codes.
//! - Nothing that waiting cannot mend is asked again: a wrong key, an unknown model, no credit.
//! - The key is in no error, no log and no `Debug`.
//!
//! To speak another shape of API: a module in `wire` with its request and a `Reading` of its events,
//! and an arm in `wire.rs`.

mod check;
mod draft;
mod prompt;
mod refusal;
mod schema;
mod settings;
mod sse;
mod wire;
mod writer;

pub use settings::{Settings, Shape};
pub use writer::ChatGpt;
