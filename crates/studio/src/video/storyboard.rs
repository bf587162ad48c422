use crate::music::AacTrack;

/// The shape of the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// 1280 x 720, for televisions and web pages.
    Horizontal,
    /// 720 x 1280, for phones.
    Vertical,
    /// 720 x 720, for feeds.
    Square,
}

impl Orientation {
    /// Width and height in pixels.
    #[must_use]
    pub const fn size(self) -> (usize, usize) {
        match self {
            Self::Horizontal => (1_280, 720),
            Self::Vertical => (720, 1_280),
            Self::Square => (720, 720),
        }
    }
}

/// The language of the few words that the engine adds by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Korean.
    Korean,
    /// English.
    English,
}

/// A line of the lyric and when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// When it appears, in milliseconds from the start.
    pub start_ms: u32,
    /// When it is gone.
    pub end_ms: u32,
    /// The words.
    pub text: String,
}

/// Everything that a film is made from. It lasts as long as its soundtrack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storyboard {
    /// The shape of the film.
    pub orientation: Orientation,
    /// JPEG files, from 1 to 20, in the order in which they are shown.
    pub photos: Vec<Vec<u8>>,
    /// The name of the business: opening title, lower third and end card.
    pub business: String,
    /// Where the business is; may be empty.
    pub region: String,
    /// The language of the few words that the engine adds by itself.
    pub language: Language,
    /// The lines of the lyric.
    pub captions: Vec<Caption>,
    /// When the bars of the song begin, in milliseconds, ascending; may be empty.
    pub bars_ms: Vec<u32>,
    /// When the sections of the song begin, in milliseconds, ascending; may be empty.
    pub sections_ms: Vec<u32>,
    /// The song.
    pub soundtrack: AacTrack,
    /// Whether nobody sings: the end card says so.
    pub instrumental: bool,
}
