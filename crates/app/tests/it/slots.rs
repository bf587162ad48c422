use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use castad_app::secret::Secret;
use castad_domain::{
    model::{Credit, LotKind, Role},
    port::Calendar,
    usecase::{Accumulate, IssueKey},
};
use chrono::{Days, FixedOffset, TimeDelta};
use serde_json::{Value, json};

use crate::studio::{Answer, Studio};

/// Somebody with a key of their own.
struct Member {
    key: Secret,
}

impl Member {
    async fn of(studio: &Studio, name: &str) -> Self {
        let key = Secret::fresh("castad");
        let issued = IssueKey::new(&studio.ports).run(name, Role::Member, key.hash()).await;
        issued.unwrap();
        Self { key }
    }

    async fn send(
        &self,
        studio: &Studio,
        (method, path): (Method, &str),
        token: Option<&str>,
        body: &Value,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.key.reveal());
        let mut request = axum::http::Request::builder().method(method).uri(path);
        request = request.header(header::AUTHORIZATION, bearer);
        request = request.header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header("castad-queue-token", token);
        }
        studio.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn post(&self, studio: &Studio, path: &str) -> Answer {
        self.send(studio, (Method::POST, path), None, &json!({})).await
    }

    async fn get(&self, studio: &Studio, path: &str) -> Answer {
        self.send(studio, (Method::GET, path), None, &json!({})).await
    }
}

/// A day so many days from now.
fn day(studio: &Studio, from_now: u64) -> String {
    let today = studio.ports.calendar.day(studio.ports.clock.now());
    (today + Days::new(from_now)).to_string()
}

async fn channel(studio: &Studio, slots: u32, queue: bool) -> String {
    let plan = json!({
        "name": "해운대 방송", "dates": [day(studio, 2), day(studio, 1)],
        "slots": slots, "price": 5_000, "queue": queue,
    });
    let opened = studio.call(Method::POST, "/v1/channels", &plan).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    opened.json()["id"].as_str().unwrap().to_owned()
}

