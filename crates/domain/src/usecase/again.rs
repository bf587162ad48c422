//! Deciding again when somebody else wrote first.

use std::future::Future;

use crate::port::{StoreError, StoreErrorKind};

/// How often it is decided before the conflict is the answer.
const TRIES: u32 = 5;

/// An error that may say: somebody else wrote first.
pub(super) trait Contended {
    /// Whether it does.
    fn is_conflict(&self) -> bool;
}

impl Contended for StoreError {
    fn is_conflict(&self) -> bool {
        self.kind() == StoreErrorKind::Conflict
    }
}

/// The end of a unit of work that is begun anew when somebody else wrote first.
pub(super) async fn again<T, E: Contended, F>(once: impl Fn() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut tries = 1;
    loop {
        match once().await {
            Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
            end => return end,
        }
    }
}
