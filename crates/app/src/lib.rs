//! The castad program: it reads the configuration, wires adapters to ports, and offers the whole
//! over HTTP and on the command line.
//!
//! The library exists for the binary of the same name and its tests; services embed
//! `castad-domain` instead.

pub mod cli;
pub mod command;
pub mod config;
pub mod data;
pub mod door;
pub mod http;
pub mod limits;
pub mod links;
pub mod make;
pub mod password;
mod race;
pub mod secret;
pub mod system;
pub mod telemetry;
pub mod wire;
