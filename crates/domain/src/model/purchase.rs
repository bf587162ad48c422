use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use super::{AttemptToken, MemberId, ParseIdError, ProjectId, ProviderJob, SongId, Stage, VideoId};

/// What a provider is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purchase {
    /// One version of a project's song.
    Song(SongId),
    /// One version of a project's video.
    Video(VideoId),
}

impl Purchase {
    /// The stage that it is of.
    #[must_use]
    pub fn stage(self) -> Stage {
        match self {
            Self::Song(_) => Stage::Song,
            Self::Video(_) => Stage::Video,
        }
    }

    /// The bits of the song's or the video's id.
    #[must_use]
    pub fn to_bits(self) -> u128 {
        match self {
            Self::Song(id) => id.to_bits(),
            Self::Video(id) => id.to_bits(),
        }
    }
}

impl fmt::Display for Purchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Song(id) => id.fmt(f),
            Self::Video(id) => id.fmt(f),
        }
    }
}

impl FromStr for Purchase {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        text.parse().map(Self::Song).or_else(|_| text.parse().map(Self::Video))
    }
}

/// Why a text is not what a provider would call a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the provider's name for the job: 1 to {most} letters, digits, - and _")]
pub struct ProviderJobError {
    /// How many characters it may have.
    pub most: usize,
}

/// What a person decides on a purchase whose fate nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider took it, as that job.
    Adopt(ProviderJob),
    /// Nothing more is tried; what it cost comes back.
    GiveUp,
    /// It is bought once more.
    BuyAgain,
}

impl Verdict {
    /// The longest name of a job that a person may give.
    pub const MOST: usize = 200;

    /// A job that a person names, who read it where the provider lists jobs.
    ///
    /// # Errors
    ///
    /// [`ProviderJobError`] if no provider names a job so.
    pub fn adopt(job: &str) -> Result<Self, ProviderJobError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if job.is_empty() || job.len() > Self::MOST || !job.bytes().all(plain) {
            return Err(ProviderJobError { most: Self::MOST });
        }
        Ok(Self::Adopt(ProviderJob::new(job)))
    }

    /// The verdict's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Adopt(_) => "adopt",
            Self::GiveUp => "give_up",
            Self::BuyAgain => "buy_again",
        }
    }
}

/// A purchase that waits for a person's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnresolvedPurchase {
    /// The song or the video.
    pub purchase: Purchase,
    /// The project that it is for.
    pub project: ProjectId,
    /// Whose project it is.
    pub member: MemberId,
    /// The decision whose fate is not known.
    pub attempt: AttemptToken,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purchase_reads_back_from_the_id_of_its_song_or_video() {
        for purchase in
            [Purchase::Song(SongId::from_bits(7)), Purchase::Video(VideoId::from_bits(8))]
        {
            assert_eq!(purchase.to_string().parse(), Ok(purchase));
        }
        assert!(ProjectId::from_bits(7).to_string().parse::<Purchase>().is_err());
    }

    #[test]
    fn a_job_that_is_named_by_hand_leads_nowhere_else() {
        let longest = "a".repeat(Verdict::MOST);
        for job in ["69ba407b-72a9", "att_01", longest.as_str()] {
            assert_eq!(Verdict::adopt(job), Ok(Verdict::Adopt(ProviderJob::new(job))));
        }
        let too_long = "a".repeat(Verdict::MOST + 1);
        for job in ["", "../x", "a/b", "a?b", "a b", "곡", too_long.as_str()] {
            assert!(Verdict::adopt(job).is_err(), "{job}");
        }
    }
}
