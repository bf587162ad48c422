use chrono::{DateTime, Utc};

use super::{AttemptToken, LyricId, Making, MediaKey, MediaType, Product, SongId, Stage, Stored};

/// When a line of the lyric is sung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTime {
    /// The line's words.
    pub text: String,
    /// When it begins, from the start of the song.
    pub start_ms: u32,
    /// When it ends.
    pub end_ms: u32,
}

/// A song that is in the media store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The file.
    pub file: Stored,
    /// How long it plays.
    pub duration_ms: u32,
    /// When each line is sung, in order.
    pub lines: Vec<LineTime>,
    /// Where bars begin, for cuts; empty where the composer does not say.
    pub bars_ms: Vec<u32>,
    /// Whether nobody sings in it.
    pub instrumental: bool,
    /// What the provider calls the other take, where it made two of them.
    pub spare: Option<String>,
}

impl Recording {
    /// Where the recording of an attempt is kept: the same for every try to collect it.
    #[must_use]
    pub fn key(attempt: AttemptToken, kind: MediaType) -> MediaKey {
        MediaKey::of("songs", attempt, kind)
    }
}

impl Product for Recording {
    const STAGE: Stage = Stage::Song;
    const WORKING: &'static str = "composing";
}

/// One version of a project's song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    /// Its id.
    pub id: SongId,
    /// The words that it is made from.
    pub lyric: LyricId,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When its state last changed.
    pub changed_at: DateTime<Utc>,
    /// Where it stands.
    pub making: Making<Recording>,
}
