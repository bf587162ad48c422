//! An example of every schema: what `examples.json` says of it, the rest as the schema has it.

use serde_json::{Map, Value, json};

const SAID: &str = include_str!("examples.json");
/// The 128 bits of ids in examples.
const BITS: &str = "01980000000070008000000000000001";

/// Gives each schema its examples.
pub(super) fn give(schemas: &mut Map<String, Value>) {
    let said: Value = serde_json::from_str(SAID).expect("examples.json is JSON");
    let all: Vec<_> = schemas
        .keys()
        .map(|name| (name.clone(), Examples { said: &said, schemas }.of(name)))
        .collect();
    for (name, examples) in all {
        schemas[&name]["examples"] = examples.into();
    }
}

struct Examples<'a> {
    said: &'a Value,
    schemas: &'a Map<String, Value>,
}

impl Examples<'_> {
    /// One for each that is said of the schema; one at least.
    fn of(&self, name: &str) -> Vec<Value> {
        let schema = &self.schemas[name];
        let only = json!([{}]);
        let said = self.said[name].as_array().or(only.as_array()).expect("one is a list");
        if schema["properties"].is_null() {
            return said.clone();
        }
        said.iter().map(|said| self.object(schema, said)).collect()
    }

    /// Fields that may be left out of a body are, unless something is said of them.
    fn object(&self, schema: &Value, said: &Value) -> Value {
        let mut made = Map::new();
        for (field, about) in schema["properties"].as_object().into_iter().flatten() {
            let value = match said.get(field).or_else(|| self.said["*"].get(field)) {
                Some(value) => value.clone(),
                None => self.value(about),
            };
            let needed =
                schema["required"].as_array().into_iter().flatten().any(|name| name == field);
            let body = schema["additionalProperties"] == false;
            if needed || !body || said.get(field).is_some() {
                made.insert(field.clone(), value);
            }
        }
        made.into()
    }

    fn value(&self, about: &Value) -> Value {
        if let Some(name) = about["$ref"].as_str().and_then(|place| place.rsplit('/').next()) {
            return self.of(name).swap_remove(0);
        }
        if let Some(example) = about.get("example").or_else(|| about["examples"].get(0)) {
            return example.clone();
        }
        if let Some(word) = about.get("const").or_else(|| about["enum"].get(0)) {
            return word.clone();
        }
        match about["type"].as_str() {
            Some("array") => json!([self.value(&about["items"])]),
            Some("string") => text(about),
            Some("integer" | "number") => about.get("minimum").cloned().unwrap_or_else(|| 0.into()),
            Some("boolean") => false.into(),
            Some("object") => json!({}),
            Some(_) | None => Value::Null,
        }
    }
}

/// One of an option, a header or a part of an address.
pub(super) fn of_parameter(name: &str, about: &Value) -> Value {
    let said = about.get("default").or_else(|| about["enum"].get(0));
    if let Some(said) = said {
        return said.clone();
    }
    let pattern = about["pattern"].as_str().unwrap_or_default();
    match name {
        "after" if pattern.ends_with("[.]job_[0-9a-f]{32}$") => {
            format!("1777626000000000.job_{BITS}").into()
        }
        "after" if pattern.ends_with("[.][0-9]{1,9}$") => "2026-05-04.7".into(),
        "name" => "song".into(),
        "provider" => "suno".into(),
        "order_number" => "A-7".into(),
        "token" if pattern == "^[^/]+$" => format!("att_{BITS}").into(),
        "If-Range" | "If-None-Match" => format!("\"{}\"", "9f".repeat(32)).into(),
        _ => text(about),
    }
}

/// One of an answer that is text.
pub(super) fn of_text(path: &str, kind: &str) -> Option<&'static str> {
    match kind {
        "text/event-stream" => Some(concat!(
            "id: evt_000000000007\nevent: song.ready\n",
            "data: {\"id\":\"evt_000000000007\",\"type\":\"song.ready\",",
            "\"at\":\"2026-05-01T09:00:00.000000Z\",",
            "\"project_id\":\"prj_01980000000070008000000000000001\",",
            "\"data\":{\"id\":\"sng_01980000000070008000000000000001\",\"stage\":\"song\"}}\n\n"
        )),
        "text/vtt" => Some("WEBVTT\n\n00:00:04.000 --> 00:00:07.500\n바다가 보이는 다온카페\n"),
        "text/plain" if path == "/metrics" => Some(
            "# TYPE castad_queue_age_seconds gauge\ncastad_queue_age_seconds{lane=\"song\"} 0\n",
        ),
        "text/plain" => Some("[00:04.00]바다가 보이는 다온카페\n"),
        _ => None,
    }
}

fn text(about: &Value) -> Value {
    match (about["format"].as_str(), about["pattern"].as_str()) {
        (Some("date-time"), _) => "2026-05-01T09:00:00.000000Z".into(),
        (Some("date"), _) => "2026-05-04".into(),
        (_, Some(pattern)) if pattern.starts_with("^evt_") => "evt_000000000007".into(),
        (_, Some(pattern)) if pattern.contains("_[0-9a-f]{32}") => {
            let prefix = pattern.trim_start_matches(['^', '(']).chars().take(3);
            format!("{}_{BITS}", prefix.collect::<String>()).into()
        }
        (_, Some("^[0-9a-f]{64}$")) => "9f".repeat(32).into(),
        _ => Value::Null,
    }
}
