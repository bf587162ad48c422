use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{MemberId, UnknownWord};

/// How often the settings were changed; whoever has read a later version than is cached reads again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingsVersion(pub i64);

impl SettingsVersion {
    /// The version after one more change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What an admin may change while the program runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// How often they were changed.
    pub version: SettingsVersion,
    /// The limits of points.
    pub points: PointLimits,
}

/// The limits of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointLimits {
    /// The most that is given at once, but for a charge.
    pub most_at_once: i64,
    /// The least that is charged at once; a charge is a multiple of it.
    pub charge_step: i64,
    /// The most that is charged at once.
    pub most_charged: i64,
    /// The most that a member may have.
    pub most_balance: i64,
    /// For how long points are good if nothing is said.
    pub lifetime: TimeDelta,
    /// The shortest time for which points are good.
    pub least_lifetime: TimeDelta,
    /// The longest.
    pub most_lifetime: TimeDelta,
    /// How long before points are lost their member is told, where the member wants to be.
    pub notice: TimeDelta,
}

impl Default for PointLimits {
    fn default() -> Self {
        Self {
            most_at_once: 100_000,
            charge_step: 1_000,
            most_charged: 1_000_000,
            most_balance: 10_000_000,
            lifetime: TimeDelta::days(365),
            least_lifetime: TimeDelta::days(1),
            most_lifetime: TimeDelta::days(LONGEST_DAYS),
            notice: TimeDelta::days(7),
        }
    }
}

/// Points are good for less than five years.
const LONGEST_DAYS: i64 = 1_824;
/// The greatest amount that every reader of JSON takes as it is.
const MOST: i64 = (1 << 53) - 1;

/// A setting as a number: how it stands in the settings, and the bounds that it has by itself.
trait Unit {
    type Held;
    const MOST: i64;
    fn number(held: &Self::Held) -> i64;
    fn held(number: i64) -> Self::Held;
}

/// Whole points.
enum Amount {}

impl Unit for Amount {
    type Held = i64;
    const MOST: i64 = MOST;

    fn number(held: &i64) -> i64 {
        *held
    }

    fn held(number: i64) -> i64 {
        number
    }
}

/// Whole days.
enum Days {}

impl Unit for Days {
    type Held = TimeDelta;
    const MOST: i64 = LONGEST_DAYS;

    fn number(held: &TimeDelta) -> i64 {
        held.num_days()
    }

    fn held(number: i64) -> TimeDelta {
        TimeDelta::days(number)
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $unit:ident in $($field:ident).+;)+) => {
        /// The name of a setting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SettingKey { $($(#[$doc])* $name,)+ }

        impl SettingKey {
            /// Every key.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The key's word.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            fn most(self) -> i64 {
                match self { $(Self::$name => <$unit as Unit>::MOST,)+ }
            }
        }

        impl Settings {
            /// The value of a key.
            #[must_use]
            pub fn value(&self, key: SettingKey) -> i64 {
                match key { $(SettingKey::$name => <$unit as Unit>::number(&self.$($field).+),)+ }
            }

            fn put(&mut self, key: SettingKey, value: i64) {
                match key { $(SettingKey::$name => self.$($field).+ = <$unit as Unit>::held(value),)+ }
            }
        }
    };
}

// A new setting is a line here, a field above with what it is at first, and a rule below if it has
// to fit another.
keys! {
    /// The most that is given at once, but for a charge.
    MaxAccumulation = "max_accumulation", Amount in points.most_at_once;
    /// The least that is charged at once; a charge is a multiple of it.
    ChargeStep = "charge_step", Amount in points.charge_step;
    /// The most that is charged at once.
    MaxCharge = "max_charge", Amount in points.most_charged;
    /// The most that a member may have.
    MaxBalance = "max_balance", Amount in points.most_balance;
    /// For how many days points are good if nothing is said.
    DefaultExpirationDays = "default_expiration_days", Days in points.lifetime;
    /// The fewest days for which points are good.
    MinExpirationDays = "min_expiration_days", Days in points.least_lifetime;
    /// The most days.
    MaxExpirationDays = "max_expiration_days", Days in points.most_lifetime;
    /// How many days before points are lost their member is told by mail.
    ExpiryNoticeDays = "expiry_notice_days", Days in points.notice;
}

impl FromStr for SettingKey {
    type Err = UnknownWord;

    fn from_str(name: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.iter().copied().find(|key| key.name() == name);
        found.ok_or(UnknownWord { allowed: "the keys of the settings" })
    }
}

/// Why a setting cannot have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingFault {
    /// The key does not allow it, whatever the others are.
    #[error("it must be a whole number from 1 to {most}")]
    OutOfRange {
        /// The greatest that is allowed.
        most: i64,
    },
    /// Nothing could be charged.
    #[error("charge_step ({step}) must not be more than max_charge ({most})")]
    StepAboveCharge {
        /// What the step would be.
        step: i64,
        /// What the most would be.
        most: i64,
    },
    /// The three lifetimes would not be in order.
    #[error(
        "min_expiration_days ({least}) < default_expiration_days ({default}) < \
         max_expiration_days ({most}) must hold"
    )]
    Lifetimes {
        /// What the shortest would be.
        least: i64,
        /// What is taken if nothing is said.
        default: i64,
        /// What the longest would be.
        most: i64,
    },
}

