//! What each of those who may ask gets of every route: nobody, a member, whose it is, an admin.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use castad_app::http::document;
use chrono::{Datelike, Days};
use serde_json::{Value, json};

use crate::studio::{Answer, Studio, brief};

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Everybody, without a key.
    Open,
    /// Every member: it shows or makes what is theirs, or is there for all.
    Member,
    /// The member whose it is; for all others it is not there.
    Own,
    /// Admins alone.
    Admin,
}

use Right::{Admin, Member, Open, Own};

/// Every route, with who is let in and which scope a key needs that is for less than everything. One
/// that is not here is a fault, as is one that is here and nowhere else.
pub(crate) const RIGHTS: &[(&str, &str, Right, &str)] = &[
    ("post", "/callbacks/{provider}/{token}", Open, ""),
    ("get", "/healthz", Open, ""),
    ("get", "/media/{token}", Open, ""),
    ("get", "/metrics", Open, ""),
    ("get", "/readyz", Open, ""),
    ("post", "/v1/members", Open, ""),
    ("post", "/v1/sessions", Open, ""),
    ("post", "/lyric/generate", Own, "produce"),
    ("get", "/lyric/status/{task_id}", Own, "read"),
    ("post", "/project", Member, "produce"),
    ("post", "/project/image", Member, "produce"),
    ("get", "/song/generate/{task_id}", Own, "produce"),
    ("get", "/song/status/{song_task_id}", Own, "read"),
    ("get", "/songs/", Member, "read"),
    ("get", "/video/download/{task_id}", Own, "read"),
    ("get", "/video/generate/{task_id}", Own, "produce"),
    ("get", "/video/status/{render_id}", Own, "read"),
    ("get", "/videos/", Member, "read"),
    ("get", "/v1/account", Member, "read"),
    ("patch", "/v1/account", Member, "account"),
    ("get", "/v1/admin/actions", Admin, "admin"),
    ("get", "/v1/admin/books", Admin, "admin"),
    ("get", "/v1/admin/config", Admin, "admin"),
    ("get", "/v1/admin/config/{key}", Admin, "admin"),
    ("put", "/v1/admin/config/{key}", Admin, "admin"),
    ("post", "/v1/admin/expirations", Admin, "admin"),
    ("get", "/v1/admin/jobs", Admin, "admin"),
    ("get", "/v1/admin/jobs/{id}", Admin, "admin"),
    ("post", "/v1/admin/jobs/replay", Admin, "admin"),
    ("post", "/v1/admin/jobs/{id}/replay", Admin, "admin"),
    ("get", "/v1/admin/providers", Admin, "admin"),
    ("post", "/v1/admin/providers/{name}/pause", Admin, "admin"),
    ("post", "/v1/admin/providers/{name}/resume", Admin, "admin"),
    ("get", "/v1/admin/queue", Admin, "admin"),
    ("post", "/v1/admin/reconciliation", Admin, "admin"),
    ("get", "/v1/admin/unresolved", Admin, "admin"),
    ("post", "/v1/admin/unresolved/{id}", Admin, "admin"),
    ("get", "/v1/campaigns", Member, "read"),
    ("post", "/v1/campaigns", Admin, "admin"),
    ("post", "/v1/campaigns/{id}/claim", Member, "points"),
    ("get", "/v1/channels", Member, "read"),
    ("post", "/v1/channels", Admin, "admin"),
    ("get", "/v1/channels/{id}/slots", Member, "read"),
    ("get", "/v1/claims/{request_id}", Own, "read"),
    ("get", "/v1/coupons", Member, "read"),
    ("post", "/v1/coupons/{id}/revoke", Admin, "admin"),
    ("get", "/v1/events", Member, "read"),
    ("get", "/v1/holds", Member, "read"),
    ("get", "/v1/holds/{id}", Own, "read"),
    ("delete", "/v1/holds/{id}", Own, "points"),
    ("post", "/v1/holds/{id}/cancel", Own, "points"),
    ("post", "/v1/holds/{id}/pay", Own, "points"),
    ("get", "/v1/keys", Member, "read"),
    ("post", "/v1/keys", Member, "account"),
    ("delete", "/v1/keys/{id}", Own, "account"),
    ("get", "/v1/lyrics", Member, "read"),
    ("get", "/v1/lyrics/{id}", Own, "read"),
    ("get", "/v1/orders", Member, "read"),
    ("post", "/v1/orders", Member, "points"),
    ("get", "/v1/orders/{id}", Own, "read"),
    ("post", "/v1/orders/{id}/cancel", Own, "points"),
    ("post", "/v1/orders/{id}/pay", Own, "points"),
    ("get", "/v1/packs", Member, "read"),
    ("post", "/v1/packs", Admin, "admin"),
    ("patch", "/v1/packs/{id}", Admin, "admin"),
    ("post", "/v1/points/accumulations", Admin, "admin"),
    ("post", "/v1/points/accumulations/{key}/cancel", Admin, "admin"),
    ("get", "/v1/points/balance", Member, "read"),
    ("get", "/v1/points/history", Member, "read"),
    ("post", "/v1/points/transfers", Admin, "admin"),
    ("post", "/v1/points/usages", Member, "points"),
    ("post", "/v1/points/usages/{key}/cancel", Own, "points"),
    ("get", "/v1/projects", Member, "read"),
    ("post", "/v1/projects", Member, "produce"),
    ("get", "/v1/projects/{id}", Own, "read"),
    ("patch", "/v1/projects/{id}", Own, "produce"),
    ("delete", "/v1/projects/{id}", Own, "produce"),
    ("post", "/v1/projects/{id}/cancel", Own, "produce"),
    ("get", "/v1/projects/{id}/events", Own, "read"),
    ("post", "/v1/projects/{id}/images", Own, "produce"),
    ("put", "/v1/projects/{id}/images/order", Own, "produce"),
    ("delete", "/v1/projects/{id}/images/{image_id}", Own, "produce"),
    ("get", "/v1/projects/{id}/images/{image_id}/file", Own, "read"),
    ("post", "/v1/projects/{id}/lyric", Own, "produce"),
    ("put", "/v1/projects/{id}/lyric", Own, "produce"),
    ("post", "/v1/projects/{id}/produce", Own, "produce"),
    ("post", "/v1/projects/{id}/retry", Own, "produce"),
    ("post", "/v1/projects/{id}/song", Own, "produce"),
    ("post", "/v1/projects/{id}/video", Own, "produce"),
    ("post", "/v1/queue-tokens", Member, "points"),
    ("get", "/v1/queue-tokens/{token}", Own, "read"),
    ("post", "/v1/quotes", Own, "read"),
    ("delete", "/v1/sessions", Member, "account"),
    ("post", "/v1/slots/{id}/hold", Member, "points"),
    ("get", "/v1/songs", Member, "read"),
    ("get", "/v1/songs/{id}", Own, "read"),
    ("get", "/v1/songs/{id}/file", Own, "read"),
    ("get", "/v1/videos", Member, "read"),
    ("get", "/v1/videos/{id}", Own, "read"),
    ("get", "/v1/videos/{id}/captions.lrc", Own, "read"),
    ("get", "/v1/videos/{id}/captions.vtt", Own, "read"),
    ("get", "/v1/videos/{id}/file", Own, "read"),
    ("get", "/v1/webhooks", Member, "read"),
    ("post", "/v1/webhooks", Member, "account"),
    ("get", "/v1/webhooks/{id}", Own, "read"),
    ("patch", "/v1/webhooks/{id}", Own, "account"),
    ("delete", "/v1/webhooks/{id}", Own, "account"),
    ("get", "/v1/webhooks/{id}/deliveries", Own, "read"),
    ("post", "/v1/webhooks/{id}/replay", Own, "account"),
    ("post", "/v1/webhooks/{id}/rotate", Own, "account"),
    ("post", "/v1/webhooks/{id}/test", Own, "account"),
];

