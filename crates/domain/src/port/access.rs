use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;
use crate::model::{ApiKey, Caller, Member, MemberName, SecretHash, Session};

/// Members, and what opens the API to them.
#[async_trait]
pub trait AccessBook: Send {
    /// The member of that name; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn member(&mut self, name: &MemberName) -> Result<Option<Member>, StoreError>;

    /// Adds a member.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the name is taken.
    async fn insert_member(&mut self, member: &Member) -> Result<(), StoreError>;

    /// Adds a key.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if it is there already.
    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError>;

    /// Adds a session, and forgets those that have ended by `now`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn insert_session(
        &mut self,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Ends a session; it is fine if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn end_session(&mut self, hash: &SecretHash) -> Result<(), StoreError>;
}

/// Recognises callers.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Who holds a secret, be it a key or a session that has not ended; `None` if nobody does.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn caller(
        &self,
        hash: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Caller>, StoreError>;
}
