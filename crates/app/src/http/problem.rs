use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use castad_domain::{
    model::Refusal,
    port::{Advise, MediaError, MediaErrorKind, Retry, StoreError, StoreErrorKind, chain},
    usecase::{AddImagesError, OrderError, RecallError},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::earlier::{self, EarlierProblem};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:ident, retry $retry:literal, $title:literal, $help:literal;)+) => {
        /// Why a request was not carried out, as a word that programs can act on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code's word.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// The HTTP status that it comes with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// Whether the same request may succeed later.
            #[must_use]
            pub fn retryable(self) -> bool {
                match self { $(Self::$name => $retry,)+ }
            }

            /// What it means, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// What the caller can do about it.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)+ }
            }
        }
    };
}

codes! {
    /// The request cannot be read at all.
    Malformed = "malformed", BAD_REQUEST, retry false, "The request cannot be read",
        "Send well-formed HTTP and JSON; the detail says what could not be read.";
    /// There is no key, or not a good one.
    Unauthorized = "unauthorized", UNAUTHORIZED, retry false, "A key is needed",
        "Send `Authorization: Bearer <key>`; `castad keys create` makes a key.";
    /// Nobody has that email with that password.
    WrongLogIn = "wrong_log_in", UNAUTHORIZED, retry false, "The email or the password is wrong",
        "Check both; which of the two is wrong is not told. Register with `POST /v1/members`.";
    /// The key does not allow it.
    Forbidden = "forbidden", FORBIDDEN, retry false, "The key does not allow this",
        "Use a key with the right role; a browser must send the request from the console's own page.";
    /// The key is not for that.
    ScopeMissing = "scope_missing", FORBIDDEN, retry false, "The key is not for this",
        "Use a key whose `scopes` name what the detail does, or one that is for everything: `POST /v1/keys` makes them.";
    /// There is no such thing, or it is somebody else's.
    NotFound = "not_found", NOT_FOUND, retry false, "There is no such thing",
        "Check the address and the id; what belongs to another member is not there for you.";
    /// The address does not know the method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, retry false, "The method is not allowed here",
        "Use a method that the `Allow` header names.";
    /// The request took too long to arrive or to be answered.
    Timeout = "timeout", REQUEST_TIMEOUT, retry true, "The request took too long",
        "Send it again; with an `Idempotency-Key` nothing is done twice.";
    /// A stage is being made.
    AlreadyProcessing = "already_processing", CONFLICT, retry true, "A stage is being made",
        "Wait until it has ended (events tell), or cancel it.";
    /// The present state does not allow it.
    NotNow = "not_allowed_now", CONFLICT, retry false, "The present state does not allow this",
        "Look at the project's `status` and its stages; the detail says what stands in the way.";
    /// Something must be there first.
    Missing = "prerequisite_missing", CONFLICT, retry false, "Something is needed first",
        "Make or upload what the detail names, then ask again.";
    /// All that could be made is there.
    NothingMissing = "nothing_missing", CONFLICT, retry false, "Nothing is missing",
        "The newest video is ready; ask for a stage by itself to make another one.";
    /// No stage has failed.
    NothingFailed = "nothing_failed", CONFLICT, retry false, "There is nothing to retry",
        "Retry is for projects that are `failed`; use produce to go on.";
    /// A song was made from the words.
    LyricInUse = "lyric_in_use", CONFLICT, retry false, "A song was made from these words",
        "Ask for a new lyric, then edit that one.";
    /// None is left.
    SoldOut = "sold_out", CONFLICT, retry false, "Nothing is left",
        "All are given away or sold; a canceled order or a coupon that was taken back makes room again.";
    /// The member has had one.
    AlreadyIssued = "already_issued", CONFLICT, retry false, "You have had a coupon of this campaign",
        "There is one for each member; `GET /v1/coupons` shows yours.";
    /// It opens later.
    NotOpen = "not_open", CONFLICT, retry true, "The campaign is not open yet",
        "Ask again when it opens: the detail says when.";
    /// The coupon was used, is over, or is for larger orders.
    CouponUnusable = "coupon_unusable", CONFLICT, retry false, "The coupon cannot be used for this order",
        "Order without it or with another one; the detail says what stands in the way.";
    /// Somebody is paying the order.
    BeingPaid = "being_paid", CONFLICT, retry true, "The order is being paid",
        "Wait until the payment has ended, or pay again: nothing is paid twice.";
    /// The gateway took no money.
    PaymentDeclined = "payment_declined", PAYMENT_REQUIRED, retry true, "The payment was declined",
        "Pay again, also in another way, until the order's `expires_at`.";
    /// As many pictures as a project may have.
    TooManyImages = "too_many_images", CONFLICT, retry false, "Too many pictures",
        "Remove some of the project's pictures or send fewer.";
    /// Somebody registered with that email.
    DuplicateEmail = "duplicate_email", CONFLICT, retry false, "The email is taken",
        "Log in with `POST /v1/sessions`, or register with another email.";
    /// The settings are at a later version than was seen.
    Moved = "version_mismatch", CONFLICT, retry false, "Somebody else changed it since you looked",
        "Read it again, decide anew, and send the version that you have seen then.";
    /// A request under that key is being carried out.
    InFlight = "idempotency_in_flight", CONFLICT, retry true, "The same request is being carried out",
        "Wait as long as `Retry-After` says and send it again: it will get the first one's answer.";
    /// Fewer points are there.
    InsufficientPoints = "insufficient_points", CONFLICT, retry false, "There are not enough points",
        "Get more points, or ask for less; `GET /v1/points/balance` tells what is there.";
    /// The member would have more points than anybody may.
    BalanceLimit = "balance_limit", CONFLICT, retry false, "The balance would pass its limit",
        "Spend some points first; an admin sets the limit, `max_balance`.";
    /// Points were spent on that order.
    OrderNumberUsed = "order_number_used", CONFLICT, retry false, "The order is paid already",
        "Use an order number of its own for each order; the history tells what was spent on this one.";
    /// The order number is one that the studio gives itself.
    OrderNumberReserved = "order_number_reserved", CONFLICT, retry false, "The order number is the studio's own",
        "Choose another number for your orders; what was made or booked gives its points back when it is canceled itself.";
    /// More was to come back than was spent.
    ExceedsUsage = "exceeds_usage", CONFLICT, retry false, "Less than that may come back",
        "Cancel what remains of the use, or leave the amount out to cancel all of it.";
    /// It was canceled before.
    AlreadyCanceled = "already_canceled", CONFLICT, retry false, "It was canceled already",
        "Nothing is left to do: all of it was canceled before.";
    /// The points were bought.
    LotBought = "lot_bought", CONFLICT, retry false, "These points were bought",
        "Cancel their order: it takes the points back and returns what was paid.";
    /// Some of the points were spent.
    LotInUse = "lot_in_use", CONFLICT, retry false, "Some of these points are spent",
        "Points are taken back whole: cancel the uses of them first.";
    /// The points are past their time.
    LotExpired = "lot_expired", CONFLICT, retry false, "These points have expired",
        "Nothing is left to take back.";
    /// Somebody else has the slot.
    SlotUnavailable = "slot_unavailable", CONFLICT, retry true, "Somebody else has the slot",
        "Take another one, or look again when a hold is over, five minutes after it began.";
    /// The day of the slot is over.
    SlotOver = "slot_over", CONFLICT, retry false, "The day of the slot is over",
        "Take a slot of a day to come.";
    /// The member holds as many slots as one may.
    TooManyHolds = "too_many_holds", CONFLICT, retry true, "Too many slots are held",
        "Pay or give back one of the slots that you hold, then hold another.";
    /// The hold is over.
    HoldExpired = "hold_expired", CONFLICT, retry false, "The slot is held no longer",
        "Hold the slot again if nobody else has, and pay within five minutes.";
    /// The member has as many webhooks as one may.
    TooManyWebhooks = "too_many_webhooks", CONFLICT, retry false, "Too many webhooks",
        "Delete one that you do not need any more, or let one be told more events.";
    /// The video is not there yet.
    VideoNotReady = "video_not_ready", CONFLICT, retry true, "The video is not ready",
        "Wait until the video's `status` is `ready`, or name another one.";
    /// A queue token is needed, and a good one.
    QueueTokenInvalid = "queue_token_invalid", UNAUTHORIZED, retry false, "A queue token is needed",
        "Draw one at `POST /v1/queue-tokens` and send it as `Castad-Queue-Token`; one that was paid with or is an hour old is good no more.";
    /// The turn of the queue token has not come.
    QueueTokenWaiting = "queue_token_waiting", FORBIDDEN, retry true, "Your turn has not come",
        "Look at `GET /v1/queue-tokens/{token}` until its `status` is `active`.";
    /// The body is larger than the route takes.
    TooLarge = "body_too_large", PAYLOAD_TOO_LARGE, retry false, "The body is too large",
        "Send less: a picture may have 15 MB, any other body 256 KB.";
    /// The body is of another type than the route takes.
    WrongType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, retry false, "The body is of the wrong type",
        "Send `application/json`, or `multipart/form-data` where pictures are uploaded.";
    /// A range outside the file.
    BadRange = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, retry false, "The range lies outside the file",
        "Ask for bytes that the file has; `Content-Range` tells its length.";
    /// The schema forbids it.
    Invalid = "invalid_input", UNPROCESSABLE_ENTITY, retry false, "The input is not valid",
        "`errors` lists every fault with a JSON pointer.";
    /// A file is no picture that can be taken.
    PictureRejected = "picture_rejected", UNPROCESSABLE_ENTITY, retry false, "A picture was not taken",
        "Send JPEG, PNG or WebP; the detail says what is wrong with which file.";
    /// The key named another request.
    Mismatch = "idempotency_mismatch", UNPROCESSABLE_ENTITY, retry false, "The idempotency key was used for another request",
        "Use a fresh key for a new request.";
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, retry true, "Something broke here",
        "It is in the log under the `request_id`; send it again, and tell us if it stays.";
    /// The database or the media store does not answer.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, retry true, "A part of the service does not answer",
        "Send it again as `Retry-After` says.";
    /// The gateway does not answer, or there is none.
    PaymentsUnavailable = "payments_unavailable", SERVICE_UNAVAILABLE, retry true, "Payments do not work now",
        "Send it again as `Retry-After` says: nothing is paid twice. Where `CASTAD_PAYMENTS` is not set nothing can be paid.";
    /// So much waits that no more is taken on.
    BacklogFull = "backlog_full", TOO_MANY_REQUESTS, retry true, "Too many productions are waiting",
        "Nothing was ordered or charged: send it again as `Retry-After` says, once some have ended.";
    /// More was asked than is allowed in the time.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, retry true, "Too many requests",
        "Nothing was done: send it again as `Retry-After` says. `RateLimit` tells with each answer how many more are allowed.";
    /// More attempts to come in or to join than are allowed in the time.
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS, retry true, "Too many attempts",
        "Wait as long as `Retry-After` says. Whoever is logged in, and keys that were used lately, go on meanwhile.";
    /// As many streams as a member may have open.
    TooManyStreams = "too_many_streams", TOO_MANY_REQUESTS, retry true, "Too many streams are open",
        "Close a stream that you do not need any more: one tells the events of all your projects.";
    /// As many connections as there may be.
    TooManyConnections = "too_many_connections", SERVICE_UNAVAILABLE, retry true, "Too many connections are open",
        "Send it again as `Retry-After` says, over as few connections as you can.";
    /// The head of the request is too long.
    HeadTooLarge = "head_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, retry false, "The head is too large",
        "Send at most 80 headers that have, with the address, at most 16 KB.";
    /// Others were at it for as long as was waited.
    Busy = "busy", SERVICE_UNAVAILABLE, retry true, "Others are at the same thing",
        "Nothing was done: send it again as `Retry-After` says.";
    /// No room is left.
    Full = "storage_full", INSUFFICIENT_STORAGE, retry true, "No room is left",
        "Whoever runs the service has to make room; what was stored before is still there.";
}

