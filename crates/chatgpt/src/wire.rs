//! OpenAI's JSON. Nothing of it leaves this crate.

mod chat;
mod problem;
mod responses;
mod usage;

use serde_json::Value;

pub(crate) use problem::{Problem, Said};
pub(crate) use usage::Usage;

use crate::{Shape, prompt::Prompt};

/// The most tokens of an answer, those of its reasoning among them.
const MOST_TOKENS: u32 = 8_000;

/// An answer that came to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) text: String,
    pub(crate) end: End,
    pub(crate) usage: Option<Usage>,
}

/// How an answer ended, with the provider's word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// As it should.
    Complete,
    /// At its length.
    Truncated(String),
    /// The model, or a filter, does not want to.
    Declined(String),
    /// With a fault.
    Failed(Option<String>),
}

impl End {
    /// An answer that ends well is none where the model refused.
    fn unless_refused(self, refused: bool) -> Self {
        if refused && self == Self::Complete { Self::Declined("refusal".to_owned()) } else { self }
    }
}

/// Where a request goes, and its body.
pub(crate) fn body(shape: Shape, model: &str, prompt: &Prompt<'_>) -> (&'static str, Value) {
    match shape {
        Shape::Responses => ("responses", responses::request(model, prompt)),
        Shape::Chat => ("chat/completions", chat::request(model, prompt)),
    }
}

/// An answer as far as it has come.
pub(crate) enum Reading {
    Responses(responses::Reading),
    Chat(chat::Reading),
}

impl Reading {
    pub(crate) fn new(shape: Shape) -> Self {
        match shape {
            Shape::Responses => Self::Responses(responses::Reading::default()),
            Shape::Chat => Self::Chat(chat::Reading::default()),
        }
    }

    pub(crate) fn event(&mut self, data: &str) -> serde_json::Result<()> {
        // The one API ends its streams so; the other is said to by some who stand in for it.
        if data.trim() == "[DONE]" {
            return Ok(());
        }
        match self {
            Self::Responses(reading) => reading.event(serde_json::from_str(data)?),
            Self::Chat(reading) => reading.event(serde_json::from_str(data)?),
        }
        Ok(())
    }

    /// The answer's text as far as it has come.
    pub(crate) fn so_far(&self) -> &str {
        match self {
            Self::Responses(reading) => reading.so_far(),
            Self::Chat(reading) => reading.so_far(),
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        match self {
            Self::Responses(reading) => reading.is_complete(),
            Self::Chat(reading) => reading.is_complete(),
        }
    }

    /// The answer; `None` if it did not come to its end.
    pub(crate) fn ended(self) -> Option<Ended> {
        match self {
            Self::Responses(reading) => reading.ended(),
            Self::Chat(reading) => reading.ended(),
        }
    }
}
