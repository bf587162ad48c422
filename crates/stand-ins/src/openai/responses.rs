use std::fmt::Write;

use serde_json::{Value, json};

use super::{
    problem::Problem,
    reply::{End, Outcome},
    schema,
    words::Material,
};

const KNOWN: [&str; 22] = [
    "model",
    "input",
    "instructions",
    "text",
    "max_output_tokens",
    "store",
    "stream",
    "stream_options",
    "reasoning",
    "temperature",
    "top_p",
    "metadata",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "background",
    "conversation",
    "previous_response_id",
    "include",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
];

pub(super) fn check(body: &Value) -> Result<(), Problem> {
    schema::only(body, &KNOWN)?;
    if !body["model"].is_string() {
        return Err(Problem::param("model", "Missing required parameter: 'model'."));
    }
    let input = &body["input"];
    let items = input.as_array().is_some_and(|items| {
        !items.is_empty()
            && items.iter().all(|item| item["role"].is_string() && item["content"].is_string())
    });
    if !items && !input.is_string() {
        return Err(Problem::param("input", "Missing required parameter: 'input'."));
    }
    schema::cap(body, "max_output_tokens", 16)?;
    match body["text"]["format"]["type"].as_str() {
        Some("json_schema") => schema::format(&body["text"]["format"], "text.format"),
        Some("text") | None => Ok(()),
        Some(_) => Err(Problem::param("text.format.type", "Invalid value.")),
    }
}

pub(super) fn material(body: &Value) -> Material {
    let input = &body["input"];
    let said = input.as_array().and_then(|items| items.iter().find(|item| item["role"] == "user"));
    Material::read(said.map_or(input, |item| &item["content"]).as_str().unwrap_or_default())
}

pub(super) fn whole(asked: &Value, outcome: &Outcome) -> Value {
    let (status, error, incomplete) = match outcome.end {
        End::Completed | End::Refused => ("completed", Value::Null, Value::Null),
        End::Truncated => ("incomplete", Value::Null, json!({"reason": "max_output_tokens"})),
        End::Filtered => ("incomplete", Value::Null, json!({"reason": "content_filter"})),
        End::Failed => {
            let error = json!({"code": "server_error", "message": "The model failed."});
            ("failed", error, Value::Null)
        }
    };
    let output = if outcome.end == End::Failed { json!([]) } else { output(outcome, status) };
    let tokens = outcome.tokens();
    json!({
        "id": "resp_stand_in", "object": "response", "created_at": 1_740_855_869, "status": status,
        "error": error, "incomplete_details": incomplete, "model": asked["model"], "output": output,
        "usage": {
            "input_tokens": 100, "input_tokens_details": {"cached_tokens": 64},
            "output_tokens": tokens, "output_tokens_details": {"reasoning_tokens": 8},
            "total_tokens": 100 + tokens,
        },
    })
}

/// The message is not the first item: a model that reasons says so before.
fn output(outcome: &Outcome, status: &str) -> Value {
    json!([
        {"type": "reasoning", "id": "rs_stand_in", "summary": []},
        {"type": "message", "id": "msg_stand_in", "role": "assistant", "status": status,
         "content": [part(outcome)]},
    ])
}

fn part(outcome: &Outcome) -> Value {
    if outcome.end == End::Refused {
        return json!({"type": "refusal", "refusal": outcome.text});
    }
    json!({"type": "output_text", "text": outcome.text, "annotations": [], "logprobs": []})
}

pub(super) fn stream(asked: &Value, outcome: &Outcome) -> String {
    let whole = whole(asked, outcome);
    let begun =
        json!({"id": "resp_stand_in", "object": "response", "status": "in_progress", "output": []});
    let place = json!({"item_id": "msg_stand_in", "output_index": 1, "content_index": 0});
    let kind = if outcome.end == End::Refused { "refusal" } else { "output_text" };
    let mut said = Events::default();
    said.event("response.created", json!({"response": begun}));
    said.event("response.in_progress", json!({"response": begun}));
    let item = json!({"type": "message", "id": "msg_stand_in", "role": "assistant", "content": []});
    said.event("response.output_item.added", json!({"output_index": 1, "item": item}));
    said.event("response.content_part.added", with(&place, &[("part", json!({"type": kind}))]));
    for delta in outcome.deltas() {
        let more = [("delta", json!(delta)), ("obfuscation", json!("xYz"))];
        said.event(&format!("response.{kind}.delta"), with(&place, &more));
    }
    if outcome.end != End::Failed {
        let field = if kind == "refusal" { "refusal" } else { "text" };
        said.event(&format!("response.{kind}.done"), with(&place, &[(field, json!(outcome.text))]));
        said.event("response.content_part.done", with(&place, &[("part", part(outcome))]));
        said.event(
            "response.output_item.done",
            json!({"output_index": 1, "item": whole["output"][1]}),
        );
    }
    let status = whole["status"].as_str().unwrap_or_default();
    said.event(&format!("response.{status}"), json!({"response": whole}));
    said.text
}

fn with(place: &Value, more: &[(&str, Value)]) -> Value {
    let mut event = place.clone();
    for (field, value) in more {
        event[*field] = value.clone();
    }
    event
}

#[derive(Default)]
struct Events {
    text: String,
    count: u32,
}

impl Events {
    fn event(&mut self, kind: &str, mut data: Value) {
        data["type"] = kind.into();
        data["sequence_number"] = self.count.into();
        self.count += 1;
        let _ = write!(self.text, "event: {kind}\ndata: {data}\n\n");
    }
}
