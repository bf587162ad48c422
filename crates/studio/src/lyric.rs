//! The built-in lyric engine.

/// What a section is in the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// Tells.
    Verse,
    /// Comes back, with the name.
    Chorus,
    /// Looks at it from elsewhere.
    Bridge,
    /// The last words.
    Outro,
}
