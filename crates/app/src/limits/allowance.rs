use chrono::{DateTime, TimeDelta, Utc};

/// So many in a time: all of them at once, or one after the other as they come back.
///
/// What was taken comes back evenly: of 600 in 60 s, one each tenth of a second. All that is known of
/// somebody is one time, that at which everything will have come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    count: u32,
    per_s: u32,
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether what was asked for is allowed.
    pub admitted: bool,
    /// How many more are allowed right away.
    pub left: u32,
    /// How long it takes until all are.
    pub full_in: TimeDelta,
    /// How long it takes until the next one is.
    pub again_in: TimeDelta,
}

impl Standing {
    /// The same as a result.
    ///
    /// # Errors
    ///
    /// How long it takes until the next one is allowed, where this one is not.
    pub fn allowed(self) -> Result<(), TimeDelta> {
        if self.admitted { Ok(()) } else { Err(self.again_in) }
    }
}

impl Allowance {
    /// So many in so many seconds; `None` unless both are positive, and at most a million in a day.
    #[must_use]
    pub const fn new(count: u32, per_s: u32) -> Option<Self> {
        let some = 0 < count && count <= 1_000_000 && 0 < per_s && per_s <= 86_400;
        if some { Some(Self { count, per_s }) } else { None }
    }

    /// The allowance of a text such as `600/60s`.
    ///
    /// ```
    /// # use castad_app::limits::Allowance;
    /// assert_eq!(Allowance::parse("600/60s"), Allowance::new(600, 60));
    /// assert_eq!(Allowance::parse("0/60s"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (count, seconds) = text.trim().strip_suffix('s')?.split_once('/')?;
        Self::new(count.parse().ok()?, seconds.parse().ok()?)
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// In how many seconds.
    #[must_use]
    pub fn per_s(self) -> u32 {
        self.per_s
    }

    /// As many times as many in the same time.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        Self { count: self.count.saturating_mul(factor), ..self }
    }

    /// One in the same time.
    #[must_use]
    pub fn but_one(self) -> Self {
        Self { count: 1, ..self }
    }

    /// How long one takes to come back, in microseconds; never too short.
    pub(super) fn spacing(self) -> i64 {
        let count = i64::from(self.count);
        (i64::from(self.per_s) * 1_000_000 + count - 1) / count
    }

    /// How long all take to come back, in microseconds.
    fn whole(self) -> i64 {
        self.spacing() * i64::from(self.count)
    }

    /// Takes one of somebody to whom everything has come back at `back`, if it is allowed.
    pub(super) fn take(self, back: &mut i64, now: DateTime<Utc>) -> Standing {
        let taken = (*back).max(now.timestamp_micros()) + self.spacing();
        let admitted = taken - now.timestamp_micros() <= self.whole();
        if admitted {
            *back = taken;
        }
        Standing { admitted, ..self.look(*back, now) }
    }

    /// Where somebody stands of whom nothing is taken now; admitted if one could be.
    pub(super) fn look(self, back: i64, now: DateTime<Utc>) -> Standing {
        let (spacing, owed) = (self.spacing(), (back - now.timestamp_micros()).max(0));
        let left = u32::try_from((self.whole() - owed) / spacing).unwrap_or(0);
        let again = (owed + spacing - self.whole()).max(0);
        Standing {
            admitted: left > 0,
            left,
            full_in: TimeDelta::microseconds(owed),
            again_in: TimeDelta::microseconds(again),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms)
    }

    #[test]
    fn all_may_be_taken_at_once_and_come_back_one_by_one() {
        let (tenth, mut back) = (Allowance::new(10, 1).unwrap(), 0);
        let now = at(5_000);
        for left in (0..10).rev() {
            let standing = tenth.take(&mut back, now);
            assert_eq!((standing.admitted, standing.left), (true, left));
        }
        let refused = tenth.take(&mut back, now);
        assert!(!refused.admitted);
        assert_eq!(refused.allowed(), Err(TimeDelta::milliseconds(100)));
        assert_eq!(refused.full_in, TimeDelta::seconds(1));
        assert!(!tenth.take(&mut back, at(5_099)).admitted, "what is refused is not booked");
        assert!(tenth.take(&mut back, at(5_100)).admitted);
        assert_eq!(tenth.look(back, at(5_600)).left, 5);
        assert_eq!(tenth.look(back, at(60_000)).left, 10, "and no more than all");
    }

    #[test]
    fn no_stretch_of_time_holds_more_than_twice_the_allowance() {
        for (count, per_s) in [(1, 1), (3, 1), (7, 2), (600, 60)] {
            let (allowance, mut back) = (Allowance::new(count, per_s).unwrap(), 0);
            let mut admitted = Vec::new();
            for now in (0..i64::from(per_s) * 3_000).map(at) {
                while allowance.take(&mut back, now).admitted {
                    admitted.push(now);
                }
            }
            let length = TimeDelta::seconds(per_s.into());
            for first in &admitted {
                let within = admitted.iter().filter(|at| *at >= first && **at < *first + length);
                assert!(within.count() <= 2 * count as usize, "{count} in {per_s} s");
            }
            assert!(admitted.len() >= 3 * count as usize, "{} of {count}", admitted.len());
        }
    }

    #[test]
    fn a_text_is_an_allowance_or_none() {
        assert_eq!(Allowance::parse(" 20/10s "), Allowance::new(20, 10));
        for text in
            ["", "20", "20/10", "20/10m", "-1/10s", "0/10s", "20/0s", "1000001/1s", "1/86401s"]
        {
            assert_eq!(Allowance::parse(text), None, "{text}");
        }
    }
}
