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
