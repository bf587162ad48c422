//! The console in a real browser.
fn main() {}
