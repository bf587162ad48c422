use chrono::{DateTime, Utc};

use super::{OfferName, OutOfBounds, PackId, coupon::within};

/// What a pack is and costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackTerms {
    /// What it is called.
    pub name: OfferName,
    /// How many points are in it.
    pub points: i64,
    /// What it costs, in won.
    pub price: i64,
    /// How many there are, where they are numbered.
    pub stock: Option<i64>,
    /// Whether many are expected to want it at once.
    pub hot: bool,
}

impl PackTerms {
    /// The most that a pack may cost.
    pub const MOST_PRICE: i64 = 100_000_000;
    /// The most packs that there may be of one kind.
    pub const MOST_STOCK: i64 = 1_000_000_000;
    /// The most points in a pack; what a charge may be is a setting below it.
    pub const MOST_POINTS: i64 = 1_000_000_000;

    /// A number of points.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 1 to [`MOST_POINTS`](Self::MOST_POINTS).
    pub fn points(number: i64) -> Result<i64, OutOfBounds> {
        within(number, 1, Self::MOST_POINTS)
    }

    /// A price.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 1 to [`MOST_PRICE`](Self::MOST_PRICE).
    pub fn price(amount: i64) -> Result<i64, OutOfBounds> {
        within(amount, 1, Self::MOST_PRICE)
    }

    /// A number of packs.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless it is 0 to [`MOST_STOCK`](Self::MOST_STOCK).
    pub fn stock(number: i64) -> Result<i64, OutOfBounds> {
        within(number, 0, Self::MOST_STOCK)
    }
}

/// What changes of a pack; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackChange {
    /// Another name.
    pub name: Option<OfferName>,
    /// Another number of points.
    pub points: Option<i64>,
    /// Another price.
    pub price: Option<i64>,
    /// Another number of packs; `Some(None)` for as many as are wanted.
    pub stock: Option<Option<i64>>,
    /// Whether many are expected to want it at once.
    pub hot: Option<bool>,
}

/// All that a pack is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackParts {
    /// Its id.
    pub id: PackId,
    /// What it is and costs.
    pub terms: PackTerms,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How often it was written.
    pub version: i64,
}

/// Points that are sold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack(PackParts);

impl Pack {
    /// With as few as that left, who orders waits in line instead of trying again.
    pub const FEW: i64 = 10;

    /// One that is new.
    #[must_use]
    pub fn new(id: PackId, terms: PackTerms, now: DateTime<Utc>) -> Self {
        Self(PackParts { id, terms, created_at: now, version: 1 })
    }

    /// One that a row holds.
    #[must_use]
    pub fn restore(parts: PackParts) -> Self {
        Self(parts)
    }

    /// All that it is.
    #[must_use]
    pub fn parts(&self) -> &PackParts {
        &self.0
    }

    /// As it is once it is written.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.0.version += 1;
        self
    }

    /// Whether many want it at once, or few are left.
    #[must_use]
    pub fn is_contended(&self) -> bool {
        self.0.terms.hot || self.0.terms.stock.is_some_and(|stock| stock <= Self::FEW)
    }

    /// The same with so many fewer, and how many were counted off; `None` if there are not as many.
    #[must_use]
    pub fn with_fewer(&self, quantity: i64) -> Option<(Self, i64)> {
        let Some(stock) = self.0.terms.stock else { return Some((self.clone(), 0)) };
        let left = stock.checked_sub(quantity).filter(|left| *left >= 0)?;
        Some((self.with_stock(Some(left)), quantity))
    }

    /// The same with so many more, where they are numbered.
    #[must_use]
    pub fn with_more(&self, quantity: i64) -> Self {
        self.with_stock(self.0.terms.stock.map(|stock| stock.saturating_add(quantity)))
    }

    fn with_stock(&self, stock: Option<i64>) -> Self {
        let terms = PackTerms { stock, ..self.0.terms.clone() };
        Self(PackParts { terms, ..self.0.clone() })
    }

    /// The same on other terms. What was ordered before stays as it was ordered.
    #[must_use]
    pub fn changed(&self, change: PackChange) -> Self {
        let now = &self.0.terms;
        let terms = PackTerms {
            name: change.name.unwrap_or_else(|| now.name.clone()),
            points: change.points.unwrap_or(now.points),
            price: change.price.unwrap_or(now.price),
            stock: change.stock.unwrap_or(now.stock),
            hot: change.hot.unwrap_or(now.hot),
        };
        Self(PackParts { terms, ..self.0.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(stock: Option<i64>, hot: bool) -> Pack {
        let name = OfferName::parse("만 포인트").unwrap();
        let terms = PackTerms { name, points: 10_000, price: 9_900, stock, hot };
        Pack::new(PackId::from_bits(1), terms, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn no_more_are_taken_than_there_are() {
        let (less, taken) = pack(Some(3), false).with_fewer(2).unwrap();
        assert_eq!((less.parts().terms.stock, taken), (Some(1), 2));
        assert_eq!(less.with_fewer(2), None);
        assert_eq!(less.with_more(2).parts().terms.stock, Some(3));
        let (same, taken) = pack(None, false).with_fewer(10).unwrap();
        assert_eq!((same.with_more(10).parts().terms.stock, taken), (None, 0));
    }

    #[test]
    fn few_or_wanted_by_many_is_contended() {
        for (stock, hot, contended) in [
            (None, false, false),
            (None, true, true),
            (Some(11), false, false),
            (Some(10), false, true),
            (Some(11), true, true),
        ] {
            assert_eq!(pack(stock, hot).is_contended(), contended, "{stock:?} {hot}");
        }
    }
}
