/// A step that the present state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {what} that is {from} cannot be {event}")]
pub struct IllegalTransition {
    /// What was to change: `song`.
    pub what: &'static str,
    /// The state that it is in.
    pub from: &'static str,
    /// What was to happen to it.
    pub event: &'static str,
}

/// Why a production refuses what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its state does not allow it.
    #[error(transparent)]
    State(#[from] IllegalTransition),
    /// A stage is being made; it must end or be canceled first.
    #[error("the {0} is being made: wait for it or cancel it")]
    AlreadyProcessing(&'static str),
    /// Something must be there first.
    #[error("there is no {0} yet: it is needed first")]
    Missing(&'static str),
    /// All that could be made is there.
    #[error("nothing is missing: the newest video is ready")]
    NothingMissing,
    /// No stage has failed.
    #[error("no stage has failed: there is nothing to retry")]
    NothingFailed,
    /// A song was made from these words.
    #[error("a song was made from these words: ask for a new lyric first")]
    LyricInUse,
    /// As many pictures as a project may have.
    #[error("a project has at most {most} pictures, with these it would have {found}")]
    TooManyImages {
        /// How many there would be.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// The new order does not name each picture once.
    #[error("the order must name each of the {0} pictures of the project once")]
    NotTheImages(usize),
    /// The project has no such picture.
    #[error("the project has no such picture")]
    NoSuchImage,
}