async fn slots(studio: &Studio, channel: &str, options: &str) -> Value {
    studio.get(&format!("/v1/channels/{channel}/slots{options}")).await.json()
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_channel_is_opened_by_an_admin_and_shown_to_all() {
    let studio = Studio::new().await;
    let member = Member::of(&studio, "회원").await;
    let plan = json!({"name": "a", "dates": [day(&studio, 1)], "slots": 1, "price": 1});
    let refused = member.send(&studio, (Method::POST, "/v1/channels"), None, &plan).await;
    assert_eq!(refused.problem(), "forbidden");

    let id = channel(&studio, 50, false).await;
    let list = member.get(&studio, "/v1/channels").await.json();
    assert_eq!(ids(&list), std::slice::from_ref(&id));
    let shown = &list["items"][0];
    assert_eq!((&shown["slots"], &shown["queue"]), (&json!(50), &json!(false)));
    assert_eq!(shown["dates"], json!([day(&studio, 1), day(&studio, 2)]));

    let page = slots(&studio, &id, &format!("?date={}&limit=3", day(&studio, 2))).await;
    let numbers: Vec<_> = page["items"].as_array().unwrap().iter().map(|s| &s["number"]).collect();
    assert_eq!(numbers, [&json!(1), &json!(2), &json!(3)]);
    let first = &page["items"][0];
    assert_eq!((&first["status"], &first["price"]), (&json!("available"), &json!(5_000)));
    assert_eq!(first["date"], day(&studio, 2));
}

#[tokio::test]
async fn slots_are_paged_by_day_and_number() {
    let studio = Studio::new().await;
    let id = channel(&studio, 3, false).await;
    let (mut seen, mut options) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = slots(&studio, &id, &options).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|slot| slot["number"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        options = format!("?limit=2&after={next}");
    }
    assert_eq!(seen, [1, 2, 3, 1, 2, 3].map(Value::from));
    let none = studio.get(&format!("/v1/channels/{id}/slots?after=x&date=y")).await;
    assert_eq!(none.json()["errors"].as_array().unwrap().len(), 2);
    let nowhere = studio.get("/v1/channels/chn_00000000000000000000000000000001/slots").await;
    assert_eq!(nowhere.problem(), "not_found");
}

#[tokio::test]
async fn a_plan_that_breaks_a_rule_is_told_where() {
    let studio = Studio::new().await;
    let good = json!({"name": "a", "dates": [day(&studio, 1)], "slots": 1, "price": 1});
    for (field, value) in [
        ("name", json!("")),
        ("dates", json!([])),
        ("dates", json!(["2020-01-01"])),
        ("dates", json!([day(&studio, 1), day(&studio, 1)])),
        ("slots", json!(501)),
        ("price", json!(0)),
        ("queue", json!("yes")),
    ] {
        let mut plan = good.clone();
        plan[field] = value;
        let refused = studio.call(Method::POST, "/v1/channels", &plan).await;
        assert_eq!(refused.problem(), "invalid_input", "{field}");
        let errors = refused.json()["errors"].clone();
        assert_eq!(errors[0]["pointer"], format!("/{field}"), "{errors}");
    }
}

#[tokio::test]
async fn a_slot_is_held_for_five_minutes_by_who_came_first() {
    let studio = Studio::new().await;
    let (one, two) = (Member::of(&studio, "하나").await, Member::of(&studio, "둘").await);
    let id = channel(&studio, 1, false).await;
    let slot = ids(&slots(&studio, &id, "?limit=1").await).remove(0);
    let path = format!("/v1/slots/{slot}/hold");
    let held = one.post(&studio, &path).await;
    assert_eq!(held.status, StatusCode::CREATED);
    let body = held.json();
    assert_eq!((&body["slot_id"], &body["status"]), (&json!(slot), &json!("held")));
    let place = format!("/v1/holds/{}", body["id"].as_str().unwrap());
    assert_eq!(held.header(header::LOCATION), place);
    assert_eq!(slots(&studio, &id, "?limit=1").await["items"][0]["status"], "held");

    let late = two.post(&studio, &path).await;
    assert_eq!((late.status, late.problem().as_str()), (StatusCode::CONFLICT, "slot_unavailable"));
    assert_eq!(late.json()["retryable"], true);
    assert_eq!(two.get(&studio, &place).await.problem(), "not_found");

    studio.memory.clock().advance(TimeDelta::seconds(301));
    assert_eq!(slots(&studio, &id, "?limit=1").await["items"][0]["status"], "available");
    assert_eq!(one.get(&studio, &place).await.json()["status"], "expired");
    assert_eq!(two.post(&studio, &path).await.status, StatusCode::CREATED);
    let events = one.get(&studio, "/v1/events").await.json();
    let kinds: Vec<_> = events["items"].as_array().unwrap().iter().map(|e| &e["type"]).collect();
    assert_eq!(kinds, [&json!("slot.held"), &json!("slot.expired")]);
}

#[tokio::test]
async fn a_slot_is_given_back_as_often_as_it_is_asked() {
    let studio = Studio::new().await;
    let (one, two) = (Member::of(&studio, "하나").await, Member::of(&studio, "둘").await);
    let id = channel(&studio, 1, false).await;
    let slot = ids(&slots(&studio, &id, "?limit=1").await).remove(0);
    let held = one.post(&studio, &format!("/v1/slots/{slot}/hold")).await.json();
    let place = format!("/v1/holds/{}", held["id"].as_str().unwrap());
    let theirs = two.send(&studio, (Method::DELETE, &place), None, &json!({})).await;
    assert_eq!(theirs.problem(), "not_found");
    for _ in 0..2 {
        let back = one.send(&studio, (Method::DELETE, &place), None, &json!({})).await;
        assert_eq!((back.status, back.bytes.len()), (StatusCode::NO_CONTENT, 0));
    }
    assert_eq!(one.get(&studio, &place).await.json()["status"], "released");
    assert_eq!(slots(&studio, &id, "?limit=1").await["items"][0]["status"], "available");
}

#[tokio::test]
async fn what_is_over_or_too_much_is_not_held() {
    let studio = Studio::new().await;
    let member = Member::of(&studio, "회원").await;
    let id = channel(&studio, 11, false).await;
    let all = ids(&slots(&studio, &id, &format!("?date={}", day(&studio, 1))).await);
    for slot in &all[..10] {
        let held = member.post(&studio, &format!("/v1/slots/{slot}/hold")).await;
        assert_eq!(held.status, StatusCode::CREATED);
    }
    let path = format!("/v1/slots/{}/hold", all[10]);
    assert_eq!(member.post(&studio, &path).await.problem(), "too_many_holds");
    studio.memory.clock().advance(TimeDelta::days(2));
    assert_eq!(member.post(&studio, &path).await.problem(), "slot_over");
    let nowhere = "/v1/slots/slt_00000000000000000000000000000001/hold";
    assert_eq!(member.post(&studio, nowhere).await.problem(), "not_found");
}

#[tokio::test]
async fn a_slot_is_paid_with_points_and_canceled_before_its_day() {
    let studio = Studio::new().await;
    let project = studio.finished().await;
    let shown = studio.get(&format!("/v1/projects/{project}")).await.json();
    let video = shown["video"]["id"].clone();
    let id = channel(&studio, 2, false).await;
    let all = ids(&slots(&studio, &id, "?limit=2").await);
    let held = studio.post(&format!("/v1/slots/{}/hold", all[0])).await.json();
    let place = format!("/v1/holds/{}", held["id"].as_str().unwrap());
    let pay = async |body: Value| studio.call(Method::POST, &format!("{place}/pay"), &body).await;
    assert_eq!(pay(json!({})).await.problem(), "invalid_input");
    let nobodys = json!({"video_id": "vid_00000000000000000000000000000001"});
    assert_eq!(pay(nobodys).await.problem(), "not_found");
    assert_eq!(pay(json!({"video_id": video})).await.problem(), "insufficient_points");

    let owner = studio.owner;
    let credit = Credit { kind: LotKind::Manual, amount: 6_000, lifetime: None, source: None };
    Accumulate::new(&studio.ports).run(owner, owner, credit, None).await.unwrap();
    let paid = pay(json!({"video_id": video})).await;
    assert_eq!(paid.status, StatusCode::OK, "{}", paid.json());
    let body = paid.json();
    assert_eq!((&body["id"], &body["status"]), (&held["id"], &json!("reserved")));
    assert_eq!((&body["video_id"], &body["charged_points"]), (&video, &json!(5_000)));
    assert_eq!(slots(&studio, &id, "?limit=1").await["items"][0]["status"], "reserved");
    assert_eq!(pay(json!({"video_id": video})).await.problem(), "not_allowed_now");
    let back = studio.call(Method::DELETE, &place, &json!({})).await;
    assert_eq!(back.problem(), "not_allowed_now", "a booking is canceled instead");
    let listed = async || studio.get("/v1/holds").await.json()["items"][0].clone();
    let booking = listed().await;
    assert_eq!(booking["channel_name"], "해운대 방송");
    assert_eq!(booking["cancelable"], true);

    for points in [5_000, 0] {
        let left = studio.post(&format!("{place}/cancel")).await.json();
        assert_eq!(
            (&left["status"], &left["returned_points"]),
            (&json!("canceled"), &json!(points))
        );
    }
    assert_eq!(slots(&studio, &id, "?limit=1").await["items"][0]["status"], "available");
    assert_eq!(listed().await["cancelable"], false);
}

#[tokio::test]
async fn only_what_is_held_and_ready_is_paid() {
    let studio = Studio::new().await;
    let id = channel(&studio, 1, false).await;
    let slot = ids(&slots(&studio, &id, "?limit=1").await).remove(0);
    let held = studio.post(&format!("/v1/slots/{slot}/hold")).await.json();
    let place = format!("/v1/holds/{}", held["id"].as_str().unwrap());
    let project = studio.finished().await;
    let done = studio.get(&format!("/v1/projects/{project}")).await.json();
    let path = format!("/v1/projects/{project}/video");
    let next = async || {
        studio.call(Method::POST, &path, &json!({"orientation": "square"})).await.json()["id"]
            .clone()
    };
    let pay = async |video: &Value| {
        let body = json!({"video_id": video});
        studio.call(Method::POST, &format!("{place}/pay"), &body).await.problem()
    };
    let canceled = next().await;
    assert_eq!(pay(&canceled).await, "video_not_ready");
    studio.post(&format!("/v1/projects/{project}/cancel")).await;
    assert_eq!(pay(&canceled).await, "stage_canceled");
    studio.memory.renderer().fail(false, 1);
    let failed = next().await;
    studio.work().await;
    assert_eq!(pay(&failed).await, "stage_failed");
    let early = studio.post(&format!("{place}/cancel")).await;
    assert_eq!(early.problem(), "not_allowed_now");
    studio.memory.clock().advance(TimeDelta::minutes(5));
    assert_eq!(pay(&done["video"]["id"]).await, "hold_expired");
    let stranger = Member::of(&studio, "남").await;
    let theirs = stranger.post(&studio, &format!("{place}/cancel")).await;
    assert_eq!(theirs.problem(), "not_found");
}

/// What the member draws for a channel.
async fn draw(studio: &Studio, channel: &str, member: &Member) -> Value {
    let body = json!({"channel_id": channel, "date": day(studio, 1)});
    let drawn = member.send(studio, (Method::POST, "/v1/queue-tokens"), None, &body).await;
    assert_eq!(drawn.status, StatusCode::CREATED);
    drawn.json()
}

#[tokio::test]
async fn a_queue_is_stood_in_and_lets_in() {
    let studio = Studio::new().await;
    let id = channel(&studio, 60, true).await;
    let slot = ids(&slots(&studio, &id, "?limit=1").await).remove(0);
    let path = format!("/v1/slots/{slot}/hold");
    let mut members = Vec::new();
    for n in 1..=51 {
        members.push(Member::of(&studio, &format!("회원 {n}")).await);
    }
    let mut last = Value::Null;
    for member in &members {
        last = draw(&studio, &id, member).await;
    }
    let late = members.last().unwrap();
    assert_eq!((&last["status"], &last["position"]), (&json!("waiting"), &json!(1)));
    assert!(last["estimated_start"].is_string() && last["expires_at"].is_null());
    assert_eq!(draw(&studio, &id, late).await["token"], last["token"]);
    let token = last["token"].as_str().unwrap();
    let hold = async |member: &Member, token| {
        member.send(&studio, (Method::POST, &path), token, &json!({})).await
    };
    let none = hold(late, None).await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    assert_eq!(none.problem(), "queue_token_invalid");
    assert_eq!(hold(late, Some("nonsense")).await.problem(), "queue_token_invalid");
    assert_eq!(hold(&members[0], Some(token)).await.problem(), "queue_token_invalid");
    let early = hold(late, Some(token)).await;
    assert_eq!(
        (early.status, early.problem().as_str()),
        (StatusCode::FORBIDDEN, "queue_token_waiting")
    );

    studio.memory.clock().advance(TimeDelta::seconds(10));
    let place = format!("/v1/queue-tokens/{token}");
    let shown = late.get(&studio, &place).await.json();
    assert_eq!((&shown["status"], &shown["position"]), (&json!("active"), &json!(0)));
    assert!(shown["expires_at"].is_string() && shown["estimated_start"].is_null());
    assert_eq!(members[0].get(&studio, &place).await.problem(), "not_found");
    assert_eq!(hold(late, Some(token)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn where_nobody_queues_no_token_is_drawn() {
    let studio = Studio::new().await;
    let id = channel(&studio, 1, false).await;
    let draw =
        async |body: Value| studio.call(Method::POST, "/v1/queue-tokens", &body).await.problem();
    assert_eq!(draw(json!({"channel_id": id})).await, "not_allowed_now");
    assert_eq!(draw(json!({"channel_id": id, "date": day(&studio, 9)})).await, "invalid_input");
    assert_eq!(draw(json!({})).await, "invalid_input");
    assert_eq!(draw(json!({"channel_id": "chn_nonsense"})).await, "not_found");
}

#[tokio::test]
async fn orders_about_slots_take_a_key() {
    let studio = Studio::new().await;
    let id = channel(&studio, 2, true).await;
    let named = async |key: &str, path: &str, body: &Value| {
        let request = studio
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        studio.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let plan = json!({"name": "b", "dates": [day(&studio, 1)], "slots": 1, "price": 1});
    let calls = [
        ("open", "/v1/channels".to_owned(), plan),
        ("draw", "/v1/queue-tokens".to_owned(), json!({"channel_id": id})),
    ];
    for (key, path, body) in &calls {
        let first = named(key, path, body).await;
        assert_eq!(first.status, StatusCode::CREATED, "{key}");
        let again = named(key, path, body).await;
        assert_eq!(again.header("idempotent-replayed"), "true", "{key}");
        assert_eq!(again.json(), first.json(), "{key}");
    }
    let plain = channel(&studio, 1, false).await;
    let slot = ids(&slots(&studio, &plain, "?limit=1").await).remove(0);
    let path = format!("/v1/slots/{slot}/hold");
    let first = named("hold", &path, &json!({})).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = named("hold", &path, &json!({})).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, first.json()));
}

#[tokio::test]
async fn a_day_begins_where_the_ads_are_on_air() {
    let eve = |hour: &str| format!("2026-05-01T{hour}:00Z").parse().unwrap();
    let zones = [("14:59", "15:00", 9), ("06:59", "07:00", -7)];
    for (before, midnight, hours_ahead) in zones {
        let zone = FixedOffset::east_opt(hours_ahead * 3_600).unwrap();
        let studio = Studio::with(|ports| ports.calendar = Arc::new(zone)).await;
        let day = zone.day(eve(before)).to_string();
        let open = async |name: &str| {
            let plan = json!({"name": name, "dates": [day], "slots": 2, "price": 1});
            studio.call(Method::POST, "/v1/channels", &plan).await
        };
        let member = Member::of(&studio, "회원").await;
        studio.memory.clock().set(eve(before));
        let opened = open("a").await;
        assert_eq!(opened.status, StatusCode::CREATED, "{hours_ahead}: {}", opened.json());
        let channel = opened.json()["id"].as_str().unwrap().to_owned();
        let [one, other] = ids(&slots(&studio, &channel, "").await).try_into().unwrap();
        let held = member.post(&studio, &format!("/v1/slots/{one}/hold")).await;
        assert_eq!(held.status, StatusCode::CREATED);

        studio.memory.clock().set(eve(midnight));
        let refused = member.post(&studio, &format!("/v1/slots/{other}/hold")).await;
        assert_eq!(refused.problem(), "slot_over", "{hours_ahead}");
        assert_eq!(open("b").await.problem(), "invalid_input", "{hours_ahead}");
    }
}
