//! Every route of members that changes something, asked twice under one name: it is done once, and
//! the second answer is the first. Those of admins are asked so where they are noted (`actions`).

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    body::Body,
    http::{Method, header},
};
use castad_contract::photo::PICTURE;
use castad_stand_ins::payments::Payments;
use chrono::{Datelike, Days};
use serde_json::{Value, json};

use crate::{
    rights::{RIGHTS, Right},
    studio::{Answer, Studio, brief},
};

/// Routes that take no name, with why not.
const NAMELESS: [(&str, &str, &str); 3] = [
    ("post", "/callbacks/{provider}/{token}", "a hint that may come as often as it likes"),
    ("post", "/v1/members", "nobody is there yet whose name it could be: an address joins once"),
    ("post", "/v1/sessions", "every log-in is one of its own"),
];

/// What the second answer leaves out: it was shown once.
const SHOWN_ONCE: &str = "key";

type Route = (&'static str, &'static str);

fn told(answer: &Answer) -> Value {
    if answer.bytes.is_empty() { Value::Null } else { answer.json() }
}

fn is_answered_again((method, route): Route, first: &Answer, again: &Answer) {
    assert_eq!(again.status, first.status, "{method} {route}: {}", told(again));
    assert_eq!(again.header("idempotent-replayed"), "true", "{method} {route}");
    assert_eq!(first.header("idempotent-replayed"), "", "{method} {route}");
    assert_eq!(again.header(header::LOCATION), first.header(header::LOCATION));
    let without_secrets = |answer: &Answer| {
        let mut body = told(answer);
        if let Some(body) = body.as_object_mut().filter(|_| route != "/v1/points/usages") {
            body.remove(SHOWN_ONCE);
        }
        body
    };
    assert_eq!(without_secrets(again), without_secrets(first), "{method} {route}");
}

/// Somebody who asks for everything twice.
struct Twice {
    studio: Studio,
    done: BTreeSet<Route>,
}

