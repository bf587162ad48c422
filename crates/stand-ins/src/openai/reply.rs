use std::{io, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::{chat, pause, responses};

/// Which of the two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Responses,
    Chat,
}

/// What the model says and how it ends.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) text: String,
    pub(super) end: End,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    Refused,
    Truncated,
    Filtered,
    Failed,
}

/// Where the bytes of an answer end too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    No,
    Early,
    Broken,
}

impl Outcome {
    pub(super) fn of(text: String) -> Self {
        Self { text, end: End::Completed }
    }

    pub(super) fn half(self, end: End) -> Self {
        let most = self.text.chars().count() / 2;
        Self { text: self.text.chars().take(most).collect(), end }
    }

    /// A few characters at a time, as a model writes.
    pub(super) fn deltas(&self) -> Vec<String> {
        let letters: Vec<char> = self.text.chars().collect();
        letters.chunks(5).map(|chunk| chunk.iter().collect()).collect()
    }

    pub(super) fn tokens(&self) -> usize {
        self.text.chars().count() / 3 + 1
    }
}

pub(super) fn reply(
    shape: Shape,
    asked: &Value,
    outcome: &Outcome,
    (cut, pace): (Cut, Duration),
) -> Response {
    if asked["stream"] != true {
        return Json(match shape {
            Shape::Responses => responses::whole(asked, outcome),
            Shape::Chat => chat::whole(asked, outcome),
        })
        .into_response();
    }
    let text = match shape {
        Shape::Responses => responses::stream(asked, outcome),
        Shape::Chat => chat::stream(asked, outcome),
    };
    ([(CONTENT_TYPE, "text/event-stream; charset=utf-8")], body(text.as_bytes(), cut, pace))
        .into_response()
}

/// In pieces that heed neither lines nor letters, as a network does.
fn body(text: &[u8], cut: Cut, pace: Duration) -> Body {
    let sent = if cut == Cut::No { text } else { &text[..text.len() / 2] };
    let mut pieces: Vec<io::Result<Bytes>> =
        sent.chunks(61).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    if cut == Cut::Broken {
        pieces.push(Err(io::Error::other("the reply was cut short, as ordered")));
    }
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        pause(pace).await;
        piece
    }))
}
