//! The codes of refusals: one table, which the answers, their description and the pages about errors
//! are made of.

use axum::http::StatusCode;

/// What is known of what a request was charged that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charged {
    /// Nothing was charged.
    No,
    /// It may have been carried out all the same: only the word of it is missing.
    Unknown,
}

impl Charged {
    /// The points that were charged, where that is known.
    #[must_use]
    pub fn points(self) -> Option<u64> {
        match self {
            Self::No => Some(0),
            Self::Unknown => None,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:ident, retry $retry:literal, charged $charged:ident, $title:literal, $help:literal;)+) => {
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

            /// What is known of what the request was charged.
            #[must_use]
            pub fn charged(self) -> Charged {
                match self { $(Self::$name => Charged::$charged,)+ }
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
    Malformed = "malformed", BAD_REQUEST, retry false, charged No, "The request cannot be read",
        "Send well-formed HTTP and JSON; the detail says what could not be read.";
    /// There is no key, or not a good one.
    Unauthorized = "unauthorized", UNAUTHORIZED, retry false, charged No, "A key is needed",
        "Send `Authorization: Bearer <key>`; `castad keys create` makes a key.";
    /// Nobody has that email with that password.
    WrongLogIn = "wrong_log_in", UNAUTHORIZED, retry false, charged No, "The email or the password is wrong",
        "Check both; which of the two is wrong is not told. Register with `POST /v1/members`.";
    /// The key does not allow it.
    Forbidden = "forbidden", FORBIDDEN, retry false, charged No, "The key does not allow this",
        "Use a key with the right role; a browser must send the request from the console's own page.";
    /// The key is not for that.
    ScopeMissing = "scope_missing", FORBIDDEN, retry false, charged No, "The key is not for this",
        "Use a key whose `scopes` name what the detail does, or one that is for everything: `POST /v1/keys` makes them.";
    /// There is no such thing, or it is somebody else's.
    NotFound = "not_found", NOT_FOUND, retry false, charged No, "There is no such thing",
        "Check the address and the id; what belongs to another member is not there for you.";
    /// The address does not know the method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, retry false, charged No, "The method is not allowed here",
        "Use a method that the `Allow` header names.";
    /// The request took too long to arrive or to be answered.
    Timeout = "timeout", REQUEST_TIMEOUT, retry true, charged Unknown, "The request took too long",
        "Send it again; with an `Idempotency-Key` nothing is done twice.";
    /// A stage is being made.
    AlreadyProcessing = "already_processing", CONFLICT, retry true, charged No, "A stage is being made",
        "Wait until it has ended (events tell), or cancel it.";
    /// The present state does not allow it.
    NotNow = "not_allowed_now", CONFLICT, retry false, charged No, "The present state does not allow this",
        "Look at the project's `status` and its stages; the detail says what stands in the way.";
    /// Something must be there first.
    Missing = "prerequisite_missing", CONFLICT, retry false, charged No, "Something is needed first",
        "Make or upload what the detail names, then ask again.";
    /// The stage that was to make it failed.
    StageFailed = "stage_failed", CONFLICT, retry false, charged No, "It was not made: its stage failed",
        "`stage`, `provider` and `provider_code` tell who failed. `POST /v1/projects/{id}/retry` makes the project's newest that failed anew, under another id.";
    /// The stage that was to make it was canceled.
    StageCanceled = "stage_canceled", CONFLICT, retry false, charged No, "It was not made: its stage was canceled",
        "Ask for what is missing with `POST /v1/projects/{id}/produce`, or for the stage by itself; it gets another id.";
    /// All that could be made is there.
    NothingMissing = "nothing_missing", CONFLICT, retry false, charged No, "Nothing is missing",
        "The newest video is ready; ask for a stage by itself to make another one.";
    /// No stage has failed.
    NothingFailed = "nothing_failed", CONFLICT, retry false, charged No, "There is nothing to retry",
        "Retry is for projects that are `failed`; use produce to go on.";
    /// A song was made from the words.
    LyricInUse = "lyric_in_use", CONFLICT, retry false, charged No, "A song was made from these words",
        "Ask for a new lyric, then edit that one.";
    /// None is left.
    SoldOut = "sold_out", CONFLICT, retry false, charged No, "Nothing is left",
        "All are given away or sold; a canceled order or a coupon that was taken back makes room again.";
    /// The member has had one.
    AlreadyIssued = "already_issued", CONFLICT, retry false, charged No, "You have had a coupon of this campaign",
        "There is one for each member; `GET /v1/coupons` shows yours.";
    /// It opens later.
    NotOpen = "not_open", CONFLICT, retry true, charged No, "The campaign is not open yet",
        "Ask again when it opens: the detail says when.";
    /// The coupon was used, is over, or is for larger orders.
    CouponUnusable = "coupon_unusable", CONFLICT, retry false, charged No, "The coupon cannot be used for this order",
        "Order without it or with another one; the detail says what stands in the way.";
    /// Somebody is paying the order.
    BeingPaid = "being_paid", CONFLICT, retry true, charged No, "The order is being paid",
        "Wait until the payment has ended, or pay again: nothing is paid twice.";
    /// The gateway took no money.
    PaymentDeclined = "payment_declined", PAYMENT_REQUIRED, retry true, charged No, "The payment was declined",
        "Pay again, also in another way, until the order's `expires_at`.";
    /// As many pictures as a project may have.
    TooManyImages = "too_many_images", CONFLICT, retry false, charged No, "Too many pictures",
        "Remove some of the project's pictures or send fewer.";
    /// Somebody registered with that email.
    DuplicateEmail = "duplicate_email", CONFLICT, retry false, charged No, "The email is taken",
        "Log in with `POST /v1/sessions`, or register with another email.";
    /// The settings are at a later version than was seen.
    Moved = "version_mismatch", CONFLICT, retry false, charged No, "Somebody else changed it since you looked",
        "Read it again, decide anew, and send the version that you have seen then.";
    /// A request under that key is being carried out.
    InFlight = "idempotency_in_flight", CONFLICT, retry true, charged Unknown, "The same request is being carried out",
        "Wait as long as `Retry-After` says and send it again: it will get the first one's answer.";
    /// Fewer points are there.
    InsufficientPoints = "insufficient_points", CONFLICT, retry false, charged No, "There are not enough points",
        "Get more points, or ask for less; `GET /v1/points/balance` tells what is there.";
    /// The member would have more points than anybody may.
    BalanceLimit = "balance_limit", CONFLICT, retry false, charged No, "The balance would pass its limit",
        "Spend some points first; an admin sets the limit, `max_balance`.";
    /// Points were spent on that order.
    OrderNumberUsed = "order_number_used", CONFLICT, retry false, charged No, "The order is paid already",
        "Use an order number of its own for each order; the history tells what was spent on this one.";
    /// The order number is one that the studio gives itself.
    OrderNumberReserved = "order_number_reserved", CONFLICT, retry false, charged No, "The order number is the studio's own",
        "Choose another number for your orders; what was made or booked gives its points back when it is canceled itself.";
    /// More was to come back than was spent.
    ExceedsUsage = "exceeds_usage", CONFLICT, retry false, charged No, "Less than that may come back",
        "Cancel what remains of the use, or leave the amount out to cancel all of it.";
    /// It was canceled before.
    AlreadyCanceled = "already_canceled", CONFLICT, retry false, charged No, "It was canceled already",
        "Nothing is left to do: all of it was canceled before.";
    /// The points were bought.
    LotBought = "lot_bought", CONFLICT, retry false, charged No, "These points were bought",
        "Cancel their order: it takes the points back and returns what was paid.";
    /// Some of the points were spent.
    LotInUse = "lot_in_use", CONFLICT, retry false, charged No, "Some of these points are spent",
        "Points are taken back whole: cancel the uses of them first.";
    /// The points are past their time.
    LotExpired = "lot_expired", CONFLICT, retry false, charged No, "These points have expired",
        "Nothing is left to take back.";
    /// Somebody else has the slot.
    SlotUnavailable = "slot_unavailable", CONFLICT, retry true, charged No, "Somebody else has the slot",
        "Take another one, or look again when a hold is over, five minutes after it began.";
    /// The day of the slot is over.
    SlotOver = "slot_over", CONFLICT, retry false, charged No, "The day of the slot is over",
        "Take a slot of a day to come.";
    /// The member holds as many slots as one may.
    TooManyHolds = "too_many_holds", CONFLICT, retry true, charged No, "Too many slots are held",
        "Pay or give back one of the slots that you hold, then hold another.";
    /// The hold is over.
    HoldExpired = "hold_expired", CONFLICT, retry false, charged No, "The slot is held no longer",
        "Hold the slot again if nobody else has, and pay within five minutes.";
    /// The member has as many webhooks as one may.
    TooManyWebhooks = "too_many_webhooks", CONFLICT, retry false, charged No, "Too many webhooks",
        "Delete one that you do not need any more, or let one be told more events.";
    /// The video is not there yet.
    VideoNotReady = "video_not_ready", CONFLICT, retry true, charged No, "The video is not ready",
        "Wait until the video's `status` is `ready`, or name another one.";
    /// A queue token is needed, and a good one.
    QueueTokenInvalid = "queue_token_invalid", UNAUTHORIZED, retry false, charged No, "A queue token is needed",
        "Draw one at `POST /v1/queue-tokens` and send it as `Castad-Queue-Token`; one that was paid with or is an hour old is good no more.";
    /// The turn of the queue token has not come.
    QueueTokenWaiting = "queue_token_waiting", FORBIDDEN, retry true, charged No, "Your turn has not come",
        "Look at `GET /v1/queue-tokens/{token}` until its `status` is `active`.";
    /// The body is larger than the route takes.
    TooLarge = "body_too_large", PAYLOAD_TOO_LARGE, retry false, charged No, "The body is too large",
        "Send less: a picture may have 15 MB, any other body 256 KB.";
    /// The body is of another type than the route takes.
    WrongType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, retry false, charged No, "The body is of the wrong type",
        "Send `application/json`, or `multipart/form-data` where pictures are uploaded.";
    /// A range outside the file.
    BadRange = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, retry false, charged No, "The range lies outside the file",
        "Ask for bytes that the file has; `Content-Range` tells its length.";
    /// The schema forbids it.
    Invalid = "invalid_input", UNPROCESSABLE_ENTITY, retry false, charged No, "The input is not valid",
        "`errors` lists every fault with a JSON pointer.";
    /// A file is no picture that can be taken.
    PictureRejected = "picture_rejected", UNPROCESSABLE_ENTITY, retry false, charged No, "A picture was not taken",
        "Send JPEG, PNG or WebP; the detail says what is wrong with which file.";
    /// The key named another request.
    Mismatch = "idempotency_mismatch", UNPROCESSABLE_ENTITY, retry false, charged No, "The idempotency key was used for another request",
        "Use a fresh key for a new request.";
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, retry true, charged Unknown, "Something broke here",
        "It is in the log under the `request_id`; send it again, and tell us if it stays.";
    /// The database or the media store does not answer.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, retry true, charged Unknown, "A part of the service does not answer",
        "Send it again as `Retry-After` says.";
    /// The gateway does not answer, or there is none.
    PaymentsUnavailable = "payments_unavailable", SERVICE_UNAVAILABLE, retry true, charged Unknown, "Payments do not work now",
        "Send it again as `Retry-After` says: nothing is paid twice. Where `CASTAD_PAYMENTS` is not set nothing can be paid.";
    /// So much waits that no more is taken on.
    BacklogFull = "backlog_full", TOO_MANY_REQUESTS, retry true, charged No, "Too many productions are waiting",
        "Nothing was ordered or charged: send it again as `Retry-After` says, once some have ended.";
    /// More was asked than is allowed in the time.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, retry true, charged No, "Too many requests",
        "Nothing was done: send it again as `Retry-After` says. `RateLimit` tells with each answer how many more are allowed.";
    /// More attempts to come in or to join than are allowed in the time.
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS, retry true, charged No, "Too many attempts",
        "Wait as long as `Retry-After` says. Whoever is logged in, and keys that were used lately, go on meanwhile.";
    /// As many streams as a member may have open.
    TooManyStreams = "too_many_streams", TOO_MANY_REQUESTS, retry true, charged No, "Too many streams are open",
        "Close a stream that you do not need any more: one tells the events of all your projects.";
    /// As many connections as there may be.
    TooManyConnections = "too_many_connections", SERVICE_UNAVAILABLE, retry true, charged No, "Too many connections are open",
        "Send it again as `Retry-After` says, over as few connections as you can.";
    /// The head of the request is too long.
    HeadTooLarge = "head_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, retry false, charged No, "The head is too large",
        "Send at most 80 headers that have, with the address, at most 16 KB.";
    /// Others were at it for as long as was waited.
    Busy = "busy", SERVICE_UNAVAILABLE, retry true, charged No, "Others are at the same thing",
        "Nothing was done: send it again as `Retry-After` says.";
    /// No room is left.
    Full = "storage_full", INSUFFICIENT_STORAGE, retry true, charged No, "No room is left",
        "Whoever runs the service has to make room; what was stored before is still there.";
}

impl Code {
    /// Whether callers are always told how long to wait.
    pub(super) fn waits(self) -> bool {
        let status = self.status();
        self == Self::InFlight
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
    }

    /// The code of an answer that did not come from us.
    pub(super) fn of(status: StatusCode) -> Self {
        let known = Self::ALL.iter().copied().find(|code| code.status() == status);
        known.unwrap_or(if status.is_server_error() { Self::Internal } else { Self::Malformed })
    }
}
