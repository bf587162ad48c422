//! The use cases on the memory adapters, in virtual time.

mod images;
mod orders;
mod produce;
mod replies;
mod stage;
mod steps;