impl Twice {
    async fn send(&self, (method, path): (&str, &str), name: &str, body: &Value) -> Answer {
        let request = self.studio.request(method.to_uppercase().parse().unwrap(), path);
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", name);
        self.studio.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Asks for it under one name, twice, and for something else under that name; what came of it.
    async fn asks(&mut self, (method, route): Route, path: &str, body: Value) -> Value {
        let name = format!("n{}", self.done.len());
        let first = self.send((method, path), &name, &body).await;
        assert!(first.status.is_success(), "{method} {route}: {}", told(&first));
        let log = self.log().await;
        let again = self.send((method, path), &name, &body).await;
        is_answered_again((method, route), &first, &again);
        assert_eq!(self.log().await, log, "{method} {route} tells of nothing twice");
        let other = self.send(("post", "/v1/quotes"), &name, &json!({})).await;
        assert_eq!(other.problem(), "idempotency_mismatch", "{method} {route}");
        assert!(self.done.insert((method, route)), "{method} {route} is asked for once");
        told(&first)
    }

    /// What the owner was told.
    async fn log(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut path = "/v1/events?limit=100".to_owned();
        loop {
            let page = self.studio.get(&path).await.json();
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { return all };
            path = format!("/v1/events?limit=100&after={next}");
        }
    }

    /// What is made on the way.
    async fn made(&self, path: &str, body: Value) -> Value {
        let answer = self.studio.call(Method::POST, path, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.json());
        answer.json()
    }

    async fn produces(&mut self) {
        let project =
            self.asks(("post", "/v1/projects"), "/v1/projects", brief()).await["id"].clone();
        let path = format!("/v1/projects/{}", project.as_str().unwrap());
        self.asks(("patch", "/v1/projects/{id}"), &path, json!({"region": "서울"})).await;
        let images = self.uploads(project.as_str().unwrap()).await;
        let [first, second] = images.as_slice() else { panic!("{images:?}") };
        let order = json!({"images": [second, first]});
        self.asks(
            ("put", "/v1/projects/{id}/images/order"),
            &format!("{path}/images/order"),
            order,
        )
        .await;
        let image = format!("{path}/images/{}", first.as_str().unwrap());
        self.asks(("delete", "/v1/projects/{id}/images/{image_id}"), &image, json!({})).await;
        let words = json!({"title": "a", "text": "b"});
        self.asks(("put", "/v1/projects/{id}/lyric"), &format!("{path}/lyric"), words).await;
        self.asks(("post", "/v1/projects/{id}/lyric"), &format!("{path}/lyric"), json!({})).await;
        self.studio.work().await;
        self.asks(("post", "/v1/projects/{id}/song"), &format!("{path}/song"), json!({})).await;
        self.studio.work().await;
        self.studio.memory.renderer().fail(true, 1);
        self.asks(("post", "/v1/projects/{id}/video"), &format!("{path}/video"), json!({})).await;
        self.studio.work().await;
        self.asks(("post", "/v1/projects/{id}/retry"), &format!("{path}/retry"), json!({})).await;
        self.asks(("post", "/v1/projects/{id}/cancel"), &format!("{path}/cancel"), json!({})).await;
        let produce = format!("{path}/produce");
        self.asks(("post", "/v1/projects/{id}/produce"), &produce, json!({})).await;
        self.studio.work().await;
        self.asks(("delete", "/v1/projects/{id}"), &path, json!({})).await;
        self.asks(("post", "/v1/quotes"), "/v1/quotes", json!({"stage": "song"})).await;
    }

    /// Two pictures in one form, sent twice.
    async fn uploads(&mut self, project: &str) -> Vec<Value> {
        let route = ("post", "/v1/projects/{id}/images");
        let parts = [("files", "a.jpg", PICTURE), ("files", "b.jpg", PICTURE)];
        let form = || self.studio.upload_request(project, &parts, "x", Some("pictures"));
        let first = self.studio.send(form()).await;
        assert!(first.status.is_success(), "{}", first.json());
        is_answered_again(route, &first, &self.studio.send(form()).await);
        self.done.insert(route);
        let images = first.json()["images"].as_array().unwrap().clone();
        images.iter().map(|image| image["id"].clone()).collect()
    }

    async fn produces_as_before(&mut self) {
        let open = json!({"customer_name": "다온", "region": "부산", "detail_region_info": "바다"});
        let opened = self.asks(("post", "/project"), "/project", open).await;
        let task = opened["task_id"].as_str().unwrap().to_owned();
        let form = || {
            let body = format!(
                "--x\r\nContent-Disposition: form-data; name=\"task_id\"\r\n\r\n{task}\r\n--x\r\n\
                 Content-Disposition: form-data; name=\"files\"; filename=\"a.jpg\"\r\n\r\n"
            );
            let body = [body.as_bytes(), PICTURE, b"\r\n--x--\r\n"].concat();
            let request = self.studio.request(Method::POST, "/project/image");
            let request = request
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
                .header("idempotency-key", "earlier pictures".replace(' ', "-"));
            request.body(Body::from(body)).unwrap()
        };
        let first = self.studio.send(form()).await;
        assert!(first.status.is_success(), "{}", first.json());
        is_answered_again(("post", "/project/image"), &first, &self.studio.send(form()).await);
        self.done.insert(("post", "/project/image"));
        let words = json!({"task_id": task});
        self.asks(("post", "/lyric/generate"), "/lyric/generate", words).await;
        self.studio.work().await;
    }

    async fn shops(&mut self) {
        let owner = self.studio.owner.to_string();
        let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900});
        let pack = self.made("/v1/packs", pack).await["id"].clone();
        let orders = ("post", "/v1/orders");
        let order = self.asks(orders, "/v1/orders", json!({"pack_id": pack})).await;
        let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
        self.asks(("post", "/v1/orders/{id}/pay"), &format!("{path}/pay"), json!({})).await;
        let order = self.made("/v1/orders", json!({"pack_id": pack})).await;
        let path = format!("/v1/orders/{}/cancel", order["id"].as_str().unwrap());
        self.asks(("post", "/v1/orders/{id}/cancel"), &path, json!({})).await;

        let points = json!({"member_id": owner, "amount": 100, "kind": "bonus"});
        self.made("/v1/points/accumulations", points).await;
        let usage = json!({"order_number": "A-1", "amount": 10});
        let usage = self.asks(("post", "/v1/points/usages"), "/v1/points/usages", usage).await;
        let path = format!("/v1/points/usages/{}/cancel", usage["key"].as_str().unwrap());
        let part = json!({"amount": 4});
        self.asks(("post", "/v1/points/usages/{key}/cancel"), &path, part).await;

