//! Passwords by Argon2id, a few at a time.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{Error, phc},
};
use async_trait::async_trait;
use castad_domain::{
    model::{Password, PasswordHash},
    port::{PasswordError, PasswordErrorKind, PasswordHasher},
};
use tokio::sync::Semaphore;

/// How many wait at most for their turn; a wait behind that many is over in a few seconds.
const MOST_WAITING: usize = 100;

/// Argon2id with 19 MiB, two passes and one lane: what OWASP recommends.
///
/// Each hash takes a core for some hundredths of a second. They run on threads where nothing else
/// waits for them, so many at once as was said.
#[derive(Debug)]
pub struct Argon2id {
    turn: Arc<Semaphore>,
    /// Those whose turn it is count as waiting, too.
    room: Arc<Semaphore>,
}

impl Argon2id {
    /// One that works on so many passwords at once.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self::with_room(at_once, MOST_WAITING)
    }

    fn with_room(at_once: usize, waiting: usize) -> Self {
        let (turn, room) =
            (Semaphore::new(at_once.max(1)), Semaphore::new(at_once.max(1) + waiting));
        Self { turn: Arc::new(turn), room: Arc::new(room) }
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let room = Arc::clone(&self.room).try_acquire_owned();
        let room = room.map_err(|_| PasswordErrorKind::Busy)?;
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(broken)?;
        let held = tokio::task::spawn_blocking(move || {
            let done = work();
            // Whoever asked may be gone: the work is not, and counts to its end.
            drop((turn, room));
            done
        });
        held.await.map_err(broken)?
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> PasswordError {
    PasswordError::new(PasswordErrorKind::Broken).with_source(error)
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hash(password: &Password) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(broken)?;
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(broken)?;
    Ok(hash.to_string())
}

#[async_trait]
impl PasswordHasher for Argon2id {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError> {
        let password = password.clone();
        self.work(move || hash(&password).map(PasswordHash::new)).await
    }

    /// With the cost that the hash was made with, whatever it is today.
    async fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<bool, PasswordError> {
        let corrupt = |error| PasswordError::new(PasswordErrorKind::Corrupt).with_source(error);
        let (password, hash) = (password.clone(), hash.clone());
        let check = move || {
            let kept =
                phc::PasswordHash::new(hash.as_str()).map_err(|error| corrupt(error.into()))?;
            match argon2().verify_password(password.as_bytes(), &kept) {
                Ok(()) => Ok(true),
                Err(Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(corrupt(error)),
            }
        };
        self.work(check).await
    }

    async fn pretend(&self, password: &Password) -> Result<(), PasswordError> {
        let password = password.clone();
        self.work(move || hash(&password).map(drop)).await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_hash_says_what_was_chosen_for_it() {
        let hash = Argon2id::new(1).hash(&password("correct horse")).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(hash.as_str().len() < 255, "it fits its column");
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_still_recognised() {
        let cheap =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let hash = cheap.hash_password_with_salt(b"correct horse", &[7; 16]).unwrap().to_string();
        let hash = PasswordHash::new(hash);
        let hasher = Argon2id::new(1);
        assert!(hasher.verify(&password("correct horse"), &hash).await.unwrap());
        assert!(!hasher.verify(&password("battery staple"), &hash).await.unwrap());
        let nonsense = PasswordHash::new("plain text");
        let refused = hasher.verify(&password("correct horse"), &nonsense).await.unwrap_err();
        assert_eq!(refused.kind(), PasswordErrorKind::Corrupt);
    }

    #[tokio::test]
    async fn a_crowd_is_turned_away_rather_than_left_waiting() {
        let hasher = Argon2id::with_room(1, 2);
        let word = password("correct horse");
        let ends = join_all((0..5).map(|_| hasher.pretend(&word))).await;
        let kinds: Vec<_> = ends.into_iter().filter_map(Result::err).map(|e| e.kind()).collect();
        assert_eq!(kinds, [PasswordErrorKind::Busy, PasswordErrorKind::Busy]);
        assert!(hasher.pretend(&word).await.is_ok(), "and then there is room again");
    }
}
