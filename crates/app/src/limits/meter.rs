use std::hash::Hash;

use chrono::{DateTime, Utc};

use super::{Allowance, Standing, lately::Lately};

/// What was taken of an allowance, by whom.
pub(super) struct Meter<K> {
    allowance: Allowance,
    /// When everything will have come back, in microseconds.
    back: Lately<K, i64>,
}

impl<K: Hash + Eq> Meter<K> {
    pub(super) fn new(allowance: Allowance, most: usize) -> Self {
        Self { allowance, back: Lately::new(most) }
    }

    pub(super) fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Takes one of somebody's, if they have one.
    pub(super) fn take(&self, key: K, now: DateTime<Utc>) -> Standing {
        self.back.with(key, |back| self.allowance.take(back, now))
    }

    /// Where somebody stands.
    pub(super) fn look(&self, key: K, now: DateTime<Utc>) -> Standing {
        self.back.with(key, |back| self.allowance.look(*back, now))
    }

    /// Gives one back that should not have been taken.
    pub(super) fn give_back(&self, key: K) {
        self.back.with(key, |back| *back -= self.allowance.spacing());
    }

    /// Gives all back.
    pub(super) fn forgive(&self, key: &K) {
        self.back.forget(key);
    }
}
