use chrono::{DateTime, Utc};

use super::Production;
use crate::model::{EventKind, Language, Orientation, Refusal, Stage};

/// What a member wants to be there, whoever asked for it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A lyric that is being written in that language, if not the brief's. One that is ready is not
    /// meant: whoever wants words again wants others.
    Lyric(Option<Language>),
    /// The song of the newest lyric.
    Song,
    /// The video of the newest song in that shape, if not the brief's.
    Video(Option<Orientation>),
}

impl Wanted {
    /// The stage that makes it.
    #[must_use]
    pub fn stage(self) -> Stage {
        match self {
            Self::Lyric(_) => Stage::Lyric,
            Self::Song => Stage::Song,
            Self::Video(_) => Stage::Video,
        }
    }
}

impl Production {
    /// Asks for a stage unless what is wanted is being made or ready; then nothing changes.
    ///
    /// What failed or was canceled is asked for again. Words in another language become the brief's
    /// language.
    ///
    /// # Errors
    ///
    /// [`Refusal`] while anything else is being made, or when what the stage needs is missing.
    pub fn ensure(&mut self, wanted: Wanted, id: u128, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.is_there(wanted) {
            return Ok(());
        }
        self.idle()?;
        if let Wanted::Lyric(Some(language)) = wanted
            && language != self.project.brief.language
        {
            self.project.brief.language = language;
            self.tell(EventKind::ProjectUpdated, now, []);
        }
        let shape = if let Wanted::Video(shape) = wanted { shape } else { None };
        self.request(wanted.stage(), shape, id, now)
    }

    fn is_there(&self, wanted: Wanted) -> bool {
        let brief = &self.project.brief;
        match wanted {
            Wanted::Lyric(language) => {
                let open = self.lyric.as_ref().is_some_and(|lyric| lyric.state.is_open());
                open && language.is_none_or(|language| language == brief.language)
            }
            Wanted::Song => self.song.as_ref().is_some_and(|song| {
                let newest = self.lyric.as_ref().is_some_and(|lyric| lyric.id == song.lyric);
                newest && (song.making.is_open() || song.making.product().is_some())
            }),
            Wanted::Video(shape) => self.video.as_ref().is_some_and(|video| {
                let newest = self.song.as_ref().is_some_and(|song| song.id == video.song);
                let fits = video.orientation == shape.unwrap_or(brief.orientation);
                newest && fits && (video.making.is_open() || video.making.product().is_some())
            }),
        }
    }
}
