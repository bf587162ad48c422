//! What admins do is noted: every route of theirs that changes something, and who may see it.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_domain::model::{MemberId, Totals};
use chrono::{Datelike, Days, TimeDelta};
use serde_json::{Value, json};

use crate::{
    oversight::{unresolved, with_a_lost_song, with_dead_jobs},
    rights::{RIGHTS, Right},
    studio::{Answer, Studio},
};

/// What an admin does, by route and by the word of its note.
struct Deed {
    route: (&'static str, &'static str),
    action: &'static str,
}

const fn deed(method: &'static str, path: &'static str, action: &'static str) -> Deed {
    Deed { route: (method, path), action }
}

async fn noted(studio: &Studio, query: &str) -> Vec<Value> {
    let list = studio.get(&format!("/v1/admin/actions?limit=100{query}")).await;
    assert_eq!(list.status, StatusCode::OK, "{query}");
    list.json()["items"].as_array().unwrap().clone()
}

/// An admin at work, who sees to it that each deed is noted once.
struct Admin<'a> {
    studio: &'a Studio,
    done: &'a mut BTreeSet<(&'static str, &'static str)>,
}

impl Admin<'_> {
    async fn send(&self, method: &str, path: &str, name: &str, body: &Value) -> Answer {
        let request = self.studio.request(method.to_uppercase().parse().unwrap(), path);
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", name)
            .header("x-request-id", format!("req-{name}"));
        self.studio.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Does it, twice under one name, and finds the one note of it.
    async fn does(&mut self, deed: Deed, path: &str, body: Value) -> Value {
        let Deed { route: (method, route), action } = deed;
        let name = format!("n{}", self.done.len());
        let before = noted(self.studio, "").await.len();
        let answer = self.send(method, path, &name, &body).await;
        assert!(answer.status.is_success(), "{method} {route}: {}", answer.json());
        let again = self.send(method, path, &name, &body).await;
        assert_eq!(again.header("idempotent-replayed"), "true", "{method} {route}");

        let found = noted(self.studio, "").await;
        assert_eq!(found.len(), before + 1, "{method} {route} is noted once: {found:?}");
        let note = &found[0];
        let owner = self.studio.owner.to_string();
        assert_eq!((&note["action"], &note["actor"]), (&json!(action), &json!(owner)), "{route}");
        assert_eq!(note["request_id"], format!("req-{name}"), "{route}");
        assert_eq!(
            (&note["key_id"], &note["session_id"]),
            (&json!(key(self.studio).await), &Value::Null)
        );
        self.done.insert((method, route));
        answer.json()
    }
}

/// The key that the studio's requests come with.
async fn key(studio: &Studio) -> String {
    let keys = studio.get("/v1/keys?limit=100").await.json();
    keys["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// What is kept of a member's points gets lost.
async fn lose_the_totals(studio: &Studio, member: MemberId) {
    let mut unit = studio.ports.store.begin().await.unwrap();
    let account = unit.points().hold(member).await.unwrap().unwrap();
    unit.points().correct(&account, Totals::default()).await.unwrap();
    unit.commit().await.unwrap();
}

async fn with_the_points(done: &mut BTreeSet<(&'static str, &'static str)>) {
    let studio = Studio::new().await;
    let other = studio.memory.member("other").await.unwrap();
    let (owner, to) = (studio.owner, other.to_string());
    let mut admin = Admin { studio: &studio, done };
    let limit = json!({"value": 5_000_000});
    let set = deed("put", "/v1/admin/config/{key}", "setting.changed");
    admin.does(set, "/v1/admin/config/max_balance", limit).await;

    let give =
        |days| json!({"member_id": to, "amount": 500, "kind": "bonus", "expires_in_days": days});
    let granted = deed("post", "/v1/points/accumulations", "points.granted");
    let lot = admin.does(granted, "/v1/points/accumulations", give(30)).await;
    let back = deed("post", "/v1/points/accumulations/{key}/cancel", "points.taken_back");
    let path = format!("/v1/points/accumulations/{}/cancel", lot["key"].as_str().unwrap());
    admin.does(back, &path, json!({})).await;

    studio.call(Method::POST, "/v1/points/accumulations", &give(30)).await;
    let over = json!({"from_member_id": to, "to_member_id": owner.to_string(), "amount": 100});
    let handed = deed("post", "/v1/points/transfers", "points.transferred");
    admin.does(handed, "/v1/points/transfers", over).await;

    lose_the_totals(&studio, other).await;
    let right = deed("post", "/v1/admin/reconciliation", "points.corrected");
    admin.does(right, "/v1/admin/reconciliation", json!({})).await;

    studio.call(Method::POST, "/v1/points/accumulations", &give(1)).await;
    studio.memory.clock().advance(TimeDelta::days(2));
    let expired = deed("post", "/v1/admin/expirations", "points.expired");
    admin.does(expired, "/v1/admin/expirations", json!({})).await;
}

async fn with_the_shop(done: &mut BTreeSet<(&'static str, &'static str)>) {
    let studio = Studio::new().await;
    let mut admin = Admin { studio: &studio, done };
    let offer = json!({
        "name": "개업", "total": 10, "discount": {"percent": 10}, "minimum_order": 0,
        "valid_days": 30, "mode": "direct",
    });
    let campaign =
        admin.does(deed("post", "/v1/campaigns", "campaign.opened"), "/v1/campaigns", offer).await;
    let claim = format!("/v1/campaigns/{}/claim", campaign["id"].as_str().unwrap());
    let coupon = studio.post(&claim).await.json();
    let path = format!("/v1/coupons/{}/revoke", coupon["coupon_id"].as_str().unwrap());
    let revoked = deed("post", "/v1/coupons/{id}/revoke", "coupon.revoked");
    admin.does(revoked, &path, json!({})).await;

    let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900});
    let pack = admin.does(deed("post", "/v1/packs", "pack.opened"), "/v1/packs", pack).await;
    let path = format!("/v1/packs/{}", pack["id"].as_str().unwrap());
    let changed = deed("patch", "/v1/packs/{id}", "pack.changed");
    admin.does(changed, &path, json!({"price": 9_000, "stock": 3})).await;

    let day = studio.ports.clock.now().date_naive() + Days::new(2);
    let day = format!("{}-{:02}-{:02}", day.year(), day.month(), day.day());
    let plan = json!({"name": "a", "dates": [day], "slots": 3, "price": 1, "queue": false});
    let opened = deed("post", "/v1/channels", "channel.opened");
    admin.does(opened, "/v1/channels", plan).await;
}

