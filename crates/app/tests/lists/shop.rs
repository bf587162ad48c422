//! The router over a database in a file, and somebody of whose things there are many.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use castad_app::{
    http::{Access, App, router},
    secret::Secret,
};
use castad_contract::make;
use castad_domain::{
    model::{
        DeliveryId, EventKind, EventSeq, MemberId, NewEvent, ProjectId, Role, WebhookDelivery,
        WebhookId, WebhookOutcome,
    },
    port::{Ports, Store},
    usecase::IssueKey,
};
use castad_memory::Memory;
use castad_sql::Sql;
use chrono::{Datelike, Days, TimeDelta};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::filled::{embedded, fill};

/// How many there are of what there may be any number of.
const MANY: u64 = 100;

/// Somebody, and where to ask for what is theirs.
pub(crate) struct Shop {
    pub(crate) sql: Sql,
    ports: Ports,
    router: Router,
    key: Secret,
    owner: MemberId,
    addresses: BTreeMap<&'static str, String>,
}

impl Shop {
    /// With a hundred of everything of which one may have as many.
    pub(crate) async fn filled() -> Self {
        let mut shop = Self::empty().await;
        shop.produce().await;
        shop.buy().await;
        shop.book().await;
        shop.tell().await;
        shop
    }

    async fn empty() -> Self {
        let sql = embedded().await;
        let store = Arc::new(sql.clone());
        let ports = Memory::new().ports().over(store.clone());
        let key = Secret::fresh("castad");
        let issued = IssueKey::new(&ports).run("owner", Role::Admin, key.hash()).await.unwrap();
        let access = Access::new(store, ports.clock.clone());
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let app = App::new(ports.clone(), access, metrics, CancellationToken::new());
        let (router, owner) = (router(app), issued.member.id);
        Self { sql, ports, router, key, owner, addresses: BTreeMap::new() }
    }

    /// Purchases that were lost, and newer projects with what was made in them and jobs in three lanes.
    async fn produce(&mut self) {
        let song = [make::request_song, make::submit, make::lose];
        for n in 1..=MANY {
            let mut lost = make::production(n, self.owner);
            for step in make::LYRIC.iter().chain(&song) {
                step(&mut lost);
            }
            let mut unit = self.sql.begin().await.unwrap();
            unit.productions().insert(&lost).await.unwrap();
            unit.commit().await.unwrap();
        }
        fill(&self.sql, self.owner, MANY + 1..=2 * MANY).await;
        let project = ProjectId::from_bits(make::bits(1));
        self.addresses.insert("/v1/projects/{id}/events", format!("/v1/projects/{project}/events"));
        self.addresses.insert("/v1/admin/jobs", "/v1/admin/jobs?state=waiting".to_owned());
    }

    /// Points, packs and orders of them, campaigns and coupons of them, and keys.
    async fn buy(&self) {
        let bonus = json!({"member_id": self.owner.to_string(), "amount": 10, "kind": "bonus"});
        let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900});
        let campaign = json!({
            "name": "개업", "total": 10, "discount": {"percent": 10}, "minimum_order": 0,
            "valid_days": 30, "mode": "direct",
        });
        for _ in 0..MANY {
            self.post("/v1/points/accumulations", &bonus).await;
            let pack = self.post("/v1/packs", &pack).await;
            self.post("/v1/orders", &json!({"pack_id": pack["id"]})).await;
            let campaign = self.post("/v1/campaigns", &campaign).await;
            let claim = format!("/v1/campaigns/{}/claim", campaign["id"].as_str().unwrap());
            self.post(&claim, &json!({})).await;
            self.post("/v1/keys", &json!({"name": "하나 더"})).await;
        }
    }

    /// Channels, one of which broadcasts on a day that February has not, and as many holds as one
    /// may have.
    async fn book(&mut self) {
        let today = self.ports.calendar.day(self.ports.clock.now());
        let days = (1..).map(|days| today + Days::new(days));
        let late = days.clone().find(|day| day.day() == 31).unwrap();
        let mut slots = Value::Null;
        for day in [days.clone().next().unwrap(), late] {
            let plan = json!({
                "name": "해운대 방송", "dates": [day.to_string()], "slots": MANY, "price": 1,
                "queue": false,
            });
            let channel = self.post("/v1/channels", &plan).await;
            let address = format!("/v1/channels/{}/slots", channel["id"].as_str().unwrap());
            slots = self.get(&address).await;
            self.addresses.insert("/v1/channels/{id}/slots", address);
        }
        for slot in slots["items"].as_array().unwrap().iter().take(10) {
            let hold = format!("/v1/slots/{}/hold", slot["id"].as_str().unwrap());
            self.post(&hold, &json!({})).await;
        }
    }

    /// As many webhooks as one may have, what happened, and what one of them was told.
    async fn tell(&mut self) {
        let mut last = String::new();
        for n in 0..20 {
            let url = format!("https://shop.example/{n}");
            let webhook = self.post("/v1/webhooks", &json!({ "url": url })).await;
            webhook["id"].as_str().unwrap().clone_into(&mut last);
        }
        let (webhook, project) = (last.parse().unwrap(), ProjectId::from_bits(make::bits(1)));
        let (kind, at) = (EventKind::ProjectUpdated, make::time(1));
        let event = NewEvent { kind, project: Some(project), at, data: BTreeMap::new() };
        let events = vec![event; usize::try_from(MANY).unwrap()];
        let mut unit = self.sql.begin().await.unwrap();
        unit.events().append(self.owner, &events).await.unwrap();
        for n in 1..=MANY {
            unit.webhooks().note(&delivery(webhook, n)).await.unwrap();
        }
        unit.commit().await.unwrap();
        let address = format!("/v1/webhooks/{last}/deliveries");
        self.addresses.insert("/v1/webhooks/{id}/deliveries", address);
    }

    /// Where a list of theirs is.
    pub(crate) fn address(&self, route: &'static str) -> String {
        self.addresses.get(route).cloned().unwrap_or_else(|| route.to_owned())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, Body::empty()).await
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.ask(Method::POST, path, Body::from(body.to_string())).await
    }

    async fn ask(&self, method: Method, path: &str, body: Body) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key.reveal()))
            .header(header::CONTENT_TYPE, "application/json");
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status: StatusCode = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap()
    }
}

/// The n-th line of the log of a webhook.
fn delivery(webhook: WebhookId, n: u64) -> WebhookDelivery {
    WebhookDelivery {
        id: DeliveryId::from_bits(make::bits(n)),
        webhook,
        event: EventSeq(i64::try_from(n).unwrap()),
        attempt: 1,
        at: make::time(1),
        outcome: WebhookOutcome::Answered(200),
        duration: TimeDelta::milliseconds(5),
    }
}
