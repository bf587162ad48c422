use chrono::{DateTime, TimeDelta, Utc};

use super::{
    CampaignId, Coupon, CouponId, CouponParts, CouponState, Discount, MemberId, OutOfBounds,
    UnknownWord,
    coupon::within,
    text::{self, TextError},
};

/// What a campaign or a pack is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferName(String);

impl OfferName {
    /// The most characters of a name.
    pub const MAX_CHARS: usize = 80;

    /// Takes outside text.
    ///
    /// # Errors
    ///
    /// [`TextError`] names the rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        text::name(text, Self::MAX_CHARS).map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a campaign gives its coupons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignMode {
    /// Whoever asks is answered at once.
    Direct,
    /// Whoever asks gets a place in a line, which is served in its order.
    Queue,
}

impl CampaignMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Direct, Self::Queue];

    /// The mode's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Queue => "queue",
        }
    }

    /// The mode of a word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|mode| mode.name() == name);
        known.ok_or(UnknownWord { allowed: "direct, queue" })
    }
}

/// What a campaign offers, and to how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignTerms {
    /// What it is called.
    pub name: OfferName,
    /// How many coupons it has.
    pub total: i64,
    /// When it opens.
    pub opens_at: DateTime<Utc>,
    /// What a coupon takes off.
    pub discount: Discount,
    /// The least that an order must come to.
    pub minimum_order: i64,
    /// For how many days a coupon is good.
    pub valid_days: i64,
    /// How it gives its coupons.
    pub mode: CampaignMode,
}

impl CampaignTerms {
    /// The most coupons of a campaign.
    pub const MOST: i64 = 1_000_000;
    /// The most days that a coupon is good.
    pub const MOST_DAYS: i64 = 365;

    /// A number of coupons.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 1 to [`MOST`](Self::MOST).
    pub fn total(number: i64) -> Result<i64, OutOfBounds> {
        within(number, 1, Self::MOST)
    }

    /// The least that an order must come to.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 0 to [`Discount::MOST_FIXED`].
    pub fn minimum_order(amount: i64) -> Result<i64, OutOfBounds> {
        within(amount, 0, Discount::MOST_FIXED)
    }

    /// A number of days.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 1 to [`MOST_DAYS`](Self::MOST_DAYS).
    pub fn valid_days(days: i64) -> Result<i64, OutOfBounds> {
        within(days, 1, Self::MOST_DAYS)
    }
}

/// Why a campaign gives a member no coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// There is no such campaign.
    #[error("there is no such campaign")]
    NoCampaign,
    /// The member has had one, be it used or taken back.
    #[error("you have had a coupon of this campaign: there is one for each member")]
    AlreadyIssued,
    /// It is too early.
    #[error("the campaign opens at {opens_at}")]
    NotOpen {
        /// When it opens.
        opens_at: DateTime<Utc>,
    },
    /// None is left.
    #[error("all coupons of this campaign are given away")]
    SoldOut,
}

/// All that a campaign is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignParts {
    /// Its id.
    pub id: CampaignId,
    /// What it offers.
    pub terms: CampaignTerms,
    /// How many of its coupons are out, those that were taken back not counted.
    pub issued: i64,
    /// The highest number that it has given.
    pub last_number: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How often it was written.
    pub version: i64,
}

/// Coupons that are given to who comes first, one to each member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign(CampaignParts);

impl Campaign {
    /// One that is new.
    #[must_use]
    pub fn new(id: CampaignId, terms: CampaignTerms, now: DateTime<Utc>) -> Self {
        Self(CampaignParts { id, terms, issued: 0, last_number: 0, created_at: now, version: 1 })
    }

    /// One that a row holds.
    #[must_use]
    pub fn restore(parts: CampaignParts) -> Self {
        Self(parts)
    }

    /// All that it is.
    #[must_use]
    pub fn parts(&self) -> &CampaignParts {
        &self.0
    }

