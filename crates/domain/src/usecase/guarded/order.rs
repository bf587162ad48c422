use std::fmt::{Display, Write as _};

use chrono::TimeDelta;

use crate::port::LockKey;

/// For how long a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// For that long at most; work that is not done by then is dropped.
    Fixed(TimeDelta),
    /// As long as the work takes: it is renewed at a third of that time, and free that long after
    /// the last renewal.
    Renewed(TimeDelta),
}

impl Lease {
    /// How long it is held without a renewal.
    #[must_use]
    pub const fn length(self) -> TimeDelta {
        match self {
            Self::Fixed(length) | Self::Renewed(length) => length,
        }
    }
}

/// What becomes of the work when the lock does not answer. It is decided before the work begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnOutage {
    /// It runs under the database's own guard alone.
    DbGuardOnly,
    /// It is refused.
    FailClosed,
}

/// Which lock stands in front of an operation, with `N` parts that tell its keys apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockRule<const N: usize> {
    pattern: &'static str,
    wait: TimeDelta,
    lease: Lease,
    on_outage: OnOutage,
}

/// Spending a member's points.
pub const POINTS_OUT: LockRule<1> =
    LockRule::new("point:use:member:{id}", FIVE_SECONDS, TEN_SECONDS, OnOutage::DbGuardOnly);

/// Giving a member points.
pub const POINTS_IN: LockRule<1> =
    LockRule::new("point:accumulate:member:{id}", FIVE_SECONDS, TEN_SECONDS, OnOutage::DbGuardOnly);

/// Giving back points that were spent.
pub const CANCEL_USAGE: LockRule<1> =
    LockRule::new("point:cancel:usage:{key}", FIVE_SECONDS, TEN_SECONDS, OnOutage::DbGuardOnly);

/// Taking back points that were given.
pub const CANCEL_ACCUMULATION: LockRule<1> = LockRule::new(
    "point:cancel:accumulation:{key}",
    FIVE_SECONDS,
    TEN_SECONDS,
    OnOutage::DbGuardOnly,
);

/// Holding an ad slot: who comes second has lost anyway, so nobody waits.
pub const RESERVE_SLOT: LockRule<3> = LockRule::new(
    "slot:reserve:{channel}:{date}:{slot}",
    TimeDelta::zero(),
    TEN_SECONDS,
    OnOutage::DbGuardOnly,
);

/// Making a video: the one section that spans calls to others.
pub const GENERATE_VIDEO: LockRule<1> = LockRule::new(
    "video_gen:{task_id}",
    TimeDelta::zero(),
    Lease::Renewed(TimeDelta::seconds(30)),
    OnOutage::DbGuardOnly,
);

/// Reading a template for all instances at once; who does not want to wait longer reads it too, or
/// takes an older copy.
pub const REFRESH_TEMPLATE: LockRule<1> = LockRule::new(
    "template:refresh:{id}",
    TimeDelta::seconds(2),
    Lease::Renewed(TimeDelta::seconds(10)),
    OnOutage::DbGuardOnly,
);

/// Writing off what is past its time: one does it for all. What is past its time is not spent before
/// that either, so that nothing is lost where the lock does not answer and it is done later.
pub const EXPIRE_POINTS: LockRule<0> = LockRule::new(
    "point:expire:batch",
    TimeDelta::zero(),
    Lease::Renewed(TimeDelta::seconds(30)),
    OnOutage::FailClosed,
);

/// Taking events to the stream: who finds somebody at it has nothing to do.
pub const TELL_EVENTS: LockRule<0> = LockRule::new(
    "events:tell",
    TimeDelta::zero(),
    Lease::Renewed(TimeDelta::seconds(10)),
    OnOutage::DbGuardOnly,
);

/// The pattern of each rule: the names under which locks are counted.
pub const LOCKS: [&str; 9] = [
    POINTS_OUT.pattern(),
    POINTS_IN.pattern(),
    CANCEL_USAGE.pattern(),
    CANCEL_ACCUMULATION.pattern(),
    EXPIRE_POINTS.pattern(),
    RESERVE_SLOT.pattern(),
    GENERATE_VIDEO.pattern(),
    REFRESH_TEMPLATE.pattern(),
    TELL_EVENTS.pattern(),
];

const FIVE_SECONDS: TimeDelta = TimeDelta::seconds(5);
const TEN_SECONDS: Lease = Lease::Fixed(TimeDelta::seconds(10));

impl<const N: usize> LockRule<N> {
    /// A rule; the pattern has a `{name}` where each of the `N` parts goes.
    ///
    /// # Panics
    ///
    /// While it compiles, for a constant whose pattern has another number of parts.
    #[must_use]
    pub const fn new(
        pattern: &'static str,
        wait: TimeDelta,
        lease: Lease,
        on_outage: OnOutage,
    ) -> Self {
        assert!(parts(pattern) == N, "the pattern has another number of parts");
        Self { pattern, wait, lease, on_outage }
    }

