use std::{path::Path, pin::pin, sync::Arc};

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_app::http::{Charged, Code};
use castad_domain::{
    model::{Event, EventSeq, MemberId, ProjectId},
    port::{EventLog, StoreError, StoreErrorKind},
};
use futures_util::{StreamExt, poll, stream};
use serde_json::json;

use crate::studio::{Studio, brief, slow_form};

#[tokio::test]
async fn whatever_is_wrong_with_a_body_is_told_in_one_answer() {
    let studio = Studio::new().await;
    let lyric = format!("/v1/projects/{}/lyric", studio.draft().await);
    let channel = json!({"name": "", "dates": ["2026-13-01"], "slots": 0, "price": 0, "queue": 1});
    for (method, path, body, places) in [
        (
            Method::POST,
            "/v1/points/usages",
            json!({"order_number": "", "amount": 0}),
            vec!["/amount", "/order_number"],
        ),
        (
            Method::POST,
            "/v1/channels",
            channel,
            vec!["/dates/0", "/name", "/price", "/queue", "/slots"],
        ),
        (Method::POST, "/v1/channels", json!({}), vec!["/dates", "/name", "/price", "/slots"]),
        (Method::PUT, &lyric, json!({"title": "", "text": ""}), vec!["/text", "/title"]),
    ] {
        let refused = studio.call(method, path, &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let told = refused.json();
        let found = told["errors"].as_array().unwrap().iter();
        let mut found: Vec<_> = found.map(|fault| fault["pointer"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, places, "{path}: {told}");
    }
}

#[tokio::test]
async fn an_id_of_a_request_is_taken_if_it_is_a_short_word_and_made_if_not() {
    let studio = Studio::new().await;
    for (sent, taken) in [("order-7_a.b", true), ("a b", false), (&"x".repeat(200), false)] {
        let request = studio.request(Method::GET, "/v1/account").header("x-request-id", sent);
        let answer = studio.send(request.body(Body::empty()).unwrap()).await;
        let told = answer.header("x-request-id").to_owned();
        assert_eq!(told == sent, taken, "{sent:?} {told:?}");
        assert!(taken || told.starts_with("req_"), "{told:?}");
    }
}

#[tokio::test]
async fn every_fault_of_the_input_is_told_at_once() {
    let studio = Studio::new().await;
    let body = json!({
        "business_name": "<script>", "region": "가".repeat(10_000), "language": "fr", "colour": 1,
    });
    let refused = studio.call(Method::POST, "/v1/projects", &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.problem(), "invalid_input");
    let body = refused.json();
    let pointers: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/business_name", "/region", "/language", "/colour"]);
    assert!(body["errors"][1]["detail"].as_str().unwrap().contains("10000"));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_apart() {
    static BLANK: [u8; 300_000] = [b' '; 300_000];
    let studio = Studio::new().await;
    let send = async |kind: &str, body: &'static [u8]| {
        let request =
            studio.request(Method::POST, "/v1/projects").header(header::CONTENT_TYPE, kind);
        studio.send(request.body(Body::from(body)).unwrap()).await.problem()
    };
    assert_eq!(send("application/json", b"{\"business_name\": ").await, "malformed");
    assert_eq!(send("application/json", b"\xff\xfe").await, "malformed");
    assert_eq!(send("application/json", b"[]").await, "invalid_input");
    assert_eq!(send("text/plain", b"hello").await, "unsupported_media_type");
    assert_eq!(send("application/json", &BLANK).await, "body_too_large");
}

#[tokio::test]
async fn the_frameworks_own_refusals_are_problems_too() {
    let studio = Studio::new().await;
    assert_eq!(studio.get("/v1/nothing").await.problem(), "not_found");
    assert_eq!(studio.get("/nothing").await.problem(), "not_found");
    let put = studio.call(Method::PUT, "/v1/projects", &brief()).await;
    assert_eq!(put.problem(), "method_not_allowed");
    assert!(put.header(header::ALLOW).contains("POST"));
    assert_eq!(studio.get("/v1/projects/prj_nonsense").await.problem(), "not_found");
    assert_eq!(studio.get("/v1/projects?limit=0").await.problem(), "invalid_input");
    assert_eq!(studio.get("/v1/projects?colour=red").await.problem(), "invalid_input");
    let id = studio.draft().await;
    assert_eq!(studio.get(&format!("/v1/projects/{id}?x=1")).await.problem(), "invalid_input");
}

#[tokio::test]
async fn what_the_state_forbids_is_named() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let path = format!("/v1/projects/{id}");
    let post = async |what: &str| studio.post(&format!("{path}/{what}")).await.problem();
    assert_eq!(post("song").await, "prerequisite_missing");
    assert_eq!(post("produce").await, "prerequisite_missing");
    assert_eq!(post("cancel").await, "not_allowed_now");
    assert_eq!(post("retry").await, "nothing_failed");
    studio.post(&format!("{path}/lyric")).await;
    assert_eq!(post("lyric").await, "already_processing");
    let change = studio.call(Method::PATCH, &path, &json!({"region": "서울"})).await;
    assert_eq!(change.problem(), "not_allowed_now");

    let done = studio.finished().await;
    let again = studio.post(&format!("/v1/projects/{done}/produce")).await;
    assert_eq!(again.problem(), "nothing_missing");
    let words = json!({"title": "a", "text": "b"});
    let late = studio.call(Method::PUT, &format!("/v1/projects/{done}/lyric"), &words).await;
    assert_eq!(late.problem(), "lyric_in_use");
}

#[tokio::test]
async fn a_picture_that_is_none_is_refused_by_its_place() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let good = castad_contract::photo::PICTURE;
    let refused =
        studio.upload(&id, &[("files", "a.jpg", good), ("files", "b.jpg", b"<html>")]).await;
    assert_eq!(refused.problem(), "picture_rejected");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/files/1");
    assert!(studio.memory.media().keys().is_empty(), "none of them is kept");

    assert_eq!(studio.upload(&id, &[]).await.problem(), "invalid_input");
    assert_eq!(studio.upload(&id, &[("photo", "a.jpg", good)]).await.problem(), "invalid_input");
    let many = vec![("files", "a.jpg", good); 21];
    assert_eq!(studio.upload(&id, &many).await.problem(), "too_many_images");
    let large = vec![0xff; 15 * 1024 * 1024 + 1];
    assert_eq!(studio.upload(&id, &[("files", "a.jpg", &large)]).await.problem(), "body_too_large");
    let nobody = "prj_00000000000000000000000000000001";
    assert_eq!(studio.upload(nobody, &[("files", "a.jpg", good)]).await.problem(), "not_found");
    assert!(studio.memory.media().keys().is_empty());
}

