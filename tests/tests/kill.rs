//! `kill -9` while a production is being made: nothing is lost, nothing is made twice.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use castad_tests::{Castad, Folder};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

/// When to kill.
type Moment = fn(&Value) -> bool;

async fn begin(castad: &Castad, seed: u64) -> String {
    let brief = json!({
        "business_name": "다온카페", "region": "부산 해운대", "language": "ko",
        "orientation": "square", "seed": seed,
    });
    let (_, made) = castad.send(Method::POST, "/v1/projects", &brief).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let picture = Part::bytes(castad_studio::sample_picture(seed, 0, None)).file_name("a.jpg");
    let path = format!("/v1/projects/{id}/images");
    let form = Form::new().part("files", picture);
    assert_eq!(
        castad.request(Method::POST, &path).multipart(form).send().await.unwrap().status(),
        201
    );
    let path = format!("/v1/projects/{id}/produce");
    assert_eq!(castad.send(Method::POST, &path, &json!({})).await.0, 202);
    id
}

/// Every stage was finished once, whatever happened meanwhile.
async fn assert_made_once(castad: &Castad, id: &str) {
    let made = castad.until(id, |p| p["status"] != "producing").await;
    assert_eq!(made["status"], "finished", "{made}");
    let mut kinds: Vec<String> = Vec::new();
    let mut after = String::new();
    loop {
        let page = castad.get(&format!("/v1/projects/{id}/events?limit=100{after}")).await;
        let items = page["items"].as_array().unwrap();
        kinds.extend(items.iter().map(|event| event["type"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    for kind in ["lyric.ready", "song.ready", "video.ready", "project.finished"] {
        assert_eq!(kinds.iter().filter(|told| *told == kind).count(), 1, "{kind}: {kinds:?}");
    }
    let url = made["video"]["file"]["url"].as_str().unwrap();
    let film = castad.request(Method::GET, url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(film.len() as u64, made["video"]["file"]["bytes"].as_u64().unwrap());
}

#[tokio::test]
async fn a_kill_in_each_stage_loses_nothing_and_repeats_nothing() {
    let folder = Folder::new();
    let moments: [Moment; 4] = [
        |p| p["lyric"].is_object(),
        |p| p["song"].is_object(),
        |p| p["song"]["status"] == "ready",
        |p| p["video"]["status"] == "rendering" && p["progress"].as_f64() > Some(0.05),
    ];
    let mut castad = Castad::start(folder.path()).await;
    let id = begin(&castad, 11).await;
    for moment in moments {
        castad.until(&id, |p| moment(p) || p["status"] != "producing").await;
        castad.kill().await;
        castad = Castad::start(folder.path()).await;
    }
    assert_made_once(&castad, &id).await;
}

/// The same few looks every time, spread over a production: which step they meet differs.
#[tokio::test]
async fn twenty_kills_at_random_moments_lose_nothing_and_repeat_nothing() {
    let folder = Folder::new();
    let mut castad = Castad::start(folder.path()).await;
    let (mut ids, mut dice) = (Vec::new(), 0x2545_f491_4f6c_dd1d_u64);
    for round in 0..4 {
        let id = begin(&castad, 20 + round).await;
        for _ in 0..5 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let looks = (dice >> 33) % 400;
            for _ in 0..looks {
                castad.get(&format!("/v1/projects/{id}")).await;
            }
            castad.kill().await;
            castad = Castad::start(folder.path()).await;
        }
        ids.push(id);
    }
    for id in ids {
        assert_made_once(&castad, &id).await;
    }
}
