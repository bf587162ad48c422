use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::keys::OpenSession;
use crate::{
    model::{Email, MemberId, Password, Profile, Role, SecretHash, Session},
    port::{MemberReader, PasswordError, PasswordHasher, Ports, StoreError},
};

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Nobody has that address, or it is not their password: which of the two is not told.
    #[error("the email or the password is wrong")]
    Wrong,
    /// The password could not be checked.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Logs in who knows the password of an address.
#[derive(Clone)]
pub struct LogIn {
    members: Arc<dyn MemberReader>,
    passwords: Arc<dyn PasswordHasher>,
    sessions: OpenSession,
    /// Stands in for what is no password.
    any_password: Password,
}

impl LogIn {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            members: Arc::clone(&ports.members),
            passwords: Arc::clone(&ports.passwords),
            sessions: OpenSession::new(ports),
            any_password: Password::any(),
        }
    }

    /// A session by which `hash`'s secret is known until `ends_at`. What cannot be an address or a
    /// password is a wrong one.
    ///
    /// # Errors
    ///
    /// [`LogInError`] when none was opened.
    pub async fn run(
        &self,
        (email, password): (&str, &str),
        hash: SecretHash,
        ends_at: DateTime<Utc>,
    ) -> Result<Session, LogInError> {
        let recognised = match (Email::parse(email), Password::parse(password)) {
            (Ok(email), Ok(password)) => self.recognised(&email, &password).await?,
            (Err(_), Ok(password)) => self.nobody(&password).await?,
            (_, Err(_)) => self.nobody(&self.any_password).await?,
        };
        let member = recognised.ok_or(LogInError::Wrong)?;
        Ok(self.sessions.run((member, Role::Member), hash, ends_at).await?)
    }

    /// Who has that address and password.
    async fn recognised(
        &self,
        email: &Email,
        password: &Password,
    ) -> Result<Option<MemberId>, LogInError> {
        let found = self.members.by_email(email).await?.map(|account| account.profile);
        let Some(Profile { member, credentials: Some(kept), .. }) = found else {
            return self.nobody(password).await;
        };
        let matches = self.passwords.verify(password, &kept.password).await?;
        Ok(matches.then_some(member))
    }

    /// As much work as where somebody has the address: how long it takes tells nothing.
    async fn nobody(&self, password: &Password) -> Result<Option<MemberId>, LogInError> {
        self.passwords.pretend(password).await?;
        Ok(None)
    }
}
