use chrono::{DateTime, Utc};

use super::{
    AttemptToken, Making, MediaKey, MediaType, Orientation, Product, SongId, Stage, Stored, VideoId,
};

/// A video that is in the media store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Film {
    /// The file.
    pub file: Stored,
    /// How long it plays.
    pub duration_ms: u32,
}

impl Film {
    /// Where the film of an attempt is kept: the same for every try to collect it.
    #[must_use]
    pub fn key(attempt: AttemptToken, kind: MediaType) -> MediaKey {
        MediaKey::of("videos", attempt, kind)
    }

    #[cfg(test)]
    pub(super) fn example() -> Self {
        let key = Self::key(AttemptToken::from_bits(1), MediaType::Mp4);
        Self { file: Stored { key, bytes: 1, sha256: [0; 32] }, duration_ms: 20_000 }
    }
}

impl Product for Film {
    const STAGE: Stage = Stage::Video;
    const WORKING: &'static str = "rendering";
}

/// One version of a project's video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    /// Its id.
    pub id: VideoId,
    /// The song that plays in it.
    pub song: SongId,
    /// Its shape.
    pub orientation: Orientation,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When its state last changed.
    pub changed_at: DateTime<Utc>,
    /// Where it stands.
    pub making: Making<Film>,
}
