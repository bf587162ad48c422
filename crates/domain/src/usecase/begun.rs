use chrono::{DateTime, Utc};

use crate::model::{Outlook, Production};

/// A production of which a stage was begun.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// The production.
    pub production: Production,
    /// What the stage's job waits for.
    pub waits: Option<Waits>,
}

/// A job that waits in its lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// When it is due.
    pub due: DateTime<Utc>,
    /// How many come before it, and how the lane moves.
    pub outlook: Outlook,
}
