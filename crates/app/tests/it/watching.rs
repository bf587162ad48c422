//! What the program tells of itself: every metric is listed, and everything that looks at metrics
//! looks at one of the list.

mod named;
mod scrape;

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use axum::http::{Method, StatusCode};
use castad_app::telemetry::{self, Tally, list::METRICS};
use serde_json::json;

use crate::studio::{Studio, brief};

/// The text of a file of the repository.
fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The sources of all crates but the list itself.
fn sources() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut texts = Vec::new();
    for entry in fs::read_dir(crates).unwrap() {
        sources_of(&entry.unwrap().path().join("src"), &mut texts);
    }
    texts
}

fn sources_of(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources_of(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && !path.ends_with("telemetry/list.rs")
        {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_metric_that_is_counted_is_listed_and_the_other_way_round() {
    let texts = sources();
    let listed: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(listed.len(), METRICS.len(), "each is listed once");
    let mut counted = BTreeSet::new();
    for piece in texts.iter().flat_map(|text| {
        ["counter!(", "gauge!(", "histogram!("]
            .into_iter()
            .flat_map(|make| text.split(make).skip(1))
    }) {
        if let Some(name) =
            piece.trim_start().strip_prefix('"').and_then(|text| text.split('"').next())
        {
            counted.insert(name);
        }
    }
    assert!(counted.is_subset(&listed), "not listed: {:?}", counted.difference(&listed));
    for name in listed {
        let quoted = format!("\"{name}\"");
        assert!(texts.iter().any(|text| text.contains(&quoted)), "{name} is counted nowhere");
    }
}

#[test]
fn every_metric_is_described_and_named_as_prometheus_has_it() {
    for metric in METRICS {
        let counter = matches!(metric.kind, telemetry::list::Kind::Counter);
        assert_eq!(metric.name.ends_with("_total"), counter, "{}", metric.name);
        let ours = ["castad_", "lock_", "redis_", "process_"];
        assert!(ours.iter().any(|prefix| metric.name.starts_with(prefix)), "{}", metric.name);
        assert!(metric.help.ends_with('.'), "{}: {}", metric.name, metric.help);
    }
}

#[tokio::test]
async fn a_played_story_shows_listed_metrics_under_labels_that_are_no_ids() {
    let recorder = telemetry::recorder().unwrap().build_recorder();
    let _here = metrics::set_default_local_recorder(&recorder);
    telemetry::list::describe();
    let studio = Studio::with(|ports| ports.store = Arc::new(Tally::of(ports.store.clone()))).await;
    let id = studio.pictured().await;
    let path = format!("/v1/projects/{id}");
    let begun = studio.post(&format!("{path}/produce")).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    studio.memory.work_with(&studio.ports).await.unwrap();
    studio.get(&path).await;
    studio.get("/nowhere/at-all?token=s3cret").await;
    studio.of(Some("castad_wrong"), Method::GET, "/v1/projects", &json!({})).await;
    let wrong = json!({"email": "nobody@example.com", "password": "not the one"});
    studio.of(None, Method::POST, "/v1/sessions", &wrong).await;
    studio.call(Method::POST, "/v1/projects", &brief()).await;
    assert_eq!(studio.get("/metrics").await.status, StatusCode::OK);

    let text = recorder.handle().render();
    let samples = scrape::samples(&text);
    scrape::check(&samples);
    let one = |name: &str, labels: &[(&str, &str)]| {
        let found = samples.iter().find(|sample| sample.is(name, labels));
        found.unwrap_or_else(|| panic!("no {name} {labels:?}:\n{text}")).value
    };
    for stage in ["lyric", "song", "video"] {
        let ready = [("stage", stage), ("outcome", "ready")];
        assert!(one("castad_stages_total", &ready) >= 1.0, "{stage}");
        assert!(one("castad_stage_seconds_count", &[("stage", stage)]) >= 1.0, "{stage}");
        assert!(one("castad_queue_age_seconds", &[("lane", stage)]) >= 0.0, "{stage}");
    }
    let shown = [("method", "GET"), ("route", "/v1/projects/{id}"), ("status", "200")];
    assert!(one("castad_http_requests_total", &shown) >= 1.0);
    assert!(one("castad_http_request_seconds_count", &shown) >= 1.0);
    assert!(one("castad_http_requests_total", &[("route", "none"), ("status", "404")]) >= 1.0);
    for way in ["key", "password"] {
        assert!(one("castad_log_in_failures_total", &[("way", way)]) >= 1.0, "{way}");
    }
    let waiting = [("lane", "song"), ("kind", "poll_song"), ("state", "waiting")];
    assert!(one("castad_jobs", &waiting) < 1.0);
    assert!(text.contains("# HELP castad_stage_seconds From the request of a stage"), "{text}");
}
