//! The film cutter: photos, captions and a soundtrack become an H.264 and AAC film in an MP4 file.
//!
//! [`render`] cuts the photos on the bars of the song, pans and zooms over them, lays the titles and captions on top,
//! and writes the file as it goes: memory holds the prepared photos and a few compressed seconds, never the film.
//! The same storyboard gives the same bytes, whatever the number of threads.

mod accent;
mod cut;
mod encoder;
mod film;
mod mp4;
mod pace;
mod picture;
mod scene;
mod shot;
mod sprite;
mod storyboard;
mod titles;

pub use film::{Film, VideoError, render};
pub use storyboard::{Caption, Language, Orientation, Storyboard};

/// Pictures per second of every film.
pub const FRAME_RATE: u32 = 30;