#[test]
fn every_route_is_in_the_table_and_none_else() {
    let told = serde_json::to_value(document()).unwrap();
    let routes = told["paths"].as_object().unwrap().iter();
    let routes: BTreeSet<_> = routes
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |m| (&**m, &**path))
        })
        .collect();
    let table: BTreeSet<_> = RIGHTS.iter().map(|(method, path, ..)| (*method, *path)).collect();
    assert_eq!(table.len(), RIGHTS.len(), "each once");
    assert_eq!(routes, table);
}

/// What only admins name: words that there are, and ids that could be.
const NAMED: [(&str, &str); 5] = [
    ("/v1/admin/config/", "max_balance"),
    ("/v1/admin/providers/", "song"),
    ("/v1/admin/unresolved/", "sng_01980000000070008000000000000001"),
    ("/v1/coupons/", "cpn_01980000000070008000000000000001"),
    ("/v1/points/accumulations/", "lot_01980000000070008000000000000001"),
];

/// Somebody's things, one of each kind.
pub(crate) struct Things {
    pub(crate) studio: Studio,
    project: Value,
    ids: Vec<(&'static str, String)>,
}

async fn made(studio: &Studio, path: &str, body: Value) -> Value {
    let answer = studio.call(Method::POST, path, &body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.json());
    answer.json()
}

impl Things {
    pub(crate) async fn of_an_owner() -> Self {
        let studio = Studio::new().await;
        let id = studio.finished().await;
        let project = studio.get(&format!("/v1/projects/{id}")).await.json();
        let mut things = Self { studio, project, ids: Vec::new() };
        things.buy().await;
        things.book().await;
        let key = made(&things.studio, "/v1/keys", json!({"name": "둘째"})).await;
        things.keep("/v1/keys/", &key, "id");
        let webhook =
            made(&things.studio, "/v1/webhooks", json!({"url": "https://a.example/"})).await;
        things.keep("/v1/webhooks/", &webhook, "id");
        let project = made(&things.studio, "/v1/projects", brief()).await;
        let lyric = format!("/v1/projects/{}/lyric", project["id"].as_str().unwrap());
        made(&things.studio, &lyric, json!({})).await;
        let jobs = things.studio.get("/v1/admin/jobs?state=waiting").await.json();
        things.keep("/v1/admin/jobs/", &jobs["items"][0], "id");
        things
    }

