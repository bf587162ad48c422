use castad_domain::model::Email;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{Allowance, Place, meter::Meter};

/// How many times as many wrong passwords an account takes from all places together.
const FROM_EVERYWHERE: u32 = 10;

/// Whose password is tried: an address as it was sent, whether or not anybody has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Account([u8; 32]);

impl Account {
    /// The account of an address; all spellings of an address are one.
    #[must_use]
    pub fn of(sent: &str) -> Self {
        let key = Email::parse(sent).map_or_else(|_| sent.to_owned(), |email| email.key());
        Self(Sha256::digest(key).into())
    }
}

/// Wrong passwords, by account and by whence they came.
///
/// An account takes so many from one place, and ten times as many from all. Whoever uses those up
/// does not lock its owner out: a place from which nobody tried the account yet has one attempt then.
pub(super) struct Guesses {
    from_a_place: Meter<(Account, Place)>,
    from_everywhere: Meter<Account>,
    after_that: Meter<(Account, Place)>,
}

/// An attempt that counts as a wrong one until it turns out otherwise.
pub struct Attempt<'a> {
    of: &'a Guesses,
    account: Account,
    place: Place,
    everywhere: bool,
}

impl Guesses {
    pub(super) fn new(wrong: Allowance, most: usize) -> Self {
        Self {
            from_a_place: Meter::new(wrong, most),
            from_everywhere: Meter::new(wrong.times(FROM_EVERYWHERE), most),
            after_that: Meter::new(wrong.but_one(), most),
        }
    }

    pub(super) fn guess(
        &self,
        account: Account,
        place: Place,
        now: DateTime<Utc>,
    ) -> Result<Attempt<'_>, TimeDelta> {
        self.from_a_place.take((account, place), now).allowed()?;
        // Whoever tries a first time has not used that up, whatever others did.
        let first = self.after_that.take((account, place), now);
        let everywhere = self.from_everywhere.take(account, now);
        if !everywhere.admitted && !first.admitted {
            self.from_a_place.give_back((account, place));
            return Err(first.again_in.min(everywhere.again_in));
        }
        Ok(Attempt { of: self, account, place, everywhere: everywhere.admitted })
    }
}

impl Attempt<'_> {
    /// The password was right: what was tried before from there is forgiven.
    pub fn was_right(self) {
        self.of.from_a_place.forgive(&(self.account, self.place));
        self.was_not_one();
    }

    /// The password was not looked at.
    pub fn was_not_one(self) {
        self.of.from_a_place.give_back((self.account, self.place));
        self.of.after_that.forgive(&(self.account, self.place));
        if self.everywhere {
            self.of.from_everywhere.give_back(self.account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn guesses() -> Guesses {
        Guesses::new(Allowance::new(3, 900).unwrap(), 10_000)
    }

    fn place(n: u8) -> Place {
        Place::of([192, 0, 2, n].into())
    }

    #[test]
    fn all_spellings_of_an_address_are_one_account() {
        assert_eq!(Account::of("Daon@Example.com"), Account::of("daon@example.com"));
        assert_ne!(Account::of("daon@example.com"), Account::of("nobody@example.com"));
        assert_ne!(Account::of("no address"), Account::of("No address"));
    }

    #[test]
    fn a_place_has_so_many_wrong_ones_and_they_come_back() {
        let (guesses, account) = (guesses(), Account::of("daon@example.com"));
        for _ in 0..3 {
            assert!(guesses.guess(account, place(1), NOW).is_ok());
        }
        let wait = guesses.guess(account, place(1), NOW).err();
        assert_eq!(wait, Some(TimeDelta::seconds(300)));
        assert!(guesses.guess(account, place(2), NOW).is_ok(), "another place");
        assert!(guesses.guess(Account::of("a@b.kr"), place(1), NOW).is_ok(), "another account");
        assert!(guesses.guess(account, place(1), NOW + TimeDelta::seconds(300)).is_ok());
    }

    #[test]
    fn right_ones_and_those_that_were_not_looked_at_do_not_count() {
        let (guesses, account) = (guesses(), Account::of("daon@example.com"));
        for _ in 0..100 {
            guesses.guess(account, place(1), NOW).ok().unwrap().was_right();
            guesses.guess(account, place(1), NOW).ok().unwrap().was_not_one();
        }
        for _ in 0..2 {
            assert!(guesses.guess(account, place(1), NOW).is_ok());
        }
        guesses.guess(account, place(1), NOW).ok().unwrap().was_right();
        for _ in 0..3 {
            assert!(guesses.guess(account, place(1), NOW).is_ok(), "what was wrong is forgiven");
        }
    }

    #[test]
    fn a_crowd_of_strangers_is_held_back_and_does_not_lock_the_owner_out() {
        let (guesses, account) = (guesses(), Account::of("daon@example.com"));
        let tries =
            |n: u8| (0..3).filter(|_| guesses.guess(account, place(n), NOW).is_ok()).count();
        let let_in: usize = (0..100).map(tries).sum();
        assert_eq!(let_in, 30 + 90, "three from ten places, and one from each of the others");
        let owner = guesses.guess(account, place(200), NOW);
        owner.ok().unwrap().was_right();
        assert!(guesses.guess(account, place(200), NOW).is_ok(), "as often as they are right");
        assert!(guesses.guess(account, place(200), NOW).is_err(), "and no oftener");
    }
}
