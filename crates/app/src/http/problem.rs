//! Refusals, as callers are told them.

mod codes;

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use castad_domain::{
    model::{Failure, Refusal},
    port::{Advise, MediaError, MediaErrorKind, Retry, StoreError, StoreErrorKind, chain},
    usecase::{AddImagesError, OrderError, RecallError},
};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::codes::{Charged, Code};
use super::earlier::{self, EarlierProblem};

/// One thing that is wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InputFault {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

/// A request that was not carried out (RFC 9457).
#[derive(Debug)]
pub struct Problem(Box<Details>);

#[derive(Debug)]
struct Details {
    code: Code,
    detail: String,
    errors: Vec<InputFault>,
    failure: Option<Failure>,
    headers: HeaderMap,
    cause: Option<String>,
}

/// What a problem looks like on the wire.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// A page about the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the code means.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this very request.
    pub(super) detail: String,
    /// What was asked for.
    instance: String,
    /// The code, a word for programs.
    code: String,
    /// How the log names the request.
    request_id: String,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// What was charged for it: nothing, or `null` where that is not known, and asking again with the same
    /// `Idempotency-Key` tells.
    #[schema(required)]
    charged_points: Option<u64>,
    /// The stage that failed, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stage: Option<&'static str>,
    /// Whose fault that was, if a provider's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    provider: Option<String>,
    /// The provider's own word for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    provider_code: Option<String>,
    /// Every fault of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<InputFault>,
}

/// The same, as the face that was asked tells it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Shown {
    Plain(ProblemBody),
    Earlier(EarlierProblem),
}

impl Problem {
    /// A problem of that code, with a sentence about this very request.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let (detail, errors, headers) = (detail.into(), Vec::new(), HeaderMap::new());
        Self(Box::new(Details { code, detail, errors, failure: None, headers, cause: None }))
    }

    /// What is wrong with the input, all of it.
    #[must_use]
    pub fn invalid(errors: Vec<InputFault>) -> Self {
        let detail = match errors.as_slice() {
            [one] if one.pointer.is_empty() => one.detail.clone(),
            [one] => format!("{}: {}", one.pointer, one.detail),
            many => format!("{} faults, listed under errors", many.len()),
        };
        Self::new(Code::Invalid, detail).with_errors(errors)
    }

    /// The same for a fault at one place.
    #[must_use]
    pub fn invalid_at(pointer: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![InputFault { pointer: pointer.to_owned(), detail: detail.into() }])
    }

    /// No such thing.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "there is no such thing, or it belongs to somebody else")
    }

    /// What was asked for is not there, because its stage failed.
    #[must_use]
    pub fn failed(failure: &Failure) -> Self {
        let mut problem = Self::new(Code::StageFailed, failure.detail.clone());
        problem.0.failure = Some(failure.clone());
        problem
    }

    /// The same request, of the same name, was carried out by another process just now.
    pub(super) fn repeated() -> Self {
        Self::new(Code::InFlight, "the same request was carried out at the same time")
    }

    /// The same with faults of the input.
    #[must_use]
    pub(super) fn with_errors(mut self, errors: Vec<InputFault>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    pub(super) fn because(mut self, cause: &dyn std::error::Error) -> Self {
        self.0.cause = Some(chain(cause));
        self
    }

    /// The problem that an answer of the framework stands for.
    pub(super) fn of_status(status: StatusCode, detail: Option<String>) -> Self {
        let code = Code::of(status);
        Self::new(code, detail.unwrap_or_else(|| code.title().to_lowercase()))
    }

    /// The answer, for a request of that id and path.
    pub(super) fn answer(mut self, request_id: &str, path: &str) -> Response {
        let (code, headers) = (self.0.code, mem::take(&mut self.0.headers));
        if let Some(cause) = &self.0.cause {
            tracing::error!(path, error = cause, code = code.word(), "a request failed");
        }
        let mut response = (code.status(), Json(self.shown(request_id, path))).into_response();
        let answered = response.headers_mut();
        answered.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if code.waits() {
            answered.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answered.extend(headers);
        response
    }

    /// What of it is seen, for a request of that id and path.
    pub(super) fn shown(self, request_id: &str, path: &str) -> Shown {
        let Details { code, detail, errors, failure, .. } = *self.0;
        let body = ProblemBody {
            kind: format!("/docs/errors/{}", code.word()),
            title: code.title().to_owned(),
            status: code.status().as_u16(),
            detail,
            instance: path.to_owned(),
            code: code.word().to_owned(),
            request_id: request_id.to_owned(),
            retryable: code.retryable(),
            charged_points: code.charged().points(),
            stage: failure.as_ref().map(|failure| failure.stage.name()),
            provider: failure.as_ref().and_then(|f| f.provider.as_ref().map(ToString::to_string)),
            provider_code: failure.and_then(|failure| failure.provider_code),
            errors,
        };
        if earlier::is_here(path) {
            Shown::Earlier(EarlierProblem::new(code, body))
        } else {
            Shown::Plain(body)
        }
    }
}

/// The problem travels to the edge of the router, which knows the request.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.code.status().into_response();
        let carried = Carried(Arc::new(Mutex::new(Some(self))));
        response.extensions_mut().insert(carried);
        response
    }
}