    fn keep(&mut self, below: &'static str, made: &Value, name: &str) {
        self.ids.push((below, made[name].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()));
    }

    async fn buy(&mut self) {
        let studio = &self.studio;
        let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900});
        let pack = made(studio, "/v1/packs", pack).await;
        let order = made(studio, "/v1/orders", json!({"pack_id": pack["id"]})).await;
        let campaign = json!({
            "name": "개업", "total": 10, "discount": {"percent": 10}, "minimum_order": 0,
            "valid_days": 30, "mode": "queue",
        });
        let campaign = made(studio, "/v1/campaigns", campaign).await;
        let claim = format!("/v1/campaigns/{}/claim", campaign["id"].as_str().unwrap());
        let claim = made(studio, &claim, json!({})).await;
        let points = json!({"member_id": studio.owner.to_string(), "amount": 100, "kind": "bonus"});
        made(studio, "/v1/points/accumulations", points).await;
        let usage = json!({"order_number": "A-1", "amount": 10});
        let usage = made(studio, "/v1/points/usages", usage).await;
        self.keep("/v1/packs/", &pack, "id");
        self.keep("/v1/orders/", &order, "id");
        self.keep("/v1/campaigns/", &campaign, "id");
        self.keep("/v1/claims/", &claim, "request_id");
        self.keep("/v1/points/usages/", &usage, "key");
    }

    async fn book(&mut self) {
        let studio = &self.studio;
        let day = studio.ports.clock.now().date_naive() + Days::new(2);
        let day = format!("{}-{:02}-{:02}", day.year(), day.month(), day.day());
        let plan = json!({"name": "a", "dates": [day], "slots": 3, "price": 1, "queue": false});
        let channel = made(studio, "/v1/channels", plan.clone()).await;
        let slots = format!("/v1/channels/{}/slots", channel["id"].as_str().unwrap());
        let slots = studio.get(&slots).await.json();
        let slot = slots["items"][0].clone();
        let hold = format!("/v1/slots/{}/hold", slot["id"].as_str().unwrap());
        let hold = made(studio, &hold, json!({})).await;
        let mut crowded = plan;
        crowded["queue"] = json!(true);
        let crowded = made(studio, "/v1/channels", crowded).await;
        let ticket = json!({"channel_id": crowded["id"]});
        let ticket = made(studio, "/v1/queue-tokens", ticket).await;
        self.keep("/v1/channels/", &channel, "id");
        self.keep("/v1/slots/", &slot, "id");
        self.keep("/v1/holds/", &hold, "id");
        self.keep("/v1/queue-tokens/", &ticket, "token");
    }

    /// An address below which these things are found.
    pub(crate) fn address(&self, route: &str) -> String {
        let project = &self.project;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut path = route.to_owned();
        let known = |path: &str| {
            self.ids.iter().find(|(below, _)| path.starts_with(below)).map(|(_, id)| id.clone())
        };
        let stages = [
            ("/v1/lyrics/", "lyric"),
            ("/v1/songs/", "song"),
            ("/v1/videos/", "video"),
            ("/song/status/", "song"),
            ("/video/status/", "video"),
        ];
        let stage = stages.iter().find(|(below, _)| path.starts_with(below));
        let id = match (stage, known(&path)) {
            (Some((_, stage)), _) => text(&project[stage]["id"]),
            (None, Some(id)) => id,
            (None, None) => NAMED
                .iter()
                .find(|(below, _)| path.starts_with(below))
                .map_or_else(|| text(&project["id"]), |(_, id)| (*id).to_owned()),
        };
        path = path.replace("{image_id}", &text(&project["images"][0]["id"]));
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, &id);
        }
        if route == "/v1/admin/jobs" { path + "?state=dead" } else { path }
    }

    /// What is good enough to be looked at.
    fn body(&self, route: &str) -> Value {
        match route {
            "/v1/keys" => json!({"scopes": ["account"]}),
            "/v1/quotes" => json!({"project_id": self.project["id"]}),
            "/lyric/generate" => json!({"task_id": self.project["id"]}),
            "/v1/projects/{id}/images/order" => {
                json!({"images": [self.project["images"][0]["id"]]})
            }
            "/v1/projects/{id}/lyric" => json!({"title": "a", "text": "b"}),
            "/v1/holds/{id}/pay" => json!({"video_id": self.project["video"]["id"]}),
            _ => json!({}),
        }
    }

    /// The owner is an admin.
    async fn ask_as_owner(&self, (method, route): (&str, &str)) -> Answer {
        let method: Method = method.to_uppercase().parse().unwrap();
        self.studio.call(method, &self.address(route), &self.body(route)).await
    }

    pub(crate) async fn ask(&self, key: Option<&str>, (method, route): (&str, &str)) -> Answer {
        let method: Method = method.to_uppercase().parse().unwrap();
        self.studio.of(key, method, &self.address(route), &self.body(route)).await
    }
}

