use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    again::again,
    books::BooksError,
    receipt::{Receipt, keep},
};
use crate::{
    model::{
        Account, ApiKey, Caller, Datum, EventKind, KeyId, KeyName, MemberId, NewEvent,
        ProfileChange, Role, SecretHash,
    },
    port::{Clock, IdSource, Ports, Store, UnitOfWork},
};

/// What members may not do with their accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// The key would allow more than its maker may do.
    #[error("only an admin makes keys for admins")]
    RoleTooHigh,
    /// The member has no such key.
    #[error("there is no such key")]
    NoSuchKey,
    /// There is no such member.
    #[error("there is no such member")]
    NoSuchMember,
}

/// Why an account stays as it was.
pub type AccountError = BooksError<AccountRefusal>;

/// Changes a member's name, language and wishes.
#[derive(Clone)]
pub struct ChangeAccount {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl ChangeAccount {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// The account with the change made.
    ///
    /// # Errors
    ///
    /// [`AccountError`] when it was not.
    pub async fn run(
        &self,
        member: MemberId,
        change: &ProfileChange,
        receipt: Option<Receipt<'_, Account>>,
    ) -> Result<Account, AccountError> {
        again(|| self.once(member, change, receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        change: &ProfileChange,
        receipt: Option<&Receipt<'_, Account>>,
    ) -> Result<Account, AccountError> {
        let at = self.clock.now();
        let mut unit = self.store.begin().await?;
        let found = unit.access().account(member).await?;
        let mut account = found.ok_or(BooksError::Refused(AccountRefusal::NoSuchMember))?;

        let profile = account.profile.changed(change, at);

        unit.access().update_profile(&profile).await?;
        note(&mut *unit, member, EventKind::MemberUpdated, at, BTreeMap::new()).await?;
        account.profile = profile;
        account.profile.version += 1;
        keep(&mut *unit, member, receipt, &account, at).await?;
        unit.commit().await?;
        Ok(account)
    }
}

/// A key that is wanted.
#[derive(Debug, Clone)]
pub struct KeyOrder {
    /// What it is to be called.
    pub name: Option<KeyName>,
    /// What it is to allow.
    pub role: Role,
    /// What it is recognised by.
    pub hash: SecretHash,
}

/// Makes a key for whoever asks.
#[derive(Clone)]
pub struct CreateKey {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl CreateKey {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// The key, without its secret.
    ///
    /// # Errors
    ///
    /// [`AccountError`] when none was made.
    pub async fn run(
        &self,
        caller: Caller,
        order: &KeyOrder,
        receipt: Option<Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        again(|| self.once(caller, order, receipt.as_ref())).await
    }

    async fn once(
        &self,
        Caller { member, role }: Caller,
        order: &KeyOrder,
        receipt: Option<&Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        if order.role == Role::Admin && role != Role::Admin {
            return Err(BooksError::Refused(AccountRefusal::RoleTooHigh));
        }
        let (id, created_at) = (KeyId::from_bits(self.ids.next()), self.clock.now());
        let KeyOrder { name, role, hash } = order.clone();
        let key = ApiKey { id, member, role, hash, name, created_at };
        let told =
            BTreeMap::from([("key_id", id.to_string().into()), ("role", role.name().into())]);

        let mut unit = self.store.begin().await?;
        unit.access().insert_key(&key).await?;
        note(&mut *unit, member, EventKind::KeyCreated, created_at, told).await?;
        keep(&mut *unit, member, receipt, &key, created_at).await?;
        unit.commit().await?;
        Ok(key)
    }
}

/// Takes a key back: it opens nothing any more.
#[derive(Clone)]
pub struct RevokeKey {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl RevokeKey {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// The key that was taken back.
    ///
    /// # Errors
    ///
    /// [`AccountError`] unless it is one of the member's.
    pub async fn run(
        &self,
        member: MemberId,
        id: KeyId,
        receipt: Option<Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        again(|| self.once(member, id, receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        id: KeyId,
        receipt: Option<&Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        let at = self.clock.now();
        let mut unit = self.store.begin().await?;
        let removed = unit.access().remove_key(member, id).await?;
        let key = removed.ok_or(BooksError::Refused(AccountRefusal::NoSuchKey))?;

        let told = BTreeMap::from([("key_id", id.to_string().into())]);
        note(&mut *unit, member, EventKind::KeyRevoked, at, told).await?;
        keep(&mut *unit, member, receipt, &key, at).await?;
        unit.commit().await?;
        Ok(key)
    }
}

async fn note(
    unit: &mut dyn UnitOfWork,
    member: MemberId,
    kind: EventKind,
    at: DateTime<Utc>,
    data: BTreeMap<&'static str, Datum>,
) -> Result<(), AccountError> {
    Ok(unit.events().append(member, &[NewEvent { kind, project: None, at, data }]).await?)
}
