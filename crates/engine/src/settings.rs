use castad_domain::usecase::Unresolved;
use chrono::TimeDelta;

/// How an engine works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many steps run at once.
    pub steps: usize,
    /// How long a claim holds without a sign of life; renewed at a third.
    pub lease: TimeDelta,
    /// How often an idle engine looks for work of other processes.
    pub look: TimeDelta,
    /// How often a step is taken before it counts as failed.
    pub attempts: u32,
    /// The wait after the first failure; it doubles with each.
    pub first_wait: TimeDelta,
    /// The longest wait after a failure.
    pub longest_wait: TimeDelta,
    /// What becomes of an attempt whose fate nobody can tell.
    pub unresolved: Unresolved,
    /// How long steps may go on once the engine is told to stop.
    pub drain: TimeDelta,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            steps: 5,
            lease: TimeDelta::seconds(30),
            look: TimeDelta::seconds(1),
            attempts: 6,
            first_wait: TimeDelta::seconds(2),
            longest_wait: TimeDelta::seconds(60),
            unresolved: Unresolved::Wait,
            drain: TimeDelta::seconds(20),
        }
    }
}
