//! Letters to members, over SMTP.
//!
//! - [`Smtp`] is the [`Mailer`](castad_domain::port::Mailer): a letter takes thirty seconds at most, and what went wrong
//!   says whether it may have been sent. Only an answer that was lost behind the letter's last line leaves that open.
//! - [`Server`] is who takes letters, as a URL names it, and [`Sender`] whom they come from.
//!
//! What is typed by members is encoded into a letter's subject and text, and nothing of it becomes a header.
//!
//! ```
//! use castad_mail::{Sender, Server};
//!
//! let server: Server = "smtp://castad:hunter2@mail.example:587?tls=required".parse()?;
//! assert_eq!(format!("{server:?}"), "Server(mail.example:587)");
//! let sender: Sender = "Castad <ads@castad.example>".parse()?;
//! assert_eq!(sender.domain(), "castad.example");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compose;
mod line;
mod sender;
mod server;
mod smtp;

pub use sender::{Sender, SenderError};
pub use server::{Server, ServerError};
pub use smtp::{SetUpError, Smtp};
