use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Page, StoreError};
use crate::model::{
    Account, ApiKey, Caller, Email, KeyId, Member, MemberId, MemberName, Profile, SecretHash,
    Session,
};

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

    /// Removes a key of the member's, and gives it; `None` if the member has no such key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn remove_key(
        &mut self,
        member: MemberId,
        id: KeyId,
    ) -> Result<Option<ApiKey>, StoreError>;

    /// A member with what is known of them; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn account(&mut self, member: MemberId) -> Result<Option<Account>, StoreError>;

    /// Adds the profile of a member that has none.
    ///
    /// # Contract
    ///
    /// * Of two units that add the same address one commits, whatever the case of its letters.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the address is taken.
    async fn insert_profile(&mut self, profile: &Profile) -> Result<(), StoreError>;

    /// Writes a profile's name, language and wishes, if nobody else wrote since it was read; one
    /// that nobody wrote yet is added.
    ///
    /// # Contract
    ///
    /// * Of two writers that read the same version one wins, the other gets a conflict.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn update_profile(&mut self, profile: &Profile) -> Result<(), StoreError>;

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

/// Members as they stand.
#[async_trait]
pub trait MemberReader: Send + Sync {
    /// Who has that address, whatever the case of its letters; `None` if nobody does.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn by_email(&self, email: &Email) -> Result<Option<Account>, StoreError>;

    /// A member with what is known of them; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn account(&self, member: MemberId) -> Result<Option<Account>, StoreError>;

    /// The member's keys, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn keys(&self, of: MemberId, page: Page) -> Result<Vec<ApiKey>, StoreError>;
}

/// Recognises callers.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Who holds a secret, be it a key that has not expired or a session that has not ended; `None`
    /// if nobody does.
    ///
    /// # Contract
    ///
    /// * What a key is for and until when it is good comes with its holder.
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
