//! The built-in engines.

pub mod lyric;
pub mod music;
pub mod photo;
pub mod video;

mod lettering;
mod random;
