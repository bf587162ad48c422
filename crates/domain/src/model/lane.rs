use chrono::{DateTime, TimeDelta, Utc};

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

    /// The stage whose provider is asked; `None` where none is.
    #[must_use]
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::Lyric => Some(Stage::Lyric),
            Self::Song => Some(Stage::Song),
            Self::Video => Some(Stage::Video),
            Self::House => None,
        }
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

/// How many steps a provider is asked to take in a time, by all processes together.
///
/// A fifth of them may begin at once; the others are spaced, so that no stretch of that length
/// ever holds more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    steps: i32,
    per: TimeDelta,
}

impl Rate {
    /// So many steps in that time; `None` unless there is at least one, in a positive time.
    #[must_use]
    pub fn new(steps: u32, per: TimeDelta) -> Option<Self> {
        let steps = i32::try_from(steps).ok().filter(|steps| *steps > 0)?;
        (per > TimeDelta::zero()).then_some(Self { steps, per })
    }

    /// The rate of a text such as `20/10s`.
    ///
    /// ```
    /// # use castad_domain::model::Rate;
    /// # use chrono::TimeDelta;
    /// assert_eq!(Rate::parse("20/10s"), Rate::new(20, TimeDelta::seconds(10)));
    /// assert_eq!(Rate::parse("20 a second"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (steps, seconds) = text.trim().strip_suffix('s')?.split_once('/')?;
        let seconds = seconds.parse::<u32>().ok()?;
        Self::new(steps.parse().ok()?, TimeDelta::seconds(seconds.into()))
    }

    /// The shortest time between two steps, once those that may begin at once have.
    #[must_use]
    pub fn spacing(self) -> TimeDelta {
        let shares = i64::from(self.steps - self.burst() + 1);
        // To the microsecond, as rows keep it, and never too short.
        let whole = self.per.num_microseconds().unwrap_or(i64::MAX);
        TimeDelta::microseconds(whole.saturating_add(shares - 1) / shares)
    }

    fn burst(self) -> i32 {
        (self.steps / 5).max(1)
    }

    /// When the next step may begin, if the steps that did are booked until then.
    #[must_use]
    pub fn opens(self, booked: DateTime<Utc>) -> DateTime<Utc> {
        booked - self.spacing() * (self.burst() - 1)
    }

    /// Until when the steps are booked once another begins; `None` if none may yet.
    #[must_use]
    pub fn book(self, booked: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.opens(booked) <= now).then(|| booked.max(now) + self.spacing())
    }

    /// How many of so many steps may begin now, and until when the steps are booked once they have.
    #[must_use]
    pub fn book_some(
        self,
        mut booked: DateTime<Utc>,
        now: DateTime<Utc>,
        most: u32,
    ) -> (u32, DateTime<Utc>) {
        let mut many = 0;
        while many < most
            && let Some(next) = self.book(booked, now)
        {
            (booked, many) = (next, many + 1);
        }
        (many, booked)
    }
}

/// How many productions may wait or be made at once, before no more are taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacklogLimits {
    /// Of one member.
    pub of_member: u32,
    /// Of all members together.
    pub in_all: u32,
}

impl Default for BacklogLimits {
    fn default() -> Self {
        Self { of_member: 1_000, in_all: 20_000 }
    }
}

/// How many jobs wait, counted no further than the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Of one member.
    pub of_member: u32,
    /// Of all members together.
    pub in_all: u32,
}

/// So much waits that no more is taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BacklogFull {
    /// Of the member's own.
    #[error("{0} of your productions are waiting or being made: wait until some have ended")]
    Member(u32),
    /// Of everybody's.
    #[error("too many productions are waiting: try again later")]
    All,
}

impl BacklogLimits {
    /// Whether another may be taken on.
    ///
    /// # Errors
    ///
    /// [`BacklogFull`] says whose are too many.
    pub fn admit(&self, backlog: Backlog) -> Result<(), BacklogFull> {
        if backlog.of_member >= self.of_member {
            return Err(BacklogFull::Member(self.of_member));
        }
        if backlog.in_all >= self.in_all { Err(BacklogFull::All) } else { Ok(()) }
    }
}

/// A lane as those see it who work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneState {
    /// Which.
    pub lane: Lane,
    /// When its next job is due, or the next lease of one ends; `None` if it has no job.
    pub next: Option<DateTime<Utc>>,
    /// Until when the provider wants to be left alone.
    pub rests_until: Option<DateTime<Utc>>,
    /// Whether a person had it stand still.
    pub paused: bool,
    /// Why it rests or stands still.
    pub reason: Option<String>,
    /// Until when steps are booked, where there is a [`Rate`].
    pub booked: DateTime<Utc>,
}

