//! What the suites around the built program share: the program itself, and what a suite needs.

mod needs;
mod program;

pub use needs::{missing, suite};
pub use program::{Castad, Folder};
