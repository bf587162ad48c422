use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::{DeliveryId, EventSeq, UnknownWord, WebhookId, named::named};

named! {
    /// Why nobody answered.
    WebhookFault;
    /// The address may not be called: it leads into a private network, or is no `https`.
    Address = "address_not_allowed",
    /// The name was not found.
    Name = "name_not_found",
    /// No connection came about.
    Connect = "connection_failed",
    /// The connection could not be made safe.
    Tls = "tls_failed",
    /// Nobody answered in time.
    Timeout = "timeout",
    /// The connection ended before an answer.
    Broken = "connection_lost",
}

impl WebhookFault {
    /// The fault of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.iter().copied().find(|fault| fault.name() == name);
        found.ok_or(UnknownWord { allowed: "the words of the log of deliveries" })
    }
}

impl fmt::Display for WebhookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::error::Error for WebhookFault {}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// Somebody answered, with that status.
    Answered(u16),
    /// Nobody did.
    Failed(WebhookFault),
}

impl WebhookOutcome {
    /// What an answer says that nobody is there any more.
    pub const GONE: u16 = 410;

    /// Whether the event was taken.
    #[must_use]
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// One of a few words, for numbers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered(200..=299) => "delivered",
            Self::Answered(Self::GONE) => "gone",
            Self::Answered(300..=399) => "redirected",
            Self::Answered(400..=499) => "refused",
            Self::Answered(_) => "broken",
            Self::Failed(fault) => fault.name(),
        }
    }
}

/// A line of the log of deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// The line.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Which event.
    pub event: EventSeq,
    /// The how-manieth try of it.
    pub attempt: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: WebhookOutcome,
    /// How long it took.
    pub duration: TimeDelta,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_told_from_what_was_not() {
        for (status, taken, name) in [
            (200, true, "delivered"),
            (204, true, "delivered"),
            (299, true, "delivered"),
            (301, false, "redirected"),
            (404, false, "refused"),
            (410, false, "gone"),
            (429, false, "refused"),
            (500, false, "broken"),
            (199, false, "broken"),
        ] {
            let outcome = WebhookOutcome::Answered(status);
            assert_eq!((outcome.is_taken(), outcome.name()), (taken, name), "{status}");
        }
    }

    #[test]
    fn every_fault_has_a_word_of_its_own() {
        for &fault in WebhookFault::ALL {
            assert_eq!(WebhookFault::from_name(fault.name()), Ok(fault));
            assert!(!WebhookOutcome::Failed(fault).is_taken());
        }
        assert!(WebhookFault::from_name("tired").is_err());
    }
}