impl LaneState {
    /// A lane without a job in which everything goes.
    #[must_use]
    pub fn open(lane: Lane) -> Self {
        let booked = DateTime::UNIX_EPOCH;
        Self { lane, next: None, rests_until: None, paused: false, reason: None, booked }
    }

    /// When its next job may be claimed; `None` if it has none or stands still.
    #[must_use]
    pub fn ready(&self, rate: Option<Rate>) -> Option<DateTime<Utc>> {
        let next = self.next.filter(|_| !self.paused)?;
        let rested = self.rests_until.map_or(next, |rest| next.max(rest));
        Some(rate.map_or(rested, |rate| rested.max(rate.opens(self.booked))))
    }

    /// Whether jobs may be claimed now.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        !self.paused && self.rests_until.is_none_or(|until| until <= now)
    }
}

/// What a job's place in its lane says of when it will begin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// How many waiting jobs come before it.
    pub ahead: u64,
    /// How many steps of the lane are being taken.
    pub running: u64,
    /// How long a step takes from its beginning to its end, as measured; zero if none was yet.
    pub step: TimeDelta,
    /// The shortest time between two steps, where there is a [`Rate`].
    pub spacing: TimeDelta,
    /// Until when the provider wants to be left alone.
    pub rests_until: Option<DateTime<Utc>>,
    /// Whether a person had the lane stand still.
    pub paused: bool,
}

impl Outlook {
    /// When a job that is due then will probably begin; `None` while its lane stands still.
    #[must_use]
    pub fn start(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.paused {
            return None;
        }
        let at_once = i32::try_from(self.running.max(1)).unwrap_or(i32::MAX);
        let each = (self.step / at_once).max(self.spacing);
        let ahead = i32::try_from(self.ahead).unwrap_or(i32::MAX);
        let begin = self.rests_until.map_or(due, |rest| due.max(rest)).max(now);
        let wait = each.checked_mul(ahead).unwrap_or(TimeDelta::MAX);
        Some(begin.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms)
    }

    #[test]
    fn no_stretch_of_time_ever_holds_more_steps_than_the_rate() {
        for (steps, per) in [(1, 1_000), (2, 700), (7, 1_000), (20, 10_000), (500, 60_000)] {
            let rate = Rate::new(steps, TimeDelta::milliseconds(per)).unwrap();
            let (mut booked, mut begun) = (DateTime::UNIX_EPOCH, Vec::new());
            for now in (0..3 * per).map(at) {
                while let Some(next) = rate.book(booked, now) {
                    booked = next;
                    begun.push(now);
                }
            }
            let length = TimeDelta::milliseconds(per);
            for first in &begun {
                let within = begun.iter().filter(|at| *at >= first && **at < *first + length);
                assert!(within.count() <= steps as usize, "{steps} in {per} ms");
            }
            assert!(begun.len() >= 2 * steps as usize, "{} of {steps} in {per} ms", begun.len());
        }
    }

    #[test]
    fn a_lane_is_ready_when_its_job_its_provider_and_its_rate_are() {
        let rate = Rate::new(1, TimeDelta::seconds(1));
        let lane = LaneState { next: Some(at(5)), ..LaneState::open(Lane::Song) };
        assert_eq!(lane.ready(None), Some(at(5)));
        let booked = LaneState { booked: at(9), ..lane.clone() };
        assert_eq!((booked.ready(rate), booked.ready(None)), (Some(at(9)), Some(at(5))));
        let rests = LaneState { rests_until: Some(at(7)), ..lane.clone() };
        assert_eq!(rests.ready(None), Some(at(7)));
        assert_eq!((rests.is_open(at(6)), rests.is_open(at(7))), (false, true));
        let paused = LaneState { paused: true, ..lane };
        assert_eq!((paused.ready(None), paused.is_open(at(9))), (None, false));
    }

    #[test]
    fn a_job_begins_once_those_before_it_have() {
        let outlook = Outlook {
            ahead: 10,
            running: 5,
            step: TimeDelta::seconds(20),
            spacing: TimeDelta::zero(),
            rests_until: None,
            paused: false,
        };
        assert_eq!(outlook.start(at(0), at(1_000)), Some(at(41_000)));
        let spaced = Outlook { spacing: TimeDelta::seconds(6), ..outlook.clone() };
        assert_eq!(spaced.start(at(0), at(0)), Some(at(60_000)));
        let rests = Outlook { rests_until: Some(at(9_000)), ahead: 0, ..outlook.clone() };
        assert_eq!(rests.start(at(0), at(0)), Some(at(9_000)));
        assert_eq!(Outlook { paused: true, ..outlook }.start(at(0), at(0)), None);
    }

    #[test]
    fn every_lane_reads_back_from_its_word() {
        for lane in Lane::ALL {
            assert_eq!(Lane::from_name(lane.name()), Ok(lane));
            assert_eq!(lane.stage().map_or(Lane::House, Lane::from), lane);
        }
    }
}
