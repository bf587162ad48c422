use super::{Entry, EntryKind};

/// What became of all points of a member, kept beside the entries so that nobody has to add them up.
///
/// `available` is what came less what was spent and what expired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// What is there, with what is past its time and not written off yet.
    pub available: i64,
    /// What came and was not taken back; what was handed over is off the one and on the other.
    pub accumulated: i64,
    /// What was spent and did not come back.
    pub used: i64,
    /// What was lost when its time was over.
    pub expired: i64,
}

impl Totals {
    /// The totals after another entry.
    #[must_use]
    pub fn with(self, entry: &Entry) -> Self {
        self.with_sum(entry.kind, entry.amount)
    }

    /// The totals after entries of a kind that sum up to so much.
    #[must_use]
    pub fn with_sum(mut self, kind: EntryKind, sum: i64) -> Self {
        match kind {
            EntryKind::Accumulated | EntryKind::AccumulationCanceled | EntryKind::Transferred => {
                self.accumulated += sum;
            }
            EntryKind::Used | EntryKind::UseCanceled => self.used -= sum,
            EntryKind::Expired => self.expired -= sum,
        }
        self.available += sum;
        self
    }
}

/// What a look at a member's totals found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reconciled {
    /// They are the sums of what was written down.
    Matched,
    /// They were not, and are now.
    Corrected,
    /// There were none, and are now.
    Created,
    /// The member never had points, or others were at it all the time.
    Skipped,
}

impl Reconciled {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Corrected => "corrected",
            Self::Created => "created",
            Self::Skipped => "skipped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_what_came_less_what_went() {
        let sums = [
            (EntryKind::Accumulated, 1_500),
            (EntryKind::AccumulationCanceled, -500),
            (EntryKind::Transferred, -100),
            (EntryKind::Used, -600),
            (EntryKind::UseCanceled, 200),
            (EntryKind::Expired, -50),
        ];
        let totals = sums.iter().fold(Totals::default(), |t, &(kind, sum)| t.with_sum(kind, sum));
        let expected = Totals { available: 450, accumulated: 900, used: 400, expired: 50 };
        assert_eq!(totals, expected);
        assert_eq!(totals.available, totals.accumulated - totals.used - totals.expired);
    }
}
