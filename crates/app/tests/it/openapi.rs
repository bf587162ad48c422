use std::{collections::BTreeSet, path::Path};

use castad_app::http::Code;
use serde_json::{Value, json};

use crate::studio::Studio;

#[test]
fn the_checked_in_description_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let made = serde_json::to_string_pretty(&castad_app::http::document()).unwrap();
    assert!(kept.trim() == made.trim(), "docs/openapi.json is not up to date: just openapi");
}

#[tokio::test]
async fn the_description_is_served_with_every_route() {
    let studio = Studio::new().await;
    let document = studio.get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in [
        "/v1/projects",
        "/v1/projects/{id}/images",
        "/v1/projects/{id}/produce",
        "/v1/videos/{id}/captions.vtt",
        "/v1/events",
        "/project",
        "/song/status/{song_task_id}",
        "/videos/",
        "/healthz",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let document = castad_app::http::document();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is the name of two");
            assert!(operation["summary"].is_string(), "{method} {path}");
            let problems = operation["responses"].as_object().unwrap().keys();
            let closed = operation["security"] != json!([]);
            let told = problems.filter(|status| *status == "401").count() == 1;
            assert!(told || !closed, "{method} {path} needs a key and tells nothing of it");
            assert!(operation["responses"].get("default").is_none(), "{method} {path}");
        }
    }
}

#[test]
fn every_code_is_told_of_by_a_route() {
    let document = castad_app::http::document().to_string();
    // The address knows no such method: no operation is asked for.
    let told = |code: &&Code| {
        **code == Code::MethodNotAllowed || document.contains(&format!("`{}`:", code.word()))
    };
    let untold: Vec<_> =
        Code::ALL.iter().filter(|code| !told(code)).map(|code| code.word()).collect();
    assert!(untold.is_empty(), "no route tells of {untold:?}");
}

/// The problems of all routes: where each is told, with its status and what is said of it.
fn problems(document: &Value) -> Vec<(String, &str, &Value)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let place = response["$ref"].as_str().map(|place| place.trim_start_matches('#'));
                let response = place.map_or(response, |place| document.pointer(place).unwrap());
                let told = &response["content"]["application/problem+json"];
                if told.is_object() {
                    found.push((format!("{method} {path} {status}"), status.as_str(), told));
                }
            }
        }
    }
    found
}

#[test]
fn every_problem_of_a_route_has_an_example_of_each_of_its_codes() {
    let document = castad_app::http::document();
    let all = problems(&document);
    assert!(all.len() > 500, "{}", all.len());
    for (place, status, told) in all {
        let words = told["schema"]["allOf"][1]["properties"]["code"]["enum"].as_array().unwrap();
        let examples = told["examples"].as_object().unwrap();
        assert_eq!(examples.len(), words.len(), "{place}");
        let whole = json!({"components": document["components"], "allOf": [told["schema"]]});
        let schema = jsonschema::validator_for(&whole).unwrap();
        let earlier = told["schema"]["allOf"][0]["$ref"] == "#/components/schemas/EarlierProblem";
        for word in words {
            let code = Code::ALL.iter().find(|code| word == code.word()).unwrap();
            let shown = &examples[code.word()]["value"];
            let faults: Vec<_> = schema.iter_errors(shown).map(|fault| fault.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new(), "{place}: {shown}");
            assert_eq!(shown["status"].to_string(), status, "{place}: {shown}");
            assert_eq!(&shown["code"], word, "{place}");
            assert_eq!(shown["type"], format!("/docs/errors/{}", code.word()), "{place}");
            assert_eq!(shown["title"], code.title(), "{place}");
            assert_eq!(shown["retryable"], code.retryable(), "{place}: {shown}");
            assert_eq!(shown["charged_points"], json!(code.charged().points()), "{place}");
            assert_eq!(shown["success"] == json!(false), earlier, "{place}: {shown}");
        }
    }
}

#[test]
fn ids_in_addresses_are_those_of_their_kind() {
    let document = castad_app::http::document();
    for (path, place, pattern) in [
        ("/v1/projects/{id}", "get", "^prj_[0-9a-f]{32}$"),
        ("/v1/points/usages/{key}/cancel", "post", "^use_[0-9a-f]{32}$"),
        ("/v1/claims/{request_id}", "get", "^clm_[0-9a-f]{32}$"),
        ("/v1/admin/unresolved/{id}", "post", "^(sng|vid)_[0-9a-f]{32}$"),
        ("/song/status/{song_task_id}", "get", "^sng_[0-9a-f]{32}$"),
    ] {
        assert_eq!(
            document["paths"][path][place]["parameters"][0]["schema"]["pattern"], pattern,
            "{path}"
        );
    }
    for (_, methods) in document["paths"].as_object().unwrap() {
        for (_, operation) in methods.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().unwrap() {
                let schema = &parameter["schema"];
                let narrow = ["pattern", "enum"].iter().any(|rule| schema.get(*rule).is_some());
                assert!(narrow || parameter["in"] != "path", "{parameter}");
            }
        }
    }
}

#[test]
fn every_option_and_every_text_has_an_example_that_it_takes() {
    let document = castad_app::http::document();
    let (mut options, mut texts) = (0, 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for option in operation["parameters"].as_array().into_iter().flatten() {
                let place = format!("{method} {path} {}", option["name"]);
                let schema = jsonschema::validator_for(&option["schema"]).unwrap();
                assert!(schema.is_valid(&option["example"]), "{place}: {}", option["example"]);
                options += 1;
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                for (kind, content) in response["content"].as_object().into_iter().flatten() {
                    if kind.starts_with("text/") {
                        assert!(content["example"].is_string(), "{method} {path} {status} {kind}");
                        texts += 1;
                    }
                }
            }
        }
    }
    assert!(options > 150 && texts > 3, "{options} options, {texts} texts");
}
