//! The built-in song engine: a backing track with a lead that plays the lyric's tune, and its file.

pub mod aac;
mod m4a;
mod num;
mod pcm;
#[cfg(test)]
mod testing;

pub use aac::{AacError, AacTrack};
pub use pcm::{Pcm, Progress, SAMPLE_RATE};
