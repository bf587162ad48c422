use chrono::{DateTime, NaiveDate, Utc};

use super::{
    ChannelId, Place,
    text::{self, TextError},
};

/// What a channel is called.
///
/// ```
/// # use castad_domain::model::ChannelName;
/// assert_eq!(ChannelName::parse(" 해운대  방송 ").unwrap().as_str(), "해운대 방송");
/// assert!(ChannelName::parse(" ").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelName(String);

impl ChannelName {
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

/// What a channel is to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPlan {
    /// What it is called.
    pub name: ChannelName,
    /// The days on which it broadcasts ads.
    pub dates: Vec<NaiveDate>,
    /// How many slots each day has.
    pub slots: u32,
    /// What a slot costs, in points.
    pub price: i64,
    /// Whether one has to queue before one may book.
    pub queue: bool,
}

/// Why a plan makes no channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No day, or too many.
    #[error("it has {found} dates, 1 to {most} are allowed")]
    Dates {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A day is named more than once.
    #[error("{0} is named twice")]
    DateTwice(NaiveDate),
    /// A day is over.
    #[error("{0} is over")]
    DateOver(NaiveDate),
    /// No slot, or too many a day.
    #[error("a date has {found} slots, 1 to {most} are allowed")]
    Slots {
        /// How many there are.
        found: i64,
        /// How many there may be.
        most: u32,
    },
    /// No price, or one that nobody could pay.
    #[error("a slot costs {found} points, 1 to {most} are allowed")]
    Price {
        /// What it would cost.
        found: i64,
        /// What it may cost.
        most: i64,
    },
}

/// A channel that broadcasts ads, in numbered slots a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// What it is called.
    pub name: ChannelName,
    /// The days on which it broadcasts ads, in order.
    pub dates: Vec<NaiveDate>,
    /// How many slots each day has; they count from 1.
    pub slots: u32,
    /// What a slot costs, in points.
    pub price: i64,
    /// Whether one has to queue before one may book.
    pub queue: bool,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

impl Channel {
    /// The most days of a channel.
    pub const MAX_DATES: usize = 31;
    /// The most slots of a day.
    pub const MAX_SLOTS: u32 = 500;
    /// The highest price of a slot: the most points that a member may have.
    pub const MAX_PRICE: i64 = 10_000_000;

    /// A channel after that plan; `today` is the day that it is where it broadcasts.
    ///
    /// # Errors
    ///
    /// [`PlanError`] names the rule that the plan breaks.
    pub fn open(
        id: ChannelId,
        plan: ChannelPlan,
        (now, today): (DateTime<Utc>, NaiveDate),
    ) -> Result<Self, PlanError> {
        let ChannelPlan { name, mut dates, slots, price, queue } = plan;
        if dates.is_empty() || dates.len() > Self::MAX_DATES {
            return Err(PlanError::Dates { found: dates.len(), most: Self::MAX_DATES });
        }
        dates.sort_unstable();
        if let Some(twice) = dates.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(PlanError::DateTwice(twice[0]));
        }
        if dates[0] < today {
            return Err(PlanError::DateOver(dates[0]));
        }
        let slots = Self::slots_of_a_day(slots.into())?;
        let price = Self::price(price)?;
        Ok(Self { id, name, dates, slots, price, queue, opened_at: now })
    }

    /// That many slots a day.
    ///
    /// # Errors
    ///
    /// [`PlanError::Slots`] if there are none, or too many.
    pub fn slots_of_a_day(found: i64) -> Result<u32, PlanError> {
        let slots = u32::try_from(found).ok().filter(|n| (1..=Self::MAX_SLOTS).contains(n));
        slots.ok_or(PlanError::Slots { found, most: Self::MAX_SLOTS })
    }

    /// That many points a slot.
    ///
    /// # Errors
    ///
    /// [`PlanError::Price`] if it is none, or more than anybody may have.
    pub fn price(found: i64) -> Result<i64, PlanError> {
        let good = (1..=Self::MAX_PRICE).contains(&found);
        good.then_some(found).ok_or(PlanError::Price { found, most: Self::MAX_PRICE })
    }

    /// Every place that it has, in the order of days and numbers.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let of_day = move |&date| {
            (1..=self.slots).map(move |number| Place { channel: self.id, date, number })
        };
        self.dates.iter().flat_map(of_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
    }

    fn plan() -> ChannelPlan {
        let name = ChannelName::parse("해운대 방송").unwrap();
        ChannelPlan { name, dates: vec![day(2), day(1)], slots: 50, price: 5_000, queue: false }
    }

    fn now() -> DateTime<Utc> {
        "2026-05-01T14:59:59Z".parse().unwrap()
    }

    fn open(plan: ChannelPlan) -> Result<Channel, PlanError> {
        Channel::open(ChannelId::from_bits(1), plan, (now(), day(1)))
    }

    #[test]
    fn places_come_by_day_and_number() {
        let channel = open(plan()).unwrap();
        let places: Vec<_> = channel.places().map(|place| (place.date, place.number)).collect();
        assert_eq!(places.len(), 100);
        assert_eq!((places[0], places[49], places[50]), ((day(1), 1), (day(1), 50), (day(2), 1)));
    }

    #[test]
    fn a_plan_that_breaks_a_rule_is_refused_with_the_numbers() {
        let refused = |change: fn(&mut ChannelPlan)| {
            let mut plan = plan();
            change(&mut plan);
            open(plan).unwrap_err()
        };
        assert_eq!(refused(|p| p.dates.clear()), PlanError::Dates { found: 0, most: 31 });
        assert_eq!(refused(|p| p.dates.push(day(1))), PlanError::DateTwice(day(1)));
        let april = NaiveDate::from_ymd_opt(2026, 4, 30).unwrap();
        let yesterday = refused(|p| p.dates.push(day(1).pred_opt().unwrap()));
        assert_eq!(yesterday, PlanError::DateOver(april));
        assert_eq!(refused(|p| p.slots = 0), PlanError::Slots { found: 0, most: 500 });
        assert_eq!(refused(|p| p.slots = 501), PlanError::Slots { found: 501, most: 500 });
        assert_eq!(refused(|p| p.price = 0), PlanError::Price { found: 0, most: 10_000_000 });
        assert!(matches!(refused(|p| p.price = 10_000_001), PlanError::Price { .. }));
        let many = refused(|p| p.dates = day(1).iter_days().take(32).collect());
        assert_eq!(many, PlanError::Dates { found: 32, most: 31 });
    }
}
