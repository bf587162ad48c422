//! What the built program tells while it makes an ad: numbers, lines and one trace.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "watching/collector.rs"]
mod collector;
#[path = "world/providers.rs"]
mod providers;
#[path = "watching/shop.rs"]
mod shop;

use std::{fs::File, process::Stdio, time::Duration};

use castad_app::telemetry::list::{Kind, METRICS, Metric};
use castad_stand_ins::{StandIns, creatomate, openai, suno};
use castad_tests::{Castad, Folder, free_port};
use collector::{Collector, Seen};
use reqwest::Method;
use serde_json::{Value, json};
use shop::{Call, Shop};
use tokio::io::{AsyncBufReadExt, BufReader};

/// The trace that the caller began, and the caller's own span.
const TRACE: (&str, &str) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
/// What there is with Redis, NATS or a mail server only, or when something breaks, with the text of the
/// suite that shows it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("castad_connections_cut_total", include_str!("door.rs")),
    ("castad_letters_total", include_str!("mail.rs")),
    ("castad_work_fed", include_str!("containers.rs")),
    ("castad_feed_connected", include_str!("containers.rs")),
    ("castad_events_published_total", include_str!("containers.rs")),
    ("castad_events_stalled", include_str!("containers.rs")),
    ("redis_command_seconds", include_str!("races.rs")),
    ("lock_breaker_state", include_str!("races.rs")),
    ("lock_breaker_transitions_total", include_str!("races.rs")),
    ("lock_fallback_total", include_str!("races.rs")),
    ("lock_wakeups_total", include_str!("races.rs")),
];
/// What another test here counts.
const ASIDE: &str = "castad_spans_total";
/// How long a template takes to be read, and an order to be taken: the lock of the two is renewed after
/// ten seconds.
const LONG: Duration = Duration::from_secs(6);

async fn quick() -> StandIns {
    let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
    stand_ins.suno.work_for(0);
    stand_ins.creatomate.pace(creatomate::Pace::TakesMs(20));
    stand_ins
}

#[tokio::test]
async fn one_trace_leads_from_the_request_to_every_provider_and_lines_and_numbers_go_with_it() {
    let (folder, collector, shop) = (Folder::new(), Collector::start().await, Shop::open().await);
    let stand_ins = quick().await;
    let bind = format!("127.0.0.1:{}", free_port());
    let own = [
        ("CASTAD_BIND", bind.clone()),
        ("CASTAD_PUBLIC_URL", format!("http://{bind}")),
        ("CASTAD_LOG", "json,info,castad_engine=debug".to_owned()),
        ("CASTAD_OTLP_URL", collector.url()),
        ("CASTAD_WEBHOOK_HOSTS", shop.host()),
    ];
    let urls = (stand_ins.openai_url(), stand_ins.suno_url(), stand_ins.creatomate_url());
    let providers = providers::providers(stand_ins.host(), urls);
    let environment: Vec<(&str, &str)> =
        own.iter().chain(&providers).map(|(name, value)| (*name, value.as_str())).collect();
    let log = folder.path().join("log");
    let castad =
        Castad::start_logged(folder.path(), &environment, File::create(&log).unwrap()).await;

    let shown = [listens(&castad, &shop, "castad").await, listens(&castad, &shop, "closed").await];
    let id = made(&castad, &stand_ins).await;
    let wrong = json!({"email": "n@example.com", "password": "s3cret-guess"});
    assert_eq!(castad.send(Method::POST, "/v1/sessions", &wrong).await.0, 401);
    let calls = shop.calls_until("project.finished").await;
    let numbers = castad.text("/metrics").await;
    let key = castad.key().to_owned();
    assert_eq!(castad.stop().await, Some(0));

    every_number_is_there(&numbers);
    let spans = collector.spans(TRACE.0);
    every_step_is_of_the_trace(&spans);
    every_provider_is_asked_in_a_step(&spans);
    every_call_is_of_the_trace(&spans, &calls);
    no_span_tells_too_much(&spans);
    let lines = std::fs::read_to_string(&log).unwrap();
    every_line_has_its_ids(&lines, &id);
    let secrets = [&key, &shown[0], &shown[1], "s3cret-guess"];
    for secret in secrets.into_iter().chain([openai::KEY, suno::KEY, creatomate::KEY]) {
        assert!(!lines.contains(secret) && !numbers.contains(secret), "a secret is told");
    }
}

