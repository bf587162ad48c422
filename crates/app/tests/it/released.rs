//! What was released is not broken: who was written for the description of the release before goes on
//! working.

mod compare;

use std::path::Path;

use serde_json::{Value, json};

use self::compare::breaks;

fn released() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.released.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn clients_of_the_release_before_go_on_working() {
    let broken = breaks(&released(), &castad_app::http::document());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A small description, of a thing that is asked for and shown.
fn small() -> Value {
    json!({
        "security": [{"key": []}, {"session": []}],
        "paths": {
            "/things": {"post": {
                "parameters": [
                    {"name": "limit", "in": "query", "required": false,
                     "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                ],
                "requestBody": {"required": false, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/NewThing"},
                }}},
                "responses": {"201": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Thing"},
                }}}, "404": {"$ref": "#/components/responses/Gone"}},
            }},
            "/health": {"get": {"security": [], "responses": {"200": {}}}},
        },
        "components": {
            "responses": {"Gone": {"content": {"application/problem+json": {"schema": {}}}}},
            "schemas": {
                "NewThing": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
                    "name": {"type": "string", "maxLength": 80},
                    "kind": {"type": ["string", "null"], "enum": ["a", "b", null]},
                    "tags": {"type": "array", "items": {"type": "string"}},
                }},
                "Thing": {"type": "object", "required": ["id", "status"], "properties": {
                    "id": {"type": "string"},
                    "status": {"type": "string", "enum": ["made", "gone"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "owner": {"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
                }},
            },
        },
    })
}

/// What is said where this is put in place of what was there, or taken away.
fn said(place: &str, put: Option<Value>) -> Vec<String> {
    let mut changed = small();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap_or_else(|| panic!("{place}"));
    match put {
        Some(value) => parent[name.replace("~1", "/")] = value,
        None => {
            parent.as_object_mut().unwrap().remove(&name.replace("~1", "/")).unwrap();
        }
    }
    breaks(&small(), &changed)
}

#[test]
fn each_break_is_told_in_a_line() {
    let (new, shown) = ("/components/schemas/NewThing", "/components/schemas/Thing");
    let post = "/paths/~1things/post";
    let at = |below: &str, place: &str| format!("{below}{place}");
    for (place, put, line) in [
        ("/paths/~1things".to_owned(), None, "/things is gone"),
        (post.to_owned(), None, "post /things is gone"),
        (at(post, "/responses/201"), None, "post /things answers 201 no longer"),
        (at(post, "/responses/201/content/application~1json"), None, "application/json no longer"),
        (at(post, "/parameters"), Some(json!([])), "limit in query is gone"),
        (at(post, "/parameters/0/required"), Some(true.into()), "limit in query is required"),
        (at(post, "/parameters/0/schema/maximum"), Some(50.into()), "maximum"),
        (at(post, "/requestBody/required"), Some(true.into()), "the body is required"),
        (at(post, "/security"), Some(json!([{"key": []}])), "session lets nobody in"),
        ("/paths/~1health/get/security".to_owned(), Some(json!([{"key": []}])), "open"),
        (at(new, "/required"), Some(json!(["name", "kind"])), "/kind is required"),
        (at(new, "/properties/tags"), None, "/tags is gone"),
        (at(new, "/properties/name/maxLength"), Some(40.into()), "/name: maxLength"),
        (at(new, "/properties/name/minLength"), Some(4.into()), "/name: minLength"),
        (at(new, "/properties/name/pattern"), Some("^a".into()), "/name: pattern"),
        (at(new, "/properties/name/type"), Some("integer".into()), "/name: takes string no longer"),
        (
            at(new, "/properties/kind/enum"),
            Some(json!(["a", null])),
            "/kind: takes \"b\" no longer",
        ),
        (at(new, "/properties/tags/items/type"), Some("integer".into()), "/tags/*: takes string"),
        (at(shown, "/properties/id"), None, "/id is gone"),
        (at(shown, "/required"), Some(json!(["id"])), "/status may be left out"),
        (at(shown, "/properties/id/type"), Some(json!(["string", "null"])), "/id: may be null"),
        (at(shown, "/properties/id/type"), Some("integer".into()), "/id: may be integer"),
        (
            at(shown, "/properties/status/enum"),
            Some(json!(["made"])),
            "/status: is \"gone\" no longer",
        ),
        (
            at(shown, "/properties/owner/oneOf"),
            Some(json!([{"type": "null"}])),
            "/owner: is another",
        ),
    ] {
        let told = said(&place, put);
        assert!(
            told.iter().any(|told| told.contains(line)),
            "{place}: {line:?} is not in {told:?}"
        );
    }
}

#[test]
fn what_is_added_breaks_nothing() {
    let mut parameters = small()["paths"]["/things"]["post"]["parameters"].clone();
    let option =
        json!({"name": "x", "in": "query", "required": false, "schema": {"type": "string"}});
    parameters.as_array_mut().unwrap().push(option);
    for (place, put) in [
        ("/paths/~1more", json!({"get": {"responses": {"200": {}}}})),
        ("/paths/~1things/get", json!({"responses": {"200": {}}})),
        ("/paths/~1things/post/responses/409", json!({})),
        ("/paths/~1things/post/parameters", parameters),
        ("/paths/~1things/post/parameters/0/schema/maximum", 200.into()),
        ("/paths/~1things/post/security", json!([{"key": []}, {"session": []}, {"more": []}])),
        ("/components/schemas/NewThing/properties/more", json!({"type": "string"})),
        ("/components/schemas/NewThing/properties/name/maxLength", 100.into()),
        ("/components/schemas/NewThing/properties/kind/enum", json!(["a", "b", "c", null])),
        ("/components/schemas/NewThing/required", json!([])),
        ("/components/schemas/Thing/properties/more", json!({"type": "string"})),
        ("/components/schemas/Thing/properties/status/enum", json!(["made", "gone", "new"])),
    ] {
        assert_eq!(said(place, Some(put)), Vec::<String>::new(), "{place}");
    }
}
