use serde::Deserialize;
use serde_json::{Value, json};

use super::{End, Ended, MOST_TOKENS, Usage, problem::Said};
use crate::{prompt::Prompt, schema};

pub(super) fn request(model: &str, prompt: &Prompt<'_>) -> Value {
    json!({
        "model": model,
        "instructions": prompt.rules(),
        "input": [{"role": "user", "content": prompt.about()}],
        "text": {"format": {
            "type": "json_schema", "name": schema::NAME, "schema": schema::schema(), "strict": true,
        }},
        "max_output_tokens": MOST_TOKENS,
        "store": false,
        "stream": true,
    })
}

/// One event of a stream; those of other kinds have none of these fields.
#[derive(Deserialize)]
pub(super) struct Event {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    delta: Option<Value>,
    #[serde(default)]
    response: Option<Response>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    output: Vec<Item>,
    #[serde(default)]
    error: Option<Said>,
    #[serde(default)]
    incomplete_details: Option<Incomplete>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    content: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
}

/// An answer of the Responses API as far as it has come.
#[derive(Default)]
pub(crate) struct Reading {
    text: String,
    refused: bool,
    ended: Option<Ended>,
}

impl Reading {
    pub(super) fn event(&mut self, event: Event) {
        match event.kind.as_str() {
            "response.output_text.delta" => {
                self.text += event.delta.as_ref().and_then(Value::as_str).unwrap_or_default();
            }
            "response.refusal.delta" | "response.refusal.done" => self.refused = true,
            "response.completed" => self.end(event.response, |_| End::Complete),
            "response.incomplete" => self.end(event.response, incomplete),
            "response.failed" => {
                self.end(event.response, |answer| {
                    End::Failed(answer.error.as_ref().and_then(Said::word))
                });
            }
            "error" => {
                let word = event.code.or_else(|| event.error.as_ref().and_then(Said::word));
                self.ended =
                    Some(Ended { text: String::new(), end: End::Failed(word), usage: None });
            }
            _ => {}
        }
    }

    /// The last event repeats the whole answer, of which the message need not be the first item.
    fn end(&mut self, answer: Option<Response>, end: impl Fn(&Response) -> End) {
        let Some(answer) = answer else { return };
        let parts = answer.output.iter().filter_map(|item| item.content.as_ref()).flatten();
        let mut whole = String::new();
        for part in parts {
            match part.kind.as_str() {
                "output_text" => whole += &part.text,
                "refusal" => self.refused = true,
                _ => {}
            }
        }
        let end = end(&answer).unless_refused(self.refused);
        let text = if whole.is_empty() { std::mem::take(&mut self.text) } else { whole };
        self.ended = Some(Ended { text, end, usage: answer.usage });
    }

    pub(super) fn so_far(&self) -> &str {
        &self.text
    }

    pub(super) fn is_complete(&self) -> bool {
        self.ended.is_some()
    }

    pub(super) fn ended(self) -> Option<Ended> {
        self.ended
    }
}

fn incomplete(answer: &Response) -> End {
    let reason = answer.incomplete_details.as_ref().and_then(|details| details.reason.clone());
    match reason {
        Some(reason) if reason == "content_filter" => End::Declined(reason),
        reason => End::Truncated(reason.unwrap_or_else(|| "incomplete".to_owned())),
    }
}
