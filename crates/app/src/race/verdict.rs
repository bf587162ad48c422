use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;

/// How a race ended, and what the books say of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Verdict {
    /// What was raced for.
    pub(super) contest: &'static str,
    /// How many asked.
    pub(super) clients: usize,
    /// How many could be served.
    pub(super) items: usize,
    /// How many were.
    pub(super) succeeded: usize,
    /// How many were turned away, by reason.
    pub(super) refused: BTreeMap<String, usize>,
    /// How many got no answer that counts, by fault.
    pub(super) failed: BTreeMap<String, usize>,
    /// How many were served beyond what there was.
    pub(super) over_issued: usize,
    /// Numbers that were left out.
    pub(super) gaps: usize,
    /// Things that two were given.
    pub(super) doubles: usize,
    /// How many were served before those who had asked before them, where there is a line.
    pub(super) out_of_turn: usize,
    /// What the books should hold afterwards.
    pub(super) expected: Option<i64>,
    /// What they hold.
    pub(super) found: Option<i64>,
    /// How far apart the first and the last began, in milliseconds.
    pub(super) began_within_ms: f64,
    /// How long answers took, in milliseconds.
    pub(super) latency_ms: Percentiles,
}

/// How long most took.
#[derive(Debug, Default, Serialize)]
pub(super) struct Percentiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) most: f64,
}

impl Percentiles {
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(index).map_or(0.0, |time| millis(*time))
        };
        Self { p50: at(50), p95: at(95), p99: at(99), most: at(100) }
    }
}

pub(super) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

impl Verdict {
    /// Whether it went by the rules: nobody got what was not there, everything that was there went to
    /// who asked, and the books agree. Who was told to come back may have left something over.
    pub(super) fn is_fair(&self) -> bool {
        let turned_back: usize =
            self.refused.iter().filter(|(code, _)| *code == "busy").map(|(_, many)| many).sum();
        let due = self.clients.min(self.items);
        self.failed.is_empty()
            && self.over_issued == 0
            && self.gaps == 0
            && self.doubles == 0
            && self.out_of_turn == 0
            && self.expected == self.found
            && self.succeeded <= due
            && self.succeeded + turned_back >= due
    }

    /// The verdict as a line for programs.
    pub(super) fn json(&self) -> String {
        let mut value = serde_json::json!(self);
        value["fair"] = self.is_fair().into();
        value.to_string()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { contest, clients, items, succeeded, .. } = self;
        writeln!(f, "{contest}: {clients} asked for {items}")?;
        writeln!(f, "  succeeded    {succeeded}")?;
        for (code, many) in &self.refused {
            writeln!(f, "  refused      {many}  {code}")?;
        }
        for (fault, many) in &self.failed {
            writeln!(f, "  failed       {many}  {fault}")?;
        }
        writeln!(f, "  over-issued  {}", self.over_issued)?;
        writeln!(f, "  gaps         {}", self.gaps)?;
        writeln!(f, "  doubles      {}", self.doubles)?;
        if self.out_of_turn > 0 {
            writeln!(f, "  out of turn  {}", self.out_of_turn)?;
        }
        if let (Some(expected), Some(found)) = (self.expected, self.found) {
            writeln!(f, "  the books    {found}, expected {expected}")?;
        }
        let Percentiles { p50, p95, p99, most } = self.latency_ms;
        writeln!(f, "  began within {:.2} ms", self.began_within_ms)?;
        writeln!(f, "  latency      p50 {p50:.1} ms, p95 {p95:.1}, p99 {p99:.1}, most {most:.1}")?;
        let word = if self.is_fair() { "by the rules" } else { "NOT by the rules" };
        write!(f, "verdict: {word}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fair() -> Verdict {
        Verdict {
            clients: 20,
            items: 10,
            succeeded: 10,
            refused: BTreeMap::from([("insufficient_points".to_owned(), 10)]),
            expected: Some(0),
            found: Some(0),
            ..Verdict::default()
        }
    }

    #[test]
    fn everything_that_was_there_goes_to_who_asked() {
        assert!(fair().is_fair());
        assert!(!Verdict { succeeded: 9, ..fair() }.is_fair());
        let busy = BTreeMap::from([("busy".to_owned(), 1)]);
        assert!(Verdict { succeeded: 9, refused: busy, ..fair() }.is_fair());
    }

    #[test]
    fn one_fault_is_enough() {
        for unfair in [
            Verdict { succeeded: 11, ..fair() },
            Verdict { over_issued: 1, ..fair() },
            Verdict { gaps: 1, ..fair() },
            Verdict { doubles: 1, ..fair() },
            Verdict { out_of_turn: 1, ..fair() },
            Verdict { found: Some(1_000), ..fair() },
            Verdict { failed: BTreeMap::from([("500".to_owned(), 1)]), ..fair() },
        ] {
            assert!(!unfair.is_fair(), "{unfair}");
            assert!(unfair.to_string().ends_with("NOT by the rules"));
        }
    }

    #[test]
    fn most_answers_are_told_by_percentiles() {
        let times = (1..=200).map(Duration::from_millis).collect();
        let Percentiles { p50, p95, p99, most } = Percentiles::of(times);
        let rounded = [p50, p95, p99, most].map(|ms| format!("{ms:.0}"));
        assert_eq!(rounded, ["100", "190", "198", "200"]);
        assert!(Percentiles::of(Vec::new()).most.abs() < f64::EPSILON);
    }
}
