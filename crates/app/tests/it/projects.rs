use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_domain::{model::Prices, port::WorkQueue, usecase::RunTask};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::studio::{Studio, brief};

#[tokio::test]
async fn a_project_is_opened_shown_changed_and_archived() {
    let studio = Studio::new().await;
    let made = studio.call(Method::POST, "/v1/projects", &brief()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let body = made.json();
    let path = format!("/v1/projects/{}", body["id"].as_str().unwrap());
    assert_eq!(made.header(header::LOCATION), path);
    assert_eq!((&body["status"], &body["business_name"]), (&json!("draft"), &json!("다온카페")));
    assert_eq!(studio.get(&path).await.json(), body);

    let change = json!({"business_name": "Blue Door", "style": "lofi"});
    let changed = studio.call(Method::PATCH, &path, &change).await.json();
    assert_eq!(
        (&changed["business_name"], &changed["style"]),
        (&json!("Blue Door"), &json!("lofi"))
    );
    assert_eq!(changed["region"], "부산 해운대");
    let cleared = studio.call(Method::PATCH, &path, &json!({"style": null})).await.json();
    assert_eq!(cleared["style"], Value::Null);

    let gone = studio.call(Method::DELETE, &path, &json!({})).await;
    assert_eq!(gone.json()["status"], "archived");
    assert_eq!(studio.get("/v1/projects").await.json()["items"], json!([]));
    assert_eq!(studio.get(&path).await.json()["status"], "archived");
}

#[tokio::test]
async fn a_production_is_begun_watched_and_finished() {
    let studio = Studio::new().await;
    let id = studio.pictured().await;
    let path = format!("/v1/projects/{id}");
    let begun = studio.post(&format!("{path}/produce")).await;
    assert_eq!(
        (begun.status, begun.header(header::LOCATION)),
        (StatusCode::ACCEPTED, path.as_str())
    );
    let told = begun.json();
    let body = studio.get(&path).await.json();
    for body in [&told, &body] {
        assert_eq!((&body["status"], &body["stage"]), (&json!("producing"), &json!("lyric")));
        assert_eq!((&body["progress"], &body["queue_position"]), (&json!(0.0), &json!(0)));
        assert!(body["estimated_start"].is_string());
    }

    studio.work().await;
    let body = studio.get(&path).await.json();
    assert_eq!((&body["status"], &body["stage"]), (&json!("finished"), &Value::Null));
    for stage in ["lyric", "song", "video"] {
        assert_eq!(body[stage]["status"], "ready");
        let list = studio.get(&format!("/v1/{stage}s")).await.json();
        assert_eq!(list["items"][0]["id"], body[stage]["id"]);
        let one =
            studio.get(&format!("/v1/{stage}s/{}", body[stage]["id"].as_str().unwrap())).await;
        assert_eq!(one.json(), body[stage]);
    }
}

#[tokio::test]
async fn who_orders_later_is_told_at_once_how_many_come_before() {
    let studio = Studio::new().await;
    for ahead in 0..3 {
        let path = format!("/v1/projects/{}", studio.pictured().await);
        let told = studio.post(&format!("{path}/produce")).await.json();
        assert_eq!(told["queue_position"], ahead);
        assert_eq!(told, studio.get(&path).await.json());
    }
}

#[tokio::test]
async fn what_is_being_made_waits_in_no_queue() {
    let studio = Studio::new().await;
    studio.memory.composer().work_for(u32::MAX);
    let id = studio.pictured().await;
    let path = format!("/v1/projects/{id}");
    studio.post(&format!("{path}/produce")).await;
    let (steps, queue) = (RunTask::new(&studio.ports), studio.memory.queue());
    for _ in ["the lyric is written", "the song is submitted"] {
        let now = studio.ports.clock.now();
        let claim = queue.claim(now, now + TimeDelta::seconds(30)).await.unwrap().unwrap();
        steps.run(&claim).await.unwrap();
    }
    let body = studio.get(&path).await.json();
    assert_eq!(body["song"]["status"], "composing");
    assert_eq!((&body["stage"], &body["progress"]), (&json!("song"), &json!(0.0)));
    assert_eq!((&body["queue_position"], &body["estimated_start"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn the_answer_can_wait_for_the_end() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let request = studio
        .request(Method::POST, &format!("/v1/projects/{id}/lyric"))
        .header("prefer", "wait=20")
        .body(axum::body::Body::empty())
        .unwrap();
    let working = async {
        while studio.memory.clock().sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        studio.work().await;
    };
    let (answer, ()) = tokio::join!(studio.send(request), working);
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("preference-applied"), "wait=20");
    assert_eq!(answer.json()["status"], "ready");
}

#[tokio::test]
async fn the_answer_waits_no_longer_than_it_was_told() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let begun = studio.ports.clock.now();
    let request = studio
        .request(Method::POST, &format!("/v1/projects/{id}/lyric"))
        .header("prefer", "wait=7")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tokio::spawn({
        let router = studio.router.clone();
        async move { tower::ServiceExt::oneshot(router, request).await.unwrap().status() }
    });
    while !answer.is_finished() {
        tokio::task::yield_now().await;
        let _ = studio.memory.clock().advance_to_next();
    }
    assert_eq!(answer.await.unwrap(), StatusCode::ACCEPTED);
    assert_eq!((studio.ports.clock.now() - begun).num_seconds(), 7);
}

#[tokio::test]
async fn a_deadline_cancels_what_has_not_ended() {
    let studio = Studio::new().await;
    studio.memory.composer().work_for(u32::MAX);
    let id = studio.pictured().await;
    let begun = studio.produce_within(&id, 60).await.json();
    assert!(begun["cancel_at"].is_string());
    studio.work().await;
    let body = studio.get(&format!("/v1/projects/{id}")).await.json();
    assert_eq!(
        (&body["status"], &body["song"]["status"]),
        (&json!("canceled"), &json!("canceled"))
    );
}

#[tokio::test]
async fn cancel_answers_what_was_kept() {
    let studio = Studio::new().await;
    let id = studio.pictured().await;
    studio.post(&format!("/v1/projects/{id}/lyric")).await;
    studio.work().await;
    studio.post(&format!("/v1/projects/{id}/song")).await;
    let left = studio.post(&format!("/v1/projects/{id}/cancel")).await;
    assert_eq!(left.status, StatusCode::OK);
    let body = left.json();
    assert_eq!((&body["kept"], &body["canceled"]), (&json!(["lyric"]), &json!(["song"])));
    assert_eq!(body["returned_points"], 0);
}

#[tokio::test]
async fn a_failure_explains_itself_and_is_retried() {
    let studio = Studio::new().await;
    studio.memory.renderer().fail(true, 1);
    let id = studio.finished().await;
    let path = format!("/v1/projects/{id}");
    let body = studio.get(&path).await.json();
    assert_eq!(body["status"], "failed");
    let failure = &body["failure"];
    assert_eq!((&failure["stage"], &failure["code"]), (&json!("video"), &json!("provider_failed")));
    assert_eq!((&failure["retryable"], &failure["charged_points"]), (&json!(true), &json!(0)));
    assert!(failure["provider"].is_string() && failure["detail"].is_string());
    assert_eq!(studio.post(&format!("{path}/retry")).await.status, StatusCode::ACCEPTED);
    studio.work().await;
    assert_eq!(studio.get(&path).await.json()["status"], "finished");
}

#[tokio::test]
async fn the_owners_words_take_the_place_of_the_lyric() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let path = format!("/v1/projects/{id}/lyric");
    let words = json!({"title": "바다", "text": "[Verse]\n파도 소리\n\n[Chorus]\n다온카페로"});
    let put = studio.call(Method::PUT, &path, &words).await;
    assert_eq!(put.status, StatusCode::OK);
    let body = put.json();
    assert_eq!((&body["status"], &body["edited"]), (&json!("ready"), &json!(true)));
    assert_eq!(body["sections"][1], json!({"kind": "chorus", "lines": ["다온카페로"]}));
    let bad = studio.call(Method::PUT, &path, &json!({"title": "a", "text": "[Rap]\nb"})).await;
    assert_eq!(bad.problem(), "invalid_input");
    assert_eq!(bad.json()["errors"][0]["pointer"], "/text");
}

#[tokio::test]
async fn the_last_page_says_that_it_is_the_last() {
    let studio = Studio::new().await;
    for _ in 0..2 {
        studio.draft().await;
    }
    for (limit, more) in [(1, true), (2, false), (3, false)] {
        for list in ["/v1/projects", "/v1/events"] {
            let page = studio.get(&format!("{list}?limit={limit}")).await.json();
            let shown = page["items"].as_array().unwrap().len();
            assert_eq!((shown, page["next"].is_string()), (limit.min(2), more), "{list} {limit}");
        }
    }
    for _ in 2..100 {
        studio.draft().await;
    }
    let whole = studio.get("/v1/projects?limit=100").await.json();
    assert_eq!((whole["items"].as_array().unwrap().len(), &whole["next"]), (100, &Value::Null));
    assert_eq!(studio.get("/v1/projects").await.json()["items"].as_array().unwrap().len(), 20);
    assert_eq!(studio.get("/v1/projects?limit=101").await.problem(), "invalid_input");
}

#[tokio::test]
async fn a_deadline_is_some_seconds_within_a_week() {
    let studio = Studio::new().await;
    let produce = format!("/v1/projects/{}/produce", studio.pictured().await);
    for bad in ["0", "-5", "soon", "1.5", "604801"] {
        let request = studio.request(Method::POST, &produce).header("cancel-after", bad);
        let refused = studio.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(refused.problem(), "invalid_input", "{bad}");
    }
}

#[tokio::test]
async fn a_seed_is_shown_as_it_was_chosen() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let path = format!("/v1/projects/{id}");
    for seed in [json!(7), Value::Null] {
        let changed = studio.call(Method::PATCH, &path, &json!({"seed": seed})).await.json();
        assert_eq!((&changed["seed"], &studio.get(&path).await.json()["seed"]), (&seed, &seed));
    }
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let studio = Studio::new().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(studio.draft().await);
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut path = "/v1/projects?limit=2".to_owned();
    loop {
        let page = studio.get(&path).await.json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/projects?limit=2&after={next}");
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn a_quote_tells_what_is_missing_and_spends_nothing() {
    let studio = Studio::with(|ports| ports.prices = Prices::default()).await;
    let id = studio.pictured().await;
    let grant = json!({"member_id": studio.owner.to_string(), "amount": 150, "kind": "bonus"});
    studio.call(Method::POST, "/v1/points/accumulations", &grant).await;
    let all = studio.call(Method::POST, "/v1/quotes", &json!({})).await.json();
    assert_eq!(all["points"], 1_600);
    studio.post(&format!("/v1/projects/{id}/lyric")).await;
    studio.work().await;
    let rest = studio.call(Method::POST, "/v1/quotes", &json!({"project_id": id})).await.json();
    assert_eq!(rest["points"], 1_500);
    let song = studio.call(Method::POST, "/v1/quotes", &json!({"stage": "song"})).await.json();
    assert_eq!(song, json!({"points": 500, "items": [{"stage": "song", "points": 500}]}));
    let left = studio.get("/v1/points/balance").await.json();
    assert_eq!(left["available"], 50, "the lyric was paid for, and nothing else");
    let refused = studio.post(&format!("/v1/projects/{id}/song")).await;
    assert_eq!(refused.problem(), "insufficient_points");
}
