use std::path::Path;

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
