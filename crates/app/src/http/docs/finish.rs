//! What holds for all routes alike, said once: which id stands in an address, which headers come
//! with every answer, what of it only earlier clients see.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{examples, fields, texts};
use crate::http::earlier;

const SCHEMAS: &str = "#/components/schemas/";

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
        operation(method, path, about);
    });
    told["components"]["headers"] = headers();
    keep_used(&mut schemas, &told["paths"]);
    examples::give(&mut schemas);
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

fn operation(method: &str, path: &str, operation: &mut Value) {
    let changes = !matches!(method, "get" | "head");
    let open = operation["security"] == json!([{}]);
    if open {
        operation["security"] = json!([]);
    } else if earlier::is_here(path) {
        operation["security"] = json!([{"key": []}]);
    }
    if operation.get("parameters").is_none() {
        operation["parameters"] = json!([]);
    }
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        parameter_of(path, parameter);
    }
    let named = changes && !open;
    if let Some(parameters) = operation["parameters"].as_array_mut().filter(|_| named) {
        parameters.push(idempotency_key());
    }
    let takes = |header| named_header(operation, header);
    let kept = Kept { named, waits: takes("Prefer"), file: takes("Range"), tag: takes("If-Range") };
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        answer(path, status, response, kept);
    }
}

/// What an answer has because of what its route takes.
#[derive(Clone, Copy)]
struct Kept {
    /// The request may have a name, and its answer be given again.
    named: bool,
    /// The answer may be held back.
    waits: bool,
    /// It is a file, of which a part may be asked for.
    file: bool,
    /// The file is known by a tag.
    tag: bool,
}

fn named_header(operation: &Value, name: &str) -> bool {
    operation["parameters"].as_array().into_iter().flatten().any(|known| known["name"] == name)
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Names the request: sent again within a day it is not carried out again, and \
                        gets the first answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "5f0c3a52-order-7",
    })
}

/// What may stand in an address, by the word before it or its own name.
fn parameter_of(path: &str, parameter: &mut Value) {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    if parameter.get("description").is_none() {
        parameter["description"] = told_of_parameter(&name).into();
    }
    let (place, kind) = (parameter["in"].clone(), &mut parameter["schema"]);
    if place == "path" {
        narrow_id(path, &name, kind);
    } else if name == "after" {
        kind["pattern"] = cursor(path).into();
    } else if name == "orientation" {
        kind["enum"] = json!(["vertical", "square", "horizontal"]);
    } else if name == "state" {
        kind["enum"] = fields::job_states();
    } else if name == "date" {
        kind["format"] = "date".into();
    } else if name == "order_number" {
        kind["pattern"] = texts::pattern("order_number").into();
        kind["maxLength"] = 100.into();
    }
    // What the handlers read as an unsigned number of 32 bits.
    if kind["format"] == "int32" && kind.get("maximum").is_none() {
        kind["format"] = "int64".into();
        kind["maximum"] = u32::MAX.into();
    }
    // An option is left out or has a value: there is no way to write null.
    if let Some(first) = kind["type"].as_array().and_then(|kinds| kinds.first()).cloned() {
        kind["type"] = first;
    }
}

fn told_of_parameter(name: &str) -> &'static str {
    match name {
        "after" => "Behind what the page begins: `next` of the page before.",
        "key" => "Its name.",
        _ => "Which one.",
    }
}

fn narrow_id(path: &str, name: &str, kind: &mut Value) {
    let before = path.split(&format!("/{{{name}}}")).next().unwrap_or_default();
    let noun = before.rsplit('/').next().unwrap_or_default();
    let own = name.strip_suffix("_id").and_then(fields::ids_of);
    match (noun, own.or_else(|| fields::ids_of(noun))) {
        ("config", _) => kind["enum"] = fields::settings(),
        ("unresolved", _) => kind["pattern"] = fields::purchases().into(),
        (_, Some(pattern)) => kind["pattern"] = pattern.into(),
        (_, None) => kind["pattern"] = "^[^/]+$".into(),
    }
}