        let campaign = json!({
            "name": "개업", "total": 10, "discount": {"percent": 10}, "minimum_order": 0,
            "valid_days": 30,
        });
        let campaign = self.made("/v1/campaigns", campaign).await;
        let path = format!("/v1/campaigns/{}/claim", campaign["id"].as_str().unwrap());
        self.asks(("post", "/v1/campaigns/{id}/claim"), &path, json!({})).await;
    }

    async fn books(&mut self) {
        let video = {
            let project = self.studio.finished().await;
            let shown = self.studio.get(&format!("/v1/projects/{project}")).await.json();
            shown["video"]["id"].clone()
        };
        let day = self.studio.ports.clock.now().date_naive() + Days::new(2);
        let day = format!("{}-{:02}-{:02}", day.year(), day.month(), day.day());
        let plan =
            |queue| json!({"name": "a", "dates": [day], "slots": 3, "price": 1, "queue": queue});
        let channel = self.made("/v1/channels", plan(false)).await;
        let slots = format!("/v1/channels/{}/slots", channel["id"].as_str().unwrap());
        let slots = self.studio.get(&slots).await.json();
        let slot =
            |at: usize| format!("/v1/slots/{}/hold", slots["items"][at]["id"].as_str().unwrap());
        let hold = self.asks(("post", "/v1/slots/{id}/hold"), &slot(0), json!({})).await;
        let path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
        let film = json!({"video_id": video});
        self.asks(("post", "/v1/holds/{id}/pay"), &format!("{path}/pay"), film).await;
        self.asks(("post", "/v1/holds/{id}/cancel"), &format!("{path}/cancel"), json!({})).await;
        let hold = self.made(&slot(1), json!({})).await;
        let path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
        self.asks(("delete", "/v1/holds/{id}"), &path, json!({})).await;
        let crowded = self.made("/v1/channels", plan(true)).await;
        let ticket = json!({"channel_id": crowded["id"]});
        self.asks(("post", "/v1/queue-tokens"), "/v1/queue-tokens", ticket).await;
    }

    async fn settles_in(&mut self) {
        let language = json!({"language": "en"});
        self.asks(("patch", "/v1/account"), "/v1/account", language).await;
        let key = self.asks(("post", "/v1/keys"), "/v1/keys", json!({"name": "둘째"})).await;
        let path = format!("/v1/keys/{}", key["id"].as_str().unwrap());
        self.asks(("delete", "/v1/keys/{id}"), &path, json!({})).await;
        self.asks(("delete", "/v1/sessions"), "/v1/sessions", json!({})).await;
        let webhook = json!({"url": "https://a.example/"});
        let webhook = self.asks(("post", "/v1/webhooks"), "/v1/webhooks", webhook).await;
        let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
        let change = json!({"description": "b"});
        self.asks(("patch", "/v1/webhooks/{id}"), &path, change).await;
        self.asks(("post", "/v1/webhooks/{id}/test"), &format!("{path}/test"), json!({})).await;
        let rotate = format!("{path}/rotate");
        self.asks(("post", "/v1/webhooks/{id}/rotate"), &rotate, json!({})).await;
        let replay = format!("{path}/replay?after=evt_000000000000");
        self.asks(("post", "/v1/webhooks/{id}/replay"), &replay, json!({})).await;
        self.asks(("delete", "/v1/webhooks/{id}"), &path, json!({})).await;
    }
}

#[tokio::test]
async fn every_route_that_changes_something_answers_the_same_name_the_same() {
    let payments = Arc::new(Payments::new());
    let studio = Studio::with(move |ports| ports.payments = payments).await;
    let mut twice = Twice { studio, done: BTreeSet::new() };
    Box::pin(twice.produces()).await;
    Box::pin(twice.produces_as_before()).await;
    Box::pin(twice.shops()).await;
    Box::pin(twice.books()).await;
    Box::pin(twice.settles_in()).await;
    let nameless = |row: &Route| NAMELESS.iter().any(|(method, path, _)| *row == (*method, *path));
    let changes = RIGHTS.iter().filter(|row| row.0 != "get" && row.2 != Right::Admin);
    let expected: BTreeSet<_> =
        changes.map(|row| (row.0, row.1)).filter(|row| !nameless(row)).collect();
    assert_eq!(twice.done, expected, "each route of members is here");
}

#[tokio::test]
async fn what_a_webhook_is_told_again_from_is_part_of_the_request() {
    let studio = Studio::new().await;
    let webhook = json!({"url": "https://a.example/"});
    let webhook = studio.call(Method::POST, "/v1/webhooks", &webhook).await.json();
    let path = format!("/v1/webhooks/{}/replay", webhook["id"].as_str().unwrap());
    let twice = Twice { studio, done: BTreeSet::new() };
    let from = |event: &str| format!("{path}?after={event}");
    let first = from("evt_000000000000");
    let begun = twice.send(("post", &first), "k", &json!({})).await;
    assert!(begun.status.is_success(), "{}", begun.json());
    let other = twice.send(("post", &from("evt_000000000001")), "k", &json!({})).await;
    assert_eq!(other.problem(), "idempotency_mismatch");
}
