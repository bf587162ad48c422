use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    again::again,
    books::BooksError,
    receipt::{Receipt, keep},
};
use crate::{
    model::{
        Account, ActionKind, ApiKey, By, Caller, Datum, EventKind, KeyId, KeyName, KeyTerms,
        MemberId, NewAction, NewEvent, Pass, ProfileChange, Role, Scopes, SecretHash,
    },
    port::{Clock, IdSource, Ports, Store, UnitOfWork},
};

/// What members may not do with their accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// The key would allow more than its maker may do.
    #[error("only an admin makes keys for admins")]
    RoleTooHigh,
    /// The key would be for what only admins do, and for somebody who is none.
    #[error("the scope admin is for keys of admins")]
    ScopeInVain,
    /// The key would be for more than its maker is.
    #[error("a key for {} makes no key for more than that", scopes)]
    ScopesTooWide {
        /// What its maker is for.
        scopes: Scopes,
    },
    /// The key would be good for longer than its maker is.
    #[error("a key that expires makes no key that is good for longer")]
    TooLong,
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
    /// What it is to allow, for what and for how long.
    pub terms: KeyTerms,
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

    /// The key, without its secret; `request` is what the request is called, if it was one.
    ///
    /// # Errors
    ///
    /// [`AccountError`] when none was made: a key makes none that may more than itself.
    pub async fn run(
        &self,
        (caller, request): (Caller, Option<String>),
        order: &KeyOrder,
        receipt: Option<Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        let by = By::request(caller, request);
        again(|| self.once((&caller, &by), order, receipt.as_ref())).await
    }

    async fn once(
        &self,
        (caller, by): (&Caller, &By),
        order: &KeyOrder,
        receipt: Option<&Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        let (now, KeyOrder { name, terms, hash }) = (self.clock.now(), order.clone());
        may_make(caller, &terms, now).map_err(BooksError::Refused)?;
        let key = ApiKey {
            id: KeyId::from_bits(self.ids.next()),
            member: caller.member,
            role: terms.role,
            scopes: terms.scopes,
            hash,
            name,
            created_at: now,
            expires_at: terms.expires_at(now),
        };
        let (id, role) = (key.id.to_string(), key.role.name());
        let told = BTreeMap::from([("key_id", id.into()), ("role", role.into())]);

        let mut unit = self.store.begin().await?;
        unit.access().insert_key(&key).await?;
        note(&mut *unit, key.member, EventKind::KeyCreated, now, told).await?;
        note_for_admins(&mut *unit, by, ActionKind::KeyCreated, &key, now).await?;
        keep(&mut *unit, by.member, receipt, &key, now).await?;
        unit.commit().await?;
        Ok(key)
    }
}

/// Whether somebody may make a key on such terms: what they came in with bounds what they make, a
/// browser that is logged in alone is bound by their role only.
fn may_make(caller: &Caller, terms: &KeyTerms, now: DateTime<Utc>) -> Result<(), AccountRefusal> {
    if terms.role == Role::Admin && caller.role != Role::Admin {
        return Err(AccountRefusal::RoleTooHigh);
    }
    if terms.names_in_vain() {
        return Err(AccountRefusal::ScopeInVain);
    }
    match caller.pass {
        Pass::Session(_) | Pass::Program => return Ok(()),
        Pass::Key(_) => {}
    }
    if !terms.scopes.within(caller.scopes) {
        return Err(AccountRefusal::ScopesTooWide { scopes: caller.scopes });
    }
    let longer = |until| terms.expires_at(now).is_none_or(|end| end > until);
    if caller.until.is_some_and(longer) { Err(AccountRefusal::TooLong) } else { Ok(()) }
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

    /// The key that was taken back, one of the member's.
    ///
    /// # Errors
    ///
    /// [`AccountError`] unless it is one of the member's.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        (member, id): (MemberId, KeyId),
        receipt: Option<Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        let by = by.into();
        again(|| self.once(&by, (member, id), receipt.as_ref())).await
    }

    async fn once(
        &self,
        by: &By,
        (member, id): (MemberId, KeyId),
        receipt: Option<&Receipt<'_, ApiKey>>,
    ) -> Result<ApiKey, AccountError> {
        let at = self.clock.now();
        let mut unit = self.store.begin().await?;
        let removed = unit.access().remove_key(member, id).await?;
        let key = removed.ok_or(BooksError::Refused(AccountRefusal::NoSuchKey))?;

        let told = BTreeMap::from([("key_id", id.to_string().into())]);
        note(&mut *unit, member, EventKind::KeyRevoked, at, told).await?;
        note_for_admins(&mut *unit, by, ActionKind::KeyRevoked, &key, at).await?;
        keep(&mut *unit, by.member, receipt, &key, at).await?;
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

/// Notes what is done with a key of somebody else, or of an admin.
async fn note_for_admins(
    unit: &mut dyn UnitOfWork,
    by: &By,
    kind: ActionKind,
    key: &ApiKey,
    at: DateTime<Utc>,
) -> Result<(), AccountError> {
    if key.role == Role::Admin || key.member != by.member {
        unit.actions().note(&key_action(by, kind, key, at)).await?;
    }
    Ok(())
}

/// What is noted of a key: never what it is recognised by.
pub(super) fn key_action(by: &By, kind: ActionKind, key: &ApiKey, at: DateTime<Utc>) -> NewAction {
    let details = [
        ("member_id", key.member.to_string().into()),
        ("role", key.role.name().into()),
        ("scopes", key.scopes.to_string().into()),
    ];
    let mut action = NewAction::new(by, kind, &key.id, at, details);
    if let Some(end) = key.expires_at {
        action.details.insert("expires_at", end.to_rfc3339().into());
    }
    action
}