/// A problem on its way to the edge.
#[derive(Clone)]
pub(super) struct Carried(Arc<Mutex<Option<Problem>>>);

impl Carried {
    pub(super) fn take(&self) -> Option<Problem> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::AlreadyProcessing(_) => Code::AlreadyProcessing,
            Refusal::State(_) => Code::NotNow,
            Refusal::Missing(_) => Code::Missing,
            Refusal::NothingMissing => Code::NothingMissing,
            Refusal::NothingFailed => Code::NothingFailed,
            Refusal::LyricInUse => Code::LyricInUse,
            Refusal::TooManyImages { .. } => Code::TooManyImages,
            Refusal::NotTheImages(_) => {
                return Self::invalid_at("/images", refusal.to_string());
            }
            Refusal::NoSuchImage => Code::NotFound,
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(fault: StoreError) -> Self {
        let code = match fault.kind() {
            StoreErrorKind::Conflict | StoreErrorKind::Duplicate => Code::Busy,
            StoreErrorKind::Corrupt => Code::Internal,
            StoreErrorKind::Full => Code::Full,
            StoreErrorKind::Unavailable => Code::Unavailable,
        };
        Self::new(code, fault.to_string()).because(&fault)
    }
}

impl From<MediaError> for Problem {
    fn from(fault: MediaError) -> Self {
        let code = match (fault.kind(), fault.retry()) {
            (MediaErrorKind::Full, _) => Code::Full,
            (MediaErrorKind::BadRange, _) => Code::BadRange,
            (_, Retry::Later(_)) => Code::Unavailable,
            _ => Code::Internal,
        };
        Self::new(code, fault.to_string()).because(&fault)
    }
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::NoProject => Self::not_found(),
            OrderError::Refused(refusal) => refusal.into(),
            OrderError::Busy(_) => {
                let told = "a stage of the project is being asked for right now";
                let again = HeaderValue::from_static("1");
                Self::new(Code::AlreadyProcessing, told).with_header(header::RETRY_AFTER, again)
            }
            OrderError::Repeated => Self::repeated(),
            OrderError::Points(refusal) => refusal.into(),
            OrderError::Backlog(full) => Self::new(Code::BacklogFull, full.to_string())
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("30")),
            OrderError::Store(fault) => fault.into(),
        }
    }
}

impl From<AddImagesError> for Problem {
    fn from(error: AddImagesError) -> Self {
        match error {
            AddImagesError::Photo { index, error } => {
                let pointer = format!("/files/{index}");
                let fault = InputFault { pointer, detail: error.to_string() };
                let detail = format!("file {}: {error}", index + 1);
                Self::new(Code::PictureRejected, detail).with_errors(vec![fault])
            }
            AddImagesError::Media(fault) => fault.into(),
        }
    }
}

impl From<RecallError> for Problem {
    fn from(error: RecallError) -> Self {
        match error {
            RecallError::Mismatch => Self::new(
                Code::Mismatch,
                "this Idempotency-Key came with another method, address or body before",
            ),
            RecallError::Store(fault) => fault.into(),
        }
    }
}
