//! The whole story over HTTP, against the built program.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use castad_tests::{Castad, Folder};
use futures_util::StreamExt;
use reqwest::{
    Method,
    header::{ACCEPT, RANGE},
    multipart::{Form, Part},
};
use serde_json::{Value, json};

async fn project(castad: &Castad, brief: &Value) -> String {
    let (status, made) = castad.send(Method::POST, "/v1/projects", brief).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn add_pictures(castad: &Castad, project: &str, count: usize) {
    let form = (0..count).fold(Form::new(), |form, index| {
        let picture = castad_studio::sample_picture(7, index, Some("다온카페"));
        form.part("files", Part::bytes(picture).file_name(format!("사진 {index}.jpg")))
    });
    let path = format!("/v1/projects/{project}/images");
    let added = castad.request(Method::POST, &path).multipart(form).send().await.unwrap();
    assert_eq!(added.status(), 201);
}

#[tokio::test]
async fn a_name_a_place_and_pictures_become_a_film_with_a_song() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let brief = json!({
        "business_name": "다온카페", "region": "부산 해운대", "language": "ko",
        "orientation": "square", "details": "바다가 보이는 작은 카페", "seed": 3,
    });
    let id = project(&castad, &brief).await;
    add_pictures(&castad, &id, 2).await;
    let path = format!("/v1/projects/{id}");

    let stream = castad.request(Method::GET, &format!("{path}/events"));
    let stream = stream.header(ACCEPT, "text/event-stream").send().await.unwrap();
    let (status, begun) = castad.send(Method::POST, &format!("{path}/produce"), &json!({})).await;
    assert_eq!((status, &begun["status"]), (202, &json!("producing")));

    let told = listen(stream, "project.finished").await;
    let kinds = ["lyric.ready", "song.composing", "song.ready", "video.rendering", "video.ready"];
    for kind in kinds {
        assert_eq!(
            told.iter().filter(|event| event["type"] == kind).count(),
            1,
            "{kind}: {told:?}"
        );
    }

    let made = castad.get(&path).await;
    assert_eq!(made["status"], "finished");
    assert!(made["lyric"]["text"].as_str().unwrap().contains("다온카페"));
    assert_eq!(made["song"]["instrumental"], true);
    let (song, film) = (&made["song"]["duration_ms"], &made["video"]["duration_ms"]);
    let (song, film) = (song.as_u64().unwrap(), film.as_u64().unwrap());
    assert!((20_000..=40_500).contains(&film), "{film}");
    assert!(song.abs_diff(film) <= 50, "{song} and {film}");

    let url = made["video"]["file"]["url"].as_str().unwrap();
    let part = castad.request(Method::GET, url).header(RANGE, "bytes=4-7").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap().as_ref(), b"ftyp");
    let whole = castad.request(Method::GET, url).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(whole.len() as u64, made["video"]["file"]["bytes"].as_u64().unwrap());
    assert_eq!(castad.stop().await, Some(0));
}

/// The events of a stream up to one of that kind.
async fn listen(stream: reqwest::Response, last: &str) -> Vec<Value> {
    let (mut text, mut told) = (String::new(), Vec::new());
    let mut pieces = stream.bytes_stream();
    while let Some(piece) = pieces.next().await {
        text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        while let Some((event, rest)) = text.split_once("\n\n") {
            if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                told.push(serde_json::from_str::<Value>(data).unwrap());
            }
            text = rest.to_owned();
        }
        if told.iter().any(|event| event["type"] == last) {
            return told;
        }
    }
    panic!("the stream ended before {last}: {told:?}")
}

#[tokio::test]
async fn cancel_takes_effect_while_a_film_is_rendered() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let brief = json!({
        "business_name": "Blue Door", "region": "Seoul", "language": "en",
        "orientation": "horizontal", "seed": 4,
    });
    let id = project(&castad, &brief).await;
    add_pictures(&castad, &id, 1).await;
    let path = format!("/v1/projects/{id}");
    castad.send(Method::POST, &format!("{path}/produce"), &json!({})).await;
    castad
        .until(&id, |p| p["video"]["status"] == "rendering" && p["progress"].as_f64() > Some(0.0))
        .await;
    let (status, left) = castad.send(Method::POST, &format!("{path}/cancel"), &json!({})).await;
    assert_eq!((status, &left["kept"]), (200, &json!(["lyric", "song"])));
    let studio = folder.path().join("studio");
    let freed = async {
        while std::fs::read_dir(&studio).unwrap().count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(30);
    tokio::time::timeout(limit, freed).await.expect("what was begun is freed");
    assert_eq!(castad.get(&path).await["status"], "canceled");
}

#[tokio::test]
async fn a_second_serve_on_the_same_folder_is_refused_and_keys_are_not() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let second = Castad::command(folder.path())
        .env("CASTAD_BIND", "127.0.0.1:0")
        .arg("serve")
        .output()
        .await
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(told.contains("another castad serves the data folder"), "{told}");

    let key = Castad::new_key(folder.path(), &["--member", "새 회원"]).await;
    let theirs = castad.stranger(Method::GET, "/v1/projects").bearer_auth(key);
    assert_eq!(theirs.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_program_that_is_told_to_stop_ends_its_streams_and_hands_back_its_work() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let brief = json!({
        "business_name": "Blue Door", "region": "Seoul", "language": "en", "orientation": "square",
    });
    let id = project(&castad, &brief).await;
    add_pictures(&castad, &id, 1).await;
    castad.send(Method::POST, &format!("/v1/projects/{id}/produce"), &json!({})).await;
    let stream = castad.request(Method::GET, "/v1/events").header(ACCEPT, "text/event-stream");
    let stream = stream.send().await.unwrap();
    castad.until(&id, |p| p["song"]["status"] == "composing" || p["video"].is_object()).await;
    let reading = tokio::spawn(async move { stream.text().await });
    assert_eq!(castad.stop().await, Some(0));
    assert!(reading.await.unwrap().is_ok(), "the stream ended in good order");

    let castad = Castad::start(folder.path()).await;
    let made = castad.until(&id, |p| p["status"] != "producing").await;
    assert_eq!(made["status"], "finished");
}
