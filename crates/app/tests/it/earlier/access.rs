use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_app::secret::Secret;
use castad_contract::photo::PICTURE;
use castad_domain::{model::Role, usecase::IssueKey};
use serde_json::json;

use super::{bare, filmed, form_body};
use crate::studio::Studio;

#[tokio::test]
async fn nobody_comes_in_without_a_key() {
    let studio = Studio::new().await;
    let welcome = format!("/login?token={}", studio.login.reveal());
    let welcome = studio.send(bare(Method::GET, &welcome).body(Body::empty()).unwrap()).await;
    let session = welcome.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
    for (method, path) in [
        (Method::POST, "/project"),
        (Method::POST, "/project/image"),
        (Method::POST, "/lyric/generate"),
        (Method::GET, "/lyric/status/x"),
        (Method::GET, "/song/generate/x"),
        (Method::GET, "/song/status/x"),
        (Method::GET, "/song/nothing/x"),
        (Method::GET, "/songs/?page=x"),
        (Method::GET, "/songs"),
        (Method::GET, "/video/generate/x?orientation=x"),
        (Method::GET, "/video/status/x"),
        (Method::GET, "/video/download/x"),
        (Method::GET, "/videos/"),
        (Method::PUT, "/videos"),
    ] {
        for (name, value) in [
            (header::ACCEPT, "*/*"),
            (header::AUTHORIZATION, "Bearer nonsense"),
            (header::AUTHORIZATION, "Basic abc"),
            (header::COOKIE, session.as_str()),
        ] {
            let request = bare(method.clone(), path).header(&name, value);
            let refused = studio.send(request.body(Body::from("{")).unwrap()).await;
            assert_eq!(refused.problem(), "unauthorized", "{method} {path} {name}");
            assert_eq!(refused.header(header::WWW_AUTHENTICATE), "Bearer");
            assert_eq!(refused.json()["success"], false);
        }
    }
}

#[tokio::test]
async fn another_members_things_are_not_there() {
    let studio = Studio::new().await;
    let task = filmed(&studio, "다온카페").await;
    let project = studio.get(&format!("/v1/projects/{task}")).await.json();
    let stranger = Secret::fresh("castad");
    let issue = IssueKey::new(&studio.ports);
    issue.run("stranger", Role::Member, stranger.hash()).await.unwrap();
    let bearer = format!("Bearer {}", stranger.reveal());
    let send = async |method: Method, path: &str, kind: &str, body: Body| {
        let request = bare(method, path)
            .header(header::AUTHORIZATION, &bearer)
            .header(header::CONTENT_TYPE, kind);
        studio.send(request.body(body).unwrap()).await
    };
    let (song, video) = (project["song"]["id"].as_str(), project["video"]["id"].as_str());
    for path in [
        format!("/lyric/status/{task}"),
        format!("/song/generate/{task}"),
        format!("/song/status/{}", song.unwrap()),
        format!("/video/generate/{task}"),
        format!("/video/status/{}", video.unwrap()),
        format!("/video/download/{task}"),
    ] {
        let answer = send(Method::GET, &path, "application/json", Body::empty()).await;
        assert_eq!(answer.problem(), "not_found", "{path}");
    }
    let ask = Body::from(json!({"task_id": task}).to_string());
    let answer = send(Method::POST, "/lyric/generate", "application/json", ask).await;
    assert_eq!(answer.problem(), "not_found");
    let parts = [("task_id", None, task.as_bytes()), ("files", Some("a.jpg"), PICTURE)];
    let kind = "multipart/form-data; boundary=b";
    let answer = send(Method::POST, "/project/image", kind, form_body(&parts)).await;
    assert_eq!(answer.problem(), "not_found");
    for list in ["/songs/", "/videos/"] {
        let answer = send(Method::GET, list, "application/json", Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!((&answer.json()["items"], &answer.json()["total"]), (&json!([]), &json!(0)));
    }
}
