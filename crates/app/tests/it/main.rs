//! The HTTP face over the memory adapters.

mod access;
mod events;
mod files;
mod idempotency;
mod openapi;
mod problems;
mod projects;
mod studio;
