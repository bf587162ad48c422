//! What holds for all of the document alike: schemas are flat and strict, and told once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{examples, fields, operations, problems, texts};
use crate::http::earlier;

pub(super) const SCHEMAS: &str = "#/components/schemas/";

/// The whole document, once its routes are known.
pub(in crate::http) fn finished(made: &OpenApi) -> Value {
    let mut told = serde_json::to_value(made).expect("a description has string keys only");
    let schemas = told["components"]["schemas"].take();
    let Value::Object(mut schemas) = schemas else { return told };
    name_rows(&mut schemas);
    flatten(&mut schemas);
    let asked = asked(&told["paths"], &schemas);
    for (name, schema) in &mut schemas {
        fields::narrow(name, schema);
        if let Some(strict) = asked.get(name) {
            ask(name, schema, *strict);
        }
    }
    each_operation(&mut told["paths"], |method, path, about| {
        body_of(about, &schemas);
        operations::complete(method, path, about);
    });
    told["components"]["headers"] = operations::headers();
    keep_used(&mut schemas, &told["paths"]);
    examples::give(&mut schemas);
    problems::give_examples(&mut schemas);
    told["components"]["schemas"] = schemas.into();
    share_problems(&mut told);
    told
}

/// Calls with each operation, its method and its path.
fn each_operation(paths: &mut Value, mut change: impl FnMut(&str, &str, &mut Value)) {
    for (path, methods) in paths.as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            change(method, path, operation);
        }
    }
}

/// The rows of a list are of the schema that the list is named after.
fn name_rows(schemas: &mut Map<String, Value>) {
    let lists = schemas.keys().filter_map(|name| name.split_once('_').map(|(_, row)| (name, row)));
    let lists = lists.filter(|(_, row)| schemas.contains_key(*row));
    let lists: Vec<_> =
        lists.map(|(name, row)| (name.clone(), format!("{SCHEMAS}{row}"))).collect();
    for (name, row) in lists {
        schemas[&name]["properties"]["items"]["items"] = json!({"$ref": row});
    }
}

/// Schemas that are made of others become one object each.
fn flatten(schemas: &mut Map<String, Value>) {
    while let Some((name, flat)) = schemas.iter().find_map(|(name, schema)| {
        let parts = schema.get("allOf")?.as_array()?;
        let parts: Option<Vec<_>> = parts.iter().map(|part| resolved(schemas, part)).collect();
        let parts = parts?;
        parts
            .iter()
            .all(|part| part.get("allOf").is_none())
            .then(|| (name.clone(), one_of(schema, &parts)))
    }) {
        schemas.insert(name, flat);
    }
}

fn resolved<'a>(schemas: &'a Map<String, Value>, part: &'a Value) -> Option<&'a Value> {
    match part["$ref"].as_str() {
        Some(place) => schemas.get(place.strip_prefix(SCHEMAS)?),
        None => Some(part),
    }
}

fn one_of(schema: &Value, parts: &[&Value]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for part in parts {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    json!({
        "type": "object", "description": schema["description"],
        "properties": properties, "required": required,
    })
}

/// The schemas of bodies, and whether what they do not name is refused.
fn asked(paths: &Value, schemas: &Map<String, Value>) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    for (path, methods) in paths.as_object().into_iter().flatten() {
        for operation in methods.as_object().into_iter().flatten().map(|(_, operation)| operation) {
            for name in reached(&operation["requestBody"], schemas) {
                found.insert(name, !earlier::is_here(path));
            }
        }
    }
    found
}

/// The schemas that something leads to.
fn reached(from: &Value, schemas: &Map<String, Value>) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let place = value["$ref"].as_str().and_then(|place| place.strip_prefix(SCHEMAS));
                if let Some(name) = place
                    && found.insert(name.to_owned())
                {
                    open.extend(schemas.get(name));
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// A body that is asked for: more is checked of it than of what is told.
fn ask(name: &str, schema: &mut Value, strict: bool) {
    for (field, about) in schema["properties"].as_object_mut().into_iter().flatten() {
        if let Some(pattern) = texts::pattern(field).filter(|_| about.get("enum").is_none()) {
            about["pattern"] = pattern.into();
        }
        if field == "events" {
            about["items"]["enum"] = texts::choices();
        }
        // Sixty-four bits without a sign.
        if about["minimum"] == 0 && about["format"] == "int64" && about.get("maximum").is_none() {
            about["maximum"] = u64::MAX.into();
        }
        if field == "dates" {
            about["uniqueItems"] = true.into();
        }
    }
    if strict {
        schema["additionalProperties"] = false.into();
    }
    for (field, value) in texts::rule(name).as_object().into_iter().flatten() {
        schema[field] = value.clone();
    }
    if let Some(fields) = schema.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
}

/// A body may be left out where nothing of it has to be there; one that is sent is an object.
fn body_of(operation: &mut Value, schemas: &Map<String, Value>) {
    let Some(body) = operation.get_mut("requestBody") else { return };
    for content in body["content"].as_object_mut().into_iter().flatten().map(|(_, content)| content)
    {
        let or_null = content["schema"]["oneOf"].as_array();
        let named = or_null.and_then(|kinds| kinds.iter().find(|kind| kind.get("$ref").is_some()));
        if let Some(named) = named.cloned() {
            content["schema"] = named;
        }
    }
    let schema = &body["content"]["application/json"]["schema"];
    if let Some(schema) = resolved(schemas, schema).filter(|schema| schema.is_object()) {
        let needed = schema["required"].as_array().is_some_and(|fields| !fields.is_empty());
        body["required"] = needed.into();
    }
}

/// What nothing leads to is not told.
fn keep_used(schemas: &mut Map<String, Value>, paths: &Value) {
    let used = reached(paths, schemas);
    schemas.retain(|name, _| used.contains(name));
}

/// Problems that many routes share are told once.
fn share_problems(told: &mut Value) {
    let mut counted = BTreeMap::<String, (Value, usize)>::new();
    each_operation(&mut told["paths"], |_, path, operation| {
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if let Some(name) = problem_name(path, status, response) {
                counted.entry(name).or_insert_with(|| (response.clone(), 0)).1 += 1;
            }
        }
    });
    counted.retain(|_, (_, count)| *count > 1);
    each_operation(&mut told["paths"], |_, path, operation| {
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            let name = problem_name(path, status, response);
            if let Some(name) = name.filter(|name| counted.contains_key(name)) {
                *response = json!({"$ref": format!("#/components/responses/{name}")});
            }
        }
    });
    let shared = counted.into_iter().map(|(name, (response, _))| (name, response));
    told["components"]["responses"] = Value::Object(shared.collect());
}

fn problem_name(path: &str, status: &str, response: &Value) -> Option<String> {
    let schema = response["content"].get("application/problem+json")?;
    let codes = schema["schema"]["allOf"][1]["properties"]["code"]["enum"].as_array()?;
    let codes: Vec<_> = codes.iter().filter_map(Value::as_str).collect();
    // Who needs no key is not told how often they may ask.
    let limited = status == "401" || response["headers"].get("RateLimit").is_some();
    let face = match (earlier::is_here(path), limited) {
        (true, _) => "Earlier",
        (false, true) => "",
        (false, false) => "Open",
    };
    Some(format!("{face}{status}.{}", codes.join(".")))
}
