use serde::Deserialize;
use serde_json::{Value, json};

use super::{End, Ended, MOST_TOKENS, Usage, problem::Said};
use crate::{prompt::Prompt, schema};

pub(super) fn request(model: &str, prompt: &Prompt<'_>) -> Value {
    json!({
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.rules()},
            {"role": "user", "content": prompt.about()},
        ],
        "response_format": {"type": "json_schema", "json_schema": {
            "name": schema::NAME, "schema": schema::schema(), "strict": true,
        }},
        "max_completion_tokens": MOST_TOKENS,
        "stream": true,
        "stream_options": {"include_usage": true},
    })
}

/// One piece of an answer; the one with the usage has no choices.
#[derive(Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(default)]
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

/// An answer of the Chat Completions API as far as it has come.
#[derive(Default)]
pub(crate) struct Reading {
    text: String,
    refused: bool,
    end: Option<End>,
    usage: Option<Usage>,
}

impl Reading {
    pub(super) fn event(&mut self, chunk: Chunk) {
        if let Some(said) = chunk.error {
            self.end = Some(End::Failed(said.word()));
        }
        self.usage = chunk.usage.or(self.usage.take());
        for choice in chunk.choices {
            self.text += &choice.delta.content.unwrap_or_default();
            self.refused |= choice.delta.refusal.is_some_and(|text| !text.is_empty());
            self.end = choice.finish_reason.map(finish).or(self.end.take());
        }
    }

    pub(super) fn so_far(&self) -> &str {
        &self.text
    }

    pub(super) fn is_complete(&self) -> bool {
        self.end.is_some()
    }

    pub(super) fn ended(self) -> Option<Ended> {
        let end = self.end?.unless_refused(self.refused);
        Some(Ended { text: self.text, end, usage: self.usage })
    }
}

fn finish(reason: String) -> End {
    match reason.as_str() {
        "length" => End::Truncated(reason),
        "content_filter" => End::Declined(reason),
        _ => End::Complete,
    }
}
