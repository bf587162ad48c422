//! What an admin sees of everybody's productions, and decides on.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_contract::make;
use castad_domain::{
    model::{BacklogLimits, MemberId, Prices, ProviderJob, Stage, Task, Work},
    port::{Auditor, BookRule, Finding, StoreError, WorkQueue},
};
use castad_memory::Answer as Fate;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::studio::{Answer, Studio, brief};

/// The key of a member who waits for a song whose composer's answer was lost.
pub(crate) async fn with_a_lost_song() -> (Studio, String) {
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

pub(crate) async fn unresolved(studio: &Studio) -> Vec<Value> {
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
    let (studio, key) = Box::pin(with_a_lost_song()).await;
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
        let (studio, _) = Box::pin(with_a_lost_song()).await;
        let id = unresolved(&studio).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/admin/unresolved/{id}");
        let decided = studio.call(Method::POST, &path, &json!({"decision": decision})).await;
        assert_eq!((decided.status, &decided.json()["status"]), (StatusCode::OK, &json!(status)));
        assert_eq!(decided.json()["id"], id);
    }
}

#[tokio::test]
async fn a_decision_that_says_too_little_or_too_much_is_refused() {
    let (studio, _) = Box::pin(with_a_lost_song()).await;
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
pub(crate) async fn with_dead_jobs() -> Studio {
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
async fn a_job_is_shown_with_what_was_told_and_paid() {
    let studio = Studio::with(|ports| ports.prices = Prices::default()).await;
    let points = json!({"member_id": studio.owner.to_string(), "amount": 2_000, "kind": "bonus"});
    studio.call(Method::POST, "/v1/points/accumulations", &points).await;
    let project = studio.call(Method::POST, "/v1/projects", &brief()).await.json();
    let path = format!("/v1/projects/{}", project["id"].as_str().unwrap());
    studio.post(&format!("{path}/lyric")).await;
    let waiting = studio.get("/v1/admin/jobs?state=waiting").await.json();
    let job = &waiting["items"][0];
    let shown = format!("/v1/admin/jobs/{}", job["id"].as_str().unwrap());
    let shown = studio.get(&shown).await.json();
    for (name, value) in job.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    let told: Vec<_> = shown["events"].as_array().unwrap().iter().map(|e| &e["type"]).collect();
    let log = studio.get(&format!("{path}/events")).await.json();
    let all: Vec<_> = log["items"].as_array().unwrap().iter().map(|e| &e["type"]).collect();
    assert_eq!(told, all);
    assert_eq!(shown["entries"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(
        (&shown["entries"][0]["type"], &shown["entries"][0]["amount"]),
        (&json!("used"), &json!(-100))
    );

    let nobody = studio.get("/v1/admin/jobs/job_00000000000000000000000000000999").await;
    assert_eq!(nobody.problem(), "not_found");
}

#[tokio::test]
async fn a_job_whose_worker_fell_silent_is_listed_until_it_is_taken_up() {
    let studio = with_dead_jobs().await;
    let (queue, now) = (studio.memory.queue(), studio.ports.clock.now());
    let lease = now + TimeDelta::seconds(30);
    let claim = queue.claim(now, lease).await.unwrap().unwrap();
    let lapsed = async || studio.get("/v1/admin/jobs?state=lapsed").await.json()["items"].clone();
    assert_eq!(lapsed().await, json!([]));
    studio.memory.clock().set(lease + TimeDelta::microseconds(1));
    let found = lapsed().await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(
        (&found[0]["id"], &found[0]["state"]),
        (&json!(claim.job.to_string()), &json!("running"))
    );
    studio.work().await;
    assert_eq!(lapsed().await, json!([]));
}

#[tokio::test]
async fn each_lane_says_how_much_waits_in_it() {
    let studio = with_dead_jobs().await;
    let queue = studio.get("/v1/admin/queue").await.json();
    let lane = |name: &str| {
        let mut lanes = queue["items"].as_array().unwrap().iter();
        lanes.find(|lane| lane["lane"] == name).unwrap().clone()
    };
    assert_eq!(queue["items"].as_array().unwrap().len(), 4);
    let song = lane("song");
    assert_eq!(
        (&song["waiting"], &song["running"], &song["dead"]),
        (&json!(1), &json!(0), &json!(2))
    );
    assert!(song["next_due"].is_string());
    assert_eq!(
        lane("house"),
        json!({"lane": "house", "waiting": 0, "running": 0, "dead": 0, "next_due": null})
    );
}

#[tokio::test]
async fn the_books_are_shown_rule_by_rule_with_what_breaks_them() {
    let studio = Studio::with(|ports| ports.auditor = Arc::new(Forger)).await;
    let books = studio.get("/v1/admin/books").await.json();
    let rules = books["rules"].as_array().unwrap();
    assert_eq!((&books["right"], rules.len()), (&json!(false), BookRule::ALL.len()));
    for (told, rule) in rules.iter().zip(BookRule::ALL) {
        let broken =
            if *rule == BookRule::Orders { json!([format!("{:032x}", 7)]) } else { json!([]) };
        assert_eq!((&told["rule"], &told["broken"]), (&json!(rule.says()), &broken));
    }
    let books = Studio::new().await.get("/v1/admin/books").await.json();
    assert_eq!(books["right"], true, "{books}");
}

/// Finds an order that was never paid.
struct Forger;

#[async_trait]
impl Auditor for Forger {
    async fn audit(&self, rule: BookRule, _: u32) -> Result<Vec<Finding>, StoreError> {
        let found = (rule == BookRule::Orders).then_some(Finding { rule, id: 7 });
        Ok(found.into_iter().collect())
    }
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
async fn a_provider_is_left_alone_until_it_is_resumed() {
    let studio = Studio::new().await;
    let listed = async |studio: &Studio| studio.get("/v1/admin/providers").await.json();
    let first = listed(&studio).await;
    let stages: Vec<_> = first["items"].as_array().unwrap().iter().map(|p| &p["stage"]).collect();
    assert_eq!(stages, ["lyric", "song", "video"]);
    assert_eq!(first["items"][1]["provider"], studio.ports.composer.name().to_string());

    let reason = json!({"reason": "요금 확인"});
    let pause = "/v1/admin/providers/song/pause";
    let paused = named(&studio, pause, "p", &reason).await;
    assert_eq!(paused.json(), json!({"stages": ["song"], "paused": true}));
    assert_eq!(named(&studio, pause, "p", &reason).await.bytes, paused.bytes);
    let song = &listed(&studio).await["items"][1];
    assert_eq!((&song["paused"], &song["reason"]), (&json!(true), &json!("요금 확인")));

    let project = studio.finished().await;
    let waits = studio.get(&format!("/v1/projects/{project}")).await.json();
    assert_eq!((&waits["status"], &waits["stage"]), (&json!("producing"), &json!("song")));
    assert_eq!((&waits["queue_position"], &waits["estimated_start"]), (&json!(0), &json!(null)));

    let resumed = studio.post("/v1/admin/providers/song/resume").await;
    assert_eq!(resumed.json(), json!({"stages": ["song"], "paused": false}));
    let waits = studio.get(&format!("/v1/projects/{project}")).await.json();
    assert!(waits["estimated_start"].is_string(), "{waits}");
    studio.work().await;
    let project = studio.get(&format!("/v1/projects/{project}")).await.json();
    assert_eq!(project["status"], "finished");

    let name = studio.ports.writer.name();
    let by_name = studio.post(&format!("/v1/admin/providers/{name}/resume")).await;
    assert!(by_name.json()["stages"].as_array().unwrap().contains(&json!("lyric")));
    assert_eq!(studio.post("/v1/admin/providers/nobody/resume").await.problem(), "not_found");
    let long = json!({"reason": "가".repeat(201)});
    let refused = studio.call(Method::POST, pause, &long).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/reason");
}

#[tokio::test]
async fn no_more_is_taken_on_than_may_wait() {
    let limits = BacklogLimits { of_member: 2, in_all: 3 };
    let studio = Studio::with(|ports| ports.backlog = limits).await;
    for _ in 0..2 {
        let project = studio.pictured().await;
        let begun = studio.post(&format!("/v1/projects/{project}/produce")).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED);
    }
    let project = studio.pictured().await;
    let produce = format!("/v1/projects/{project}/produce");
    let refused = studio.post(&produce).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "backlog_full")
    );
    assert_eq!(refused.header("retry-after"), "30");
    let stays = studio.get(&format!("/v1/projects/{project}")).await.json();
    assert_eq!((&stays["status"], &stays["lyric"]), (&json!("draft"), &json!(null)));
    studio.work().await;
    assert_eq!(studio.post(&produce).await.status, StatusCode::ACCEPTED);
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
        (&get, "/v1/admin/providers".to_owned(), json!({})),
        (&post, "/v1/admin/providers/song/pause".to_owned(), json!({})),
        (&post, "/v1/admin/providers/song/resume".to_owned(), json!({})),
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
