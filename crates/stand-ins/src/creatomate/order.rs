use std::time::Duration;

use axum::{
    http::{StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::problem::{PAGE, Problem};
use crate::server::Dropped;

/// What is to go wrong, and where: `{"create": "server_error"}`, `{"render": "cancelled"}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// With the next request for a render.
    Create(Fault),
    /// With the next look at a render.
    Look(Fault),
    /// With the next request for a template.
    Template(Fault),
    /// With the next render that is taken.
    Render(Fate),
}

/// What is to go wrong with the answer to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 500 with a hint.
    ServerError,
    /// 502 with a page of HTML, as a gateway in between answers.
    BadGateway,
    /// 429, in plain text.
    RateLimited {
        /// Seconds to wait, where it says.
        retry_after: Option<u32>,
    },
    /// 402.
    NoCredit,
    /// 401, though the key is right.
    Unauthorized,
    /// 404.
    NotFound,
    /// 400 with a hint that repeats an address and a word of many letters.
    BadRequest,
    /// A redirect to elsewhere.
    Redirect,
    /// The connection is closed without a word, before anything was taken.
    Dropped,
    /// What was asked is done, and the connection closed without a word.
    DroppedAfter,
    /// What was asked is done, and the answer breaks off in the middle.
    CutShort,
    /// 200 with a page of HTML.
    Html,
    /// The request is never answered; nothing was taken.
    Silent,
}

/// What is to become of one render.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is taken with an error and a warning, and rendered all the same.
    Remarked,
    /// It stays at `rendering`.
    NeverEnds,
    /// Its status is a word that no document has, and stays it.
    UnknownStatus,
    /// It fails.
    Fails {
        /// The reason told.
        message: String,
    },
    /// Somebody cancels it.
    Cancelled,
    /// It is not there any more at the first look.
    Gone,
    /// Its film is a page of HTML.
    FileHtml,
    /// Its film breaks off in the middle.
    FileCutShort,
    /// Its film is not there.
    FileGone,
    /// Its film is larger than told.
    FileLarger,
    /// It does not say how long it plays.
    NoDuration,
    /// Its film lies on another host.
    FileElsewhere,
    /// Its webhook comes twice.
    WebhookTwice,
    /// Its webhook comes, and after it one of a state before.
    WebhookOutOfOrder,
    /// Its webhook comes, and one that tells of a render that is none.
    WebhookForged,
}

/// What makes renders go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Each look shows the next state.
    #[default]
    Looks,
    /// They are done by themselves after that many milliseconds.
    TakesMs(u64),
}

impl Pace {
    pub(super) fn takes(self) -> Option<Duration> {
        match self {
            Self::Looks => None,
            Self::TakesMs(millis) => Some(Duration::from_millis(millis)),
        }
    }
}

impl Fault {
    /// What is answered instead of doing what was asked; `None` where it is done.
    pub(super) fn instead(self) -> Option<Response> {
        Some(match self {
            Self::ServerError => {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error.")
                    .into_response()
            }
            Self::BadGateway => (StatusCode::BAD_GATEWAY, Html(PAGE)).into_response(),
            Self::RateLimited { retry_after } => super::problem::rate_limited(retry_after),
            Self::NoCredit => {
                Problem::new(StatusCode::PAYMENT_REQUIRED, "Insufficient credits.").into_response()
            }
            Self::Unauthorized => {
                Problem::new(StatusCode::UNAUTHORIZED, "The API key is invalid.").into_response()
            }
            Self::NotFound => Problem::not_found("template").into_response(),
            Self::BadRequest => Problem::new(
                StatusCode::BAD_REQUEST,
                "The value 'https://media.example/secret?sig=1' of \"Photo-1\" cannot be used.",
            )
            .into_response(),
            Self::Redirect => {
                let there = [(LOCATION, "http://127.0.0.1:9/elsewhere")];
                (StatusCode::TEMPORARY_REDIRECT, there).into_response()
            }
            Self::Dropped => Dropped.into_response(),
            Self::Html => Html(PAGE).into_response(),
            Self::Silent => super::problem::silent(),
            Self::DroppedAfter | Self::CutShort => return None,
        })
    }
}
