use super::{EventFilter, WebhookUrl};
use crate::model::{TextError, text};

/// What a webhook is called by its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookNote(String);

impl WebhookNote {
    /// The most characters.
    pub const MOST: usize = 200;

    /// A note; it may be empty.
    ///
    /// # Errors
    ///
    /// [`TextError`] if it is too long or holds what cannot be shown.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        text::prose(text, Self::MOST).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What its owner says of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTerms {
    /// Where events are delivered.
    pub url: WebhookUrl,
    /// Which.
    pub events: EventFilter,
    /// What it is for.
    pub note: WebhookNote,
}

/// What changes of a webhook; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    /// Another address.
    pub url: Option<WebhookUrl>,
    /// Other events.
    pub events: Option<EventFilter>,
    /// Another note.
    pub note: Option<WebhookNote>,
    /// Whether anything is delivered.
    pub enabled: Option<bool>,
}
