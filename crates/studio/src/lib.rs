//! The built-in engines.
