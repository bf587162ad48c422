use chrono::{DateTime, TimeDelta, Utc};

use super::{OutOfBounds, Role, Scope, Scopes, coupon::within};

/// How long a key is good, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyLifetime(TimeDelta);

impl KeyLifetime {
    /// The most days.
    pub const MOST_DAYS: i64 = 3_650;

    /// That many days.
    ///
    /// # Errors
    ///
    /// [`OutOfBounds`] unless they are 1 to [`MOST_DAYS`](Self::MOST_DAYS).
    pub fn days(number: i64) -> Result<Self, OutOfBounds> {
        within(number, 1, Self::MOST_DAYS).map(|days| Self(TimeDelta::days(days)))
    }
}

/// What a key allows, for what and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTerms {
    /// What it allows.
    pub role: Role,
    /// What of that it is for.
    pub scopes: Scopes,
    /// How long it is good; for ever if nothing is said.
    pub lifetime: Option<KeyLifetime>,
}

impl KeyTerms {
    /// When a key that is made now expires.
    #[must_use]
    pub fn expires_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.lifetime.map(|KeyLifetime(life)| now + life)
    }

    /// Whether a scope is named that the role has no use for.
    #[must_use]
    pub fn names_in_vain(&self) -> bool {
        let named = self.scopes != Scopes::EVERYTHING;
        self.role == Role::Member && named && self.scopes.has(Scope::Admin)
    }
}

/// Everything that the role allows, for ever.
impl From<Role> for KeyTerms {
    fn from(role: Role) -> Self {
        Self { role, scopes: Scopes::EVERYTHING, lifetime: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_good_for_days_that_can_be_counted() {
        for days in [1, 90, 3_650] {
            let lifetime = Some(KeyLifetime::days(days).unwrap());
            let terms = KeyTerms { lifetime, ..Role::Member.into() };
            let ends = DateTime::UNIX_EPOCH + TimeDelta::days(days);
            assert_eq!(terms.expires_at(DateTime::UNIX_EPOCH), Some(ends));
        }
        for days in [i64::MIN, -1, 0, 3_651, i64::MAX] {
            assert_eq!(KeyLifetime::days(days), Err(OutOfBounds { least: 1, most: 3_650 }));
        }
        assert_eq!(KeyTerms::from(Role::Admin).expires_at(DateTime::UNIX_EPOCH), None);
    }

    #[test]
    fn what_only_admins_do_is_for_their_keys() {
        let admins = Scopes::of([Scope::Read, Scope::Admin]).unwrap();
        let terms = |role| KeyTerms { scopes: admins, ..KeyTerms::from(role) };
        assert!(terms(Role::Member).names_in_vain() && !terms(Role::Admin).names_in_vain());
        assert!(!KeyTerms::from(Role::Member).names_in_vain());
    }
}
