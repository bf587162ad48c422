use chrono::{DateTime, Utc};

use super::{ProviderName, Stage, UnknownWord};

/// Why a stage failed, as a word that programs can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// The provider will not do this job, however often it is asked.
    ProviderRefused,
    /// The provider could not be reached or kept failing until we gave up.
    ProviderUnavailable,
    /// The provider took the job and failed at it.
    ProviderFailed,
    /// What was written is not a usable lyric.
    LyricUnusable,
    /// What came back is not a usable song or video.
    ResultUnusable,
    /// What the stage needs is no longer in the media store.
    MediaMissing,
    /// The media store did not take the result.
    StorageFailed,
    /// Nobody knows whether the provider took the job, and it was given up.
    Unresolved,
    /// Its owner has fewer points than it costs; nothing was made of it.
    InsufficientPoints,
    /// A fault in our own code.
    Internal,
}

impl FailureCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::ProviderRefused,
        Self::ProviderUnavailable,
        Self::ProviderFailed,
        Self::LyricUnusable,
        Self::ResultUnusable,
        Self::MediaMissing,
        Self::StorageFailed,
        Self::Unresolved,
        Self::InsufficientPoints,
        Self::Internal,
    ];

    /// The code's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ProviderRefused => "provider_refused",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderFailed => "provider_failed",
            Self::LyricUnusable => "lyric_unusable",
            Self::ResultUnusable => "result_unusable",
            Self::MediaMissing => "media_missing",
            Self::StorageFailed => "storage_failed",
            Self::Unresolved => "unresolved",
            Self::InsufficientPoints => "insufficient_points",
            Self::Internal => "internal",
        }
    }

    /// The code of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if no code has that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|code| code.name() == name);
        known.ok_or(UnknownWord { allowed: "a failure code" })
    }
}

/// How a stage ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The stage that failed.
    pub stage: Stage,
    /// Why, as a word.
    pub code: FailureCode,
    /// Whose fault it was, if a provider's.
    pub provider: Option<ProviderName>,
    /// The provider's own word for it.
    pub provider_code: Option<String>,
    /// Why, as a sentence that is safe to show.
    pub detail: String,
    /// Whether asking again may help.
    pub retryable: bool,
    /// When.
    pub at: DateTime<Utc>,
}
