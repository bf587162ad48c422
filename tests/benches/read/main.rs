//! Calls that read beside the floor: a bare handler that asks the same of the same database and
//! answers with as many bytes, over loopback, turn by turn in one run.
//!
//! `cargo bench -p castad-tests --bench read` starts MySQL in a container where Docker is, and does the
//! same on SQLite. `CASTAD_BENCH_READS` says how often each is asked.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and one that cannot go on fails"
)]

mod bare;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use castad_app::{
    config::{LimitsConfig, LogConfig},
    door::Door,
    http::{Access, App, router},
    limits::Allowance,
    secret::Secret,
    system::{SystemClock, TimeOrderedIds},
    telemetry,
};
use castad_contract::make;
use castad_domain::{
    model::{MemberId, ProjectId, Role},
    port::{Clock, Gate, Ports, WholeDatabase},
    usecase::{IssueKey, OpenProject},
};
use castad_memory::Memory;
use castad_sql::{MySql, Options, Sqlite};
use castad_tests::{database, missing};
use metrics_exporter_prometheus::PrometheusHandle;
use reqwest::Client;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use bare::Bare;

/// How many projects the member has.
const PROJECTS: usize = 100;
/// How often each is asked before it counts.
const WARM: usize = 200;

#[tokio::main]
async fn main() {
    castad_http_client::install_tls();
    let rounds = std::env::var("CASTAD_BENCH_READS").map_or(5_000, |text| text.parse().unwrap());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    telemetry::log(&LogConfig { json: true, filter: "info".to_owned() }, None);
    let metrics = telemetry::metrics(&*clock).unwrap();
    tokio::spawn(telemetry::sum_up(metrics.clone(), Arc::clone(&clock)));
    let stage = Stage { clock, metrics, rounds };
    let options = || Options::new(Arc::new(TimeOrderedIds::default()));
    let sqlite = Sqlite::temporary(options()).await.unwrap();
    stage.measure("SQLite", Arc::new(sqlite)).await;
    if let Some(why) = missing("docker", &["docker", "version"]) {
        println!("\nMySQL is left out: {why}");
        return;
    }
    let (_server, url) = database("mysql", "9.7", "MYSQL").await;
    let mysql = MySql::open(&url, options()).await.unwrap();
    stage.measure("MySQL", Arc::new(mysql)).await;
}

/// Somebody who asks.
struct Caller {
    http: Client,
    bearer: String,
}

/// What every database is measured with.
struct Stage {
    clock: Arc<dyn Clock>,
    metrics: PrometheusHandle,
    rounds: usize,
}

impl Stage {
    async fn measure<D: WholeDatabase + Gate>(&self, name: &str, store: Arc<D>) {
        let memory = Memory::new();
        let clock = Arc::clone(&self.clock);
        let ports = Ports { clock, ..memory.ports().over(store.clone()) };
        let key = Secret::fresh("castad");
        let owner = IssueKey::new(&ports).run("owner", Role::Admin, key.hash()).await.unwrap();
        let member = owner.member.id;
        let project = projects(&ports, member).await;
        let caller = Caller { http: Client::new(), bearer: key.reveal().to_owned() };
        let full = serve_all(&ports, store, self.metrics.clone()).await;
        println!("\n{name}, {} calls each", self.rounds);
        println!("{:32} {:>21}   {:>21}   factor", "", "bare p50 / p99", "call p50 / p99");
        for (path, bare) in Bare::all(&ports, (member, project)) {
            let length = caller.ask(&format!("{full}{path}")).await;
            let floor = format!("{}/", bare.serve(length).await);
            let both = (&*floor, &*format!("{full}{path}"));
            compare(&caller, path.as_str(), both, self.rounds).await;
        }
    }
}

async fn projects(ports: &Ports, member: MemberId) -> ProjectId {
    let mut last = None;
    for _ in 0..PROJECTS {
        let opened = OpenProject::new(ports).run(member, make::brief(), None).await.unwrap();
        last = Some(opened.project().id());
    }
    last.unwrap()
}

/// The whole face on a port of its own, as the program serves it: with limits, metrics and logs; its
/// origin.
async fn serve_all(ports: &Ports, gate: Arc<dyn Gate>, metrics: PrometheusHandle) -> String {
    let access = Access::new(gate, ports.clock.clone());
    let app = App::new(ports.clone(), access, metrics, CancellationToken::new());
    let (limits, listener) = (generous(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = listener.local_addr().unwrap();
    let door = Door::new(router(app.with_limits(&limits)), limits.connections);
    tokio::spawn(door.keep(listener, CancellationToken::new()));
    format!("http://{address}")
}

/// Limits that count and refuse nobody.
fn generous() -> LimitsConfig {
    let enough = Allowance::new(1_000_000, 1);
    LimitsConfig { of_member: enough, of_key: enough, wrong_keys: enough, ..LimitsConfig::off() }
}

async fn serve(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router.into_make_service()).await });
    format!("http://{address}")
}

impl Caller {
    /// How many bytes the answer has.
    async fn ask(&self, url: &str) -> usize {
        let answer = self.http.get(url).bearer_auth(&self.bearer).send().await.unwrap();
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        answer.bytes().await.unwrap().len()
    }

    async fn time(&self, url: &str) -> Duration {
        let begun = Instant::now();
        self.ask(url).await;
        begun.elapsed()
    }
}

async fn compare(caller: &Caller, path: &str, (floor, call): (&str, &str), rounds: usize) {
    let (mut bare, mut full) = (Vec::new(), Vec::new());
    for round in 0..WARM + rounds {
        let pair = (caller.time(floor).await, caller.time(call).await);
        if round >= WARM {
            bare.push(pair.0);
            full.push(pair.1);
        }
    }
    let (bare, full) = (places(bare), places(full));
    let factor = |at: usize| full[at].as_secs_f64() / bare[at].as_secs_f64();
    let shown = path.split('/').map(|part| if part.len() > 30 { "{id}" } else { part });
    let shown = shown.collect::<Vec<_>>().join("/");
    println!(
        "{shown:32} {:>9.0?} / {:>9.0?}   {:>9.0?} / {:>9.0?}   x{:.2} / x{:.2}",
        bare[0],
        bare[1],
        full[0],
        full[1],
        factor(0),
        factor(1)
    );
}

/// The median and the ninety-ninth percentile.
fn places(mut times: Vec<Duration>) -> [Duration; 2] {
    times.sort_unstable();
    [times[times.len() / 2], times[times.len() * 99 / 100]]
}
