use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use castad_domain::{
    model::{Password, PasswordHash},
    port::{PasswordError, PasswordErrorKind, PasswordHasher},
};
use sha2::{Digest, Sha256};

/// Hashes passwords in no time, and counts how much it did: for tests alone.
#[derive(Debug, Default)]
pub struct QuickHasher {
    made: AtomicU64,
    worked: AtomicU64,
}

fn digest(salt: u64, password: &Password) -> String {
    let mut digest = Sha256::new();
    digest.update(salt.to_be_bytes());
    digest.update(password.as_bytes());
    let bytes: [u8; 32] = digest.finalize().into();
    let (half, _) = bytes.split_first_chunk().unwrap_or((&[0; 16], &[]));
    format!("{:032x}", u128::from_be_bytes(*half))
}

impl QuickHasher {
    /// One that has done nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many passwords it has worked on.
    #[must_use]
    pub fn worked(&self) -> u64 {
        self.worked.load(Ordering::Relaxed)
    }

    fn work(&self, salt: u64, password: &Password) -> String {
        self.worked.fetch_add(1, Ordering::Relaxed);
        digest(salt, password)
    }
}

#[async_trait]
impl PasswordHasher for QuickHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError> {
        let salt = self.made.fetch_add(1, Ordering::Relaxed);
        Ok(PasswordHash::new(format!("$quick${salt}${}", self.work(salt, password))))
    }

    async fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<bool, PasswordError> {
        let parts = hash.as_str().strip_prefix("$quick$").and_then(|rest| rest.split_once('$'));
        let (salt, digest) = parts.ok_or(PasswordErrorKind::Corrupt)?;
        let salt = salt.parse().map_err(|_| PasswordErrorKind::Corrupt)?;
        Ok(self.work(salt, password) == digest)
    }

    async fn pretend(&self, password: &Password) -> Result<(), PasswordError> {
        self.work(0, password);
        Ok(())
    }
}
