use chrono::{DateTime, Utc};

/// What a webhook's deliveries are signed with. It can be neither printed nor shown by accident:
///
/// ```compile_fail
/// println!("{:?}", castad_domain::model::WebhookSecret::new([7; 32]));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// One of random bytes, or that a row holds.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes: to sign with, to store, and to hand out once.
    #[must_use]
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The secrets that sign for a webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecrets {
    /// The one that was handed out last.
    pub current: WebhookSecret,
    /// The one before, and until when it signs beside the other.
    pub old: Option<(WebhookSecret, DateTime<Utc>)>,
}

impl WebhookSecrets {
    /// Those that sign at that time, the newest first.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Vec<WebhookSecret> {
        let old = self.old.iter().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
        std::iter::once(&self.current).chain(old).cloned().collect()
    }
}