/// What a page may begin behind.
fn cursor(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "events" | "replay" => "^evt_[0-9]{1,18}$".to_owned(),
        "slots" => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])[.][0-9]{1,9}$".to_owned(),
        "jobs" if path.contains("admin") => "^[0-9]{1,15}[.]job_[0-9a-f]{32}$".to_owned(),
        "unresolved" => fields::purchases(),
        noun => fields::ids_of(noun).unwrap_or_default(),
    }
}

/// What every answer has, what a changing one has beside it, and how an earlier client is refused.
fn answer(path: &str, status: &str, response: &mut Value, kept: Kept) {
    let refused = response["content"].get("application/problem+json").is_some();
    if response["description"].as_str().unwrap_or_default().is_empty() {
        let code = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
        response["description"] = code.and_then(|code| code.canonical_reason()).into();
    }
    let mut headers = vec!["X-Request-Id"];
    let contents = response.get_mut("content").and_then(Value::as_object_mut);
    for (kind, content) in contents.into_iter().flatten() {
        if ["image/", "audio/", "video/"].iter().any(|media| kind.starts_with(media)) {
            content["schema"]["format"] = "binary".into();
        }
    }
    match status {
        "200" | "206" if kept.file => headers.push("Accept-Ranges"),
        "401" if refused => headers.push("WWW-Authenticate"),
        "409" | "429" | "503" => headers.push("Retry-After"),
        "416" => headers.push("Content-Range"),
        _ if kept.named && status.starts_with('2') => headers.push("Idempotent-Replayed"),
        _ => {}
    }
    if kept.waits && status.starts_with('2') {
        headers.push("Preference-Applied");
    }
    if status == "206" {
        headers.push("Content-Range");
    }
    if kept.tag && matches!(status, "200" | "206" | "304") {
        headers.push("ETag");
    }
    if kept.tag && matches!(status, "200" | "206") {
        headers.push("Content-Disposition");
    }
    for name in headers {
        response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
    }
    if let Some(place) = response["headers"].get_mut("Location") {
        *place = json!({"$ref": "#/components/headers/Location"});
    }
    if refused && earlier::is_here(path) {
        let schema = &mut response["content"]["application/problem+json"]["schema"];
        schema["allOf"][0]["$ref"] = format!("{SCHEMAS}EarlierProblem").into();
    }
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({"description": description, "schema": {"type": "string"}, "example": example});
    json!({
        "Accept-Ranges": text("A part of the file may be asked for.", "bytes"),
        "Content-Disposition": text(
            "What to call the file, where it has a name.",
            "inline; filename*=UTF-8''%EB%8B%A4%EC%98%A8%EC%B9%B4%ED%8E%98.mp4",
        ),
        "Content-Range": text("Which part this is, and how long the file is.", "bytes 0-1023/1048576"),
        "ETag": text("The file's own name, for `If-None-Match` and `If-Range`.", "\"9f9f9f9f\""),
        "Idempotent-Replayed": {
            "description": "`true`, if the request was carried out before and this is the answer that it got.",
            "schema": {"type": "string", "const": "true"},
        },
        "Location": text("Where it is.", "/v1/projects/prj_01980000000070008000000000000001"),
        "Preference-Applied": text("For how long the answer was held back at most.", "wait=30"),
        "Retry-After": {
            "description": "After so many seconds the same request may succeed; where that is known.",
            "schema": {"type": "integer", "minimum": 0}, "example": 1,
        },
        "WWW-Authenticate": text("How to come in; where a key is needed.", "Bearer"),
        "X-Request-Id": text("How the log names the request.", "req_5f0c3a52b1d2c3a4e5f60718"),
    })
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
    let face = if earlier::is_here(path) { "Earlier" } else { "" };
    Some(format!("{face}{status}.{}", codes.join(".")))
}