#[tokio::test]
async fn each_gets_of_every_route_what_the_table_says() {
    let things = Box::pin(Things::of_an_owner()).await;
    let stranger = things.studio.member("stranger").await;
    for &(method, path, right, _) in RIGHTS {
        let nobody = things.ask(None, (method, path)).await.status;
        let closed = nobody == StatusCode::UNAUTHORIZED;
        // Who logs in with nothing is told that it is wrong, by the same status.
        let logs_in = path == "/v1/sessions" && method == "post";
        assert!(closed == (right != Open) || logs_in, "nobody: {method} {path}: {nobody}");

        let answer = things.ask(Some(&stranger), (method, path)).await;
        let (status, told) = (answer.status, String::from_utf8_lossy(&answer.bytes));
        let right_enough = match right {
            Open | Member => status != 401 && status != 403 && status != 500,
            Admin => status == 403,
            // What cannot be read is refused before it is looked for whose it is.
            Own => status == 404 || (status == 422 || status == 415) && method != "get",
        };
        assert!(right_enough, "a stranger: {method} {path}: {status} {told}");
    }
    let plain = made(&things.studio, "/v1/keys", json!({"role": "member"})).await;
    let plain = plain["key"].as_str().unwrap();
    let (gets, changes): (Vec<_>, Vec<_>) = RIGHTS.iter().partition(|row| row.0 == "get");
    for &(method, path, right, _) in gets.into_iter().chain(changes) {
        // It is there for whose it is: what a stranger was refused is no accident.
        let status = things.ask(Some(plain), (method, path)).await.status;
        let right_enough = match right {
            Open => true,
            Member | Own if method == "get" => status.is_success(),
            Member | Own => status != 401 && status != 403,
            Admin => status == 403,
        };
        assert!(right_enough, "the owner: {method} {path}: {status}");
    }
    for &(method, path, right, _) in RIGHTS {
        if right == Admin {
            let status = things.ask_as_owner((method, path)).await.status;
            let right_enough = if method == "get" { status.is_success() } else { status != 401 };
            assert!(right_enough && status != 403, "an admin: {method} {path}: {status}");
        }
    }
}
