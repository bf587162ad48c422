//! Secrets that are handed out once and recognised by their hash.

use std::fmt;

use castad_domain::model::SecretHash;
use sha2::{Digest, Sha256};

/// A secret, as it is handed out.
pub struct Secret(String);

impl Secret {
    /// What every key begins with.
    pub const KEY: &str = "castad";
    /// What the secret of every session begins with.
    pub const SESSION: &str = "ses";

    /// A fresh one of 256 random bits, behind a prefix that tells what it is for.
    ///
    /// # Panics
    ///
    /// If the operating system gives no random bytes.
    #[must_use]
    pub fn fresh(prefix: &str) -> Self {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).expect("the operating system gives random bytes");
        Self(format!("{prefix}_{}", hex(&bits)))
    }

    /// The text to hand out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What it is recognised by.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a secret that was sent is recognised by. It has 256 random bits, so that a fast hash does.
#[must_use]
pub fn hash(text: &str) -> SecretHash {
    SecretHash::new(Sha256::digest(text).into())
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |four: u8| DIGITS[usize::from(four)];
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
