//! The built-in song engine: a backing track with a lead that plays the lyric's tune, and its file.

pub mod aac;
mod arrange;
mod compose;
mod form;
mod harmony;
mod m4a;
mod melody;
mod mix;
pub mod mp3;
mod num;
mod pcm;
mod score;
mod sheet;
mod sound;
mod synth;
#[cfg(test)]
mod testing;

pub use aac::{AacError, AacTrack};
pub use compose::compose;
pub use mix::{loudness, render, true_peak};
pub use pcm::{Pcm, Progress, SAMPLE_RATE};
pub use score::{LineTime, Part, Score, Span};
pub use sheet::{SheetSection, SongSheet};
