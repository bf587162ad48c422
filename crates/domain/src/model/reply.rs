use chrono::{DateTime, Utc};

use super::MemberId;

/// Why a text is no idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 visible ASCII characters")]
pub struct IdempotencyKeyError;

/// A caller's name for one request, so that sending it again does nothing twice.
///
/// ```
/// # use castad_domain::model::IdempotencyKey;
/// assert!(IdempotencyKey::parse("order-42").is_ok());
/// assert!(IdempotencyKey::parse("two words").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes outside text.
    ///
    /// # Errors
    ///
    /// [`IdempotencyKeyError`] unless it is 1 to 255 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, IdempotencyKeyError> {
        let good = (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if good { Ok(Self(text.to_owned())) } else { Err(IdempotencyKeyError) }
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest of what was asked: two requests with the same one asked the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// What a caller was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Where the thing is, if it has a place.
    pub location: Option<String>,
    /// The body, JSON.
    pub body: String,
}

/// An answer that is kept with its effect, so that the same request gets it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who asked.
    pub member: MemberId,
    /// How they named the request.
    pub key: IdempotencyKey,
    /// What they asked.
    pub fingerprint: Fingerprint,
    /// What they were told.
    pub answer: Answer,
    /// When.
    pub at: DateTime<Utc>,
}
