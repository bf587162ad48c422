//! The program is told to stop: those who send it requests hear of it before it closes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use castad_tests::{Castad, Folder};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// What `readyz` says on a connection of its own, as a load balancer asks it.
async fn readiness(castad: &Castad) -> (u16, Value) {
    let url = format!("{}/readyz", castad.url);
    let answer = Client::new().get(url).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

/// Twelve seconds are far longer than the requests between the signal and the end need.
const NOTICE: &[(&str, &str)] = &[("CASTAD_STOP_NOTICE", "12")];

#[tokio::test]
async fn readyz_turns_before_the_doors_close_and_what_was_begun_goes_on_elsewhere() {
    let folder = Folder::new();
    let castad = Castad::start_with(folder.path(), NOTICE).await;
    assert_eq!(readiness(&castad).await.0, 200);

    castad.tell_to_stop().await;
    let told = loop {
        let (status, told) = readiness(&castad).await;
        if status == 503 {
            break told;
        }
    };
    assert_eq!((&told["process"], &told["ready"]), (&json!("stopping"), &json!(false)), "{told}");
    assert_eq!(told["database"], "ok", "{told}");

    // Whoever has not heard yet is served, and what they order waits for another instance.
    let id = castad.produce("square").await;
    let seen = castad.get(&format!("/v1/projects/{id}")).await;
    assert_eq!(seen["status"], "producing", "{seen}");
    assert_eq!(castad.ended().await, Some(0));

    let castad = Castad::start(folder.path()).await;
    let made = castad.until(&id, |project| project["status"] != "producing").await;
    assert_eq!(made["status"], "finished", "{made}");
    let kinds = castad.get(&format!("/v1/projects/{id}/events?limit=100")).await;
    let told = |kind: &str| {
        kinds["items"].as_array().unwrap().iter().filter(|event| event["type"] == kind).count()
    };
    assert_eq!((told("lyric.writing"), told("video.ready")), (1, 1), "{kinds}");
    assert_eq!(castad.request(Method::GET, "/readyz").send().await.unwrap().status(), 200);
}
