//! The built-in engines.

pub mod lyric;
pub mod music;
mod random;
