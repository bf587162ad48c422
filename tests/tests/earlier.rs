//! A client of the earlier service, against the built program.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use castad_tests::{Castad, Folder};
use futures_util::future::join_all;
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

/// Asks again and again, as such a client does, until what it asks about has ended well.
async fn poll(castad: &Castad, path: &str) -> Value {
    let asking = async {
        loop {
            let told = castad.get(path).await;
            match told["status"].as_str() {
                Some("completed" | "succeeded") => return told,
                Some("processing" | "planned" | "rendering") => tokio::task::yield_now().await,
                _ => panic!("{path}: {told}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(3), asking).await.expect("it ends in time")
}

/// What an absolute address of the program leads to.
async fn fetch(castad: &Castad, url: &Value) -> Vec<u8> {
    let path = url.as_str().unwrap().strip_prefix(&castad.url).expect("it is on this service");
    let answer = castad.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_client_of_the_earlier_service_needs_nothing_but_a_key() {
    let folder = Folder::new();
    let castad = Castad::start(folder.path()).await;
    let customer = json!({
        "customer_name": "다온카페", "region": "부산 해운대",
        "detail_region_info": "바다가 보이는 작은 카페", "language": "Korean",
    });
    let (status, opened) = castad.send(Method::POST, "/project", &customer).await;
    assert_eq!((status, &opened["success"]), (200, &json!(true)), "{opened}");
    let task = opened["task_id"].as_str().unwrap();

    let form = (0..2).fold(Form::new().text("task_id", task.to_owned()), |form, index| {
        let picture = castad_studio::sample_picture(7, index, Some("다온카페"));
        form.part("files", Part::bytes(picture).file_name(format!("사진 {index}.jpg")))
    });
    let added = castad.request(Method::POST, "/project/image").multipart(form).send().await;
    let added: Value = added.unwrap().json().await.unwrap();
    assert_eq!(added["images"][1]["img_order"], 1, "{added}");
    assert_eq!(fetch(&castad, &added["images"][0]["url"]).await[..2], [0xff, 0xd8]);

    let wanted = json!({"task_id": task, "language": "Korean"});
    let (status, begun) = castad.send(Method::POST, "/lyric/generate", &wanted).await;
    assert_eq!((status, &begun["success"]), (200, &json!(true)), "{begun}");
    let words = poll(&castad, &format!("/lyric/status/{task}")).await;
    assert!(words["lyric_result"].as_str().unwrap().contains("다온카페"), "{words}");

    let song = sing(&castad, task).await;
    let film = render(&castad, task).await;

    let videos = castad.get("/videos/?page=1&page_size=10").await;
    assert_eq!((&videos["total"], &videos["items"][0]["render_id"]), (&json!(1), &json!(film)));
    assert_eq!(videos["items"][0]["project"]["customer_name"], "다온카페");
    assert_eq!(castad.get("/songs/").await["items"][0]["song_task_id"], song);
    let stranger = castad.stranger(Method::GET, "/songs/").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    assert_eq!(castad.stop().await, Some(0));
}

async fn sing(castad: &Castad, task: &str) -> String {
    let path = format!("/song/generate/{task}");
    let begun = join_all((0..20).map(|_| castad.get(&path))).await;
    let song = begun[0]["song_task_id"].as_str().unwrap().to_owned();
    assert!(begun.iter().all(|again| again["song_task_id"] == song), "{begun:?}");
    let sung = poll(castad, &format!("/song/status/{song}")).await;
    assert_eq!(&fetch(castad, &sung["url"]).await[4..8], b"ftyp");
    song
}

async fn render(castad: &Castad, task: &str) -> String {
    let begun = castad.get(&format!("/video/generate/{task}?orientation=square")).await;
    let render = begun["render_id"].as_str().unwrap().to_owned();
    poll(castad, &format!("/video/status/{render}")).await;
    let done = poll(castad, &format!("/video/download/{task}")).await;
    let film = fetch(castad, &done["result_movie_url"]).await;
    assert!(film.len() > 100_000 && &film[4..8] == b"ftyp", "{} bytes", film.len());
    render
}
