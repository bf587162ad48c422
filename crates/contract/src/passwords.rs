//! [`PasswordHasher`]: passwords and what they are recognised
//! by.

use std::sync::Arc;

use castad_domain::{
    model::{Password, PasswordHash},
    port::{PasswordErrorKind, PasswordHasher},
};

/// `passwords_contract!(fresh)`, where `async fn fresh() -> Arc<impl PasswordHasher>`.
#[macro_export]
macro_rules! passwords_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { passwords {
            a_password_is_recognised_and_no_other_is
            two_hashes_of_one_password_differ
            a_hash_does_not_hold_the_password
            a_hash_that_cannot_be_read_is_told
            who_pretends_gets_no_answer
        } $($fresh)+ }
    };
}

fn password(text: &str) -> Password {
    Password::parse(text).expect("it is long enough")
}

async fn hash<H: PasswordHasher>(hasher: &Arc<H>, text: &str) -> PasswordHash {
    hasher.hash(&password(text)).await.expect("it is hashed")
}

/// The password matches, in Korean too; one that is a little different does not.
pub async fn a_password_is_recognised_and_no_other_is<H: PasswordHasher>(hasher: &Arc<H>) {
    for (text, other) in
        [("correct horse", "Correct horse"), ("다온카페 비밀번호", "다온카페 비밀번호 ")]
    {
        let hash = hash(hasher, text).await;
        assert!(hasher.verify(&password(text), &hash).await.expect("it is told"), "{text}");
        assert!(!hasher.verify(&password(other), &hash).await.expect("it is told"), "{other}");
    }
}

/// Nobody sees that two members have the same password.
pub async fn two_hashes_of_one_password_differ<H: PasswordHasher>(hasher: &Arc<H>) {
    let (one, two) = (hash(hasher, "correct horse").await, hash(hasher, "correct horse").await);
    assert_ne!(one.as_str(), two.as_str());
}

/// The text that is kept has nothing of the password in it.
pub async fn a_hash_does_not_hold_the_password<H: PasswordHasher>(hasher: &Arc<H>) {
    let hash = hash(hasher, "correct horse").await;
    assert!(!hash.as_str().contains("horse"), "{}", hash.as_str());
    assert!(hash.as_str().len() <= 255);
}

/// What is no hash matches nothing and is a fault.
pub async fn a_hash_that_cannot_be_read_is_told<H: PasswordHasher>(hasher: &Arc<H>) {
    let told = hasher.verify(&password("correct horse"), &PasswordHash::new("correct horse")).await;
    assert_eq!(told.expect_err("it is no hash").kind(), PasswordErrorKind::Corrupt);
}

/// Pretending ends well, whatever the password.
pub async fn who_pretends_gets_no_answer<H: PasswordHasher>(hasher: &Arc<H>) {
    hasher.pretend(&password("correct horse")).await.expect("it is done");
}
