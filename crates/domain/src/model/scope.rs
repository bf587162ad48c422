use std::{fmt, str::FromStr};

use super::UnknownWord;

/// What a key may be for. Each route is for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// To look at what is the member's, or there for all.
    Read,
    /// To have ads made: projects, pictures, words, songs, videos.
    Produce,
    /// To spend: points, coupons, orders, slots.
    Points,
    /// To look after the account: profile, keys, webhooks.
    Account,
    /// What only admins do.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::Produce, Self::Points, Self::Account, Self::Admin];

    /// The scope's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Produce => "produce",
            Self::Points => "points",
            Self::Account => "account",
            Self::Admin => "admin",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Produce => 2,
            Self::Points => 4,
            Self::Account => 8,
            Self::Admin => 16,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|scope| scope.name() == word);
        found.ok_or(UnknownWord { allowed: "read, produce, points, account, admin" })
    }
}

/// What a key is for: some scopes, or everything that its role allows.
///
/// # Examples
///
/// ```
/// use castad_domain::model::{Scope, Scopes};
///
/// let some = Scopes::of([Scope::Read, Scope::Produce]).expect("two are named");
/// assert!(some.has(Scope::Read) && !some.has(Scope::Admin));
/// assert_eq!(some.to_string(), "read produce");
/// assert_eq!(Scopes::of([]), None);
/// assert!(some.within(Scopes::EVERYTHING) && !Scopes::EVERYTHING.within(some));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Everything that a role allows, also what comes to be a scope one day.
    pub const EVERYTHING: Self = Self(u8::MAX);

    /// The scopes that are named; `None` if none is.
    #[must_use]
    pub fn of(named: impl IntoIterator<Item = Scope>) -> Option<Self> {
        let bits = named.into_iter().fold(0, |bits, scope| bits | scope.bit());
        (bits != 0).then_some(Self(bits))
    }

    /// The scopes of stored words, with a space between them. A word that only another release knows
    /// opens nothing here.
    #[must_use]
    pub fn restore(words: &str) -> Self {
        let known = words.split(' ').filter_map(|word| word.parse::<Scope>().ok());
        Self::of(known).unwrap_or(Self(0))
    }

    /// Whether it is among them.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether none of them goes beyond the others.
    #[must_use]
    pub fn within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Those that are named; `None` where it is everything.
    #[must_use]
    pub fn named(self) -> Option<Vec<Scope>> {
        let named = || Scope::ALL.into_iter().filter(|scope| self.has(*scope)).collect();
        (self != Self::EVERYTHING).then(named)
    }
}

/// The words with a space between them.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(named) = self.named() else { return f.write_str("everything") };
        let words: Vec<_> = named.into_iter().map(Scope::name).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_word_of_its_own() {
        for scope in Scope::ALL {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for word in ["", "Read", "write", "read "] {
            assert!(word.parse::<Scope>().is_err(), "{word}");
        }
    }

    #[test]
    fn scopes_read_back_from_their_words_in_any_order() {
        let some = Scopes::of([Scope::Points, Scope::Read, Scope::Read]).unwrap();
        assert_eq!(some.named(), Some(vec![Scope::Read, Scope::Points]));
        assert_eq!(Scopes::restore(&some.to_string()), some);
        assert_eq!(Scopes::restore("points read"), some);
    }

    #[test]
    fn what_another_release_knows_opens_nothing() {
        assert_eq!(Scopes::restore("read billing"), Scopes::of([Scope::Read]).unwrap());
        let nothing = Scopes::restore("billing");
        assert!(Scope::ALL.into_iter().all(|scope| !nothing.has(scope)));
    }

    #[test]
    fn all_that_have_a_name_are_not_everything() {
        let named = Scopes::of(Scope::ALL).unwrap();
        assert!(named.within(Scopes::EVERYTHING) && !Scopes::EVERYTHING.within(named));
        assert_eq!(
            (named.named().map(|all| all.len()), Scopes::EVERYTHING.named()),
            (Some(5), None)
        );
        assert!(Scope::ALL.into_iter().all(|scope| Scopes::EVERYTHING.has(scope)));
    }
}
