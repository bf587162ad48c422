//! What Castad decides: from a business's name, place and pictures to a finished, sung video.
//!
//! This crate holds the [model] with its state machines, the [ports](port) through which it meets
//! the world, and the [use cases](usecase) that a service or a worker calls. It has no I/O, no
//! runtime, no clock and no randomness: time and ids come in through ports, and every adapter is
//! held to its port by the suites of `castad-contract`.
//!
//! What it promises:
//!
//! * A state that cannot be is not constructed; a step that is not allowed is refused by name.
//! * Every change of a production, its events and the work that follows are one transaction.
//! * A provider is never called while a transaction is open, and what is paid for is written down
//!   before the call.
//! * Every step of a worker may run twice and ends the same.
//!
//! # Example
//!
//! An embedder opens a project, asks for a lyric and works until it is there. The memory adapters
//! stand where a database and a provider would.
//!
//! ```
//! use castad_domain::{model::*, usecase::*};
//! use castad_memory::Memory;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let memory = Memory::new();
//! let ports = memory.ports();
//! let member = memory.member("다온카페").await?;
//!
//! let brief = Brief {
//!     business_name: BusinessName::parse("다온카페")?,
//!     region: Region::parse("부산 해운대")?,
//!     details: Details::parse("바다가 보이는 작은 카페")?,
//!     language: Language::Korean,
//!     orientation: Orientation::Vertical,
//!     style: None,
//!     seed: None,
//! };
//! let opened = OpenProject::new(&ports).run(member, brief, None).await?;
//! let id = opened.project().id();
//!
//! let order = StageOrder { member, project: id, orientation: None, cancel_at: None };
//! RequestStage::new(&ports).run(Stage::Lyric, order, None).await?;
//! memory.work_until_idle().await?;
//!
//! let production = memory.production(id).await?;
//! let lyric = production.lyric().expect("a lyric was asked for");
//! assert!(lyric.text().is_some(), "and it is ready");
//! # Ok(()) }
//! ```

pub mod model;
pub mod port;
pub mod usecase;
