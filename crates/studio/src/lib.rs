//! The built-in engines.

pub mod music;
