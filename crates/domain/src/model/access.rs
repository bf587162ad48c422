use std::fmt;

use chrono::{DateTime, Utc};

use super::{
    KeyId, MemberId, Scopes, SessionId, UnknownWord,
    text::{self, TextError},
};

/// What a member is called on this machine, by who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberName(String);

impl MemberName {
    /// The name of somebody who registered: their id, which nobody else has.
    #[must_use]
    pub fn of(member: MemberId) -> Self {
        Self(member.to_string())
    }

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

/// What a key is called by who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
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

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// What concerns the member's own things.
    Member,
    /// That, and to look after the studio.
    Admin,
}

impl Role {
    /// The role's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        match name {
            "member" => Ok(Self::Member),
            "admin" => Ok(Self::Admin),
            _ => Err(UnknownWord { allowed: "member, admin" }),
        }
    }
}

/// Somebody who owns projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// What they are called on this machine, which is theirs alone.
    pub name: MemberName,
    /// When they joined.
    pub joined_at: DateTime<Utc>,
}

/// The SHA-256 of a secret that was handed out; the secret itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// A hash that was just computed or read from a row.
    #[must_use]
    pub fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

/// A key that opens the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Whose it is.
    pub member: MemberId,
    /// What it allows.
    pub role: Role,
    /// What of that it is for.
    pub scopes: Scopes,
    /// What it is recognised by.
    pub hash: SecretHash,
    /// What it is called, if it has a name.
    pub name: Option<KeyName>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it opens nothing any more, if ever.
    pub expires_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it opens nothing any more.
    #[must_use]
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// A browser that is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who is logged in.
    pub member: MemberId,
    /// What it allows.
    pub role: Role,
    /// What it is recognised by.
    pub hash: SecretHash,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

/// What somebody came in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pass {
    /// A key.
    Key(KeyId),
    /// A browser that is logged in.
    Session(SessionId),
    /// Nothing: they run the program, or it asks nobody for a key.
    Program,
}

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The member.
    pub member: MemberId,
    /// What they may do here.
    pub role: Role,
    /// What they came in with.
    pub pass: Pass,
    /// What of their role that is for.
    pub scopes: Scopes,
    /// When it opens nothing any more, if ever.
    pub until: Option<DateTime<Utc>>,
}

impl Caller {
    /// Whoever runs the program, as that member.
    #[must_use]
    pub fn of_the_program(member: MemberId, role: Role) -> Self {
        Self { member, role, pass: Pass::Program, scopes: Scopes::EVERYTHING, until: None }
    }

    /// Whether they came with a key that is for less than all that its role allows, or not for ever.
    #[must_use]
    pub fn has_limited_key(&self) -> bool {
        let limited = self.scopes != Scopes::EVERYTHING || self.until.is_some();
        matches!(self.pass, Pass::Key(_)) && limited
    }
}

impl From<&ApiKey> for Caller {
    fn from(key: &ApiKey) -> Self {
        let ApiKey { id, member, role, scopes, expires_at, .. } = *key;
        Self { member, role, pass: Pass::Key(id), scopes, until: expires_at }
    }
}

impl From<&Session> for Caller {
    fn from(session: &Session) -> Self {
        let Session { id, member, role, ends_at, .. } = *session;
        let (pass, scopes) = (Pass::Session(id), Scopes::EVERYTHING);
        Self { member, role, pass, scopes, until: Some(ends_at) }
    }
}