    /// The pattern of its keys.
    #[must_use]
    pub const fn pattern(&self) -> &'static str {
        self.pattern
    }

    /// The lock of those parts.
    ///
    /// ```
    /// # use castad_domain::usecase::RESERVE_SLOT;
    /// let order = RESERVE_SLOT.of([&"tv:1", &"2026-05-01", &7]);
    /// assert_eq!(order.keys()[0].as_str(), "slot:reserve:tv%3A1:2026-05-01:7");
    /// ```
    #[must_use]
    pub fn of(&self, parts: [&(dyn Display + Sync); N]) -> LockOrder {
        let mut text = String::with_capacity(self.pattern.len() + 16 * N);
        let mut rest = self.pattern;
        for part in parts {
            let (before, behind) = rest.split_once('{').unwrap_or((rest, ""));
            text.push_str(before);
            push_part(&mut text, part);
            rest = behind.split_once('}').map_or("", |(_name, rest)| rest);
        }
        text.push_str(rest);
        LockOrder {
            pattern: self.pattern,
            keys: vec![LockKey::new(text)],
            wait: self.wait,
            lease: self.lease,
            on_outage: self.on_outage,
        }
    }
}

/// A colon of a part is not a border between parts.
fn push_part(text: &mut String, part: &dyn Display) {
    let mut plain = String::new();
    // Writing to a string cannot fail, and a part that refuses to be shown says nothing.
    let _ = write!(plain, "{part}");
    for letter in plain.chars() {
        match letter {
            ':' => text.push_str("%3A"),
            '%' => text.push_str("%25"),
            other => text.push(other),
        }
    }
}

const fn parts(pattern: &str) -> usize {
    let bytes = pattern.as_bytes();
    let (mut at, mut found) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'{' {
            found += 1;
        }
        at += 1;
    }
    found
}

/// One or several locks that some work needs at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOrder {
    pattern: &'static str,
    keys: Vec<LockKey>,
    wait: TimeDelta,
    lease: Lease,
    on_outage: OnOutage,
}

impl LockOrder {
    /// The same with those of another order too, under the wait and the lease of this one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.keys.extend(other.keys);
        self.keys.sort();
        self.keys.dedup();
        self
    }

    /// The same with another wait; none is one try.
    #[must_use]
    pub fn waiting(self, wait: TimeDelta) -> Self {
        Self { wait, ..self }
    }

    /// The same with another lease.
    #[must_use]
    pub fn leased(self, lease: Lease) -> Self {
        Self { lease, ..self }
    }

    /// The same with another answer to an outage.
    #[must_use]
    pub fn on_outage(self, on_outage: OnOutage) -> Self {
        Self { on_outage, ..self }
    }

    /// What is locked, in the order in which it is taken: the same whoever asks, so that two who
    /// need the same locks never wait for each other.
    #[must_use]
    pub fn keys(&self) -> &[LockKey] {
        &self.keys
    }

    pub(super) fn pattern(&self) -> &'static str {
        self.pattern
    }

    pub(super) fn wait(&self) -> TimeDelta {
        self.wait
    }

    pub(super) fn lease(&self) -> Lease {
        self.lease
    }

    pub(super) fn outage(&self) -> OnOutage {
        self.on_outage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_by_their_parts() {
        assert_eq!(POINTS_OUT.of([&"가"]).keys()[0].as_str(), "point:use:member:가");
        let (one, other) =
            (RESERVE_SLOT.of([&"a:b", &"c", &1]), RESERVE_SLOT.of([&"a", &"b:c", &1]));
        assert_ne!(one.keys(), other.keys());
        assert_ne!(
            RESERVE_SLOT.of([&"%3A", &1, &1]).keys(),
            RESERVE_SLOT.of([&":", &1, &1]).keys()
        );
    }

    #[test]
    fn several_keys_are_taken_in_one_order() {
        let (a, b) = (POINTS_OUT.of([&"a"]), POINTS_OUT.of([&"b"]));
        assert_eq!(a.clone().and(b.clone()).and(a.clone()), b.and(a));
    }

    #[test]
    fn the_rules_are_as_agreed() {
        let rules = [POINTS_OUT, POINTS_IN, CANCEL_USAGE, CANCEL_ACCUMULATION, GENERATE_VIDEO];
        assert_eq!(
            rules.map(|rule| (
                rule.pattern,
                rule.wait.num_seconds(),
                rule.lease.length().num_seconds()
            )),
            [
                ("point:use:member:{id}", 5, 10),
                ("point:accumulate:member:{id}", 5, 10),
                ("point:cancel:usage:{key}", 5, 10),
                ("point:cancel:accumulation:{key}", 5, 10),
                ("video_gen:{task_id}", 0, 30),
            ]
        );
        assert!(matches!(GENERATE_VIDEO.lease, Lease::Renewed(_)));
        assert_eq!(
            (RESERVE_SLOT.pattern, RESERVE_SLOT.wait),
            ("slot:reserve:{channel}:{date}:{slot}", TimeDelta::zero())
        );
    }
}