    /// As it is once it is written.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.0.version += 1;
        self
    }

    /// How many coupons are left.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.0.terms.total - self.0.issued
    }

    /// Whether somebody who comes now may get one.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.0.terms.opens_at <= now && self.remaining() > 0
    }

    /// The campaign with one coupon less, and that coupon. Its number is one above the highest that
    /// was ever given.
    ///
    /// # Errors
    ///
    /// [`ClaimRefusal`], the reason that concerns the member first.
    pub fn claim(
        &self,
        has_had_one: bool,
        id: CouponId,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<(Self, Coupon), ClaimRefusal> {
        let CampaignParts { terms, issued, last_number, .. } = &self.0;
        if has_had_one {
            return Err(ClaimRefusal::AlreadyIssued);
        }
        if terms.opens_at > now {
            return Err(ClaimRefusal::NotOpen { opens_at: terms.opens_at });
        }
        if self.remaining() <= 0 {
            return Err(ClaimRefusal::SoldOut);
        }
        let number = last_number + 1;
        let coupon = Coupon::restore(CouponParts {
            id,
            campaign: self.0.id,
            member,
            number,
            discount: terms.discount,
            minimum_order: terms.minimum_order,
            state: CouponState::Issued,
            issued_at: now,
            expires_at: now + TimeDelta::days(terms.valid_days),
            version: 1,
        });
        let campaign = CampaignParts { issued: issued + 1, last_number: number, ..self.0.clone() };
        Ok((Self(campaign), coupon))
    }

    /// The same with one coupon more, because one was taken back.
    #[must_use]
    pub fn with_one_back(&self) -> Self {
        Self(CampaignParts { issued: self.0.issued - 1, ..self.0.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Off;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn campaign(total: i64) -> Campaign {
        let terms = CampaignTerms {
            name: OfferName::parse("개업 기념").unwrap(),
            total,
            opens_at: at(10),
            discount: Discount::new(Off::Fixed(1_000)).unwrap(),
            minimum_order: 5_000,
            valid_days: 30,
            mode: CampaignMode::Direct,
        };
        Campaign::new(CampaignId::from_bits(1), terms, at(0))
    }

    fn claim(campaign: &Campaign, now: i64) -> Result<(Campaign, Coupon), ClaimRefusal> {
        let (coupon, member) = (CouponId::from_bits(7), MemberId::from_bits(8));
        campaign.claim(false, coupon, member, at(now))
    }

    #[test]
    fn numbers_rise_and_are_never_given_twice() {
        let (one, first) = claim(&campaign(2), 10).unwrap();
        let (two, second) = claim(&one, 11).unwrap();
        assert_eq!((first.parts().number, second.parts().number), (1, 2));
        assert_eq!(claim(&two, 12).map(drop), Err(ClaimRefusal::SoldOut));

        let back = two.with_one_back();
        assert_eq!(back.remaining(), 1);
        let (full, third) = claim(&back, 13).unwrap();
        assert_eq!((third.parts().number, full.remaining()), (3, 0));
        assert_eq!(third.parts().expires_at, at(13) + TimeDelta::days(30));
    }

    #[test]
    fn who_has_had_one_hears_that_first_then_whether_it_is_open() {
        let (full, _) = claim(&campaign(1), 10).unwrap();
        let again = |now| full.claim(true, CouponId::from_bits(7), MemberId::from_bits(8), at(now));
        assert_eq!(again(0).map(drop), Err(ClaimRefusal::AlreadyIssued));
        assert_eq!(again(20).map(drop), Err(ClaimRefusal::AlreadyIssued));
        assert_eq!(claim(&full, 9).map(drop), Err(ClaimRefusal::NotOpen { opens_at: at(10) }));
        assert_eq!(claim(&full, 10).map(drop), Err(ClaimRefusal::SoldOut));
        assert!(
            campaign(1).is_open(at(10)) && !campaign(1).is_open(at(9)) && !full.is_open(at(10))
        );
    }
}