/// A webhook there that hears of projects; its secret.
async fn listens(castad: &Castad, shop: &Shop, path: &str) -> String {
    let wanted =
        json!({"url": format!("http://{}/{path}", shop.host()), "events": ["project.*", "song.*"]});
    let (status, made) = castad.send(Method::POST, "/v1/webhooks", &wanted).await;
    assert_eq!(status, 201, "{made}");
    made["secret"].as_str().unwrap().to_owned()
}

/// A project that is finished, though its video was taken on slowly.
async fn made(castad: &Castad, stand_ins: &StandIns) -> String {
    stand_ins.creatomate.slow_down(LONG);
    let id = ordered_twice(castad).await;
    castad.until(&id, |project| project["video"]["status"] == "rendering").await;
    stand_ins.creatomate.slow_down(Duration::ZERO);
    let made = castad.until(&id, |project| project["status"] != "producing").await;
    assert_eq!(made["status"], "finished", "{made}");
    id
}

/// A project whose production is asked for, and asked for again under the same name.
async fn ordered_twice(castad: &Castad) -> String {
    let id = castad.open("square").await;
    for _ in 0..2 {
        let produce = castad.request(Method::POST, &format!("/v1/projects/{id}/produce"));
        let begun = produce
            .header("traceparent", format!("00-{}-{}-01", TRACE.0, TRACE.1))
            .header("x-request-id", "the-order")
            .header("idempotency-key", "once")
            .json(&json!({}));
        assert_eq!(begun.send().await.unwrap().status(), 202);
    }
    id
}

fn every_number_is_there(numbers: &str) {
    for (name, suite) in ELSEWHERE {
        assert!(suite.contains(name), "{name} is shown by no suite");
    }
    let here = |metric: &&Metric| {
        ELSEWHERE.iter().all(|(name, _)| *name != metric.name) && metric.name != ASIDE
    };
    for metric in METRICS.iter().filter(here) {
        let name = match metric.kind {
            Kind::Counter | Kind::Gauge => metric.name.to_owned(),
            Kind::Histogram(_) => format!("{}_bucket", metric.name),
        };
        let told =
            |line: &str| line.strip_prefix(&name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        assert!(numbers.lines().any(told), "{name} is not among\n{numbers}");
    }
    for line in numbers.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let known = METRICS.iter().any(|metric| {
            let rest = name.strip_prefix(metric.name);
            rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
        });
        assert!(known, "{line} is not listed");
        for prefix in ["prj_", "mem_", "job_", "att_", "the-order"] {
            assert!(!line.contains(prefix), "{line}");
        }
    }
}

/// Whether a span is below one that is so.
fn is_below(spans: &[Seen], span: &Seen, so: impl Fn(&Seen) -> bool) -> bool {
    let above = |span: &&Seen| spans.iter().find(|other| other.id == span.parent);
    std::iter::successors(Some(span), above).any(so)
}

fn is_of_the_request(spans: &[Seen], span: &Seen) -> bool {
    let order = "POST /v1/projects/{id}/produce";
    is_below(spans, span, |above| above.name == order && above.parent == TRACE.1)
}

/// The caller's span has the request below it, and that the steps.
fn every_step_is_of_the_trace(spans: &[Seen]) {
    let requests = spans.iter().filter(|span| span.parent == TRACE.1);
    assert_eq!(requests.count(), 2, "the order and its repetition: {spans:?}");
    for task in [
        "write_lyric",
        "submit_song",
        "poll_song",
        "collect_song",
        "submit_video",
        "poll_video",
        "collect_video",
    ] {
        let name = format!("step {task}");
        let steps: Vec<&Seen> = spans.iter().filter(|span| span.name == name).collect();
        assert!(!steps.is_empty(), "{task} is missing from {spans:?}");
        for step in steps {
            assert!(is_of_the_request(spans, step), "{step:?}");
            assert!(step.attributes["job_id"].starts_with("job_"), "{step:?}");
            assert!(step.attributes["task_id"].starts_with("prj_"), "{step:?}");
        }
    }
}

fn every_provider_is_asked_in_a_step(spans: &[Seen]) {
    for provider in ["chatgpt", "suno", "creatomate"] {
        let asks = |span: &&Seen| {
            let of = span.attributes.get("provider").is_some_and(|of| of == provider);
            of && span.name == "http.call"
        };
        let calls: Vec<&Seen> = spans.iter().filter(asks).collect();
        assert!(!calls.is_empty(), "{provider} is missing from {spans:?}");
        for call in calls {
            let in_a_step = is_below(spans, call, |above| above.name.starts_with("step "));
            assert!(in_a_step && is_of_the_request(spans, call), "{call:?}");
        }
    }
}

