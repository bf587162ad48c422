use chrono::{DateTime, Utc};

use super::{Failure, IllegalTransition, LyricId, LyricText};

/// Where a lyric stands.
///
/// ```text
/// Requested --began--> Writing --written--> Ready --edited--> Ready
///                      Writing --began----> Writing
///                      Writing --declined-> Requested
/// Requested | Writing --failed----> Failed
/// Requested | Writing --canceled--> Canceled
/// ```
///
/// `began` while it is being written counts another try: an answer that nobody received cannot be
/// looked up, so the words are asked for again, at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LyricState {
    /// Somebody asked.
    Requested,
    /// A writer was asked.
    Writing {
        /// How often, without an answer.
        tries: u32,
    },
    /// The words are there.
    Ready {
        /// The words.
        text: LyricText,
        /// Whether the owner wrote or changed them.
        edited: bool,
    },
    /// It ended without words.
    Failed(Failure),
    /// The owner stopped it.
    Canceled,
}

impl LyricState {
    /// How often a writer is asked when its answers are lost.
    pub const MAX_TRIES: u32 = 2;

    /// The state's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Writing { .. } => "writing",
            Self::Ready { .. } => "ready",
            Self::Failed(_) => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Whether it has not ended yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Requested | Self::Writing { .. } => true,
            Self::Ready { .. } | Self::Failed(_) | Self::Canceled => false,
        }
    }

    /// A writer is about to be asked.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] once it has ended, or when all tries are used.
    pub fn began(&self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Requested => Ok(Self::Writing { tries: 1 }),
            Self::Writing { tries } if *tries < Self::MAX_TRIES => {
                Ok(Self::Writing { tries: tries + 1 })
            }
            Self::Writing { .. } | Self::Ready { .. } | Self::Failed(_) | Self::Canceled => {
                Err(self.refuse("begun"))
            }
        }
    }

    /// The writer surely wrote nothing and may be asked again later.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is being written.
    pub fn declined(&self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Writing { .. } => Ok(Self::Requested),
            Self::Requested | Self::Ready { .. } | Self::Failed(_) | Self::Canceled => {
                Err(self.refuse("declined"))
            }
        }
    }

    /// The words arrived.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is being written.
    pub fn written(&self, text: LyricText) -> Result<Self, IllegalTransition> {
        match self {
            Self::Writing { .. } => Ok(Self::Ready { text, edited: false }),
            Self::Requested | Self::Ready { .. } | Self::Failed(_) | Self::Canceled => {
                Err(self.refuse("written"))
            }
        }
    }

    /// The owner changed the words.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless they are there.
    pub fn edited(&self, text: LyricText) -> Result<Self, IllegalTransition> {
        match self {
            Self::Ready { .. } => Ok(Self::Ready { text, edited: true }),
            Self::Requested | Self::Writing { .. } | Self::Failed(_) | Self::Canceled => {
                Err(self.refuse("edited"))
            }
        }
    }

    /// It ended without words.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if it has ended already.
    pub fn failed(&self, failure: Failure) -> Result<Self, IllegalTransition> {
        if self.is_open() { Ok(Self::Failed(failure)) } else { Err(self.refuse("failed")) }
    }

    /// The owner stopped it.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if it has ended already.
    pub fn canceled(&self) -> Result<Self, IllegalTransition> {
        if self.is_open() { Ok(Self::Canceled) } else { Err(self.refuse("canceled")) }
    }

    fn refuse(&self, event: &'static str) -> IllegalTransition {
        IllegalTransition { what: "lyric", from: self.name(), event }
    }
}

/// One version of a project's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lyric {
    /// Its id.
    pub id: LyricId,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When its state last changed.
    pub changed_at: DateTime<Utc>,
    /// Where it stands.
    pub state: LyricState,
}

impl Lyric {
    /// The words, once they are there.
    #[must_use]
    pub fn text(&self) -> Option<&LyricText> {
        match &self.state {
            LyricState::Ready { text, .. } => Some(text),
            LyricState::Requested
            | LyricState::Writing { .. }
            | LyricState::Failed(_)
            | LyricState::Canceled => None,
        }
    }

    /// How it failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            LyricState::Failed(failure) => Some(failure),
            LyricState::Requested
            | LyricState::Writing { .. }
            | LyricState::Ready { .. }
            | LyricState::Canceled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FailureCode, Stage};

    fn words() -> LyricText {
        LyricText::parse("Sea", "a").unwrap()
    }

    fn failure() -> Failure {
        Failure {
            stage: Stage::Lyric,
            code: FailureCode::LyricUnusable,
            provider: None,
            provider_code: None,
            detail: String::new(),
            retryable: false,
            at: DateTime::UNIX_EPOCH,
        }
    }

    type Event = fn(&LyricState) -> Result<LyricState, IllegalTransition>;

    const EVENTS: [(&str, Event); 6] = [
        ("begun", LyricState::began),
        ("declined", LyricState::declined),
        ("written", |s| s.written(words())),
        ("edited", |s| s.edited(words())),
        ("failed", |s| s.failed(failure())),
        ("canceled", LyricState::canceled),
    ];

    #[test]
    fn every_state_takes_just_the_events_of_the_picture() {
        // columns as in EVENTS: begun declined written edited failed canceled
        let picture = [
            (LyricState::Requested, ["writing", "", "", "", "failed", "canceled"]),
            (
                LyricState::Writing { tries: 1 },
                ["writing", "requested", "ready", "", "failed", "canceled"],
            ),
            (
                LyricState::Writing { tries: 2 },
                ["", "requested", "ready", "", "failed", "canceled"],
            ),
            (LyricState::Ready { text: words(), edited: false }, ["", "", "", "ready", "", ""]),
            (LyricState::Failed(failure()), [""; 6]),
            (LyricState::Canceled, [""; 6]),
        ];
        for (state, row) in picture {
            for ((event, happen), to) in EVENTS.iter().zip(row) {
                match happen(&state) {
                    Ok(next) => assert_eq!(next.name(), to, "{} --{event}-->", state.name()),
                    Err(refused) => {
                        assert_eq!(to, "", "{} --{event}-->", state.name());
                        assert_eq!((refused.from, refused.event), (state.name(), *event));
                    }
                }
            }
        }
    }
}