impl Settings {
    /// The settings of rows, with what was never set as it is at first.
    ///
    /// # Errors
    ///
    /// [`SettingFault`] if they break a rule: no change made them so.
    pub fn restore(
        version: SettingsVersion,
        values: impl IntoIterator<Item = (SettingKey, i64)>,
    ) -> Result<Self, SettingFault> {
        let mut settings = Self { version, ..Self::default() };
        for (key, value) in values {
            in_range(key, value)?;
            settings.put(key, value);
        }
        settings.checked()
    }

    /// The next settings, in which the key has another value.
    ///
    /// # Errors
    ///
    /// [`SettingFault`] if it cannot have that value beside the others.
    pub fn with(&self, key: SettingKey, value: i64) -> Result<Self, SettingFault> {
        in_range(key, value)?;
        let mut settings = Self { version: self.version.next(), ..self.clone() };
        settings.put(key, value);
        settings.checked()
    }

    fn checked(self) -> Result<Self, SettingFault> {
        use SettingKey::{
            ChargeStep, DefaultExpirationDays, MaxCharge, MaxExpirationDays, MinExpirationDays,
        };
        let (step, most) = (self.value(ChargeStep), self.value(MaxCharge));
        if step > most {
            return Err(SettingFault::StepAboveCharge { step, most });
        }
        let (least, default) = (self.value(MinExpirationDays), self.value(DefaultExpirationDays));
        let most = self.value(MaxExpirationDays);
        if least < default && default < most {
            Ok(self)
        } else {
            Err(SettingFault::Lifetimes { least, default, most })
        }
    }
}

fn in_range(key: SettingKey, value: i64) -> Result<(), SettingFault> {
    let most = key.most();
    if (1..=most).contains(&value) { Ok(()) } else { Err(SettingFault::OutOfRange { most }) }
}

/// A change of a setting, as its history tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// What was changed.
    pub key: SettingKey,
    /// What it was.
    pub old: i64,
    /// What it is since.
    pub new: i64,
    /// Who changed it.
    pub by: MemberId,
    /// When.
    pub at: DateTime<Utc>,
    /// The version that the change made.
    pub version: SettingsVersion,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(changes: &[(SettingKey, i64)]) -> Result<Settings, SettingFault> {
        changes
            .iter()
            .try_fold(Settings::default(), |settings, &(key, value)| settings.with(key, value))
    }

    #[test]
    fn every_key_is_read_as_it_was_set_and_touches_no_other() {
        for &key in SettingKey::ALL {
            assert_eq!(key.name().parse(), Ok(key));
            let first = Settings::default();
            let value = first.value(key) - i64::from(key == SettingKey::MaxExpirationDays);
            let value = if value == 1 { 2 } else { value };
            let next = first.with(key, value).unwrap();
            assert_eq!(next.value(key), value, "{key:?}");
            for &other in SettingKey::ALL.iter().filter(|other| **other != key) {
                assert_eq!(next.value(other), first.value(other), "{key:?} and {other:?}");
            }
        }
        assert!("MAX_BALANCE".parse::<SettingKey>().is_err());
    }

    #[test]
    fn a_value_keeps_to_the_bounds_of_its_key() {
        for &key in SettingKey::ALL {
            for value in [i64::MIN, -1, 0, key.most() + 1, i64::MAX] {
                let refused = Settings::default().with(key, value);
                assert_eq!(refused, Err(SettingFault::OutOfRange { most: key.most() }), "{key:?}");
            }
        }
        assert!(changed(&[(SettingKey::MaxBalance, MOST)]).is_ok());
        assert!(changed(&[(SettingKey::MaxBalance, 1)]).is_ok());
    }

    #[test]
    fn lifetimes_stay_in_order() {
        use SettingKey::{DefaultExpirationDays, MaxExpirationDays, MinExpirationDays};
        for (good, changes) in [
            (true, [(MinExpirationDays, 364), (MaxExpirationDays, 366)]),
            (false, [(MinExpirationDays, 365), (MaxExpirationDays, 366)]),
            (false, [(MinExpirationDays, 364), (MaxExpirationDays, 365)]),
            (false, [(MinExpirationDays, 1), (DefaultExpirationDays, 1_824)]),
            (true, [(MinExpirationDays, 1), (DefaultExpirationDays, 1_823)]),
        ] {
            let told = changed(&changes);
            assert_eq!(told.is_ok(), good, "{changes:?}: {told:?}");
        }
    }

    #[test]
    fn something_can_always_be_charged() {
        use SettingKey::{ChargeStep, MaxCharge};
        assert!(changed(&[(ChargeStep, 1_000_000)]).is_ok());
        let refused = changed(&[(MaxCharge, 5_000), (ChargeStep, 5_001)]);
        assert_eq!(refused, Err(SettingFault::StepAboveCharge { step: 5_001, most: 5_000 }));
    }

    #[test]
    fn every_change_makes_a_version_and_rows_make_the_same_settings() {
        let changes = [(SettingKey::MaxBalance, 5), (SettingKey::ChargeStep, 7)];
        let settings = changed(&changes).unwrap();
        assert_eq!(settings.version, SettingsVersion(2));
        assert_eq!(Settings::restore(SettingsVersion(2), changes), Ok(settings));
        let broken = [(SettingKey::MaxExpirationDays, 9_999)];
        assert!(Settings::restore(SettingsVersion(1), broken).is_err());
    }
}
