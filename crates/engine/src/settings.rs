use castad_domain::{
    model::{Lane, Rate},
    usecase::Unresolved,
};
use chrono::TimeDelta;

/// How many steps each provider takes in a time; `None` where that is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// The writer of lyrics.
    pub lyric: Option<Rate>,
    /// The composer.
    pub song: Option<Rate>,
    /// The renderer.
    pub video: Option<Rate>,
}

impl Rates {
    /// What the provider of a lane takes.
    #[must_use]
    pub fn of(&self, lane: Lane) -> Option<Rate> {
        match lane {
            Lane::Lyric => self.lyric,
            Lane::Song => self.song,
            Lane::Video => self.video,
            Lane::House => None,
        }
    }
}

/// How an engine works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many steps run at once.
    pub steps: usize,
    /// How many of them may ask the same provider.
    pub steps_of_lane: usize,
    /// How many steps the providers take in a time, from all engines together.
    pub rates: Rates,
    /// How often in a row a provider gives no answer before it is left alone for a while.
    pub misses: u32,
    /// How long it is left alone then.
    pub silence: TimeDelta,
    /// How long a claim holds without a sign of life; renewed at a third.
    pub lease: TimeDelta,
    /// How often an idle engine looks for work of other processes.
    pub look: TimeDelta,
    /// How many offers of a lane may lie in the feed, where there is one: so many jobs of others
    /// may come before a member's first.
    pub offers: u32,
    /// How long a job counts as offered.
    pub offered: TimeDelta,
    /// How long a job is left to the feed, or to who sweeps, beyond its time.
    pub grace: TimeDelta,
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
            steps_of_lane: 4,
            rates: Rates::default(),
            misses: 5,
            silence: TimeDelta::seconds(30),
            lease: TimeDelta::seconds(30),
            look: TimeDelta::seconds(1),
            offers: 8,
            offered: TimeDelta::seconds(60),
            grace: TimeDelta::seconds(5),
            attempts: 6,
            first_wait: TimeDelta::seconds(2),
            longest_wait: TimeDelta::seconds(60),
            unresolved: Unresolved::Wait,
            drain: TimeDelta::seconds(20),
        }
    }
}
