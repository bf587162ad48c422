use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    account::key_action,
    again::{Contended, again},
};
use crate::{
    model::{
        ActionKind, ApiKey, KeyId, KeyTerms, Member, MemberId, MemberName, Role, SecretHash,
        Session, SessionId, TextError,
    },
    port::{Clock, IdSource, Ports, Store, StoreError, StoreErrorKind},
};

/// The name of the member who is there from the first start.
pub const OWNER: &str = "owner";

/// Why no key was issued.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name cannot be taken.
    #[error("the name: {0}")]
    Name(#[from] TextError),
    /// The key would be for what only admins do, and for somebody who is none.
    #[error("the scope admin is for keys of admins")]
    ScopeInVain,
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for KeyError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.kind() == StoreErrorKind::Conflict)
    }
}

/// A key that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedKey {
    /// The key, without its secret.
    pub key: ApiKey,
    /// Whose it is.
    pub member: Member,
    /// Whether the member is new.
    pub joined: bool,
}

/// Issues keys to members by name, and lets a new name join.
#[derive(Clone)]
pub struct IssueKey {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    by: Option<MemberId>,
}

impl IssueKey {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
            by: None,
        }
    }

    /// The same on the order of an admin, which is noted.
    #[must_use]
    pub fn ordered_by(self, admin: MemberId) -> Self {
        Self { by: Some(admin), ..self }
    }

    /// The key by which `hash`'s secret is known from now on.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when none was issued.
    pub async fn run(
        &self,
        name: &str,
        terms: impl Into<KeyTerms> + Send,
        hash: SecretHash,
    ) -> Result<IssuedKey, KeyError> {
        let (name, terms) = (MemberName::parse(name)?, terms.into());
        if terms.names_in_vain() {
            return Err(KeyError::ScopeInVain);
        }
        again(|| self.issue(&name, terms, hash)).await
    }

    /// Who has that name; `None` if nobody does.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the store does not answer.
    pub async fn find(&self, name: &str) -> Result<Option<Member>, KeyError> {
        let name = MemberName::parse(name)?;
        let mut unit = self.store.begin().await?;
        Ok(unit.access().member(&name).await?)
    }

    /// Who has that name; they join if nobody has.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when they could not.
    pub async fn member(&self, name: &str) -> Result<Member, KeyError> {
        let name = MemberName::parse(name)?;
        let mut unit = self.store.begin().await?;
        if let Some(member) = unit.access().member(&name).await? {
            return Ok(member);
        }
        let member = self.newcomer(name);
        unit.access().insert_member(&member).await?;
        unit.commit().await?;
        Ok(member)
    }

    async fn issue(
        &self,
        name: &MemberName,
        terms: KeyTerms,
        hash: SecretHash,
    ) -> Result<IssuedKey, KeyError> {
        let mut unit = self.store.begin().await?;
        let known = unit.access().member(name).await?;
        let joined = known.is_none();
        let member = known.unwrap_or_else(|| self.newcomer(name.clone()));
        let (id, now) = (KeyId::from_bits(self.ids.next()), self.clock.now());
        let key = ApiKey {
            id,
            member: member.id,
            role: terms.role,
            scopes: terms.scopes,
            hash,
            name: None,
            created_at: now,
            expires_at: terms.expires_at(now),
        };

        if joined {
            unit.access().insert_member(&member).await?;
        }
        unit.access().insert_key(&key).await?;
        if let Some(by) = self.by {
            let action = key_action(&by.into(), ActionKind::KeyCreated, &key, now);
            unit.actions().note(&action).await?;
        }
        unit.commit().await?;
        Ok(IssuedKey { key, member, joined })
    }

    fn newcomer(&self, name: MemberName) -> Member {
        let id = MemberId::from_bits(self.ids.next());
        Member { id, name, joined_at: self.clock.now() }
    }
}

/// Logs a browser in and out.
#[derive(Clone)]
pub struct OpenSession {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl OpenSession {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// A session of that member and role by which `hash`'s secret is known until `ends_at`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when none was opened.
    pub async fn run(
        &self,
        (member, role): (MemberId, Role),
        hash: SecretHash,
        ends_at: DateTime<Utc>,
    ) -> Result<Session, StoreError> {
        let id = SessionId::from_bits(self.ids.next());
        let session = Session { id, member, role, hash, ends_at };
        let mut unit = self.store.begin().await?;
        unit.access().insert_session(&session, self.clock.now()).await?;
        unit.commit().await?;
        Ok(session)
    }

    /// Ends a session; it is fine if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer.
    pub async fn end(&self, hash: &SecretHash) -> Result<(), StoreError> {
        let mut unit = self.store.begin().await?;
        unit.access().end_session(hash).await?;
        unit.commit().await
    }
}
