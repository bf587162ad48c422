use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use castad_domain::{
    model::{AttemptToken, Stage, Task},
    port::WorkQueue,
    usecase::RunTask,
};
use castad_memory::Answer as Scripted;
use serde_json::json;

use crate::studio::{Answer, Studio};

impl Studio {
    /// A project whose song was bought; the decision to buy it.
    async fn with_a_bought_song(&self) -> (String, AttemptToken) {
        let id = self.pictured().await;
        self.post(&format!("/v1/projects/{id}/produce")).await;
        let steps = RunTask::new(&self.ports);
        loop {
            let task = self.memory.take_step(&self.ports, &steps).await.unwrap();
            if matches!(task.expect("a step is left"), Task::SubmitSong(_)) {
                break;
            }
        }
        let project = id.parse().unwrap();
        let production = self.memory.production(project).await.unwrap();
        (id, production.attempt(Stage::Song).unwrap())
    }

    /// As a provider does: without a key.
    async fn call_back(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(format!("/callbacks/{path}")).body(body.into()).unwrap()).await
    }
}

#[tokio::test]
async fn a_provider_calls_back_without_a_key_and_its_job_is_looked_at_now() {
    let studio = Studio::new().await;
    let (_, attempt) = studio.with_a_bought_song().await;
    let now = studio.ports.clock.now();
    assert!(studio.memory.queue().next_due().await.unwrap().unwrap() > now);
    let answer = studio.call_back(&format!("scripted/{attempt}"), "anything at all").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({"received": true})));
    assert_eq!(studio.memory.queue().next_due().await.unwrap(), Some(now));
}

#[tokio::test]
async fn a_callback_that_says_done_is_not_believed() {
    let studio = Studio::new().await;
    studio.memory.composer().work_for(3);
    let (id, attempt) = studio.with_a_bought_song().await;
    let forged = json!({"code": 200, "data": {"callbackType": "complete"}}).to_string();
    assert_eq!(
        studio.call_back(&format!("scripted/{attempt}"), forged).await.status,
        StatusCode::OK
    );
    studio.memory.take_step(&studio.ports, &RunTask::new(&studio.ports)).await.unwrap();
    let body = studio.get(&format!("/v1/projects/{id}")).await.json();
    assert_eq!(body["song"]["status"], "composing");
}

#[tokio::test]
async fn a_lost_job_is_adopted_by_what_the_callback_names() {
    let studio = Studio::new().await;
    studio.memory.composer().answer(Scripted::Lost, 1);
    studio.memory.composer().forget_attempts();
    let (id, attempt) = studio.with_a_bought_song().await;
    assert_eq!(studio.call_back(&format!("scripted/{attempt}"), "scripted-1").await.status, 200);
    studio.work().await;
    assert_eq!(studio.get(&format!("/v1/projects/{id}")).await.json()["status"], "finished");
    assert_eq!(studio.memory.composer().starts(), 1);
}

#[tokio::test]
async fn a_callback_that_nobody_waits_for_is_refused() {
    let studio = Studio::new().await;
    let (_, attempt) = studio.with_a_bought_song().await;
    let due = studio.memory.queue().next_due().await.unwrap();
    let other = AttemptToken::from_bits(7);
    for path in [
        format!("scripted/{other}"),
        "scripted/nonsense".to_owned(),
        format!("suno/{attempt}"),
        format!("studio/{attempt}"),
    ] {
        let answer = studio.call_back(&path, "{}").await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::NOT_FOUND, "not_found")
        );
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("scripted-"), "{path}");
    }
    assert_eq!(studio.memory.queue().next_due().await.unwrap(), due);
}

#[tokio::test]
async fn a_callback_is_no_place_for_a_gigabyte() {
    let studio = Studio::new().await;
    let (_, attempt) = studio.with_a_bought_song().await;
    let pieces = (0..1 << 10).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 20]));
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let pieces = pieces.inspect(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    let answer = studio.call_back(&format!("scripted/{attempt}"), body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.problem(), "body_too_large");
    assert!(sent.load(Ordering::SeqCst) <= 2, "nobody reads it to its end");
}

#[tokio::test]
async fn a_draft_is_shown_while_the_words_are_being_written() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    studio.post(&format!("/v1/projects/{id}/lyric")).await;
    let (queue, now) = (studio.memory.queue(), studio.ports.clock.now());
    let claim = queue.claim(now, now + chrono::TimeDelta::seconds(30)).await.unwrap().unwrap();
    queue.sketch(&claim, "오늘의 노래\n\n[Verse]\n해운대").await.unwrap();
    let lyric = studio.get(&format!("/v1/projects/{id}")).await.json()["lyric"].clone();
    assert_eq!(lyric["draft"], "오늘의 노래\n\n[Verse]\n해운대");
    queue.put_back(&claim, now, 0, 0.0).await.unwrap();
    studio.work().await;
    let lyric = studio.get(&format!("/v1/projects/{id}")).await.json()["lyric"].clone();
    assert_eq!((&lyric["draft"], &lyric["status"]), (&json!(null), &json!("ready")));
}
