use axum::http::{Method, StatusCode, header};
use castad_contract::photo::PICTURE;
use serde_json::{Value, json};

use super::{customer, upload};
use crate::studio::Studio;

#[tokio::test]
async fn an_earlier_client_gets_from_a_name_to_a_film() {
    let studio = Studio::new().await;
    let opened = studio.call(Method::POST, "/project", &customer()).await.json();
    let task = opened["task_id"].as_str().unwrap().to_owned();
    assert_eq!(opened, json!({"success": true, "task_id": task, "project_id": task}));

    let parts = [
        ("task_id", None, task.as_bytes()),
        ("files", Some("가게 앞.jpg"), PICTURE),
        ("files", Some("b.jpg"), PICTURE),
    ];
    let added = upload(&studio, &parts).await.json();
    assert_eq!((&added["success"], &added["task_id"]), (&json!(true), &json!(task)));
    for (i, image) in added["images"].as_array().unwrap().iter().enumerate() {
        assert_eq!(image["img_order"], i);
        let id = image["id"].as_str().unwrap();
        let url = format!("http://ads.test/v1/projects/{task}/images/{id}/file");
        assert_eq!(image["url"], url);
        assert_eq!(studio.get(url.strip_prefix("http://ads.test").unwrap()).await.bytes, PICTURE);
    }

    let ask = json!({"task_id": task});
    let begun = studio.call(Method::POST, "/lyric/generate", &ask).await.json();
    assert_eq!(begun, json!({"success": true, "task_id": task, "status": "processing"}));
    let path = format!("/lyric/status/{task}");
    assert_eq!(studio.get(&path).await.json(), json!({"task_id": task, "status": "processing"}));
    studio.work().await;
    let words = studio.get(&path).await.json();
    assert_eq!(words["status"], "completed");
    assert!(words["lyric_result"].as_str().unwrap().contains("[Verse]"), "{words}");

    song(&studio, &task).await;
    film(&studio, &task).await;
}

async fn song(studio: &Studio, task: &str) {
    let begun = studio.get(&format!("/song/generate/{task}")).await.json();
    let song = begun["song_task_id"].as_str().unwrap().to_owned();
    let told =
        json!({"success": true, "task_id": task, "song_task_id": song, "status": "processing"});
    assert_eq!(begun, told);
    let path = format!("/song/status/{song}");
    let status = json!({"song_task_id": song, "status": "processing"});
    assert_eq!(studio.get(&path).await.json(), status);
    studio.work().await;
    let done = studio.get(&path).await.json();
    assert_eq!(done["status"], "completed");
    let sound = studio.get(done["url"].as_str().unwrap()).await;
    assert_eq!((sound.status, sound.header(header::CONTENT_TYPE)), (StatusCode::OK, "audio/mp4"));
}

async fn film(studio: &Studio, task: &str) {
    let begun = studio.get(&format!("/video/generate/{task}?orientation=square")).await.json();
    let render = begun["render_id"].as_str().unwrap().to_owned();
    let told =
        json!({"success": true, "task_id": task, "render_id": render, "status": "processing"});
    assert_eq!(begun, told);
    let path = format!("/video/status/{render}");
    let planned = json!({"render_id": render, "status": "planned"});
    assert_eq!(studio.get(&path).await.json(), planned);
    let download = format!("/video/download/{task}");
    let waiting = json!({"task_id": task, "status": "processing"});
    assert_eq!(studio.get(&download).await.json(), waiting);

    studio.work().await;
    let done = studio.get(&path).await.json();
    assert_eq!(done["status"], "succeeded");
    let found = studio.get(&download).await.json();
    assert_eq!((&found["status"], &found["result_movie_url"]), (&json!("completed"), &done["url"]));
    let movie = studio.get(done["url"].as_str().unwrap()).await;
    assert_eq!((movie.status, movie.header(header::CONTENT_TYPE)), (StatusCode::OK, "video/mp4"));
    let project = studio.get(&format!("/v1/projects/{task}")).await.json();
    assert_eq!((&project["status"], &project["language"]), (&json!("finished"), &json!("ko")));
    assert_eq!(project["video"]["orientation"], "square");
}

#[tokio::test]
async fn what_a_client_need_not_say_is_taken_as_it_always_was() {
    let studio = Studio::new().await;
    let least = json!({"customer_name": "Blue Door", "region": "Seoul", "theme": 3});
    let opened = studio.call(Method::POST, "/project?debug=1", &least).await;
    assert_eq!(opened.status, StatusCode::OK, "fields and options that nobody knows are let be");
    let path = format!("/v1/projects/{}", opened.json()["task_id"].as_str().unwrap());
    let project = studio.get(&path).await.json();
    assert_eq!((&project["language"], &project["details"]), (&json!("ko"), &json!("")));
    assert_eq!(project["orientation"], "vertical");
    for (word, code) in [("English", "en"), ("en", "en"), ("ko", "ko"), ("Korean", "ko")] {
        let mut customer = customer();
        customer["language"] = json!(word);
        let opened = studio.call(Method::POST, "/project", &customer).await.json();
        let path = format!("/v1/projects/{}", opened["task_id"].as_str().unwrap());
        assert_eq!(studio.get(&path).await.json()["language"], code, "{word}");
    }
}

#[tokio::test]
async fn the_task_may_stand_anywhere_in_the_form() {
    let studio = Studio::new().await;
    let task = super::task(&studio, "다온카페").await;
    let parts = [
        ("files", Some("a.jpg"), PICTURE),
        ("theme", None, b"sea".as_slice()),
        ("task_id", None, task.as_bytes()),
    ];
    let first = upload(&studio, &parts).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json());
    let second = upload(&studio, &parts).await.json();
    assert_eq!(second["images"][0]["img_order"], 1, "they follow those that are there");
    let project: Value = studio.get(&format!("/v1/projects/{task}")).await.json();
    assert_eq!(project["images"].as_array().unwrap().len(), 2);
}
