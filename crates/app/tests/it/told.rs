//! Every answer of these tests is held to the description of its route: its status, its type, its
//! headers, its body; and what was taken is a body that the description allows.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, Method, Request, header},
};
use castad_app::http::document;
use http_body_util::BodyExt;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::studio::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
/// The schemas, which name every field that there is.
static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let mut components = DOCUMENT["components"].clone();
    for schema in components["schemas"].as_object_mut().unwrap().values_mut() {
        if schema["properties"].is_object() {
            schema["additionalProperties"] = false.into();
        }
    }
    components
});
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Headers that an answer has only where it is told of them.
const HEADERS: [&str; 13] = [
    "accept-ranges",
    "allow",
    "content-disposition",
    "content-range",
    "etag",
    "idempotent-replayed",
    "location",
    "preference-applied",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "set-cookie",
    "www-authenticate",
];

/// A request, as far as its description goes.
pub(crate) struct Asked {
    method: String,
    path: String,
    json: Option<Bytes>,
}

impl Asked {
    pub(crate) async fn read(request: Request<Body>) -> (Self, Request<Body>) {
        let (parts, body) = request.into_parts();
        let method = parts.method.as_str().to_lowercase();
        let path = parts.uri.path().to_owned();
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| kind == "application/json");
        // A body of which nobody knows how long it is may never end.
        if !is_json || body.size_hint().exact().is_none_or(|bytes| bytes == 0) {
            return (Self { method, path, json: None }, Request::from_parts(parts, body));
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let asked = Self { method, path, json: Some(bytes.clone()) };
        (asked, Request::from_parts(parts, bytes.into()))
    }

    /// Whether the answer is one that the description of the route knows.
    pub(crate) fn is_answered_as_told(&self, answer: &Answer) {
        let Some((route, operations)) = route(&self.path) else { return };
        let place = format!("{} {route}", self.method);
        let Some(operation) = operations.get(&self.method) else {
            let refused = [401, 403, 405].contains(&answer.status.as_u16());
            assert!(refused || self.method == "head", "{place}: {}", answer.status);
            return;
        };
        let status = answer.status.as_str();
        let told = resolved(&operation["responses"][status]);
        let body = String::from_utf8_lossy(&answer.bytes);
        assert!(told.is_object(), "{place} answers {status}, which is not told: {body}");
        check_headers(&place, told, &answer.headers);
        check_body(&format!("{place} {status}"), told, answer);
        if let Some(sent) = self.json.as_ref().filter(|_| answer.status.is_success()) {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            // A route that takes no fields takes none as an empty object.
            if schema.is_object() {
                let sent = serde_json::from_slice(sent).unwrap();
                check(&format!("{place} takes"), (&DOCUMENT["components"], schema), &sent);
            }
        }
    }
}

/// The route that an address leads to: one without parameters before one with some.
fn route(path: &str) -> Option<(&'static str, &'static Value)> {
    let fits = |route: &str| {
        let (told, asked): (Vec<_>, Vec<_>) =
            (route.split('/').collect(), path.split('/').collect());
        let same = |(told, asked): (&&str, &&str)| {
            told == asked || told.starts_with('{') && !asked.is_empty()
        };
        told.len() == asked.len() && told.iter().zip(&asked).all(same)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let found =
        paths.filter(|(route, _)| fits(route)).min_by_key(|(route, _)| route.matches('{').count());
    found.map(|(route, operations)| (route.as_str(), operations))
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => DOCUMENT.pointer(place.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn check_headers(place: &str, told: &Value, headers: &HeaderMap) {
    let known: Vec<_> = told["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.to_lowercase())
        .collect();
    assert!(headers.contains_key("x-request-id"), "{place}");
    for name in HEADERS.iter().filter(|name| headers.contains_key(**name)) {
        assert!(known.iter().any(|known| known == name), "{place}: {name} is not told: {known:?}");
    }
}

fn check_body(place: &str, told: &'static Value, answer: &Answer) {
    let kind = answer.header(header::CONTENT_TYPE);
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if answer.bytes.is_empty() && essence != "text/plain" {
        assert!(told["content"].is_null(), "{place} has no body, of {told}");
        return;
    }
    let content = &told["content"][essence];
    assert!(content.is_object(), "{place}: {essence} is not told: {told}");
    if essence.ends_with("json") {
        check(place, (&STRICT, &content["schema"]), &answer.json());
    }
}

fn check(place: &str, (components, schema): (&Value, &Value), value: &Value) {
    let validator = {
        let mut validators = VALIDATORS.lock().unwrap();
        let made = || {
            let whole = json!({"components": components, "allOf": [schema]});
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            Arc::new(options.build(&whole).unwrap())
        };
        validators.entry(place.to_owned()).or_insert_with(made).clone()
    };
    let faults: Vec<_> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{place}: {faults:?} in {value}");
}

#[test]
fn an_answer_that_is_not_told_is_noticed() {
    let asked = |method: Method, path: &str| Asked {
        method: method.as_str().to_lowercase(),
        path: path.to_owned(),
        json: None,
    };
    let answer = |status: u16, kind: &str, body: &Value| {
        let headers = [(header::CONTENT_TYPE.as_str(), kind), ("x-request-id", "a")];
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let bytes = body.to_string().into_bytes();
        Answer { status: status.try_into().unwrap(), headers: HeaderMap::from_iter(headers), bytes }
    };
    let noticed = |asked: &Asked, answer: &Answer| {
        let check = std::panic::AssertUnwindSafe(|| asked.is_answered_as_told(answer));
        std::panic::catch_unwind(check).is_err()
    };
    let health = asked(Method::GET, "/healthz");
    let good = json!({"status": "ok", "version": "1"});
    assert!(!noticed(&health, &answer(200, "application/json", &good)));
    assert!(noticed(&health, &answer(418, "application/json", &good)));
    assert!(noticed(&health, &answer(200, "text/plain", &good)));
    assert!(noticed(&health, &answer(200, "application/json", &json!({"status": "ok"}))));
    let more = json!({"status": "ok", "version": "1", "colour": "red"});
    assert!(noticed(&health, &answer(200, "application/json", &more)));
    assert!(noticed(&asked(Method::DELETE, "/healthz"), &answer(200, "application/json", &good)));
}
