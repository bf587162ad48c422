//! Many who ask for the same at once: it is made, paid and kept once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use castad_domain::{
    model::{MediaKey, Prices, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaRead, MediaStore},
};
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::task::JoinSet;

use crate::studio::{Answer, Studio, send};

/// The answers to ten of the same request.
async fn ten(studio: &Studio, method: Method, path: &str) -> Vec<Answer> {
    let mut asking = JoinSet::new();
    for _ in 0..10 {
        let request = studio.request(method.clone(), path).body(axum::body::Body::empty()).unwrap();
        asking.spawn(send(studio.router.clone(), request));
    }
    asking.join_all().await
}

async fn points(studio: &Studio) -> i64 {
    studio.get("/v1/points/balance").await.json()["available"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_who_ask_for_a_stage_at_once_one_is_accepted_and_pays() {
    let studio = Studio::with(|ports| ports.prices = Prices::default()).await;
    let owner = studio.owner.to_string();
    let given = json!({"member_id": owner, "amount": 2_000, "kind": "bonus"});
    let given = studio.call(Method::POST, "/v1/points/accumulations", &given).await;
    assert_eq!(given.status, StatusCode::CREATED);
    let id = studio.pictured().await;

    let mut left = 2_000;
    for (stage, price) in [("lyric", 100), ("song", 500), ("video", 1_000)] {
        let path = format!("/v1/projects/{id}/{stage}");
        let (taken, refused): (Vec<_>, Vec<_>) = ten(&studio, Method::POST, &path)
            .await
            .into_iter()
            .partition(|answer| answer.status == StatusCode::ACCEPTED);
        assert_eq!((taken.len(), refused.len()), (1, 9), "{stage}");
        for answer in refused {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{stage}");
            assert_eq!(answer.problem(), "already_processing", "{stage}");
        }
        left -= price;
        assert_eq!(points(&studio).await, left, "{stage}");
        studio.memory.work_with(&studio.ports).await.unwrap();
    }
    assert_eq!((studio.memory.composer().starts(), studio.memory.renderer().starts()), (1, 1));
}

/// Counts what is put into a store.
struct Counted {
    store: Arc<dyn MediaStore>,
    puts: AtomicUsize,
}

#[async_trait]
impl MediaStore for Counted {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.puts.fetch_add(1, Ordering::SeqCst);
        self.store.put(key, body, most).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        self.store.read(key, range).await
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        self.store.link(key, until).await
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.store.remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.store.check().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_is_kept_once_however_many_look_how_it_is() {
    let mut counted = None;
    let studio = Studio::with(|ports| {
        let store = Arc::clone(&ports.media);
        let counting = Arc::new(Counted { store, puts: AtomicUsize::new(0) });
        ports.media = Arc::clone(&counting) as _;
        counted = Some(counting);
    })
    .await;
    let puts = || counted.as_ref().map(|store| store.puts.load(Ordering::SeqCst));
    let id = studio.pictured().await;
    assert_eq!(studio.post(&format!("/v1/projects/{id}/produce")).await.status, 202);
    studio.memory.work_with(&studio.ports).await.unwrap();

    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    let video = project["video"]["id"].as_str().unwrap();
    for path in [format!("/v1/videos/{video}"), format!("/video/status/{video}")] {
        for answer in ten(&studio, Method::GET, &path).await {
            assert_eq!(answer.status, StatusCode::OK, "{path}");
        }
        studio.memory.work_with(&studio.ports).await.unwrap();
    }
    assert_eq!(puts(), Some(3), "a picture, a song and a film");
}