async fn with_the_pipeline(done: &mut BTreeSet<(&'static str, &'static str)>) {
    let studio = with_dead_jobs().await;
    let mut admin = Admin { studio: &studio, done };
    let jobs = studio.get("/v1/admin/jobs?state=dead").await.json();
    let path = format!("/v1/admin/jobs/{}/replay", jobs["items"][0]["id"].as_str().unwrap());
    admin.does(deed("post", "/v1/admin/jobs/{id}/replay", "job.replayed"), &path, json!({})).await;
    let all = deed("post", "/v1/admin/jobs/replay", "jobs.replayed");
    admin.does(all, "/v1/admin/jobs/replay", json!({"task": "release"})).await;
    let pause = deed("post", "/v1/admin/providers/{name}/pause", "provider.paused");
    admin.does(pause, "/v1/admin/providers/song/pause", json!({"reason": "요금"})).await;
    let resume = deed("post", "/v1/admin/providers/{name}/resume", "provider.resumed");
    admin.does(resume, "/v1/admin/providers/song/resume", json!({})).await;

    let (studio, _) = Box::pin(with_a_lost_song()).await;
    let mut admin = Admin { studio: &studio, done };
    let waiting = unresolved(&studio).await;
    let path = format!("/v1/admin/unresolved/{}", waiting[0]["id"].as_str().unwrap());
    let decided = deed("post", "/v1/admin/unresolved/{id}", "purchase.decided");
    admin.does(decided, &path, json!({"decision": "give_up"})).await;
}

#[tokio::test]
async fn every_route_of_admins_that_changes_something_is_noted_once() {
    let mut done = BTreeSet::new();
    Box::pin(with_the_points(&mut done)).await;
    Box::pin(with_the_shop(&mut done)).await;
    Box::pin(with_the_pipeline(&mut done)).await;
    let changes = RIGHTS.iter().filter(|row| row.2 == Right::Admin && row.0 != "get");
    let expected: BTreeSet<_> = changes.map(|row| (row.0, row.1)).collect();
    assert_eq!(done, expected, "each route of admins is here");
}

#[tokio::test]
async fn what_changes_nothing_is_not_noted() {
    let studio = Studio::new().await;
    let before = studio.get("/v1/admin/config/max_balance").await.json()["value"].clone();
    for (path, body) in [
        ("/v1/admin/config/max_balance", json!({"value": before})),
        ("/v1/admin/config/max_balance", json!({"value": -1})),
    ] {
        studio.call(Method::PUT, path, &body).await;
    }
    for path in ["/v1/admin/expirations", "/v1/admin/reconciliation", "/v1/admin/jobs/replay"] {
        assert_eq!(studio.post(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(noted(&studio, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn notes_are_turned_over_and_found_by_who_and_what() {
    let studio = Studio::new().await;
    let owner = studio.owner.to_string();
    for _ in 0..3 {
        studio.post("/v1/admin/providers/song/pause").await;
    }
    studio.post("/v1/admin/providers/song/resume").await;
    let first = studio.get("/v1/admin/actions?limit=3").await.json();
    assert_eq!(first["items"][0]["action"], "provider.resumed");
    let next = first["next"].as_str().unwrap();
    let rest = studio.get(&format!("/v1/admin/actions?limit=3&after={next}")).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));

    assert_eq!(noted(&studio, "&action=provider.paused").await.len(), 3);
    assert_eq!(noted(&studio, &format!("&actor={owner}&action=provider.resumed")).await.len(), 1);
    let stranger = studio.memory.member("stranger").await.unwrap();
    assert!(noted(&studio, &format!("&actor={stranger}")).await.is_empty());
    for (query, place) in
        [("actor=x", "?actor"), ("action=x", "?action"), ("after=x", "?after"), ("by=x", "?by")]
    {
        let refused = studio.get(&format!("/v1/admin/actions?{query}")).await;
        assert_eq!(refused.json()["errors"][0]["pointer"], place);
    }
}

#[tokio::test]
async fn a_key_for_an_admin_is_noted_without_its_secret() {
    let studio = Studio::new().await;
    let made = studio.call(Method::POST, "/v1/keys", &json!({"role": "admin"})).await.json();
    studio.delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).await;
    studio.post("/v1/keys").await;
    let found = noted(&studio, "").await;
    let told: Vec<_> = found.iter().map(|note| (&note["action"], &note["target"])).collect();
    let id = &made["id"];
    assert_eq!(told, [(&json!("key.revoked"), id), (&json!("key.created"), id)]);
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains(made["key"].as_str().unwrap()), "{text}");
}
