//! The built program calls those who are down, slow, broken, lead on or lie: in the end each has heard
//! every event in order, or its webhook is disabled and says why.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "couriers/cases.rs"]
mod cases;
#[path = "storm/clock.rs"]
mod clock;
#[path = "couriers/receiver.rs"]
mod receiver;

use std::{path::Path, time::Duration};

use cases::{AWAY, Case, End, First};
use castad_tests::{Castad, Folder};
use receiver::{Receiver, Temper};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use tokio::{
    net::TcpSocket,
    time::{interval, timeout},
};

/// The longest that anything here may take.
const LIMIT: Duration = Duration::from_mins(2);
/// How often time is helped.
const LOOK: Duration = Duration::from_millis(200);
/// What each of them is to hear.
const EVENTS: usize = 3;
/// What may be on its way to somebody who does not read it.
const ON_ITS_WAY: usize = 32 << 20;

/// Somebody with a webhook.
struct Hook {
    case: Case,
    receiver: Receiver,
    id: String,
}

/// The program, the time of its webhooks, and those whom it calls.
struct Round {
    castad: Castad,
    database: SqlitePool,
    hooks: Vec<Hook>,
    /// Who is not there yet.
    away: Option<TcpSocket>,
    _folder: Folder,
}

impl Round {
    async fn start(elsewhere: &Receiver) -> Self {
        let (mut receivers, mut socket_of_away) = (Vec::new(), None);
        for case in cases::cases(elsewhere).into_iter().chain([cases::away()]) {
            let (receiver, socket) = Receiver::away(case.temper.clone(), case.odd);
            if case.name == AWAY {
                socket_of_away = Some(socket);
            } else {
                receiver.at(socket);
            }
            receivers.push((case, receiver));
        }
        let mut hosts: Vec<String> = receivers.iter().map(|(_, whom)| whom.host()).collect();
        hosts.push(elsewhere.host());
        let (folder, hosts) = (Folder::new(), hosts.join(","));
        let environment = [("CASTAD_WEBHOOK_HOSTS", hosts.as_str())];
        let castad = Castad::start_with(folder.path(), &environment).await;
        let mut hooks = Vec::new();
        for (case, receiver) in receivers {
            let url = format!("http://{}/hook", receiver.host());
            let wanted = json!({"url": url, "events": ["project.created"]});
            let (status, made) = castad.send(Method::POST, "/v1/webhooks", &wanted).await;
            assert_eq!(status, 201, "{made}");
            hooks.push(Hook { case, receiver, id: text(&made, "id") });
        }
        let database = database(folder.path()).await;
        Self { castad, database, hooks, away: socket_of_away, _folder: folder }
    }

    /// Waits until every webhook has been told that event or is disabled; whoever is to be called again
    /// later is called now.
    async fn over_time(&mut self, last: &str) {
        let over = async {
            let mut looks = interval(LOOK);
            while !self.is_over(last).await {
                let hurry = "UPDATE webhooks SET due = ? WHERE state = 'retrying'";
                sqlx::query(hurry).bind(clock::now()).execute(&self.database).await.unwrap();
                looks.tick().await;
            }
        };
        let over = timeout(LIMIT, over).await;
        assert!(
            over.is_ok(),
            "it does not end: {}",
            self.castad.get("/v1/webhooks?limit=20").await
        );
    }

    async fn is_over(&mut self, last: &str) -> bool {
        let listed = self.castad.get("/v1/webhooks?limit=20").await;
        let listed = listed["items"].as_array().unwrap();
        let away = self.hooks.iter().find(|hook| hook.case.name == AWAY).unwrap();
        let called = |hook: &&Value| hook["id"] == away.id && hook["attempts"] != 0;
        if listed.iter().any(|hook| called(&hook))
            && let Some(socket) = self.away.take()
        {
            away.receiver.at(socket);
        }
        let is_over = |hook: &Value| {
            let told = hook["status"] == "delivering" && *text(hook, "told") >= *last;
            told || hook["status"] == "disabled"
        };
        listed.iter().all(is_over)
    }

    /// What the log says of calls to somebody, the first one first.
    async fn deliveries(&self, hook: &Hook) -> Vec<Value> {
        let path = format!("/v1/webhooks/{}/deliveries?limit=100", hook.id);
        let mut lines = self.castad.get(&path).await["items"].as_array().unwrap().clone();
        lines.reverse();
        lines
    }

    /// The events of a kind, the first one first.
    async fn events(&self, kind: &str) -> Vec<Value> {
        let log = self.castad.get("/v1/events?limit=100").await;
        let events = log["items"].as_array().unwrap().iter();
        events.filter(|event| event["type"] == kind).cloned().collect()
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} of {value}")).to_owned()
}

