use castad_domain::model::SecretHash;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Allowance, Place, lately::Lately, meter::Meter};

/// Wrong keys, by whence they came; and the keys that were good lately, which are not held up by who
/// sends wrong ones from the same place.
pub(super) struct Keys {
    wrong: Meter<Place>,
    good: Lately<SecretHash, ()>,
}

/// A key that is looked up. It counts as a wrong one until it turns out otherwise.
pub struct LookUp<'a> {
    of: &'a Keys,
    key: SecretHash,
    place: Place,
    counted: bool,
}

impl Keys {
    pub(super) fn new(wrong: Allowance, most: usize) -> Self {
        Self { wrong: Meter::new(wrong, most), good: Lately::new(most) }
    }

    pub(super) fn look_up(
        &self,
        key: SecretHash,
        place: Place,
        now: DateTime<Utc>,
    ) -> Result<LookUp<'_>, TimeDelta> {
        let counted = !self.good.knows(&key);
        if counted {
            self.wrong.take(place, now).allowed()?;
        }
        Ok(LookUp { of: self, key, place, counted })
    }
}

impl LookUp<'_> {
    /// The key is somebody's.
    pub fn was_good(self) {
        self.of.good.with(self.key, |()| ());
        self.was_not_done();
    }

    /// The key is nobody's.
    pub fn was_wrong(self) {
        self.of.good.forget(&self.key);
    }

    /// Nobody knows.
    pub fn was_not_done(self) {
        if self.counted {
            self.of.wrong.give_back(self.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn who_guesses_keys_is_held_back_and_nobody_else() {
        let keys = Keys::new(Allowance::new(3, 60).unwrap(), 1_000);
        let (here, there) = (Place::of([192, 0, 2, 1].into()), Place::of([192, 0, 2, 2].into()));
        let key = |n: u8| SecretHash::new([n; 32]);
        for _ in 0..10 {
            keys.look_up(key(0), here, NOW).ok().unwrap().was_good();
            keys.look_up(key(9), here, NOW).ok().unwrap().was_not_done();
        }
        for n in 1..=3 {
            keys.look_up(key(n), here, NOW).ok().unwrap().was_wrong();
        }
        assert_eq!(keys.look_up(key(4), here, NOW).err(), Some(TimeDelta::seconds(20)));
        assert!(keys.look_up(key(4), there, NOW).is_ok());
        // Who was known here goes on, until their key is nobody's any more.
        keys.look_up(key(0), here, NOW).ok().unwrap().was_wrong();
        assert!(keys.look_up(key(0), here, NOW).is_err());
    }
}
