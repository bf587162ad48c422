use std::fmt;

use chrono::{DateTime, Utc};
use unicode_normalization::UnicodeNormalization;

use super::{
    Language, Member, MemberId, NewsKind,
    text::{self, TextError},
};

/// What somebody is called on the page; others may be called the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// The most characters of a name.
    pub const MAX_CHARS: usize = 50;

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

/// Why a text is no address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// More characters than an address may have.
    #[error("it has {found} characters, at most {most} are allowed")]
    TooLong {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// It does not look like one.
    #[error("it must look like name@example.com, in letters without accents")]
    Malformed,
}

/// An address that mail can be sent to. Addresses that differ in the case of letters are one.
///
/// ```
/// use castad_domain::model::Email;
///
/// let email = Email::parse(" Daon@Example.COM ")?;
/// assert_eq!((email.as_str(), email.key()), ("Daon@Example.COM", "daon@example.com".to_owned()));
/// assert!(Email::parse("daon@localhost").is_err());
/// # Ok::<(), castad_domain::model::EmailError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Email(String);

impl Email {
    /// The most characters of an address.
    pub const MAX_CHARS: usize = 254;

    /// Takes outside text.
    ///
    /// # Errors
    ///
    /// [`EmailError`] if it is no address.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (found, most) = (text.chars().count(), Self::MAX_CHARS);
        if found > most {
            return Err(EmailError::TooLong { found, most });
        }
        let (name, host) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        if is_local_part(name) && is_host(host) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EmailError::Malformed)
        }
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is compared by.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Email {}

fn is_local_part(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    let word = |word: &str| !word.is_empty() && word.bytes().all(plain);
    text.len() <= 64 && text.split('.').all(word)
}

fn is_host(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label)
}

/// Why a password cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has {found} characters, from {least} to {most} are allowed")]
pub struct PasswordLength {
    /// How many there are.
    pub found: usize,
    /// How few there may be.
    pub least: usize,
    /// How many there may be.
    pub most: usize,
}

/// A password as somebody typed it, in composed form: it is the same from every keyboard.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 8;
    /// The most characters.
    pub const MAX_CHARS: usize = 100;

    /// Takes outside text.
    ///
    /// # Errors
    ///
    /// [`PasswordLength`] if it is too short or too long.
    pub fn parse(text: &str) -> Result<Self, PasswordLength> {
        let composed: String = text.nfc().collect();
        let (least, most) = (Self::MIN_CHARS, Self::MAX_CHARS);
        let found = composed.chars().count();
        if (least..=most).contains(&found) {
            Ok(Self(composed))
        } else {
            Err(PasswordLength { found, least, most })
        }
    }

    /// Some password, that is nobody's in particular.
    pub(crate) fn any() -> Self {
        Self("-".repeat(Self::MIN_CHARS))
    }

    /// Its bytes, for whoever hashes them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// What a password is recognised by, with all that was chosen for it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash that was just computed or read from a row.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// What a member logs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The address.
    pub email: Email,
    /// The password's hash.
    pub password: PasswordHash,
}

/// What a member wants to be told by mail: nothing, unless they ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notify {
    /// That a video is finished.
    pub finished: bool,
    /// That a stage failed.
    pub failed: bool,
    /// That points are about to expire.
    pub expiring: bool,
}

/// What is known of a member beside the name on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who it is about.
    pub member: MemberId,
    /// What they are called.
    pub name: PersonName,
    /// What they log in with; who was not registered has nothing.
    pub credentials: Option<Credentials>,
    /// In which language they are written to.
    pub language: Language,
    /// What they want to be told.
    pub notify: Notify,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
    /// How often it was written; what nobody wrote has none.
    pub version: i64,
}

impl Profile {
    /// The profile of a member who never said anything.
    #[must_use]
    pub fn unsaid(member: &Member) -> Self {
        Self {
            member: member.id,
            name: PersonName(member.name.as_str().to_owned()),
            credentials: None,
            language: Language::Korean,
            notify: Notify::default(),
            changed_at: member.joined_at,
            version: 0,
        }
    }

