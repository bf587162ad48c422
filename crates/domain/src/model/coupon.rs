use chrono::{DateTime, Utc};

use super::{CampaignId, CouponId, IllegalTransition, MemberId, OrderId};

/// A number that lies outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from {least} to {most}")]
pub struct OutOfBounds {
    /// The least that is taken.
    pub least: i64,
    /// The most that is taken.
    pub most: i64,
}

/// The number, if it lies within its bounds.
pub(super) fn within(number: i64, least: i64, most: i64) -> Result<i64, OutOfBounds> {
    if (least..=most).contains(&number) { Ok(number) } else { Err(OutOfBounds { least, most }) }
}

/// What is taken off a price, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// So many hundredths.
    Percent(i64),
    /// So much.
    Fixed(i64),
}

/// What a coupon takes off an order: never more than half of it.
///
/// ```
/// # use castad_domain::model::{Discount, Off};
/// assert_eq!(Discount::new(Off::Percent(15)).unwrap().of(9_999), 1_499);
/// assert_eq!(Discount::new(Off::Fixed(2_000)).unwrap().of(3_000), 1_500);
/// assert!(Discount::new(Off::Percent(101)).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discount(Off);

impl Discount {
    /// The most that may be taken off in one sum.
    pub const MOST_FIXED: i64 = 1_000_000_000;

    /// A discount.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 1 to 100 percent, or 1 to [`MOST_FIXED`](Self::MOST_FIXED).
    pub fn new(off: Off) -> Result<Self, OutOfBounds> {
        match off {
            Off::Percent(rate) => within(rate, 1, 100)?,
            Off::Fixed(amount) => within(amount, 1, Self::MOST_FIXED)?,
        };
        Ok(Self(off))
    }

    /// What it takes off, as it is told.
    #[must_use]
    pub fn off(self) -> Off {
        self.0
    }

    /// What it takes off an order of that total.
    #[must_use]
    pub fn of(self, total: i64) -> i64 {
        let off = match self.0 {
            // A hundredth first would round twice; the total of an order is far from the bound.
            Off::Percent(rate) => total.saturating_mul(rate) / 100,
            Off::Fixed(amount) => amount,
        };
        off.min(total / 2)
    }
}

/// Where a coupon stands.
///
/// ```text
/// Issued --used--> Used --returned--> Issued
/// Issued --revoked--> Revoked        Issued --expired--> Expired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponState {
    /// It may be used until its time is over.
    Issued,
    /// It was used.
    Used {
        /// In which order.
        order: OrderId,
        /// When.
        at: DateTime<Utc>,
    },
    /// It was taken back.
    Revoked {
        /// When.
        at: DateTime<Utc>,
    },
    /// Its time was over before it was used.
    Expired {
        /// When that was noticed.
        at: DateTime<Utc>,
    },
}

impl CouponState {
    /// The state's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Used { .. } => "used",
            Self::Revoked { .. } => "revoked",
            Self::Expired { .. } => "expired",
        }
    }
}

/// Why a coupon cannot be used for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefusal {
    /// It was used, taken back, or its time is over.
    #[error(transparent)]
    State(#[from] IllegalTransition),
    /// The order is too small for it.
    #[error("the coupon is for orders of at least {minimum}, this one comes to {total}")]
    TooSmall {
        /// The least that an order must come to.
        minimum: i64,
        /// What it comes to.
        total: i64,
    },
}

/// All that a coupon is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponParts {
    /// Its id.
    pub id: CouponId,
    /// Where it comes from.
    pub campaign: CampaignId,
    /// Whose it is.
    pub member: MemberId,
    /// Its number among those of its campaign, from 1.
    pub number: i64,
    /// What it takes off.
    pub discount: Discount,
    /// The least that an order must come to.
    pub minimum_order: i64,
    /// Where it stands.
    pub state: CouponState,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its time is over.
    pub expires_at: DateTime<Utc>,
    /// How often it was written.
    pub version: i64,
}

/// A coupon of a member: good for one use, in one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon(CouponParts);

impl Coupon {
    /// A coupon that a row holds or a campaign issues.
    #[must_use]
    pub fn restore(parts: CouponParts) -> Self {
        Self(parts)
    }

    /// All that it is.
    #[must_use]
    pub fn parts(&self) -> &CouponParts {
        &self.0
    }

