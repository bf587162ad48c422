use reqwest::Method;
use serde::Serialize;

use crate::Secret;

/// A request to a provider.
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) key: Option<Secret>,
    pub(crate) body: Option<serde_json::Result<Vec<u8>>>,
}

impl Request {
    /// Asks for what is at an address.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self { method: Method::GET, url: url.into(), key: None, body: None }
    }

    /// Sends JSON to an address.
    #[must_use]
    pub fn post(url: impl Into<String>, body: &impl Serialize) -> Self {
        let body = Some(serde_json::to_vec(body));
        Self { method: Method::POST, url: url.into(), key: None, body }
    }

    /// The same with a key, as `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(mut self, key: &Secret) -> Self {
        self.key = Some(key.clone());
        self
    }
}
