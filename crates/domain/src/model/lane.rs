use super::{Stage, UnknownWord};

/// Where jobs wait that need the same provider, apart from those that need another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// What asks the writer of lyrics.
    Lyric,
    /// What asks the composer.
    Song,
    /// What asks the renderer.
    Video,
    /// What asks no provider.
    House,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 4] = [Self::Lyric, Self::Song, Self::Video, Self::House];

    /// The lane's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lyric => "lyric",
            Self::Song => "song",
            Self::Video => "video",
            Self::House => "house",
        }
    }

    /// The lane of a word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|lane| lane.name() == name);
        known.ok_or(UnknownWord { allowed: "lyric, song, video, house" })
    }
}

impl From<Stage> for Lane {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Lyric => Self::Lyric,
            Stage::Song => Self::Song,
            Stage::Video => Self::Video,
        }
    }
}