    /// Where the member is told such news by mail; `None` where there is no address, or the member does
    /// not want to be.
    #[must_use]
    pub fn address_for(&self, kind: NewsKind) -> Option<&Email> {
        let credentials = self.credentials.as_ref().filter(|_| self.notify.wants(kind))?;
        Some(&credentials.email)
    }

    /// The same with what somebody wants changed.
    #[must_use]
    pub fn changed(&self, change: &ProfileChange, at: DateTime<Utc>) -> Self {
        let ProfileChange { name, language, finished, failed, expiring } = change;
        Self {
            name: name.clone().unwrap_or_else(|| self.name.clone()),
            language: language.unwrap_or(self.language),
            notify: Notify {
                finished: finished.unwrap_or(self.notify.finished),
                failed: failed.unwrap_or(self.notify.failed),
                expiring: expiring.unwrap_or(self.notify.expiring),
            },
            changed_at: at,
            ..self.clone()
        }
    }
}

/// What changes of a profile; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Another name.
    pub name: Option<PersonName>,
    /// Another language.
    pub language: Option<Language>,
    /// Whether to be told that a video is finished.
    pub finished: Option<bool>,
    /// Whether to be told that a stage failed.
    pub failed: Option<bool>,
    /// Whether to be told that points are about to expire.
    pub expiring: Option<bool>,
}

/// A member with what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The member.
    pub member: Member,
    /// What is known.
    pub profile: Profile,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        for good in ["a@b.kr", "first.last+tag@sub.example.com", "o'neil_1@ex-ample.co", &long] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        let too_long_name = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@b.kr",
            "a@",
            "a@b",
            "a@b.",
            "a@.kr",
            "a b@c.kr",
            "a@b@c.kr",
            "a..b@c.kr",
            ".a@c.kr",
            "a@-b.kr",
            "a@b-.kr",
            "a@b_c.kr",
            "가@b.kr",
            "a@다온.kr",
            "a\u{0}@b.kr",
            "a@b.kr\r\nBcc: c@d.kr",
            "\"a\"@b.kr",
            "<a@b.kr>",
            "é@b.kr",
            &too_long_name,
        ] {
            assert_eq!(Email::parse(bad), Err(EmailError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn an_address_has_at_most_254_characters() {
        let of = |length: usize| {
            let rest = length - 61 - 3 * 63;
            let host = ["b".repeat(62), "c".repeat(62), "d".repeat(62), "e".repeat(rest)].join(".");
            format!("{}@{host}", "a".repeat(60))
        };
        assert_eq!(of(254).len(), 254);
        assert!(Email::parse(&of(254)).is_ok());
        assert_eq!(Email::parse(&of(255)), Err(EmailError::TooLong { found: 255, most: 254 }));
        let korean = Email::parse(&"가".repeat(255));
        assert_eq!(korean, Err(EmailError::TooLong { found: 255, most: 254 }));
    }

    #[test]
    fn addresses_that_differ_in_case_are_one() {
        assert_eq!(Email::parse("Daon@Example.com"), Email::parse("daon@eXample.COM"));
        assert_ne!(Email::parse("daon@example.com"), Email::parse("daon@example.co"));
    }

    #[test]
    fn a_password_is_counted_in_letters_and_is_the_same_from_every_keyboard() {
        assert!(Password::parse("1234567").is_err());
        assert!(Password::parse("12345678").is_ok());
        assert!(Password::parse(&"가".repeat(100)).is_ok());
        let refused = Password::parse(&"가".repeat(101)).map(drop);
        assert_eq!(refused, Err(PasswordLength { found: 101, least: 8, most: 100 }));
        let decomposed: String = "비밀번호비밀번호".nfd().collect();
        let (typed, pasted) = (Password::parse(&decomposed), Password::parse("비밀번호비밀번호"));
        assert_eq!(typed.unwrap().as_bytes(), pasted.unwrap().as_bytes());
    }

    #[test]
    fn a_hash_is_not_shown() {
        assert!(!format!("{:?}", PasswordHash::new("$argon2id$secret")).contains("secret"));
    }
}
