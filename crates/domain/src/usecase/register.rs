use std::{collections::BTreeMap, sync::Arc};

use super::again::{Contended, again};
use crate::{
    model::{
        ApiKey, Credentials, Email, EventKind, KeyId, Language, Member, MemberId, MemberName,
        NewEvent, Notify, Password, PasswordHash, PersonName, Profile, Role, Scopes, SecretHash,
    },
    port::{
        Clock, IdSource, PasswordError, PasswordHasher, Ports, Store, StoreError, StoreErrorKind,
    },
};

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Somebody has that address.
    #[error("somebody registered with this email already")]
    EmailTaken,
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for RegisterError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.kind() == StoreErrorKind::Conflict)
    }
}

/// Somebody who wants to join.
pub struct Newcomer {
    /// The address that they log in with.
    pub email: Email,
    /// Their password.
    pub password: Password,
    /// What they are called.
    pub name: PersonName,
    /// What their first key is recognised by.
    pub key: SecretHash,
}

/// Who joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What is known of them.
    pub profile: Profile,
    /// The address that they log in with.
    pub email: Email,
    /// Their first key, without its secret.
    pub key: ApiKey,
}

/// Lets somebody join who has an address of their own.
#[derive(Clone)]
pub struct Register {
    store: Arc<dyn Store>,
    passwords: Arc<dyn PasswordHasher>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Register {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            passwords: Arc::clone(&ports.passwords),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// The new member.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when nobody joined.
    pub async fn run(&self, newcomer: &Newcomer) -> Result<Registered, RegisterError> {
        // No unit is open meanwhile: hashing is slow on purpose.
        let password = self.passwords.hash(&newcomer.password).await?;

        again(|| self.once(newcomer, &password)).await
    }

    async fn once(
        &self,
        Newcomer { email, name, key, .. }: &Newcomer,
        password: &PasswordHash,
    ) -> Result<Registered, RegisterError> {
        let (id, at) = (MemberId::from_bits(self.ids.next()), self.clock.now());
        let member = Member { id, name: MemberName::of(id), joined_at: at };
        let profile = Profile {
            member: id,
            name: name.clone(),
            credentials: Some(Credentials { email: email.clone(), password: password.clone() }),
            language: Language::Korean,
            notify: Notify::default(),
            changed_at: at,
            version: 1,
        };
        let key = ApiKey {
            id: KeyId::from_bits(self.ids.next()),
            member: id,
            role: Role::Member,
            scopes: Scopes::EVERYTHING,
            hash: *key,
            name: None,
            created_at: at,
            expires_at: None,
        };
        let joined = NewEvent {
            kind: EventKind::MemberRegistered,
            project: None,
            at,
            data: BTreeMap::new(),
        };

        let mut unit = self.store.begin().await?;
        unit.access().insert_member(&member).await?;
        unit.access().insert_profile(&profile).await.map_err(taken)?;
        unit.access().insert_key(&key).await?;
        unit.events().append(id, &[joined]).await?;
        unit.commit().await.map_err(taken)?;
        Ok(Registered { profile, email: email.clone(), key })
    }
}

/// The address is the one thing that somebody else can have, too.
fn taken(fault: StoreError) -> RegisterError {
    match fault.kind() {
        StoreErrorKind::Duplicate => RegisterError::EmailTaken,
        StoreErrorKind::Conflict
        | StoreErrorKind::Corrupt
        | StoreErrorKind::Full
        | StoreErrorKind::Unavailable => fault.into(),
    }
}
