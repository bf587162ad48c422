use chrono::{DateTime, TimeDelta, Utc};

use super::{LotKind, PointsRefusal};
use crate::model::PointLimits;

impl PointLimits {
    /// Checks that so many points of a kind may be given at once.
    pub(super) fn check_amount(&self, kind: LotKind, amount: i64) -> Result<(), PointsRefusal> {
        let (least, most, step) = match kind {
            LotKind::Charge => (self.charge_step, self.most_charged, self.charge_step),
            LotKind::Bonus | LotKind::Manual => (1, self.most_at_once, 1),
            LotKind::Reissue => return Err(PointsRefusal::NotGiven),
        };
        let good = (least..=most).contains(&amount) && amount % step.max(1) == 0;
        if good { Ok(()) } else { Err(PointsRefusal::Amount { least, most, step }) }
    }

    /// Until when points that come now are good.
    pub(super) fn expiry(
        &self,
        lifetime: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, PointsRefusal> {
        let refused = PointsRefusal::Lifetime {
            least_days: self.least_lifetime.num_days(),
            most_days: self.most_lifetime.num_days(),
        };
        let lifetime = lifetime.unwrap_or(self.lifetime);
        if lifetime < self.least_lifetime || lifetime > self.most_lifetime {
            return Err(refused);
        }
        now.checked_add_signed(lifetime).ok_or(refused)
    }

    /// Checks that a member who has that much may have so much more.
    pub(super) fn check_balance(&self, balance: i64, more: i64) -> Result<(), PointsRefusal> {
        let fits = balance.checked_add(more).is_some_and(|sum| sum <= self.most_balance);
        let refused = PointsRefusal::BalanceLimit { balance, most: self.most_balance };
        if fits { Ok(()) } else { Err(refused) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_amounts() {
        let limits = PointLimits::default();
        let good = |kind, amount| limits.check_amount(kind, amount).is_ok();
        for kind in [LotKind::Bonus, LotKind::Manual] {
            assert!(good(kind, 1) && good(kind, 100_000), "{kind:?}");
            assert!(!good(kind, 0) && !good(kind, -1) && !good(kind, 100_001), "{kind:?}");
        }
        assert!(good(LotKind::Charge, 1_000) && good(LotKind::Charge, 1_000_000));
        for bad in [0, 999, 1_500, 1_001_000, -1_000] {
            assert!(!good(LotKind::Charge, bad), "{bad}");
        }
        assert_eq!(limits.check_amount(LotKind::Reissue, 1), Err(PointsRefusal::NotGiven));
    }

    #[test]
    fn points_are_good_for_a_day_at_least_and_less_than_five_years() {
        let (limits, now) = (PointLimits::default(), DateTime::UNIX_EPOCH);
        let until = |days| limits.expiry(Some(TimeDelta::days(days)), now);
        assert_eq!(limits.expiry(None, now), Ok(now + TimeDelta::days(365)));
        assert_eq!(until(1), Ok(now + TimeDelta::days(1)));
        assert_eq!(until(1_824), Ok(now + TimeDelta::days(1_824)));
        let refused = PointsRefusal::Lifetime { least_days: 1, most_days: 1_824 };
        assert_eq!(until(0), Err(refused.clone()));
        assert_eq!(until(1_825), Err(refused));
    }

    #[test]
    fn a_balance_has_a_bound_that_may_be_reached() {
        let limits = PointLimits { most_balance: 1_500, ..PointLimits::default() };
        assert_eq!(limits.check_balance(1_000, 500), Ok(()));
        let refused = PointsRefusal::BalanceLimit { balance: 1_000, most: 1_500 };
        assert_eq!(limits.check_balance(1_000, 501), Err(refused));
        assert!(limits.check_balance(1, i64::MAX).is_err());
    }
}
