use async_trait::async_trait;

use super::PasswordError;
use crate::model::{Password, PasswordHash};

/// Makes of a password what it can be recognised by, and recognises it.
///
/// # Contract
///
/// * It is slow on purpose, and therefore never called while a unit of work is open.
/// * Neither the password nor a part of it stands in the hash, and two hashes of one password
///   differ.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// What the password is recognised by.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it could not be made.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError>;

    /// Whether it is the password of that hash.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it could not be told.
    async fn verify(&self, password: &Password, hash: &PasswordHash)
    -> Result<bool, PasswordError>;

    /// Does as much as [`verify`](Self::verify) does, for a caller who has nothing to compare with
    /// and does not want that to show.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] where `verify` would give one.
    async fn pretend(&self, password: &Password) -> Result<(), PasswordError>;
}
