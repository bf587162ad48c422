use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{filmed, sung, worded};
use crate::studio::Studio;

async fn items(studio: &Studio, path: &str) -> Vec<Value> {
    let list = studio.get(path).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.json());
    list.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn songs_are_listed_with_their_projects_newest_first() {
    let studio = Studio::new().await;
    let old = sung(&studio, "다온카페").await;
    let new = worded(&studio, "바다 책방").await;
    studio.get(&format!("/song/generate/{new}")).await;
    let list = studio.get("/songs/").await.json();
    assert_eq!(
        (&list["total"], &list["page"], &list["page_size"]),
        (&json!(2), &json!(1), &json!(10))
    );
    let items = list["items"].as_array().unwrap();
    assert_eq!((&items[0]["task_id"], &items[1]["task_id"]), (&json!(new), &json!(old)));
    assert_eq!((&items[0]["status"], &items[0]["url"]), (&json!("processing"), &Value::Null));
    assert_eq!(items[1]["status"], "completed");
    assert_eq!(studio.get(items[1]["url"].as_str().unwrap()).await.status, StatusCode::OK);
    let project = &items[0]["project"];
    assert_eq!(
        (&project["project_id"], &project["customer_name"]),
        (&json!(new), &json!("바다 책방"))
    );
    assert_eq!(
        (&project["region"], &project["language"]),
        (&json!("부산 해운대"), &json!("Korean"))
    );
    assert_eq!(project["detail_region_info"], "바다가 보이는 작은 카페");
    let status = format!("/song/status/{}", items[0]["song_task_id"].as_str().unwrap());
    assert_eq!(studio.get(&status).await.json()["status"], "processing");
}

#[tokio::test]
async fn of_each_task_the_newest_finished_video_is_listed() {
    let studio = Studio::new().await;
    let twice = filmed(&studio, "다온카페").await;
    studio.get(&format!("/video/generate/{twice}?orientation=square")).await;
    studio.work().await;
    let newest = studio.get(&format!("/v1/projects/{twice}")).await.json()["video"]["id"].clone();
    sung(&studio, "꽃집").await;
    let going = filmed(&studio, "바다 책방").await;
    let done = studio.get(&format!("/v1/projects/{going}")).await.json()["video"]["id"].clone();
    studio.get(&format!("/video/generate/{going}?orientation=square")).await;

    let list = studio.get("/videos/").await.json();
    assert_eq!(list["total"], 2);
    let items = list["items"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|item| (&item["task_id"], &item["render_id"])).collect();
    assert_eq!(told, [(&json!(going), &done), (&json!(twice), &newest)]);
    for item in items {
        assert_eq!(item["status"], "completed");
        assert_eq!(item["project"]["project_id"], item["task_id"]);
        let movie = studio.get(item["result_movie_url"].as_str().unwrap()).await;
        assert_eq!(movie.status, StatusCode::OK);
    }
    assert_eq!(items[0]["project"]["customer_name"], "바다 책방");
}

#[tokio::test]
async fn lists_are_turned_over_by_number() {
    let studio = Studio::new().await;
    for name in ["하나", "둘", "셋"] {
        filmed(&studio, name).await;
    }
    for list in ["songs", "videos"] {
        let all = items(&studio, &format!("/{list}/")).await;
        assert_eq!(all.len(), 3);
        assert_eq!(items(&studio, &format!("/{list}")).await, all, "with the slash or without");
        assert_eq!(items(&studio, &format!("/{list}/?page=1&page_size=2")).await, all[..2]);
        assert_eq!(
            items(&studio, &format!("/{list}/?page=2&page_size=2&sort=name")).await,
            all[2..]
        );
        let behind = studio.get(&format!("/{list}/?page=3&page_size=2")).await.json();
        assert_eq!(behind, json!({"items": [], "total": 3, "page": 3, "page_size": 2}));
        for wrong in [
            "page=0",
            "page=-1",
            "page=x",
            "page_size=0",
            "page_size=101",
            "page=1&page=2",
            "page=4294967296",
        ] {
            let refused = studio.get(&format!("/{list}/?{wrong}")).await;
            assert_eq!(refused.problem(), "invalid_input", "{wrong}");
        }
        let both = studio.get(&format!("/{list}/?page=0&page_size=0")).await.json();
        assert_eq!(both["errors"].as_array().unwrap().len(), 2);
        let last = studio.get(&format!("/{list}/?page=4294967295&page_size=100")).await.json();
        assert_eq!((&last["items"], &last["total"]), (&json!([]), &json!(3)));
    }
}

#[tokio::test]
async fn what_is_archived_is_not_listed() {
    let studio = Studio::new().await;
    let task = filmed(&studio, "다온카페").await;
    studio.call(axum::http::Method::DELETE, &format!("/v1/projects/{task}"), &json!({})).await;
    for list in ["songs", "videos"] {
        let list = studio.get(&format!("/{list}/")).await.json();
        assert_eq!((&list["items"], &list["total"]), (&json!([]), &json!(0)));
    }
}
