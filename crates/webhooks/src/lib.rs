//! Calls to the webhooks of members, signed as [Standard Webhooks](https://www.standardwebhooks.com)
//! describes.
//!
//! - [`StandardWebhooks`] is the [`WebhookSender`](castad_domain::port::WebhookSender): a call takes
//!   fifteen seconds at most, follows nobody who leads on to another, and never reaches a private
//!   address that the operator did not name.
//! - [`sign`] makes the signature of a call, and [`shown`] the text that a secret is handed out as.
//!
//! ```
//! use castad_domain::model::WebhookSecret;
//! use castad_webhooks::{shown, sign};
//!
//! let secret = WebhookSecret::new([7; 32]);
//! assert!(shown(&secret).starts_with("whsec_"));
//! let signature = sign(secret.reveal(), "evt_000000000001_whk_1", 1_614_265_330, b"{}");
//! assert!(signature.starts_with("v1,"));
//! ```

mod sender;
mod sign;

pub use sender::StandardWebhooks;
pub use sign::{shown, sign};