async fn database(folder: &Path) -> SqlitePool {
    let file = folder.join("castad.db");
    SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_called_hears_everything_in_the_end_or_is_told_why_not() {
    let (elsewhere, socket) = Receiver::away(Temper::Holds(String::new()), 0);
    elsewhere.at(socket);
    let mut round = Round::start(&elsewhere).await;
    let brief = json!({"business_name": "다온카페", "region": "부산", "language": "ko"});
    for _ in 0..EVENTS {
        assert_eq!(round.castad.send(Method::POST, "/v1/projects", &brief).await.0, 201);
    }
    let created = round.events("project.created").await;
    let events: Vec<String> = created.iter().map(|event| text(event, "id")).collect();

    round.over_time(events.last().unwrap()).await;
    for hook in &round.hooks {
        ends_as_it_should(&round, hook, &events).await;
    }
    let disabled = round.events("webhook.disabled").await;
    let ended = round.hooks.iter().filter(|hook| hook.case.end != End::Told);
    assert_eq!(disabled.len(), ended.count(), "{disabled:?}");
    let poured = round.hooks.iter().map(|hook| hook.receiver.poured()).max();
    assert!(poured <= Some(ON_ITS_WAY), "{poured:?} bytes of one answer were let in");

    all_is_told_once_they_are_mended(&mut round, &events).await;
    assert!(elsewhere.heard().is_empty(), "nobody is followed");
}

async fn ends_as_it_should(round: &Round, hook: &Hook, events: &[String]) {
    let (name, lines) = (hook.case.name, round.deliveries(hook).await);
    let first = &lines[0];
    let (status, error) = match hook.case.first {
        First::Answered(status) => (json!(status), Value::Null),
        First::Failed(why) => (Value::Null, json!(why)),
    };
    assert_eq!((&first["status"], &first["error"]), (&status, &error), "{name}: {lines:?}");
    let shown = round.castad.get(&format!("/v1/webhooks/{}", hook.id)).await;
    match hook.case.end {
        End::Told => {
            assert_eq!(shown["disabled_reason"], Value::Null, "{name}: {shown}");
            is_told(hook, &lines, events);
        }
        End::Disabled(reason, calls) => {
            assert_eq!(shown["disabled_reason"], reason, "{name}: {shown}");
            assert_eq!((lines.len(), hook.receiver.heard().len()), (calls, calls), "{name}");
            for (line, attempt) in lines.iter().zip(1..) {
                let told = (&line["event"], &line["attempt"], &line["delivered"]);
                assert_eq!(told, (&json!(events[0]), &json!(attempt), &json!(false)), "{name}");
            }
            let disabled = round.events("webhook.disabled").await;
            let own = disabled.iter().filter(|event| event["data"]["webhook_id"] == hook.id);
            let reasons: Vec<&Value> = own.map(|event| &event["data"]["reason"]).collect();
            assert_eq!(reasons, [reason], "{name}: {disabled:?}");
        }
    }
}

/// Each event was taken once, in order, behind the attempts at it that failed.
fn is_told(hook: &Hook, lines: &[Value], events: &[String]) {
    let name = hook.case.name;
    let taken = lines.iter().filter(|line| line["delivered"] == true);
    let taken: Vec<String> = taken.map(|line| text(line, "event")).collect();
    assert_eq!(taken, events, "{name}: {lines:?}");
    let mut attempt = 0;
    for line in lines {
        attempt += 1;
        assert_eq!(line["attempt"], attempt, "{name}: {lines:?}");
        if line["delivered"] == true {
            attempt = 0;
        }
    }
    let mut heard: Vec<String> = hook.receiver.heard().into_iter().map(|call| call.id).collect();
    heard.dedup();
    let ids: Vec<String> = events.iter().map(|event| format!("{event}_{}", hook.id)).collect();
    assert_eq!(heard, ids, "{name}");
}

/// Whoever was given up is told from where they were left, and whoever asks is told again.
async fn all_is_told_once_they_are_mended(round: &mut Round, events: &[String]) {
    for hook in &round.hooks {
        hook.receiver.mend();
        let path = format!("/v1/webhooks/{}", hook.id);
        if hook.case.end == End::Told {
            let again = format!("{path}/replay?after=evt_000000000000");
            assert_eq!(round.castad.send(Method::POST, &again, &json!({})).await.0, 202);
        } else {
            let on = json!({"enabled": true});
            assert_eq!(round.castad.send(Method::PATCH, &path, &on).await.0, 200);
        }
    }
    round.over_time(events.last().unwrap()).await;
    for hook in &round.hooks {
        let heard = hook.receiver.heard();
        let last: Vec<&str> = heard[heard.len() - EVENTS..]
            .iter()
            .filter(|call| call.taken)
            .map(|call| &*call.id)
            .collect();
        let ids: Vec<String> = events.iter().map(|event| format!("{event}_{}", hook.id)).collect();
        assert_eq!(last, ids, "{}", hook.case.name);
    }
}
