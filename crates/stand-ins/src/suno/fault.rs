use std::{collections::VecDeque, future::pending};

use axum::{
    body::to_bytes,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Call,
    answer::{Envelope, PAGE, half, reply},
};
use crate::server::Dropped;

/// What is to go wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// With the answer to the next order.
    Generate(Failing),
    /// With the answer to the next look at a job.
    RecordInfo(Failing),
    /// With the answer to the next question for timed words.
    Lyrics(Failing),
    /// With the answer to the next question for credits.
    Credit(Failing),
    /// With the next job that is taken.
    Job(JobFault),
    /// With the callbacks of the next job that is taken.
    Callback(CallbackFault),
    /// With the next timed words.
    Words(WordsFault),
    /// With the next file that is fetched.
    File(FileFault),
}

/// How an answer fails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failing {
    /// A code in the envelope, before anything is done.
    Refused {
        /// Which.
        code: u16,
        /// Whether the HTTP status says the same; else it is 200.
        mirrored: bool,
        /// Seconds to wait, where it says.
        retry_after: Option<u32>,
    },
    /// Code 500 with HTTP 500, after the request was done.
    ServerErrorAfter,
    /// 502 with a page of HTML, as a gateway in between answers.
    BadGateway,
    /// 200 with a page of HTML, after the request was done.
    Html,
    /// 200 without data, after the request was done.
    NoData,
    /// The request is done and its connection closed without a word.
    Dropped,
    /// The connection is closed before the request is done.
    Unheard,
    /// The request is done, and the answer breaks off in the middle.
    CutShort,
    /// The request is done and never answered.
    Silent,
}

/// What is wrong with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobFault {
    /// It stays `PENDING` for ever.
    NeverEnds,
    /// Until it is done its status is a word that the documents do not know.
    UnknownWord,
    /// It ends as `CALLBACK_EXCEPTION`, with tracks.
    CallbackException,
    /// It ends as `CALLBACK_EXCEPTION`, without tracks.
    CallbackExceptionWithoutTracks,
    /// It ends as `SENSITIVE_WORD_ERROR`.
    SensitiveWord,
    /// It ends as `GENERATE_AUDIO_FAILED`, without tracks.
    AudioFailed,
    /// It ends as `CREATE_TASK_FAILED`.
    CreateFailed,
    /// It ends as `SUCCESS`, and the first track has no file.
    FirstWithoutAudio,
    /// It ends as `SUCCESS`, and no track has a file.
    WithoutAudio,
    /// It ends as `SUCCESS`, and its tracks do not say what is sung.
    WithoutPrompt,
    /// Its times are numbers, not text.
    NumberTimes,
    /// The file of the first track is gone.
    FirstGone,
    /// The files of both tracks are gone.
    BothGone,
}

/// What is wrong with callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackFault {
    /// None is sent.
    Lost,
    /// Each is sent twice.
    Duplicated,
    /// The last one comes first.
    OutOfOrder,
    /// Somebody else sends one before each, of a job that there is not.
    Forged,
}

/// What is wrong with timed words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordsFault {
    /// There are none, as for an instrumental.
    Missing,
    /// Their times go back, and lie before and behind the song.
    Wrong,
    /// None of them is aligned.
    Unaligned,
    /// Every second one is not aligned.
    HalfAligned,
    /// They are other words.
    Others,
    /// One for each letter, no space between.
    Letters,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFault {
    /// It is not there.
    Missing,
    /// It is a page of HTML.
    Html,
    /// It is a page of HTML that is called a song.
    Disguised,
    /// It breaks off in the middle.
    CutShort,
    /// 503.
    Unavailable,
    /// It leads on to elsewhere.
    Elsewhere,
}

/// Takes the first fault that fits.
pub(super) fn take<T>(
    ordered: &mut VecDeque<Fault>,
    fits: impl Fn(&Fault) -> Option<T>,
) -> Option<T> {
    let (at, found) = ordered.iter().enumerate().find_map(|(at, f)| Some((at, fits(f)?)))?;
    ordered.remove(at);
    Some(found)
}

impl Fault {
    pub(super) fn of(&self, call: Call) -> Option<Failing> {
        let (place, failing) = match self {
            Self::Generate(failing) => (Call::Generate, failing),
            Self::RecordInfo(failing) => (Call::RecordInfo, failing),
            Self::Lyrics(failing) => (Call::Lyrics, failing),
            Self::Credit(failing) => (Call::Credit, failing),
            Self::Job(_) | Self::Callback(_) | Self::Words(_) | Self::File(_) => return None,
        };
        (place == call).then(|| failing.clone())
    }

    pub(super) fn job(&self) -> Option<JobFault> {
        if let Self::Job(fault) = self { Some(*fault) } else { None }
    }

    pub(super) fn callback(&self) -> Option<CallbackFault> {
        if let Self::Callback(fault) = self { Some(*fault) } else { None }
    }

    pub(super) fn words(&self) -> Option<WordsFault> {
        if let Self::Words(fault) = self { Some(*fault) } else { None }
    }

    pub(super) fn file(&self) -> Option<FileFault> {
        if let Self::File(fault) = self { Some(*fault) } else { None }
    }
}

impl Failing {
    /// What is answered instead, whether the request is done or not.
    pub(super) async fn instead(self, act: impl FnOnce() -> Result<Value, Envelope>) -> Response {
        match self {
            Self::Refused { code, mirrored, retry_after } => {
                let refused = Envelope::new(code, "Refused, as ordered");
                reply(Err(refused.mirrored(mirrored).retry_after(retry_after)))
            }
            Self::BadGateway => (StatusCode::BAD_GATEWAY, Html(PAGE)).into_response(),
            Self::Unheard => Dropped.into_response(),
            Self::ServerErrorAfter => {
                drop(act());
                reply(Err(Envelope::new(500, "Server error").mirrored(true)))
            }
            Self::Html => {
                drop(act());
                Html(PAGE).into_response()
            }
            Self::NoData => reply(act().map(|_| Value::Null)),
            Self::Dropped => {
                drop(act());
                Dropped.into_response()
            }
            Self::CutShort => {
                let whole = to_bytes(reply(act()).into_body(), usize::MAX).await;
                half(&whole.unwrap_or_default(), "application/json")
            }
            Self::Silent => {
                drop(act());
                pending().await
            }
        }
    }
}
