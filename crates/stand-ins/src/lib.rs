//! Servers that stand in for Castad's providers, over a real socket, with faults to order.
//!
//! **They are our own reading of the providers' documents.** What passes here shows that an adapter
//! and this reading agree, not that the provider would. One module a provider; each has its part of
//! the server's addresses and says what was asked of it. [`payments`] needs no socket: it is a gateway
//! behind the domain's own port.
//!
//! ```
//! # async fn start() -> std::io::Result<()> {
//! use castad_stand_ins::{StandIns, openai::Fault};
//!
//! let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await?;
//! stand_ins.openai.order([Fault::ServerError]);
//! println!("OPENAI_BASE_URL={}", stand_ins.openai_url());
//! # Ok(()) }
//! ```

pub mod creatomate;
mod door;
pub mod openai;
pub mod payments;
mod server;
pub mod suno;

pub use door::Door;
pub use server::StandIns;
