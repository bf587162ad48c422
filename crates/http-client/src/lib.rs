//! One way to call others over HTTP: providers, and whom members name.
//!
//! - [`HttpClient`] sends requests within [`Limits`]: a time for all of it and one to connect, so many
//!   calls at once, so much to read. Redirects are not followed, and nothing is sent twice.
//! - A fault is a [`ProviderError`](castad_domain::port::ProviderError) that tells what surely started
//!   nothing from what may have, and carries how long the provider wants to be left alone.
//! - [`Downloads`] fetches results from the [`Hosts`] that are allowed for a provider, never from a
//!   private address that nobody named.
//! - [`Posts`] calls addresses that members named, never a private one that the operator did not name.
//! - A [`Secret`] cannot be printed; spans hold a host: no path, no query and no key.
//!
//! ```
//! # async fn ask(clock: std::sync::Arc<dyn castad_domain::port::Clock>) -> Result<(), Box<dyn std::error::Error>> {
//! use castad_domain::model::ProviderName;
//! use castad_http_client::{HttpClient, Limits, Request, Secret};
//!
//! let client = HttpClient::new(ProviderName::new("band"), Limits::default(), clock)?;
//! let key = Secret::new("key-1");
//! let answer = client.send(Request::get("https://band.example/v1/songs/7").bearer(&key)).await?;
//! if answer.status() == 200 {
//!     println!("{} bytes", answer.bytes().await?.len());
//! }
//! # Ok(()) }
//! ```

mod address;
mod answer;
mod client;
mod download;
mod fault;
mod hosts;
mod limits;
mod post;
mod request;
mod secret;
mod tls;
mod wait;

pub use answer::Answer;
pub use client::{HttpClient, SetUpError};
pub use download::{Download, Downloads};
pub use hosts::{Host, HostError, Hosts};
pub use limits::Limits;
pub use post::{PostFault, Posted, Posts};
pub use request::Request;
pub use secret::Secret;
pub use tls::install_tls;
