//! A video renderer on Creatomate.
