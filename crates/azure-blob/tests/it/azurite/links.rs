//! What a link is good for, and until when.

use castad_azure_blob::{AzureBlob, Limits};
use castad_domain::{
    model::MediaKey,
    port::{MediaErrorKind, MediaStore},
};
use chrono::{DateTime, TimeDelta, Utc};
use hyper::{Method, StatusCode};

use crate::{
    orders::{counted, film, key, mp4},
    web::ask,
};

const SHORT: TimeDelta = TimeDelta::minutes(15);

/// A store whose clock stands there, with a file of 1,000 bytes.
async fn with_file(now: DateTime<Utc>, key: &MediaKey) -> AzureBlob {
    let store = super::place(Limits::default(), now).await;
    store.ensure().await.unwrap();
    store.put(key, counted(&mp4(1_000)).0, 1_000).await.unwrap();
    store
}

async fn link(store: &AzureBlob, key: &MediaKey, until: DateTime<Utc>) -> String {
    store.link(key, until).await.unwrap().unwrap()
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn anybody_reads_the_file_by_its_link_whole_or_in_part() {
    let store = with_file(super::far(), &film()).await;
    let link = link(&store, &film(), super::far() + SHORT).await;
    assert!(link.starts_with(&format!("{}/", store.link_origin())), "{link}");

    let page = ask(Method::GET, &link, &[]).await;
    assert_eq!((page.status, page.body.clone()), (StatusCode::OK, mp4(1_000)));
    assert_eq!(page.header("content-type"), "video/mp4");
    let part = ask(Method::GET, &link, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &mp4(1_000)[10..20]));
    assert_eq!(part.header("content-range"), "bytes 10-19/1000");
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn a_link_is_for_reading_this_one_file() {
    let store = with_file(super::far(), &film()).await;
    let link = link(&store, &film(), super::far() + SHORT).await;
    for method in [Method::DELETE, Method::PUT] {
        let headers = [("x-ms-blob-type", "BlockBlob"), ("content-length", "0")];
        let refused = ask(method.clone(), &link, &headers).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method}");
    }
    let (address, query) = link.split_once('?').unwrap();
    let folder = address.split("/in/").next().unwrap();
    for url in [
        address.to_owned(),
        link.replace("att_1", "att_2"),
        link.replace("se=20", "se=30"),
        link.replace("sp=r", "sp=rwd"),
        format!("{folder}?restype=container&comp=list&{query}"),
    ] {
        assert_ne!(url, link);
        let refused = ask(Method::GET, &url, &[]).await;
        assert!(refused.status.is_client_error(), "{url}: {}", refused.status);
        assert!(!refused.body.starts_with(&mp4(12)), "{url}");
    }
    assert_eq!(ask(Method::GET, &link, &[]).await.status, StatusCode::OK, "it is still there");
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn a_link_ends_when_it_was_told_to() {
    // The store's clock stands in a time that is over for the server.
    let then = DateTime::UNIX_EPOCH + TimeDelta::days(365 * 50);
    let store = with_file(then, &film()).await;
    let ended = link(&store, &film(), then + SHORT).await;
    assert_eq!(ask(Method::GET, &ended, &[]).await.status, StatusCode::FORBIDDEN);
    let good = link(&store, &film(), super::far()).await;
    assert_eq!(ask(Method::GET, &good, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn no_link_is_made_that_has_ended_already() {
    let store = super::place(Limits::default(), super::far()).await;
    for until in [super::far(), super::far() - SHORT] {
        let refused = store.link(&film(), until).await.unwrap_err();
        assert_eq!(refused.kind(), MediaErrorKind::Unavailable);
    }
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn every_name_that_a_file_can_have_can_be_linked_to() {
    let longest = format!("{}zzzz.mp4", "a-b_9/".repeat(32));
    assert_eq!(longest.len(), 200);
    for name in ["a.mp4", "videos/2026-11/att_01-x.mp4", &longest] {
        let key = key(name);
        let store = with_file(super::far(), &key).await;
        let link = link(&store, &key, super::far() + SHORT).await;
        assert_eq!(ask(Method::GET, &link, &[]).await.status, StatusCode::OK, "{name}");
    }
}
