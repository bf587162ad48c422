//! The photo lab: makes an upload safe and equal to its neighbours, and draws sample photos.
//!
//! What comes out of [`develop`] is always an upright, opaque JPEG of known size without a byte of the upload's
//! metadata, whatever its name or declared type said.

mod develop;
mod hidden;
mod jpeg;
mod sample;
mod sniff;

pub use develop::{MAX_MEGAPIXELS, MAX_SIDE, MIN_SIDE, OUTPUT_SIDE, Photo, PhotoError, develop};
pub use sample::sample;
