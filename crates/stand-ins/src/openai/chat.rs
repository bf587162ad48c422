use std::fmt::Write;

use serde_json::{Value, json};

use super::{
    problem::Problem,
    reply::{End, Outcome},
    schema,
    words::Material,
};

const KNOWN: [&str; 21] = [
    "model",
    "messages",
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "store",
    "stream",
    "stream_options",
    "reasoning_effort",
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "stop",
    "n",
    "seed",
    "metadata",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "verbosity",
];
const ROLES: [&str; 5] = ["developer", "system", "user", "assistant", "tool"];

pub(super) fn check(body: &Value) -> Result<(), Problem> {
    schema::only(body, &KNOWN)?;
    if !body["model"].is_string() {
        return Err(Problem::param("model", "you must provide a model parameter"));
    }
    let good = |message: &Value| {
        let role = message["role"].as_str().unwrap_or_default();
        ROLES.contains(&role) && message["content"].is_string()
    };
    let messages = body["messages"].as_array();
    if !messages.is_some_and(|messages| !messages.is_empty() && messages.iter().all(good)) {
        return Err(Problem::param("messages", "Missing required parameter: 'messages'."));
    }
    if body["stream"] != true && !body["stream_options"].is_null() {
        let message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return Err(Problem::param("stream_options", message));
    }
    schema::cap(body, "max_completion_tokens", 1)?;
    let format = &body["response_format"];
    match format["type"].as_str() {
        Some("json_schema") => {
            schema::format(&format["json_schema"], "response_format.json_schema")
        }
        Some("text" | "json_object") | None => Ok(()),
        Some(_) => Err(Problem::param("response_format.type", "Invalid value.")),
    }
}

pub(super) fn material(body: &Value) -> Material {
    let messages = body["messages"].as_array().into_iter().flatten();
    let said =
        messages.filter(|message| message["role"] == "user").find_map(|m| m["content"].as_str());
    Material::read(said.unwrap_or_default())
}

fn finish(end: End) -> &'static str {
    match end {
        End::Completed | End::Refused | End::Failed => "stop",
        End::Truncated => "length",
        End::Filtered => "content_filter",
    }
}

fn usage(outcome: &Outcome) -> Value {
    let tokens = outcome.tokens();
    json!({
        "prompt_tokens": 100, "completion_tokens": tokens, "total_tokens": 100 + tokens,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 8},
    })
}

pub(super) fn whole(asked: &Value, outcome: &Outcome) -> Value {
    let message = if outcome.end == End::Refused {
        json!({"role": "assistant", "content": null, "refusal": outcome.text})
    } else {
        json!({"role": "assistant", "content": outcome.text, "refusal": null})
    };
    json!({
        "id": "chatcmpl-stand-in", "object": "chat.completion", "created": 1_740_855_869,
        "model": asked["model"], "usage": usage(outcome),
        "choices": [{
            "index": 0, "message": message, "logprobs": null, "finish_reason": finish(outcome.end),
        }],
    })
}

pub(super) fn stream(asked: &Value, outcome: &Outcome) -> String {
    let chunk = |choices: Value, usage: Value| {
        json!({
            "id": "chatcmpl-stand-in", "object": "chat.completion.chunk", "created": 1_740_855_869,
            "model": asked["model"], "choices": choices, "usage": usage, "obfuscation": "xYz",
        })
    };
    let choice = |delta: Value, finish: Option<&str>| {
        chunk(json!([{"index": 0, "delta": delta, "finish_reason": finish}]), Value::Null)
    };
    let field = if outcome.end == End::Refused { "refusal" } else { "content" };
    let mut events = vec![choice(json!({"role": "assistant", "content": ""}), None)];
    events.extend(outcome.deltas().into_iter().map(|delta| choice(json!({field: delta}), None)));
    let mut text = String::new();
    if outcome.end == End::Failed {
        let error = json!({"message": "The model failed.", "type": "server_error", "code": null, "param": null});
        events.push(json!({"error": error}));
    } else {
        events.push(choice(json!({}), Some(finish(outcome.end))));
        if asked["stream_options"]["include_usage"] == true {
            events.push(chunk(json!([]), usage(outcome)));
        }
    }
    for event in events {
        let _ = write!(text, "data: {event}\n\n");
    }
    text + "data: [DONE]\n\n"
}
