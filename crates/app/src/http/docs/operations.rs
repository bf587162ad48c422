//! What holds for all routes alike, said once: which id stands in an address, which headers come
//! with an answer, how earlier clients are refused.

use axum::http::StatusCode;
use castad_domain::model::Scope;
use serde_json::{Value, json};

use super::{examples, fields, finish::SCHEMAS, problems, texts};
use crate::http::{earlier, scopes};

const PROBLEM: &str = "application/problem+json";

/// Adds to an operation what all like it have.
pub(super) fn complete(method: &str, path: &str, operation: &mut Value) {
    let changes = !matches!(method, "get" | "head");
    let open = operation["security"] == json!([{}]);
    if open {
        operation["security"] = json!([]);
    } else {
        operation["security"] = security(method, path);
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
    let parameters = operation["parameters"].take();
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        describe(path, status, response);
        for name in headers_of(status, response, &parameters, open) {
            response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
    }
    operation["parameters"] = parameters;
}

/// What lets one in: a key, with what it must be for, or where the console asks a session.
fn security(method: &str, path: &str) -> Value {
    let scope = scopes::of(&method.to_uppercase(), path);
    let key = json!({"key": scope.map(Scope::name).into_iter().collect::<Vec<_>>()});
    if earlier::is_here(path) { json!([key]) } else { json!([key, {"session": []}]) }
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
        kind["enum"] = fields::job_lists();
    } else if name == "action" {
        kind["enum"] = fields::actions();
    } else if name == "actor" {
        kind["pattern"] = fields::ids_of("member").into();
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
    if parameter.get("example").is_none() {
        parameter["example"] = examples::of_parameter(&name, &parameter["schema"]);
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

/// A slot of a day that every month has, or of another day that there is: one that only February has
/// not, the last of seven months, or the one of leap years. A day that there is not would be refused.
const SLOTS: &str = "^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])\
    |[0-9]{4}-(0[13-9]|1[0-2])-(29|30)\
    |[0-9]{4}-(0[13578]|1[02])-31\
    |([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)[.][0-9]{1,9}$";

/// What a page may begin behind.
fn cursor(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "events" | "replay" => "^evt_[0-9]{1,18}$".to_owned(),
        "slots" => SLOTS.to_owned(),
        "jobs" if path.contains("admin") => "^[0-9]{1,16}[.]job_[0-9a-f]{32}$".to_owned(),
        "unresolved" => fields::purchases(),
        noun => fields::ids_of(noun).unwrap_or_default(),
    }
}

/// What an answer is, and how an earlier client is refused.
fn describe(path: &str, status: &str, response: &mut Value) {
    if response["description"].as_str().unwrap_or_default().is_empty() {
        let code = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
        response["description"] = code.and_then(|code| code.canonical_reason()).into();
    }
    let contents = response.get_mut("content").and_then(Value::as_object_mut);
    for (kind, content) in contents.into_iter().flatten() {
        if let Some(example) = examples::of_text(path, kind) {
            content["example"] = example.into();
        }
        let schema = &mut content["schema"];
        if ["image/", "audio/", "video/"].iter().any(|media| kind.starts_with(media)) {
            schema["format"] = "binary".into();
        }
        if kind == PROBLEM {
            let words = &schema["allOf"][1]["properties"]["code"]["enum"];
            let examples = problems::examples(path, words);
            if earlier::is_here(path) {
                schema["allOf"][0]["$ref"] = format!("{SCHEMAS}EarlierProblem").into();
            }
            content["examples"] = examples;
        }
    }
}

/// The headers of an answer, by its status and what the route takes.
fn headers_of(status: &str, response: &Value, parameters: &Value, open: bool) -> Vec<&'static str> {
    let takes =
        |name: &str| parameters.as_array().into_iter().flatten().any(|known| known["name"] == name);
    let good = status.starts_with('2');
    let sent = matches!(status, "200" | "206");
    let refused = response["content"].get(PROBLEM).is_some();
    let all = [
        ("X-Request-Id", true),
        ("Location", response["headers"].get("Location").is_some()),
        ("Idempotent-Replayed", good && takes("Idempotency-Key")),
        ("Preference-Applied", good && takes("Prefer")),
        ("Accept-Ranges", sent && takes("Range")),
        ("Content-Range", matches!(status, "206" | "416")),
        ("ETag", (sent || status == "304") && takes("If-Range")),
        ("Content-Disposition", sent && takes("If-Range")),
        ("WWW-Authenticate", matches!(status, "401" | "403") && refused && !open),
        ("RateLimit", !open && status != "401"),
        ("RateLimit-Policy", !open && status != "401"),
        ("Retry-After", matches!(status, "409" | "429" | "503")),
    ];
    all.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
}

/// The headers that answers have.
pub(super) fn headers() -> Value {
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
        "RateLimit": text("How often one may still ask, and in how many seconds as often as ever.", "\"member\";r=599;t=1"),
        "RateLimit-Policy": text("How often one may ask.", "\"member\";q=600;w=60"),
        "Retry-After": {
            "description": "After so many seconds the same request may succeed; where that is known.",
            "schema": {"type": "integer", "minimum": 0}, "example": 1,
        },
        "WWW-Authenticate": text("How to come in; where a key is needed.", "Bearer"),
        "X-Request-Id": text("How the log names the request.", "req_5f0c3a52b1d2c3a4e5f60718"),
    })
}