#[tokio::test]
async fn a_body_that_stops_half_way_is_told() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let half = studio
        .request(Method::POST, &format!("/v1/projects/{id}/images"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from("--b\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\nabc"))
        .unwrap();
    assert_eq!(studio.send(half).await.problem(), "malformed");
}

#[tokio::test(start_paused = true)]
async fn pictures_may_take_longer_to_arrive_than_anything_else() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let slowly = async |path: &str, kind: &str| {
        let request = studio.request(Method::POST, path).header(header::CONTENT_TYPE, kind);
        let begun = tokio::time::Instant::now();
        let answer = studio.send(request.body(slow_form()).unwrap()).await;
        assert_eq!(answer.problem(), "timeout");
        begun.elapsed().as_secs()
    };
    assert_eq!(slowly("/v1/projects", "application/json").await, 60);
    let path = format!("/v1/projects/{id}/images");
    assert_eq!(slowly(&path, "multipart/form-data; boundary=b").await, 600);
}

#[tokio::test(start_paused = true)]
async fn pictures_whose_sender_went_away_are_not_kept() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let head = "--b\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\n";
    let part = [head.as_bytes(), castad_contract::photo::PICTURE, b"\r\n--b\r\n"].concat();
    let pieces = stream::iter([Ok::<_, std::io::Error>(part)]).chain(stream::pending());
    let request = studio
        .request(Method::POST, &format!("/v1/projects/{id}/images"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    let mut sent = pin!(studio.send(request.body(Body::from_stream(pieces)).unwrap()));
    while studio.memory.media().keys().is_empty() {
        assert!(poll!(&mut sent).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(sent.await.problem(), "timeout");
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(studio.memory.media().keys().is_empty());
}

#[tokio::test]
async fn a_heading_without_an_end_does_not_fill_the_memory() {
    let studio = Studio::new().await;
    let id = studio.draft().await;
    let piece = bytes::Bytes::from(vec![b'x'; 1024 * 1024]);
    let head = bytes::Bytes::from_static(b"--b\r\nContent-Disposition: ");
    let pieces = std::iter::once(head).chain(std::iter::repeat_n(piece, 400));
    let body = Body::from_stream(stream::iter(pieces.map(Ok::<_, std::io::Error>)));
    let request = studio
        .request(Method::POST, &format!("/v1/projects/{id}/images"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    assert_eq!(studio.send(request.body(body).unwrap()).await.problem(), "body_too_large");
}

#[tokio::test]
async fn a_full_store_is_told_and_nothing_is_lost() {
    let studio = Studio::new().await;
    let id = studio.pictured().await;
    studio.memory.media().be_full(true);
    let good = castad_contract::photo::PICTURE;
    let refused = studio.upload(&id, &[("files", "a.jpg", good)]).await;
    assert_eq!(refused.problem(), "storage_full");
    let unready = studio.get("/readyz").await;
    assert_eq!(unready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready.header(header::RETRY_AFTER), "1");
    studio.memory.media().be_full(false);
    let body = studio.get(&format!("/v1/projects/{id}")).await.json();
    assert_eq!(body["images"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_code_has_a_page() {
    let studio = Studio::new().await;
    for code in Code::ALL {
        let page = studio.get(&format!("/docs/errors/{}", code.word())).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(String::from_utf8(page.bytes).unwrap().contains(code.title()));
    }
    assert_eq!(studio.get("/docs/errors/nonsense").await.problem(), "not_found");
}

/// Those that are answered while what was asked for may have been done.
const DOUBTFUL: [Code; 5] =
    [Code::Timeout, Code::InFlight, Code::Internal, Code::Unavailable, Code::PaymentsUnavailable];

#[tokio::test]
async fn what_is_not_known_to_be_free_is_not_said_to_be() {
    let studio = Studio::new().await;
    let table = String::from_utf8(studio.get("/docs/errors").await.bytes).unwrap();
    let rows: Vec<_> = table.split("<tr>").skip(2).collect();
    assert_eq!(rows.len(), Code::ALL.len());
    for (code, row) in Code::ALL.iter().zip(rows) {
        let cells: Vec<_> = row.split("<td>").skip(1).collect();
        let page = studio.get(&format!("/docs/errors/{}", code.word())).await;
        let page = String::from_utf8(page.bytes).unwrap();
        let doubtful = DOUBTFUL.contains(code);
        assert!(cells[0].contains(&format!(">{}<", code.word())), "{row}");
        assert_eq!(cells[1], code.status().as_str(), "{row}");
        assert_eq!(cells[2], if code.retryable() { "yes" } else { "no" }, "{row}");
        let known = cells[3] == "no" && page.contains("Nothing was charged");
        let unknown = cells[3].starts_with("not known") && page.contains("is not known");
        assert_eq!((known, unknown), (!doubtful, doubtful), "{row} {page}");
        assert_eq!(code.charged() == Charged::Unknown, doubtful, "{row}");
        assert_eq!(code.charged().points(), (!doubtful).then_some(0));
    }
}

/// A log whose rows make no sense.
struct Corrupt;

#[async_trait]
impl EventLog for Corrupt {
    async fn events(
        &self,
        _: MemberId,
        _: Option<ProjectId>,
        _: EventSeq,
        _: u32,
    ) -> Result<Vec<Event>, StoreError> {
        Err(StoreErrorKind::Corrupt.into())
    }

    async fn heads(&self, _: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError> {
        Err(StoreErrorKind::Corrupt.into())
    }

    async fn appended(&self) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn what_is_broken_here_is_told_without_how() {
    let studio = Studio::with(|ports| ports.events = Arc::new(Corrupt)).await;
    let broken = studio.get("/v1/events").await;
    assert_eq!((broken.status.as_u16(), broken.problem().as_str()), (500, "internal"));
    assert_eq!(broken.json()["charged_points"], json!(null));
    assert!(!broken.json()["detail"].as_str().unwrap().contains("corrupt"), "{}", broken.json());
}

/// What the tests beside this one say.
fn tests_in(folder: &Path) -> String {
    let mut said = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            said.push_str(&tests_in(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            said.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
    said
}

#[test]
fn every_code_is_provoked_by_a_test() {
    let tests = tests_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"));
    let unheard = Code::ALL.iter().map(|code| code.word());
    let unheard: Vec<_> = unheard.filter(|word| !tests.contains(&format!("\"{word}\""))).collect();
    assert!(unheard.is_empty(), "no test provokes {unheard:?}");
}
