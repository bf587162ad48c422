use std::fmt::Display;

use castad_domain::{
    port::{StoreError, StoreErrorKind},
    usecase::{BooksError, OrderError, StepError},
};

/// How something that was tried ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// It was done.
    Done,
    /// The rules did not allow it, or there was nothing to do it to.
    Refused,
    /// Somebody else was quicker, again and again: whoever asked may ask once more.
    Conflict,
    /// It should not have come to this.
    Fault(String),
}

impl From<&StoreError> for End {
    fn from(fault: &StoreError) -> Self {
        match fault.kind() {
            StoreErrorKind::Conflict => Self::Conflict,
            StoreErrorKind::Duplicate
            | StoreErrorKind::Corrupt
            | StoreErrorKind::Full
            | StoreErrorKind::Unavailable => Self::Fault(format!("{fault:?}")),
        }
    }
}

impl<T> From<Result<T, StoreError>> for End {
    fn from(end: Result<T, StoreError>) -> Self {
        end.as_ref().err().map_or(Self::Done, Self::from)
    }
}

impl<T, R: Display> From<Result<T, BooksError<R>>> for End {
    fn from(end: Result<T, BooksError<R>>) -> Self {
        match end {
            Ok(_) => Self::Done,
            // A lease ends where the clock is moved by a day.
            Err(BooksError::Refused(_) | BooksError::Busy(_)) => Self::Refused,
            Err(BooksError::Store(fault)) => Self::from(&fault),
            Err(BooksError::Repeated) => Self::Fault("nobody asked twice".to_owned()),
        }
    }
}

impl<T> From<Result<T, OrderError>> for End {
    fn from(end: Result<T, OrderError>) -> Self {
        match end {
            Ok(_) => Self::Done,
            Err(
                OrderError::Refused(_)
                | OrderError::Points(_)
                | OrderError::Busy(_)
                | OrderError::Backlog(_),
            ) => Self::Refused,
            Err(OrderError::Store(fault)) => Self::from(&fault),
            Err(other @ (OrderError::NoProject | OrderError::Repeated)) => {
                Self::Fault(other.to_string())
            }
        }
    }
}

impl From<&StepError> for End {
    fn from(error: &StepError) -> Self {
        match error {
            StepError::Store(fault) => Self::from(fault),
            StepError::Provider { .. }
            | StepError::Media(_)
            | StepError::Letter { .. }
            | StepError::Refused(_) => Self::Refused,
            StepError::Broke => Self::Fault(error.to_string()),
        }
    }
}
