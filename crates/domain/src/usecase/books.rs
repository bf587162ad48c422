//! What every change of the books has in common: points, coupons, orders and slots.

use super::{again::Contended, guarded::GuardError, receipt::KeepError};
use crate::port::{StoreError, StoreErrorKind};

/// Why a change of the books was not carried out; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum BooksError<R> {
    /// The books do not allow it.
    #[error(transparent)]
    Refused(R),
    /// The same request was carried out meanwhile: its answer is kept.
    #[error("the request was carried out already")]
    Repeated,
    /// Others were at it for as long as was waited.
    #[error(transparent)]
    Busy(#[from] GuardError),
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<R> BooksError<R> {
    /// The same with the refusal put in other words.
    pub fn map<S>(self, words: impl FnOnce(R) -> S) -> BooksError<S> {
        match self {
            Self::Refused(refusal) => BooksError::Refused(words(refusal)),
            Self::Repeated => BooksError::Repeated,
            Self::Busy(error) => BooksError::Busy(error),
            Self::Store(error) => BooksError::Store(error),
        }
    }
}

impl<R> Contended for BooksError<R> {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.kind() == StoreErrorKind::Conflict)
    }
}

impl<R> From<KeepError> for BooksError<R> {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Repeated => Self::Repeated,
            KeepError::Store(fault) => Self::Store(fault),
        }
    }
}