impl Code {
    /// The code of an answer that did not come from us.
    fn of(status: StatusCode) -> Self {
        let known = Self::ALL.iter().copied().find(|code| code.status() == status);
        known.unwrap_or(if status.is_server_error() { Self::Internal } else { Self::Malformed })
    }
}

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
    /// What was charged for it.
    charged_points: u64,
    /// Every fault of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<InputFault>,
}

impl Problem {
    /// A problem of that code, with a sentence about this very request.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let (detail, errors, headers) = (detail.into(), Vec::new(), HeaderMap::new());
        Self(Box::new(Details { code, detail, errors, headers, cause: None }))
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

    /// The same request, of the same name, was carried out by another process just now.
    pub(super) fn repeated() -> Self {
        Self::new(Code::InFlight, "the same request was carried out at the same time")
    }

    fn with_errors(mut self, errors: Vec<InputFault>) -> Self {
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
    pub(super) fn answer(self, request_id: &str, path: &str) -> Response {
        let Details { code, detail, errors, headers, cause } = *self.0;
        if let Some(cause) = cause {
            tracing::error!(path, error = cause, code = code.word(), "a request failed");
        }
        let body = ProblemBody {
            kind: format!("/docs/errors/{}", code.word()),
            title: code.title().to_owned(),
            status: code.status().as_u16(),
            detail,
            instance: path.to_owned(),
            code: code.word().to_owned(),
            request_id: request_id.to_owned(),
            retryable: code.retryable(),
            charged_points: 0,
            errors,
        };
        let mut response = if earlier::is_here(path) {
            (code.status(), Json(EarlierProblem::new(code, body))).into_response()
        } else {
            (code.status(), Json(body)).into_response()
        };
        let answered = response.headers_mut();
        answered.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(
            code,
            Code::Unavailable | Code::Busy | Code::InFlight | Code::PaymentsUnavailable
        ) {
            answered.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answered.extend(headers);
        response
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
