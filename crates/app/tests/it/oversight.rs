//! What an admin sees of everybody's productions, and decides on.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_contract::make;
use castad_domain::{
    model::{MemberId, ProviderJob, Stage, Task, Work},
    port::WorkQueue,
};
use castad_memory::Answer as Fate;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::studio::{Answer, Studio, brief};

/// The key of a member who waits for a song whose composer's answer was lost.
async fn with_a_lost_song() -> (Studio, String) {
    let studio = Studio::new().await;
    studio.memory.composer().answer(Fate::Lost, 1);
    studio.memory.composer().forget_attempts();
    let key = studio.member("다온카페").await;
    let opened = studio.of(Some(&key), Method::POST, "/v1/projects", &brief()).await.json();
    let project = format!("/v1/projects/{}", opened["id"].as_str().unwrap());
    for stage in ["lyric", "song"] {
        let path = format!("{project}/{stage}");
        let asked = studio.of(Some(&key), Method::POST, &path, &json!({})).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED);
        studio.work().await;
    }
    (studio, key)
}

async fn unresolved(studio: &Studio) -> Vec<Value> {
    let list = studio.get("/v1/admin/unresolved").await.json();
    list["items"].as_array().unwrap().clone()
}

async fn named(studio: &Studio, path: &str, name: &str, body: &Value) -> Answer {
    let request = studio.request(Method::POST, path).header("idempotency-key", name);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    studio.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_song_of_which_nobody_knows_is_listed_and_decided_on_once() {
    let (studio, key) = with_a_lost_song().await;
    let waiting = unresolved(&studio).await;
    assert_eq!(waiting.len(), 1);
    let song = studio.of(Some(&key), Method::GET, "/v1/songs", &json!({})).await.json();
    let song = &song["items"][0];
    assert_eq!((&waiting[0]["id"], &song["status"]), (&song["id"], &json!("unresolved")));
    assert_eq!(waiting[0]["project_id"], song["project_id"]);
    assert_eq!(
        (&waiting[0]["stage"], &waiting[0]["provider"]),
        (&json!("song"), &json!("scripted"))
    );
    assert!(waiting[0]["attempt"].as_str().unwrap().starts_with("att_"));
    assert!(waiting[0]["member_id"].is_string() && waiting[0]["since"].is_string());

    let path = format!("/v1/admin/unresolved/{}", waiting[0]["id"].as_str().unwrap());
    let adopt = json!({"decision": "adopt", "provider_job": "scripted-1"});
    let decided = named(&studio, &path, "a", &adopt).await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.json());
    assert_eq!(decided.json()["status"], "composing");
    assert_eq!(decided.json()["decision"], "adopt");
    assert_eq!(unresolved(&studio).await, Vec::<Value>::new());
    let again = named(&studio, &path, "a", &adopt).await;
    assert_eq!((again.bytes, again.status), (decided.bytes, StatusCode::OK));
    let late = studio.call(Method::POST, &path, &json!({"decision": "give_up"})).await;
    assert_eq!((late.status, late.problem().as_str()), (StatusCode::CONFLICT, "not_allowed_now"));

    studio.work().await;
    let song = studio.of(Some(&key), Method::GET, "/v1/songs", &json!({})).await.json();
    assert_eq!(song["items"][0]["status"], "ready");
    assert_eq!(studio.memory.composer().starts(), 1);
    let log = studio.of(Some(&key), Method::GET, "/v1/events?limit=100", &json!({})).await.json();
    let told = log["items"].as_array().unwrap().iter().find(|e| e["type"] == "song.decided");
    assert_eq!(told.unwrap()["data"]["decision"], "adopt");
    assert!(!log.to_string().contains("scripted-1"), "what the provider calls it stays here");
}

#[tokio::test]
async fn what_is_given_up_fails_and_what_is_bought_again_waits_for_its_turn() {
    for (decision, status) in [("give_up", "failed"), ("buy_again", "requested")] {
        let (studio, _) = with_a_lost_song().await;
        let id = unresolved(&studio).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/admin/unresolved/{id}");
        let decided = studio.call(Method::POST, &path, &json!({"decision": decision})).await;
        assert_eq!((decided.status, &decided.json()["status"]), (StatusCode::OK, &json!(status)));
        assert_eq!(decided.json()["id"], id);
    }
}

