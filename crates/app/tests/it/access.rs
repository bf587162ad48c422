use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_app::secret::Secret;
use castad_domain::{model::Role, usecase::IssueKey};
use chrono::TimeDelta;

use crate::studio::{Studio, brief};

fn bare(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

#[tokio::test]
async fn nobody_comes_in_without_a_key() {
    let studio = Studio::new().await;
    for (method, path) in [
        (Method::GET, "/v1/projects"),
        (Method::GET, "/v1/nothing"),
        (Method::POST, "/v1/projects?x"),
        (Method::PUT, "/v1/projects"),
        (Method::GET, "/v1/projects/nonsense"),
    ] {
        for authorization in ["", "Bearer nonsense", "Basic abc", "Bearer"] {
            let mut request = bare(method.clone(), path);
            if !authorization.is_empty() {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            let refused = studio.send(request.body(Body::from("{")).unwrap()).await;
            assert_eq!(refused.problem(), "unauthorized", "{method} {path} {authorization}");
            assert_eq!(refused.header(header::WWW_AUTHENTICATE), "Bearer");
        }
    }
}

#[tokio::test]
async fn what_is_open_is_open() {
    let studio = Studio::new().await;
    for path in ["/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs/errors"] {
        let answer = studio.send(bare(Method::GET, path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn another_members_things_are_not_there() {
    let studio = Studio::new().await;
    let id = studio.finished().await;
    let project = studio.get(&format!("/v1/projects/{id}")).await.json();
    let stranger = Secret::fresh("castad");
    let issue = IssueKey::new(&studio.ports);
    issue.run("stranger", Role::Member, stranger.hash()).await.unwrap();
    let ask = async |method: Method, path: String| {
        let bearer = format!("Bearer {}", stranger.reveal());
        let request = bare(method, &path).header(header::AUTHORIZATION, bearer);
        studio.send(request.body(Body::empty()).unwrap()).await
    };
    let of = |stage: &str| project[stage]["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/v1/projects/{id}"),
        format!("/v1/projects/{id}/events"),
        format!("/v1/projects/{id}/images/{}/file", project["images"][0]["id"].as_str().unwrap()),
        format!("/v1/lyrics/{}", of("lyric")),
        format!("/v1/songs/{}", of("song")),
        format!("/v1/songs/{}/file", of("song")),
        format!("/v1/videos/{}", of("video")),
        format!("/v1/videos/{}/file", of("video")),
        format!("/v1/videos/{}/captions.vtt", of("video")),
    ] {
        assert_eq!(ask(Method::GET, path.clone()).await.problem(), "not_found", "{path}");
    }
    for what in ["lyric", "song", "video", "produce", "cancel", "retry"] {
        let path = format!("/v1/projects/{id}/{what}");
        assert_eq!(ask(Method::POST, path).await.problem(), "not_found", "{what}");
    }
    for list in ["projects", "lyrics", "songs", "videos", "events"] {
        let body = ask(Method::GET, format!("/v1/{list}")).await.json();
        assert_eq!(body["items"].as_array().unwrap().len(), 0, "{list}");
    }
}

#[tokio::test]
async fn the_printed_link_logs_a_browser_in_and_out() {
    let studio = Studio::new().await;
    let path = format!("/login?token={}", studio.login.reveal());
    let welcome = studio.send(bare(Method::GET, &path).body(Body::empty()).unwrap()).await;
    assert_eq!((welcome.status, welcome.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/"));
    let cookie = welcome.header(header::SET_COOKIE);
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    let session = cookie.split(';').next().unwrap().to_owned();

    let ask = async |method: Method, path: &str, origin: &str| {
        let request = bare(method, path)
            .header(header::COOKIE, &session)
            .header(header::HOST, "studio.test")
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/json");
        studio.send(request.body(Body::from(brief().to_string())).unwrap()).await
    };
    let own = ask(Method::POST, "/v1/projects", "http://studio.test").await;
    assert_eq!(own.status, StatusCode::CREATED);
    let foreign = ask(Method::POST, "/v1/projects", "http://evil.test").await;
    assert_eq!(foreign.problem(), "forbidden");

    ask(Method::POST, "/logout", "http://studio.test").await;
    let out = ask(Method::POST, "/v1/projects", "http://studio.test").await;
    assert_eq!(out.problem(), "unauthorized");
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let studio = Studio::new().await;
    let path = format!("/login?token={}", studio.login.reveal());
    let welcome = studio.send(bare(Method::GET, &path).body(Body::empty()).unwrap()).await;
    let session = welcome.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
    studio.memory.clock().advance(TimeDelta::days(31));
    let request = bare(Method::GET, "/v1/projects").header(header::COOKIE, session);
    let refused = studio.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.problem(), "unauthorized");
}

#[tokio::test]
async fn a_wrong_link_says_what_to_do() {
    let studio = Studio::new().await;
    let request = bare(Method::GET, "/login?token=nonsense").body(Body::empty()).unwrap();
    let refused = studio.send(request).await;
    assert_eq!(refused.problem(), "unauthorized");
    assert!(refused.json()["detail"].as_str().unwrap().contains("prints a new one"));
}
