//! What the storage says when it does not do what it was asked.

use std::{error::Error, iter::successors};

use castad_domain::port::{MediaError, MediaErrorKind, chain};
use object_store::client::{HttpError, HttpErrorKind, HttpResponse};

/// An answer that is none of success. It holds the storage's own code and no text of its, which may
/// repeat what was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the storage answered {status} {code} (request {request})")]
pub(crate) struct Answered {
    status: u16,
    code: String,
    /// What the provider's support asks for.
    request: String,
}

impl Answered {
    pub(crate) fn read(response: &HttpResponse) -> Self {
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
            value.unwrap_or("-").chars().filter(plain).take(80).collect()
        };
        Self {
            status: response.status().as_u16(),
            code: header("x-ms-error-code"),
            request: header("x-ms-request-id"),
        }
    }

    /// The same, of a range outside the file: the emulator gives an empty part where Azure says 416.
    pub(crate) fn outside(mut self) -> Self {
        self.status = 416;
        self
    }

    pub(crate) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// As an error of the client, which repeats what may pass.
    pub(crate) fn into_error(self) -> HttpError {
        let passes = matches!(self.status, 408 | 429 | 500 | 502 | 503 | 504);
        let kind = if passes { HttpErrorKind::Timeout } else { HttpErrorKind::Unknown };
        HttpError::new(kind, self)
    }

    fn kind(&self) -> MediaErrorKind {
        let full =
            ["QuotaExceeded", "CapacityExceeded", "CountExceedsLimit", "InsufficientStorage"];
        if matches!(self.status, 413 | 507) || full.iter().any(|end| self.code.ends_with(end)) {
            MediaErrorKind::Full
        } else if self.status == 416 {
            MediaErrorKind::BadRange
        } else {
            MediaErrorKind::Unavailable
        }
    }
}

/// The answer beneath an error, if the storage gave one.
pub(crate) fn answered<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Answered> {
    beneath(error)
}

/// What an error of the client means. Its own text names addresses; what lies beneath does not.
pub(crate) fn fault(error: &(dyn Error + 'static)) -> MediaError {
    if let Some(answered) = answered(error) {
        return MediaError::new(answered.kind()).with_source(answered.clone());
    }
    let unavailable = MediaError::new(MediaErrorKind::Unavailable);
    match beneath::<HttpError>(error) {
        Some(error) => unavailable.with_source(chain(error)),
        None => unavailable.with_source("the storage's answer makes no sense"),
    }
}

fn beneath<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_storage_answers_is_told_by_its_kind() {
        for (status, code, kind, passes) in [
            (507, "-", MediaErrorKind::Full, false),
            (413, "RequestBodyTooLarge", MediaErrorKind::Full, false),
            (403, "AccountQuotaExceeded", MediaErrorKind::Full, false),
            (409, "BlockCountExceedsLimit", MediaErrorKind::Full, false),
            (416, "InvalidRange", MediaErrorKind::BadRange, false),
            (403, "AuthenticationFailed", MediaErrorKind::Unavailable, false),
            (404, "ContainerNotFound", MediaErrorKind::Unavailable, false),
            (409, "AccountBeingCreated", MediaErrorKind::Unavailable, false),
            (400, "InvalidBlockList", MediaErrorKind::Unavailable, false),
            (429, "-", MediaErrorKind::Unavailable, true),
            (500, "InternalError", MediaErrorKind::Unavailable, true),
            (503, "ServerBusy", MediaErrorKind::Unavailable, true),
        ] {
            let answered = Answered { status, code: code.to_owned(), request: "-".to_owned() };
            let error = answered.into_error();
            assert_eq!(error.kind() == HttpErrorKind::Timeout, passes, "{status} {code}");
            let fault = fault(&error);
            assert_eq!(fault.kind(), kind, "{status} {code}");
            assert!(chain(&fault).contains(code), "{fault}");
        }
    }
}
