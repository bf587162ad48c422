use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Method, header},
};
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaRead, MediaStore},
};
use chrono::{DateTime, Utc};

use super::{filmed, pictured};
use crate::studio::Studio;

/// A store in the cloud: whoever has the link can fetch the file.
struct Cloud(Arc<dyn MediaStore>);

#[async_trait]
impl MediaStore for Cloud {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.0.put(key, body, most).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        self.0.read(key, range).await
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        Ok(Some(format!("https://cloud.test/{}?until={}", key.as_str(), until.timestamp())))
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.0.remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.0.check().await
    }
}

#[tokio::test]
async fn where_the_store_gives_links_clients_get_them() {
    let studio = Studio::with(|ports| ports.media = Arc::new(Cloud(ports.media.clone()))).await;
    let task = pictured(&studio, "다온카페").await;
    let parts = [
        ("task_id", None, task.as_bytes()),
        ("files", Some("a.jpg"), castad_contract::photo::PICTURE),
    ];
    let added = super::upload(&studio, &parts).await.json();
    let image = added["images"][0]["url"].as_str().unwrap().to_owned();

    let task = filmed(&studio, "다온카페").await;
    let until = (studio.ports.clock.now() + chrono::TimeDelta::hours(24)).timestamp();
    let song = studio.get("/songs/").await.json()["items"][0]["url"].as_str().unwrap().to_owned();
    let video = studio.get("/videos/").await.json()["items"][0]["result_movie_url"].clone();
    let video = video.as_str().unwrap().to_owned();
    let download = studio.get(&format!("/video/download/{task}")).await.json();
    assert_eq!(download["result_movie_url"], video);
    assert!(image.starts_with("https://cloud.test/") && image.contains(".jpg?until="), "{image}");
    for link in [song, video] {
        assert!(link.starts_with("https://cloud.test/"), "{link}");
        assert!(link.ends_with(&format!("?until={until}")), "{link} is good until {until}");
    }
}

#[tokio::test]
async fn where_it_gives_none_they_are_told_the_route_by_the_name_they_used() {
    let studio = Studio::new().await;
    let task = filmed(&studio, "다온카페").await;
    let path = format!("/video/download/{task}");
    let ask = async |headers: &[(header::HeaderName, &str)]| {
        let mut request = studio.request(Method::GET, &path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let answer = studio.send(request.body(Body::empty()).unwrap()).await.json();
        answer["result_movie_url"].as_str().unwrap().to_owned()
    };
    let bare = ask(&[]).await;
    assert!(bare.starts_with("/v1/videos/vid_") && bare.ends_with("/file"), "{bare}");
    let host = (header::HOST, "ads.test:8080");
    assert_eq!(ask(std::slice::from_ref(&host)).await, format!("http://ads.test:8080{bare}"));
    let proxied = (header::HeaderName::from_static("x-forwarded-proto"), "https");
    assert_eq!(ask(&[host, proxied]).await, format!("https://ads.test:8080{bare}"));
}