/// What the order led to is told in its trace, beyond the step that it happened in; the shop can go
/// on from there. What happened before the order is told in none of it.
fn every_call_is_of_the_trace(spans: &[Seen], calls: &[Call]) {
    for call in calls {
        let span = spans
            .iter()
            .find(|span| span.name == "webhook.call" && span.attributes["delivery"] == call.id);
        if call.event["type"] == "project.created" || call.event["type"] == "project.updated" {
            assert!(span.is_none(), "{call:?}");
            continue;
        }
        let span = span.unwrap_or_else(|| panic!("{call:?} is missing from {spans:?}"));
        assert!(is_of_the_request(spans, span), "{span:?}");
        let in_a_step = is_below(spans, span, |above| above.name.starts_with("step "));
        assert!(in_a_step || call.event["type"] == "project.producing", "{call:?} {span:?}");
        assert_eq!(span.attributes["end"], "delivered");
        let told = format!("00-{}-{}-01", TRACE.0, span.id);
        assert_eq!(call.trace.as_deref(), Some(told.as_str()));
        let posts = spans.iter().any(|post| post.name == "http.post" && post.parent == span.id);
        assert!(posts, "{span:?}");
    }
}

fn no_span_tells_too_much(spans: &[Seen]) {
    for span in spans {
        assert_eq!(span.service["service.name"], "castad");
        assert_eq!(span.service["service.instance.id"].len(), 32);
        for value in span.attributes.values() {
            let told = ["http://", "https://", openai::KEY, suno::KEY, creatomate::KEY];
            assert!(!told.iter().any(|secret| value.contains(secret)), "{span:?}");
        }
    }
}

fn every_line_has_its_ids(log: &str, project: &str) {
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "message", "target"] {
            assert!(line[field].is_string(), "{field}: {line}");
        }
    }
    let order = lines.iter().find(|line| {
        line["message"] == "answered" && line["http.route"] == "/v1/projects/{id}/produce"
    });
    let order = order.unwrap_or_else(|| panic!("no line of the order in {log}"));
    assert_eq!(
        (&order["request_id"], &order["task_id"], &order["status"], &order["level"]),
        (&json!("the-order"), &json!(project), &json!(202), &json!("INFO"))
    );
    assert!(order["member_id"].as_str().unwrap().starts_with("mem_"), "{order}");
    for stage in ["lyric", "song", "video"] {
        let of_stage = |line: &&Value| line["stage"] == stage && line["span"] == "engine.step";
        let step = lines.iter().find(of_stage).unwrap_or_else(|| panic!("{stage}: {log}"));
        assert_eq!((&step["task_id"], &step["attempt"]), (&json!(project), &json!(1)), "{step}");
        assert!(step["job_id"].as_str().unwrap().starts_with("job_"), "{step}");
        assert!(step["task"].is_string() && step["member_id"] == order["member_id"], "{step}");
    }
}

#[tokio::test]
async fn who_only_works_shows_health_and_numbers_and_nothing_else() {
    let folder = Folder::new();
    let mut command = Castad::command(folder.path());
    command.arg("work").env("CASTAD_WORK_BIND", "127.0.0.1:0").stdout(Stdio::piped());
    let mut worker = command.spawn().unwrap();
    let mut lines = BufReader::new(worker.stdout.take().unwrap()).lines();
    let told = lines.next_line().await.unwrap().unwrap();
    let url = told.split_whitespace().last().unwrap().strip_suffix("/metrics").unwrap();
    castad_http_client::install_tls();
    let get = async |path: &str| {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/readyz").await.0, 200);
    let (status, numbers) = get("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        numbers.contains("castad_jobs{lane=\"song\",kind=\"poll_song\",state=\"waiting\"} 0"),
        "{numbers}"
    );
    assert_eq!((get("/v1/projects").await.0, get("/").await.0), (404, 404));
    worker.kill().await.unwrap();
}

#[tokio::test]
async fn a_collector_that_is_away_costs_spans_and_nothing_else() {
    let folder = Folder::new();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let castad = Castad::start_with(folder.path(), &[("CASTAD_OTLP_URL", &nobody)]).await;
    castad.open("square").await;
    let lost = async {
        while !castad.text("/metrics").await.contains("castad_spans_total{fate=\"lost\"}") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), lost).await.expect("lost spans are counted");
    assert_eq!(castad.stop().await, Some(0));
}
