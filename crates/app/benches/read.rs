//! A read of the API beside the floor: the same read of the same database out of a bare handler.
//!
//! `cargo bench -p castad-app` prints medians and ninety-ninth percentiles of all of them, taken
//! turn by turn in one run.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and one that cannot go on fails"
)]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, http::Request, routing::get};
use castad_app::{
    http::{Access, App, router},
    secret::Secret,
    system::TimeOrderedIds,
};
use castad_contract::make;
use castad_domain::{
    model::{MemberId, ProjectId, Role},
    port::Ports,
    usecase::{IssueKey, OpenProject},
};
use castad_memory::Memory;
use castad_sql::{Options, Sqlite};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const ROUNDS: usize = 10_000;

fn main() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run());
}

async fn run() {
    let sql = Sqlite::temporary(Options::new(Arc::new(TimeOrderedIds::default()))).await.unwrap();
    let store = Arc::new(sql);
    let ports = Memory::new().ports().over(store.clone());
    let key = Secret::fresh("castad");
    let owner = IssueKey::new(&ports).run("owner", Role::Admin, key.hash()).await.unwrap();
    let member = owner.member.id;
    let opened = OpenProject::new(&ports).run(member, make::brief(), None).await.unwrap();
    let id = opened.project().id();
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let access = Access::new(store, ports.clock.clone());
    let stop = CancellationToken::new();
    let full = router(App::new(ports.clone(), access, metrics, stop));
    measure(&ports, (member, id), &full, &format!("Bearer {}", key.reveal())).await;
}

/// Takes turns between the read alone, a handler that does nothing else, and the route.
async fn measure(ports: &Ports, (member, id): (MemberId, ProjectId), full: &Router, bearer: &str) {
    let catalog = ports.catalog.clone();
    let read = move || {
        let catalog = catalog.clone();
        async move { drop(black_box(catalog.project(member, id).await.unwrap())) }
    };
    let bare = Router::new().route("/", get(read.clone()));
    let path = format!("/v1/projects/{id}");
    let (mut floor, mut handler, mut route) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        read().await;
        floor.push(begun.elapsed());
        handler.push(ask(&bare, Request::get("/").body(Body::empty()).unwrap()).await);
        let request = Request::get(&path).header("authorization", bearer);
        route.push(ask(full, request.body(Body::empty()).unwrap()).await);
    }
    let base = tell("the read alone", floor, None);
    let base = tell("a bare handler", handler, Some(base)).max(base);
    tell("GET /v1/projects/{id}", route, Some(base));
}

async fn ask(router: &Router, request: Request<Body>) -> Duration {
    let begun = Instant::now();
    let response = router.clone().oneshot(request).await.unwrap();
    assert!(response.status().is_success());
    black_box(response.into_body().collect().await.unwrap());
    begun.elapsed()
}

/// Prints a row and gives its median.
fn tell(name: &str, mut times: Vec<Duration>, base: Option<Duration>) -> Duration {
    times.sort_unstable();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let factor = base.map_or(1.0, |base| p50.as_secs_f64() / base.as_secs_f64());
    println!("{name:24} p50 {p50:>10.1?}   p99 {p99:>10.1?}   x{factor:.2}");
    p50
}
