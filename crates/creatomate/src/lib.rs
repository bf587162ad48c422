//! A video renderer on Creatomate.
//!
//! [`Creatomate`] reads the template of the shape that is asked for, fills its places with the
//! pictures, the song, the name and the lines of the lyric, and has Creatomate render it.
//!
//! What it promises beyond the port:
//!
//! - A template is read once in five minutes however many videos are begun, and a failed reading is
//!   not kept.
//! - The film lasts as long as the song: the template's times are stretched to it.
//! - Nothing is rendered that cannot be what was asked for: no template for the shape, no place for a
//!   picture or for the song.
//! - A render is bought at most once by a `start`; an answer that was lost is never asked for again.
//! - A film is fetched from the hosts that are allowed, and only once its status says that it is made.
//! - The key and the links to pictures and songs are in no error, no log and no `Debug`.
//!
//! What a template has to look like is in `docs/providers/creatomate.md`; which element is what is
//! decided in `places.rs`, what is written into it in `fill.rs`.

mod api;
mod cache;
mod check;
mod fill;
mod order;
mod places;
mod refusal;
mod renderer;
mod settings;
mod shared;
mod template;
mod timeline;
mod wire;

pub use cache::Reads;
pub use check::Finding;
pub use renderer::Creatomate;
pub use settings::{Settings, Templates, Version};