#[tokio::test]
async fn a_decision_that_says_too_little_or_too_much_is_refused() {
    let (studio, _) = with_a_lost_song().await;
    let id = unresolved(&studio).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/admin/unresolved/{id}");
    for (body, pointer) in [
        (json!({}), "/decision"),
        (json!({"decision": "wait"}), "/decision"),
        (json!({"decision": "adopt"}), "/provider_job"),
        (json!({"decision": "adopt", "provider_job": "../x"}), "/provider_job"),
        (json!({"decision": "give_up", "provider_job": "scripted-1"}), "/provider_job"),
        (json!({"decision": "give_up", "why": "x"}), "/why"),
    ] {
        let refused = studio.call(Method::POST, &path, &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    let nobody = format!("{path}0").replace("sng_", "vid_");
    let give_up = json!({"decision": "give_up"});
    for path in [nobody, path.replace("sng_", "prj_"), path.replace("sng_", "vid_")] {
        let refused = studio.call(Method::POST, &path, &give_up).await;
        assert_eq!(refused.problem(), "not_found", "{path}");
    }
    assert_eq!(unresolved(&studio).await.len(), 1);
}

/// Two jobs that were set aside and one that waits.
async fn with_dead_jobs() -> Studio {
    let studio = Studio::new().await;
    let (member, now) = (studio.owner, studio.ports.clock.now());
    let production = make::production(1, MemberId::from_bits(member.to_bits()));
    let project = production.project().id();
    let mut unit = studio.ports.store.begin().await.unwrap();
    unit.productions().insert(&production).await.unwrap();
    let release = |job: &str| Task::Release(Stage::Song, ProviderJob::new(job));
    let work = ["job-1", "job-2", "job-3"].map(|job| {
        let task = release(job);
        Work { member, project, task, due: now }
    });
    unit.work().push(&work).await.unwrap();
    unit.commit().await.unwrap();
    let queue = studio.memory.queue();
    for _ in 0..2 {
        let claim = queue.claim(now, now + TimeDelta::seconds(30)).await.unwrap().unwrap();
        queue.bury(&claim, "the composer does not answer").await.unwrap();
    }
    studio
}

#[tokio::test]
async fn jobs_that_were_set_aside_are_listed_and_tried_again() {
    let studio = with_dead_jobs().await;
    let first = studio.get("/v1/admin/jobs?state=dead&limit=1").await.json();
    let next = first["next"].as_str().unwrap();
    let rest = studio.get(&format!("/v1/admin/jobs?state=dead&after={next}")).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));
    let job = &first["items"][0];
    assert_eq!((&job["task"], &job["state"]), (&json!("release"), &json!("dead")));
    assert_eq!(job["reason"], "the composer does not answer");
    assert_eq!((&job["fence"], &job["attempts"]), (&json!(1), &json!(0)));
    assert_eq!(job["member_id"], studio.owner.to_string());

    let replay = format!("/v1/admin/jobs/{}/replay", job["id"].as_str().unwrap());
    let replayed = named(&studio, &replay, "r", &json!({})).await;
    assert_eq!((replayed.status, &replayed.json()["state"]), (StatusCode::OK, &json!("waiting")));
    assert_eq!(named(&studio, &replay, "r", &json!({})).await.bytes, replayed.bytes);
    assert_eq!(studio.post(&replay).await.problem(), "not_allowed_now");
    let nobody = "/v1/admin/jobs/job_00000000000000000000000000000999/replay";
    assert_eq!(studio.post(nobody).await.problem(), "not_found");

    let all = "/v1/admin/jobs/replay";
    for (body, replayed) in
        [(json!({"task": "erase"}), 0), (json!({"task": "release"}), 1), (json!({}), 0)]
    {
        let answer = studio.call(Method::POST, all, &body).await;
        assert_eq!(answer.json(), json!({"replayed": replayed}), "{body}");
    }
    let waiting = studio.get("/v1/admin/jobs?state=waiting").await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 3);
    studio.work().await;
    assert_eq!(studio.get("/v1/admin/jobs?state=waiting").await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_list_of_jobs_says_which() {
    let studio = Studio::new().await;
    for (query, place) in [
        ("", "?state"),
        ("?state=lost", "?state"),
        ("?state=dead&after=x", "?after"),
        ("?state=dead&limit=0", "?limit"),
        ("?state=dead&kind=erase", "?kind"),
    ] {
        let refused = studio.get(&format!("/v1/admin/jobs{query}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(refused.json()["errors"][0]["pointer"], place, "{query}");
    }
    let unknown = studio.call(Method::POST, "/v1/admin/jobs/replay", &json!({"task": "x"})).await;
    assert_eq!(unknown.json()["errors"][0]["pointer"], "/task");
}

#[tokio::test]
async fn all_of_it_is_for_admins() {
    let studio = with_dead_jobs().await;
    let key = studio.member("다온카페").await;
    let job = studio.get("/v1/admin/jobs?state=dead").await.json();
    let job = job["items"][0]["id"].as_str().unwrap().to_owned();
    let (get, post) = (Method::GET, Method::POST);
    for (method, path, body) in [
        (&get, "/v1/admin/unresolved".to_owned(), json!({})),
        (&get, "/v1/admin/jobs?state=dead".to_owned(), json!({})),
        (&post, format!("/v1/admin/jobs/{job}/replay"), json!({})),
        (&post, "/v1/admin/jobs/replay".to_owned(), json!({})),
        (
            &post,
            format!("/v1/admin/unresolved/{}", job.replace("job_", "sng_")),
            json!({"decision": "give_up"}),
        ),
    ] {
        let refused = studio.of(Some(&key), method.clone(), &path, &body).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (StatusCode::FORBIDDEN, "forbidden")
        );
        let stranger = studio.of(None, method.clone(), &path, &body).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(studio.memory.queue().counts().await.unwrap().dead, 2);
}