    /// As it is once it is written.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.0.version += 1;
        self
    }

    /// Where it stands at a time: one whose time is over has expired, noticed or not.
    #[must_use]
    pub fn state_at(&self, now: DateTime<Utc>) -> CouponState {
        match self.0.state {
            CouponState::Issued if self.is_over(now) => {
                CouponState::Expired { at: self.0.expires_at }
            }
            state @ (CouponState::Issued
            | CouponState::Used { .. }
            | CouponState::Revoked { .. }
            | CouponState::Expired { .. }) => state,
        }
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.0.expires_at <= now
    }

    /// The same, used for an order of that total, and what it takes off.
    ///
    /// # Errors
    ///
    /// [`CouponRefusal`] unless it is issued, in time, and the order is large enough.
    pub fn used(
        &self,
        order: OrderId,
        total: i64,
        now: DateTime<Utc>,
    ) -> Result<(Self, i64), CouponRefusal> {
        self.still_issued("used", now)?;
        let minimum = self.0.minimum_order;
        if total < minimum {
            return Err(CouponRefusal::TooSmall { minimum, total });
        }
        Ok((self.with(CouponState::Used { order, at: now }), self.0.discount.of(total)))
    }

    /// The same, given back by the order that used it and came to nothing.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless that very order used it.
    pub fn returned(&self, by: OrderId) -> Result<Self, IllegalTransition> {
        match self.0.state {
            CouponState::Used { order, .. } if order == by => Ok(self.with(CouponState::Issued)),
            CouponState::Used { .. }
            | CouponState::Issued
            | CouponState::Revoked { .. }
            | CouponState::Expired { .. } => Err(refused(self.0.state, "returned")),
        }
    }

    /// The same, taken back.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is issued and in time.
    pub fn revoked(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        self.still_issued("revoked", now)?;
        Ok(self.with(CouponState::Revoked { at: now }))
    }

    /// The same once its time is over.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] while its time is not over, or unless it is issued.
    pub fn expired(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        match self.0.state {
            CouponState::Issued if self.is_over(now) => {
                Ok(self.with(CouponState::Expired { at: now }))
            }
            CouponState::Issued
            | CouponState::Used { .. }
            | CouponState::Revoked { .. }
            | CouponState::Expired { .. } => Err(refused(self.0.state, "expired")),
        }
    }

    fn still_issued(
        &self,
        event: &'static str,
        now: DateTime<Utc>,
    ) -> Result<(), IllegalTransition> {
        match self.state_at(now) {
            CouponState::Issued => Ok(()),
            state @ (CouponState::Used { .. }
            | CouponState::Revoked { .. }
            | CouponState::Expired { .. }) => Err(refused(state, event)),
        }
    }

    fn with(&self, state: CouponState) -> Self {
        Self(CouponParts { state, ..self.0.clone() })
    }
}

fn refused(state: CouponState, event: &'static str) -> IllegalTransition {
    IllegalTransition { what: "coupon", from: state.name(), event }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn coupon(state: CouponState) -> Coupon {
        Coupon::restore(CouponParts {
            id: CouponId::from_bits(1),
            campaign: CampaignId::from_bits(2),
            member: MemberId::from_bits(3),
            number: 1,
            discount: Discount::new(Off::Percent(10)).unwrap(),
            minimum_order: 10_000,
            state,
            issued_at: at(0),
            expires_at: at(24),
            version: 1,
        })
    }

    #[test]
    fn a_discount_is_rounded_down_and_takes_at_most_half() {
        for (off, total, taken) in [
            (Off::Percent(10), 10_000, 1_000),
            (Off::Percent(10), 10_009, 1_000),
            (Off::Percent(33), 10_001, 3_300),
            (Off::Percent(80), 10_001, 5_000),
            (Off::Fixed(1_000), 10_000, 1_000),
            (Off::Fixed(9_000), 10_000, 5_000),
        ] {
            assert_eq!(Discount::new(off).unwrap().of(total), taken, "{off:?} of {total}");
        }
        for off in [Off::Percent(0), Off::Percent(101), Off::Fixed(0), Off::Fixed(-1)] {
            assert!(Discount::new(off).is_err(), "{off:?}");
        }
    }

    #[test]
    fn each_state_allows_what_the_picture_shows() {
        let order = OrderId::from_bits(9);
        let used = CouponState::Used { order, at: at(1) };
        let (revoked, expired) =
            (CouponState::Revoked { at: at(1) }, CouponState::Expired { at: at(30) });
        for (state, now, may_use, may_return, may_revoke, may_expire) in [
            (CouponState::Issued, at(1), true, false, true, false),
            (CouponState::Issued, at(24), false, false, false, true),
            (used, at(1), false, true, false, false),
            (used, at(24), false, true, false, false),
            (revoked, at(24), false, false, false, false),
            (expired, at(30), false, false, false, false),
        ] {
            let coupon = coupon(state);
            let allowed = [
                coupon.used(order, 10_000, now).is_ok(),
                coupon.returned(order).is_ok(),
                coupon.revoked(now).is_ok(),
                coupon.expired(now).is_ok(),
            ];
            assert_eq!(allowed, [may_use, may_return, may_revoke, may_expire], "{state:?} {now}");
        }
    }

    #[test]
    fn an_order_must_be_large_enough() {
        let (order, coupon) = (OrderId::from_bits(9), coupon(CouponState::Issued));
        let small = CouponRefusal::TooSmall { minimum: 10_000, total: 9_999 };
        assert_eq!(coupon.used(order, 9_999, at(1)), Err(small));
        let (used, taken) = coupon.used(order, 10_000, at(1)).unwrap();
        assert_eq!(taken, 1_000);
        assert_eq!(
            used.returned(OrderId::from_bits(8)).map(drop),
            Err(IllegalTransition { what: "coupon", from: "used", event: "returned" })
        );
    }
}
