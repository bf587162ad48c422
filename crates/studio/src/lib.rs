//! The built-in engines.

pub mod photo;
pub mod video;

mod lettering;
