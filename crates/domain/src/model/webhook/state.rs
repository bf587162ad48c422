use chrono::{DateTime, Utc};

use crate::model::UnknownWord;

/// Why nothing more is delivered to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisabledReason {
    /// An event was not taken, however often it was tried.
    Exhausted,
    /// Who was called said that nobody is there any more: `410 Gone`.
    Gone,
    /// Its owner switched it off.
    Owner,
}

impl DisabledReason {
    /// The reason's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Gone => "gone",
            Self::Owner => "owner",
        }
    }

    /// The reason of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        match name {
            "exhausted" => Ok(Self::Exhausted),
            "gone" => Ok(Self::Gone),
            "owner" => Ok(Self::Owner),
            _ => Err(UnknownWord { allowed: "exhausted, gone, owner" }),
        }
    }
}

/// Where a webhook stands with the event behind the last one told.
///
/// ```text
///                    delivered
///                  +-----------+
///                  v           |
/// Delivering --failed--> Retrying --failed--> Retrying … --failed--> Disabled
///     Delivering, Retrying --gone, switched off--> Disabled --switched on--> Delivering
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookState {
    /// Events go out as they come.
    Delivering,
    /// The next event failed so often; it is tried again.
    Retrying {
        /// How often.
        attempts: u32,
    },
    /// Nothing goes out.
    Disabled {
        /// Since when.
        at: DateTime<Utc>,
        /// Why.
        reason: DisabledReason,
    },
}

impl WebhookState {
    /// The state's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delivering => "delivering",
            Self::Retrying { .. } => "retrying",
            Self::Disabled { .. } => "disabled",
        }
    }

    /// How often the next event failed.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Retrying { attempts } => *attempts,
            Self::Delivering | Self::Disabled { .. } => 0,
        }
    }
}
