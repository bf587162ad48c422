use castad_domain::{
    model::{Lyric, LyricId, LyricState, LyricText, Stage},
    port::StoreError,
};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::json::{FailureJson, SectionJson};
use crate::fault::{corrupt, whole};

macro_rules! lyric_columns {
    () => {
        "l.id AS lyric_id, l.requested_at AS lyric_requested_at, l.changed_at AS lyric_changed_at, \
         l.state AS lyric_state, l.tries, l.title, l.sections, l.edited, l.failure AS lyric_failure"
    };
}
pub(crate) use lyric_columns;

/// A lyric as a statement finds it; all absent where a project has none.
#[derive(sqlx::FromRow)]
pub(crate) struct LyricRow {
    pub(crate) lyric_id: Option<Uuid>,
    lyric_requested_at: Option<DateTime<Utc>>,
    lyric_changed_at: Option<DateTime<Utc>>,
    lyric_state: Option<String>,
    tries: Option<i64>,
    title: Option<String>,
    sections: Option<Json<Vec<SectionJson>>>,
    edited: Option<bool>,
    lyric_failure: Option<Json<FailureJson>>,
}

impl LyricRow {
    pub(crate) fn lyric(self) -> Result<Option<Lyric>, StoreError> {
        let Some(id) = self.lyric_id else { return Ok(None) };
        Ok(Some(Lyric {
            id: LyricId::from_bits(id.as_u128()),
            requested_at: self.lyric_requested_at.ok_or_else(|| corrupt("lyrics.requested_at"))?,
            changed_at: self.lyric_changed_at.ok_or_else(|| corrupt("lyrics.changed_at"))?,
            state: self.state()?,
        }))
    }

    fn state(self) -> Result<LyricState, StoreError> {
        let words = (self.title, self.sections, self.edited);
        match (self.lyric_state.as_deref(), self.tries, words, self.lyric_failure) {
            (Some("requested"), None, (None, None, None), None) => Ok(LyricState::Requested),
            (Some("writing"), Some(tries), (None, None, None), None) => {
                Ok(LyricState::Writing { tries: whole("lyrics.tries", tries)? })
            }
            (Some("ready"), None, (Some(title), Some(Json(sections)), Some(edited)), None) => {
                let text = LyricText::parse(&title, &SectionJson::body(&sections));
                Ok(LyricState::Ready {
                    text: text.map_err(|_| corrupt("lyrics.sections"))?,
                    edited,
                })
            }
            (Some("failed"), None, (None, None, None), Some(Json(failure))) => {
                let failure = failure.failure(Stage::Lyric);
                failure.map(LyricState::Failed).ok_or_else(|| corrupt("lyrics.failure"))
            }
            (Some("canceled"), None, (None, None, None), None) => Ok(LyricState::Canceled),
            _ => Err(corrupt("lyrics.state")),
        }
    }
}

/// The columns that a lyric's state is written to.
pub(crate) struct LyricWrite<'a> {
    pub(crate) state: &'static str,
    pub(crate) tries: Option<i64>,
    pub(crate) title: Option<&'a str>,
    pub(crate) sections: Option<Json<Vec<SectionJson>>>,
    pub(crate) edited: Option<bool>,
    pub(crate) failure: Option<Json<FailureJson>>,
}

impl<'a> From<&'a LyricState> for LyricWrite<'a> {
    fn from(state: &'a LyricState) -> Self {
        let word = state.name();
        let bare = Self {
            state: word,
            tries: None,
            title: None,
            sections: None,
            edited: None,
            failure: None,
        };
        match state {
            LyricState::Requested | LyricState::Canceled => bare,
            LyricState::Writing { tries } => Self { tries: Some(i64::from(*tries)), ..bare },
            LyricState::Ready { text, edited } => Self {
                title: Some(text.title()),
                sections: Some(Json(SectionJson::of(text))),
                edited: Some(*edited),
                ..bare
            },
            LyricState::Failed(failure) => Self { failure: Some(Json(failure.into())), ..bare },
        }
    }
}
