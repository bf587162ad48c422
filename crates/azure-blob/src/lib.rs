//! Castad's files in a container of Azure Blob Storage.
//!
//! [`AzureBlob`] is a [`MediaStore`](castad_domain::port::MediaStore). A file of up to a block is one
//! call; a longer one goes up block by block and is there once the list of its blocks is.
//!
//! What it promises beyond the port:
//!
//! - A put holds at most [`Limits::in_memory`] bytes, whatever the file's length.
//! - A link is signed for reading one file, has no beginning that a clock could be behind of, and ends
//!   when it was told to.
//! - No key, signature or address is in an error, a log or a `Debug`.
//!
//! What it never does: make a container that is open to the public, or delete one.
//!
//! ```no_run
//! # async fn open(clock: std::sync::Arc<dyn castad_domain::port::Clock>) -> Result<(), Box<dyn std::error::Error>> {
//! use castad_azure_blob::{Account, AzureBlob, Limits, Settings};
//!
//! let account = Account::from_connection_string("UseDevelopmentStorage=true")?;
//! let settings = Settings { account, place: "az://castad/media".parse()? };
//! let media = AzureBlob::new(settings, Limits::default(), clock)?;
//! media.ensure().await?;
//! # Ok(()) }
//! ```

mod account;
mod answer;
mod calls;
mod connection;
mod container;
mod limits;
mod link;
mod place;
mod store;
mod upload;

pub use account::{Account, AccountError};
pub use container::EnsureError;
pub use limits::Limits;
pub use place::{Place, PlaceError};
pub use store::{AzureBlob, SetUpError, Settings};
