use chrono::{DateTime, Utc};

use super::{OrderNumber, PointsRefusal};
use crate::model::{LotId, MemberId, UsageId};

/// What a use took of one lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDetail {
    /// The lot.
    pub lot: LotId,
    /// How much of it was spent.
    pub amount: i64,
    /// How much of that came back.
    pub canceled: i64,
}

/// One use of points, for one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Its id, which is its key.
    pub id: UsageId,
    /// Who spent.
    pub member: MemberId,
    /// On what.
    pub order: OrderNumber,
    /// How much.
    pub amount: i64,
    /// How much of it came back.
    pub canceled: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What was taken of each lot, in the order in which it was taken.
    pub details: Vec<UsageDetail>,
}

impl Usage {
    /// How much of it may still come back.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.amount - self.canceled
    }

    /// The use after so much of it came back, the rest if nothing is said, and what comes back of
    /// each lot, in the order in which they were spent.
    pub(super) fn cancel(
        &self,
        amount: Option<i64>,
    ) -> Result<(Self, Vec<UsageDetail>), PointsRefusal> {
        let remaining = self.remaining();
        if remaining == 0 {
            return Err(PointsRefusal::AlreadyCanceled);
        }
        let amount = amount.unwrap_or(remaining);
        if amount < 1 {
            return Err(PointsRefusal::Amount { least: 1, most: remaining, step: 1 });
        }
        if amount > remaining {
            return Err(PointsRefusal::ExceedsUsage { remaining });
        }
        let (mut after, mut parts, mut left) = (self.clone(), Vec::new(), amount);
        for detail in &mut after.details {
            let part = left.min(detail.amount - detail.canceled);
            if part > 0 {
                detail.canceled += part;
                left -= part;
                parts.push(UsageDetail { amount: part, ..detail.clone() });
            }
        }
        after.canceled += amount;
        Ok((after, parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage() -> Usage {
        let detail = |n, amount| UsageDetail { lot: LotId::from_bits(n), amount, canceled: 0 };
        Usage {
            id: UsageId::from_bits(1),
            member: MemberId::from_bits(1),
            order: OrderNumber::parse("A1234").unwrap(),
            amount: 1_200,
            canceled: 0,
            at: DateTime::UNIX_EPOCH,
            details: vec![detail(1, 1_000), detail(2, 200)],
        }
    }

    fn parts(parts: &[UsageDetail]) -> Vec<(u128, i64)> {
        parts.iter().map(|part| (part.lot.to_bits(), part.amount)).collect()
    }

    #[test]
    fn points_come_back_in_the_order_in_which_they_were_spent() {
        let (after, first) = usage().cancel(Some(300)).unwrap();
        assert_eq!((parts(&first), after.remaining()), (vec![(1, 300)], 900));
        let (after, second) = after.cancel(Some(800)).unwrap();
        assert_eq!((parts(&second), after.remaining()), (vec![(1, 700), (2, 100)], 100));
        let (after, rest) = after.cancel(None).unwrap();
        assert_eq!((parts(&rest), after.remaining()), (vec![(2, 100)], 0));
        assert_eq!(after.cancel(None), Err(PointsRefusal::AlreadyCanceled));
    }

    #[test]
    fn no_more_comes_back_than_was_spent() {
        let refused = usage().cancel(Some(1_201));
        assert_eq!(refused, Err(PointsRefusal::ExceedsUsage { remaining: 1_200 }));
        for none in [0, -1] {
            let refused = PointsRefusal::Amount { least: 1, most: 1_200, step: 1 };
            assert_eq!(usage().cancel(Some(none)), Err(refused));
        }
    }
}
