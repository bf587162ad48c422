use axum::{
    http::{HeaderValue, StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    problem::Problem,
    reply::{Cut, End, Outcome},
    words::{self, Material},
};
use crate::server::Dropped;

/// What is to go wrong with the answer to one request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 500 with an error that says so.
    ServerError,
    /// 502 with a page of HTML, as a gateway in between answers.
    BadGateway,
    /// 503 `server_is_overloaded`.
    Overloaded {
        /// Seconds to wait, where it says.
        retry_after: Option<u32>,
    },
    /// 429 `rate_limit_exceeded`.
    RateLimited {
        /// Seconds to wait, where it says.
        retry_after: Option<u32>,
    },
    /// 429 without `Retry-After`, whose limits are filled again after some seconds.
    LimitUsedUp {
        /// Seconds until they are.
        reset: u32,
    },
    /// 429 that no waiting mends: the money ran out.
    InsufficientQuota,
    /// The same by a code of its own.
    CreditExhausted,
    /// 403, for the country.
    Forbidden,
    /// A redirect to elsewhere.
    Redirect,
    /// The request is taken and its connection closed without a word.
    Dropped,
    /// The answer breaks off in the middle.
    CutShort,
    /// The answer ends in good order, too early.
    EndsEarly,
    /// The request is taken and never answered.
    Silent,
    /// 200 with a page of HTML.
    Html,
    /// The stream tells of an error of the server.
    FailsMidway,
    /// The model declines.
    Refusal,
    /// The answer is cut at the most tokens.
    Truncated,
    /// The answer is cut by a filter.
    ContentFilter,
    /// Three lines.
    TooFewLines,
    /// Words in the other language.
    WrongLanguage,
    /// Words without the business's name.
    NoName,
    /// Words that break the rules of a lyric.
    Emoji,
    /// No JSON, against the schema.
    NotJson,
}

/// What comes of a fault.
pub(super) enum Effect {
    /// An answer in good form.
    Outcome(Outcome),
    /// An answer that is cut.
    Cut(Outcome, Cut),
    /// Something else.
    Instead(Response),
    /// Nothing.
    Silence,
}

impl Fault {
    pub(super) fn effect(&self, material: &Material, whole: Outcome) -> Effect {
        match self {
            Self::ServerError => Effect::Instead(server_error()),
            Self::BadGateway => {
                Effect::Instead((StatusCode::BAD_GATEWAY, Html(PAGE)).into_response())
            }
            Self::Overloaded { retry_after } => Effect::Instead(overloaded(*retry_after)),
            Self::RateLimited { retry_after } => Effect::Instead(rate_limited(*retry_after)),
            Self::LimitUsedUp { reset } => Effect::Instead(used_up(*reset)),
            Self::InsufficientQuota => Effect::Instead(no_money("insufficient_quota")),
            Self::CreditExhausted => Effect::Instead(no_money("credit_balance_exhausted")),
            Self::Forbidden => Effect::Instead(forbidden()),
            Self::Redirect => {
                let there = [(LOCATION, "http://127.0.0.1:9/elsewhere")];
                Effect::Instead((StatusCode::TEMPORARY_REDIRECT, there).into_response())
            }
            Self::Dropped => Effect::Instead(Dropped.into_response()),
            Self::CutShort => Effect::Cut(whole, Cut::Broken),
            Self::EndsEarly => Effect::Cut(whole, Cut::Early),
            Self::Silent => Effect::Silence,
            Self::Html => Effect::Instead(Html(PAGE).into_response()),
            Self::FailsMidway => Effect::Outcome(Outcome { end: End::Failed, ..whole }),
            Self::Refusal => {
                let text = "I'm sorry, but I can't help with that.".to_owned();
                Effect::Outcome(Outcome { text, end: End::Refused })
            }
            Self::Truncated => Effect::Outcome(whole.half(End::Truncated)),
            Self::ContentFilter => Effect::Outcome(whole.half(End::Filtered)),
            Self::TooFewLines => said(words::few(material)),
            Self::WrongLanguage => said(words::foreign(material)),
            Self::NoName => said(words::nameless(material)),
            Self::Emoji => said(words::with_emoji(material)),
            Self::NotJson => said("Sure! Here is your song.".to_owned()),
        }
    }
}

const PAGE: &str = "<html><body><h1>Bad gateway</h1></body></html>";

fn said(text: String) -> Effect {
    Effect::Outcome(Outcome::of(text))
}

fn server_error() -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Problem::new(status, "server_error", "server_error", "The server had an error.").into_response()
}

fn overloaded(retry_after: Option<u32>) -> Response {
    let (status, kind) = (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable_error");
    Problem::new(status, kind, "server_is_overloaded", "The model is overloaded.")
        .retry_after(retry_after)
        .into_response()
}

fn rate_limited(retry_after: Option<u32>) -> Response {
    let message = "Rate limit reached for organization org-stand-in.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "requests", "rate_limit_exceeded", message)
        .retry_after(retry_after)
        .into_response()
}

fn used_up(reset: u32) -> Response {
    let mut response = rate_limited(None);
    let head = response.headers_mut();
    head.insert("x-ratelimit-remaining-requests", HeaderValue::from_static("0"));
    if let Ok(reset) = HeaderValue::from_str(&format!("{reset}s")) {
        head.insert("x-ratelimit-reset-requests", reset);
    }
    response
}

fn no_money(code: &str) -> Response {
    let message = "You exceeded your current quota, please check your plan and billing details.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "insufficient_quota", code, message).into_response()
}

fn forbidden() -> Response {
    let (status, code) = (StatusCode::FORBIDDEN, "unsupported_country_region_territory");
    Problem::new(status, "request_forbidden", code, "Country not supported.").into_response()
}
