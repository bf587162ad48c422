//! What the suites around the built program share: the program itself, and what a suite needs.

mod needs;
mod program;
mod servers;
mod tools;

pub use needs::{missing, suite};
pub use program::{Castad, Folder};
pub use servers::{AZURITE, azurite, database, nats, redis};
pub use tools::{built, ended_well, free_port, node_tools, python_tools, repository};
