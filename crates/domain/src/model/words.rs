use std::fmt;

use super::text::{self, TextError};

/// Why a text is not a lyric.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LyricTextError {
    /// The title cannot be taken.
    #[error("the title: {0}")]
    Title(TextError),
    /// A line cannot be taken.
    #[error("line {line}: {error}")]
    Line {
        /// Which line of words, counted from 1.
        line: usize,
        /// What is wrong with it.
        error: TextError,
    },
    /// A heading that is none.
    #[error("[{0}] is not a heading: use [Verse], [Chorus], [Bridge] or [Outro]")]
    Heading(String),
    /// No words at all.
    #[error("it has no line to sing")]
    NoLines,
    /// Too many words for an ad.
    #[error("it has {found} lines, at most {most} are allowed")]
    TooManyLines {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
}

/// What a section is to the song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// It tells.
    Verse,
    /// It returns, with the name.
    Chorus,
    /// It turns away once.
    Bridge,
    /// It ends.
    Outro,
}

impl SectionKind {
    /// The section's heading, without its brackets.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Verse => "Verse",
            Self::Chorus => "Chorus",
            Self::Bridge => "Bridge",
            Self::Outro => "Outro",
        }
    }

    /// A number behind the word is let stand: `Verse 2`.
    fn from_heading(text: &str) -> Option<Self> {
        let word = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        match word.to_lowercase().as_str() {
            "verse" | "절" | "벌스" => Some(Self::Verse),
            "chorus" | "hook" | "후렴" => Some(Self::Chorus),
            "bridge" | "브리지" => Some(Self::Bridge),
            "outro" | "아웃트로" => Some(Self::Outro),
            _ => None,
        }
    }
}

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    kind: SectionKind,
    lines: Vec<String>,
}

impl Section {
    /// What it is to the song.
    #[must_use]
    pub fn kind(&self) -> SectionKind {
        self.kind
    }

    /// Its lines, in order; never none.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// The words of a song: a title, and sections of lines.
///
/// ```
/// # use castad_domain::model::{LyricText, LyricTextError};
/// let words = LyricText::parse("바다 한 잔", "[Verse]\n해운대 골목 끝\n\n[Chorus]\n다온카페로 와요")?;
/// assert_eq!(words.sections().len(), 2);
/// assert_eq!(LyricText::parse("Empty", "[Verse]"), Err(LyricTextError::NoLines));
/// # Ok::<(), LyricTextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LyricText {
    title: String,
    sections: Vec<Section>,
}

impl LyricText {
    /// The most characters of a title.
    pub const MAX_TITLE: usize = 80;
    /// The most characters of a line.
    pub const MAX_LINE: usize = 100;
    /// The most lines of a song.
    pub const MAX_LINES: usize = 60;

    /// Reads words with their headings in brackets; an empty line without a heading begins a verse.
    ///
    /// # Errors
    ///
    /// [`LyricTextError`] names the line or heading that is wrong.
    pub fn parse(title: &str, body: &str) -> Result<Self, LyricTextError> {
        Ok(Self { title: Self::title_of(title)?, sections: Self::sections_of(body)? })
    }

    /// The title alone.
    ///
    /// # Errors
    ///
    /// [`LyricTextError::Title`] if it cannot be taken.
    pub fn title_of(text: &str) -> Result<String, LyricTextError> {
        text::name(text, Self::MAX_TITLE).map_err(LyricTextError::Title)
    }

    /// The sections alone.
    ///
    /// # Errors
    ///
    /// [`LyricTextError`] names the line or the rule that is broken.
    pub fn sections_of(body: &str) -> Result<Vec<Section>, LyricTextError> {
        let mut sections: Vec<Section> = Vec::new();
        let mut kind = SectionKind::Verse;
        let (mut fresh, mut count) = (true, 0);

        for row in body.lines().map(str::trim) {
            if row.is_empty() {
                fresh = true;
            } else if let Some(heading) = row.strip_prefix('[').and_then(|r| r.strip_suffix(']')) {
                kind = SectionKind::from_heading(heading.trim())
                    .ok_or_else(|| LyricTextError::Heading(heading.chars().take(40).collect()))?;
                fresh = true;
            } else {
                count += 1;
                let line = text::name(row, Self::MAX_LINE)
                    .map_err(|error| LyricTextError::Line { line: count, error })?;
                match sections.last_mut() {
                    Some(section) if !fresh => section.lines.push(line),
                    _ => sections.push(Section { kind, lines: vec![line] }),
                }
                fresh = false;
            }
        }

        match count {
            0 => Err(LyricTextError::NoLines),
            found if found > Self::MAX_LINES => {
                Err(LyricTextError::TooManyLines { found, most: Self::MAX_LINES })
            }
            _ => Ok(sections),
        }
    }

    /// What the song is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The sections, in order; never none.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// All lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(|s| s.lines.iter().map(String::as_str))
    }
}

/// The body as [`LyricText::parse`] reads it: headings in brackets, an empty line between sections.
impl fmt::Display for LyricText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, section) in self.sections.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n\n" };
            write!(f, "{gap}[{}]\n{}", section.kind.heading(), section.lines.join("\n"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_from_their_text() {
        let words =
            LyricText::parse("Sea", "[Verse 1]\na\nb\n\n[Chorus]\nc\n\n[verse 2]\nd").unwrap();
        assert_eq!(words.to_string(), "[Verse]\na\nb\n\n[Chorus]\nc\n\n[Verse]\nd");
        assert_eq!(LyricText::parse("Sea", &words.to_string()), Ok(words));
    }

    #[test]
    fn a_fault_names_its_line() {
        let emoji = LyricText::parse("Sea", "a\n🍰");
        assert_eq!(emoji, Err(LyricTextError::Line { line: 2, error: TextError::Forbidden('🍰') }));
        let heading = LyricText::parse("Sea", "[Rap]\na");
        assert_eq!(heading, Err(LyricTextError::Heading("Rap".to_owned())));
        let long = LyricText::parse("Sea", &"a\n".repeat(61));
        assert_eq!(long, Err(LyricTextError::TooManyLines { found: 61, most: 60 }));
    }
}
