use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_contract::photo::PICTURE;
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaRead, MediaStore},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::studio::{Answer, Studio};

async fn ranged(studio: &Studio, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = studio.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    studio.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn files_are_served_whole_in_part_and_not_again() {
    let studio = Studio::new().await;
    let id = studio.finished().await;
    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    for stage in ["song", "video"] {
        let path = project[stage]["file"]["url"].as_str().unwrap();
        let whole = studio.get(path).await;
        assert_eq!(whole.status, StatusCode::OK);
        assert_eq!(whole.bytes.len() as u64, project[stage]["file"]["bytes"].as_u64().unwrap());
        assert_eq!(whole.header(header::ACCEPT_RANGES), "bytes");
        assert!(whole.header(header::CONTENT_DISPOSITION).contains("filename*=UTF-8''%EB%8B%A4"));

        let total = whole.bytes.len();
        let part = ranged(&studio, path, &[("range", "bytes=2-5")]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.bytes, whole.bytes[2..6]);
        assert_eq!(part.header(header::CONTENT_RANGE), format!("bytes 2-5/{total}"));
        let beyond = ranged(&studio, path, &[("range", "bytes=99999-")]).await;
        assert_eq!(beyond.problem(), "range_not_satisfiable");
        assert_eq!(beyond.header(header::CONTENT_RANGE), format!("bytes */{total}"));

        let tag = whole.header(header::ETAG);
        let known = ranged(&studio, path, &[("if-none-match", tag)]).await;
        assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
        let stale = ranged(&studio, path, &[("range", "bytes=2-5"), ("if-range", "\"old\"")]).await;
        assert_eq!(stale.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_picture_comes_back() {
    let studio = Studio::new().await;
    let id = studio.pictured().await;
    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    let file = studio.get(project["images"][0]["file"]["url"].as_str().unwrap()).await;
    assert_eq!((file.status, file.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/jpeg"));
    assert_eq!(file.bytes, PICTURE);
}

/// A store whose files anybody can fetch elsewhere.
struct Linked(Arc<dyn MediaStore>);

#[async_trait]
impl MediaStore for Linked {
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
        Ok(Some(format!("https://files.example/{key}?until={}", until.timestamp())))
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.0.remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.0.check().await
    }
}

#[tokio::test]
async fn where_the_store_gives_links_a_file_is_there_and_for_a_while() {
    let studio =
        Studio::with(|ports| ports.media = Arc::new(Linked(Arc::clone(&ports.media)))).await;
    let id = studio.pictured().await;
    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    let path = project["images"][0]["file"]["url"].as_str().unwrap();
    let file = ranged(&studio, path, &[("range", "bytes=2-5")]).await;
    assert_eq!((file.status, file.bytes.len()), (StatusCode::FOUND, 0));
    assert_eq!(file.header(header::CACHE_CONTROL), "private, max-age=600");
    let link = file.header(header::LOCATION);
    assert!(link.starts_with("https://files.example/images/"), "{link}");
    let (_, until) = link.split_once("?until=").unwrap();
    let left = until.parse::<i64>().unwrap() - studio.ports.clock.now().timestamp();
    assert_eq!(left, 15 * 60, "longer than a browser keeps it");
}

#[tokio::test]
async fn the_page_may_show_files_from_where_links_lead_and_from_nowhere_else() {
    let policy = async |studio: &Studio| {
        studio.get("/").await.header(header::CONTENT_SECURITY_POLICY).to_owned()
    };
    let here = policy(&Studio::new().await).await;
    assert!(here.contains("media-src 'self';") && !here.contains("http"), "{here}");
    let elsewhere = Studio::with_media_origin("https://files.example").await;
    let there = policy(&elsewhere).await;
    assert!(there.contains("media-src 'self' https://files.example;"), "{there}");
    assert!(there.contains("img-src 'self' blob: data: https://files.example;"), "{there}");
    assert_eq!(there.matches("https://").count(), 2, "{there}");
}

#[tokio::test]
async fn what_is_not_ready_has_no_file() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    studio.post(&format!("/v1/projects/{id}/lyric")).await;
    studio.work().await;
    let song = studio.post(&format!("/v1/projects/{id}/song")).await.json();
    let file = studio.get(&format!("/v1/songs/{}/file", song["id"].as_str().unwrap())).await;
    assert_eq!(file.problem(), "prerequisite_missing");
}

#[tokio::test]
async fn what_failed_has_no_file_and_tells_who_failed() {
    for stage in ["song", "video"] {
        let studio = Studio::new().await;
        if stage == "song" {
            studio.memory.composer().fail(false, 1);
        } else {
            studio.memory.renderer().fail(false, 1);
        }
        let id = studio.finished().await;
        let path = format!("/v1/projects/{id}");
        let row = studio.get(&path).await.json()[stage].clone();
        let file = format!("/v1/{stage}s/{}/file", row["id"].as_str().unwrap());
        let refused = studio.get(&file).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (409, "stage_failed"));
        let body = refused.json();
        assert_eq!(body["stage"], stage);
        for told in ["provider", "provider_code", "detail"] {
            assert!(body[told].is_string(), "{told}: {body}");
            assert_eq!(body[told], row["failure"][told]);
        }

        if stage == "video" {
            let video = row["id"].as_str().unwrap();
            let words = studio.get(&format!("/v1/videos/{video}/captions.vtt")).await;
            assert_eq!(words.status, StatusCode::OK, "the words are sung, with or without a film");
        }

        assert_eq!(studio.post(&format!("{path}/retry")).await.status, StatusCode::ACCEPTED);
        studio.work().await;
        let made = studio.get(&path).await.json();
        let file = studio.get(made[stage]["file"]["url"].as_str().unwrap()).await;
        assert_eq!(file.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn what_was_canceled_has_no_file() {
    let studio = Studio::new().await;
    studio.memory.renderer().work_for(u32::MAX);
    let id = studio.pictured().await;
    studio.produce_within(&id, 60).await;
    studio.work().await;
    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    assert_eq!(project["video"]["status"], "canceled");
    let video = project["video"]["id"].as_str().unwrap();
    let refused = studio.get(&format!("/v1/videos/{video}/file")).await;
    assert_eq!(refused.problem(), "stage_canceled");
    assert_eq!(refused.json().get("stage"), None, "nothing failed");
}

#[tokio::test]
async fn the_words_are_told_in_time() {
    let studio = Studio::new().await;
    let id = studio.finished().await;
    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    let video = project["video"]["id"].as_str().unwrap();
    let vtt = studio.get(&format!("/v1/videos/{video}/captions.vtt")).await;
    let text = String::from_utf8(vtt.bytes).unwrap();
    assert!(text.starts_with("WEBVTT\n\n00:00:"), "{text}");
    let lines = project["song"]["lines"].as_array().unwrap();
    assert_eq!(text.matches(" --> ").count(), lines.len());
    let lrc = studio.get(&format!("/v1/videos/{video}/captions.lrc")).await;
    assert_eq!(String::from_utf8(lrc.bytes).unwrap().lines().count(), lines.len());
}

#[tokio::test]
async fn a_provider_fetches_a_file_by_its_link_without_a_key_until_its_time_is_over() {
    let (studio, links) = Studio::new().await.at_a_public_address();
    let id = studio.finished().await;
    let production = studio.memory.production(id.parse().unwrap()).await.unwrap();
    let song = production.song().unwrap().making.product().unwrap().file.clone();
    let until = studio.ports.clock.now() + TimeDelta::hours(3);
    let link = links.link(&song.key, until);
    let path = link.strip_prefix("https://ads.example").unwrap();
    let fetch = async |range: Option<&str>| {
        let request =
            range.into_iter().fold(Request::get(path), |r, range| r.header("range", range));
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    let whole = fetch(None).await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "audio/mp4"));
    assert_eq!(whole.bytes.len() as u64, song.bytes);
    let part = fetch(Some("bytes=4-7")).await;
    assert_eq!((part.status, &part.bytes[..]), (StatusCode::PARTIAL_CONTENT, &b"ftyp"[..]));

    studio.memory.clock().set(until);
    let late = fetch(None).await;
    assert_eq!((late.status, late.problem().as_str()), (StatusCode::NOT_FOUND, "not_found"));
}

#[tokio::test]
async fn a_link_that_was_made_up_opens_nothing() {
    let (studio, _) = Studio::new().await.at_a_public_address();
    studio.finished().await;
    for token in ["x", "9~~songs~a.m4a", "99999999999~00~songs~a.m4a"] {
        let request = Request::get(format!("/media/{token}")).body(Body::empty()).unwrap();
        let answer = studio.send(request).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::NOT_FOUND, "not_found")
        );
    }
}
