//! Bursts against two instances of the program: what they get is right, whatever becomes of the lock
//! that stands in front of the database's guard.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use castad_contract::{Proxy, WallClock};
use castad_domain::{
    model::MemberId,
    port::{Clock, LockAttempt, LockManager},
    usecase::POINTS_OUT,
};
use castad_memory::SequentialIds;
use castad_redis::{RedisLock, Settings};
use castad_sql::{MySql, Options};
use castad_tests::{Castad, Folder, database, missing, redis, suite};
use chrono::TimeDelta;
use futures_util::future::{Either, join, select};
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{runtime, time::timeout};

/// What `castad race` and `castad audit` say of books that are wrong.
const UNFAIR: i32 = 4;
/// How long a breaker may take to close.
const PATIENCE: Duration = Duration::from_mins(1);

fn main() {
    let servers = missing("mysql", &["docker", "image", "inspect", "mysql:9.7"])
        .or_else(|| missing("docker", &["docker", "image", "inspect", "redis:7.0"]));
    let name = "two_instances_on_mysql_are_right_whatever_becomes_of_redis";
    let trials = vec![
        Trial::test("a_burst_on_one_file_is_right", || run(on_one_file())),
        Trial::test("a_race_without_a_guard_is_found_out", || run(unguarded())),
        Trial::test(suite(name, servers.as_deref()), || run(whatever_becomes_of_redis()))
            .with_ignored_flag(servers.is_some()),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn run(test: impl Future<Output = ()>) -> Result<(), Failed> {
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(test);
    Ok(())
}

/// Instances that share a database.
struct Fleet {
    folder: Folder,
    environment: Vec<(String, String)>,
    instances: Vec<Castad>,
}

impl Fleet {
    fn of(environment: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = environment.iter().map(owned).collect();
        Self { folder: Folder::new(), environment, instances: Vec::new() }
    }

    async fn join(&mut self, more: &[(&str, &str)]) {
        let ours = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let environment: Vec<_> = ours.chain(more.iter().copied()).collect();
        self.instances.push(Castad::start_with(self.folder.path(), &environment).await);
    }

    /// A race against the instances from that one on.
    async fn race(&self, from: usize, (contest, clients, items): (&str, u32, u32)) -> Value {
        let mut command = Castad::command(self.folder.path());
        command.arg("race").args(contest.split(' '));
        command.args(["--json", "--clients", &clients.to_string()]);
        command.args(["--items", &items.to_string(), "--key", self.instances[from].key()]);
        for instance in &self.instances[from..] {
            command.args(["--url", &instance.url]);
        }
        let ended = command.output().await.unwrap();
        let told = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{told}{}", String::from_utf8_lossy(&ended.stderr));
        let verdict: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(verdict["fair"], true, "{verdict}");
        assert_eq!(verdict["failed"], json!({}), "{verdict}");
        verdict
    }

    /// Every contest, and what each must come to.
    async fn race_for_everything(&self, from: usize) {
        let points = self.race(from, ("points", 20, 10)).await;
        assert_eq!(points["succeeded"], 10);
        assert_eq!(points["refused"], json!({"insufficient_points": 10}));
        assert_eq!((&points["expected"], &points["found"]), (&json!(0), &json!(0)));
        let coupons = self.race(from, ("coupon", 40, 20)).await;
        assert_eq!((&coupons["succeeded"], &coupons["gaps"]), (&json!(20), &json!(0)));
        assert_eq!(coupons["refused"], json!({"sold_out": 20}));
        let line = self.race(from, ("coupon --mode queue", 40, 20)).await;
        assert_eq!((&line["succeeded"], &line["out_of_turn"]), (&json!(20), &json!(0)));
        assert_eq!(line["refused"], json!({"sold_out": 20}));
        let slots = self.race(from, ("slot", 20, 2)).await;
        assert_eq!((&slots["succeeded"], &slots["doubles"]), (&json!(2), &json!(0)));
        let orders = self.race(from, ("order", 20, 10)).await;
        assert_eq!(orders["succeeded"], 10);
    }

    async fn audit(&self) {
        let mut command = Castad::command(self.folder.path());
        command.arg("audit").envs(self.environment.iter().map(|(name, value)| (name, value)));
        let ended = command.output().await.unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stdout));
    }

    async fn measured(&self, instance: usize, metric: &str) -> Option<f64> {
        let metrics = self.instances[instance].text("/metrics").await;
        let line = metrics.lines().find(|line| line.contains(metric) && !line.starts_with('#'))?;
        line.rsplit(' ').next()?.parse().ok()
    }
}

async fn on_one_file() {
    let mut fleet = Fleet::of(&[]);
    fleet.join(&[]).await;
    fleet.race_for_everything(0).await;
    fleet.audit().await;
}

async fn unguarded() {
    let folder = Folder::new();
    let mut command = Castad::command(folder.path());
    command.args(["race", "points", "--unguarded", "--json"]);
    let ended = command.output().await.unwrap();
    assert_eq!(ended.status.code(), Some(UNFAIR));
    let verdict: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(verdict["fair"], false);
    assert!(verdict["over_issued"].as_u64() > Some(0), "{verdict}");
    assert!(
        verdict["expected"].as_i64() > verdict["found"].as_i64(),
        "updates are lost: {verdict}"
    );
}

async fn whatever_becomes_of_redis() {
    let (_mysql, url) = database("mysql", "9.7", "MYSQL").await;
    let (first, address) = redis().await;
    let way = Proxy::to(address.clone()).await;
    let lock = format!("redis://{}", way.address());
    let mut fleet = Fleet::of(&[("CASTAD_DATABASE_URL", &url)]);
    fleet.join(&[("CASTAD_LOCK_URL", &lock)]).await;
    fleet.join(&[("CASTAD_LOCK_URL", &lock)]).await;

    fleet.race_for_everything(0).await;
    assert_eq!(fleet.race(0, ("coupon", 200, 100)).await["succeeded"], 100);
    assert_eq!(served(&fleet.race(0, ("points", 100, 200)).await), 100);
    assert!(fleet.measured(0, "outcome=\"acquired\"").await > Some(0.0));
    assert!(fleet.measured(0, "redis_command_seconds_count").await > Some(0.0));
    somebody_else_lets_go(&fleet, &url, &format!("redis://{address}")).await;

    away(&fleet, &way).await;
    // Another takes its place, which knows nothing of the locks of the first.
    drop(first);
    let (_second, address) = redis().await;
    way.lead_to(address);
    while_connections_break(&fleet, &way).await;
    slow(&fleet, &way).await;

    // Half of them have no lock at all.
    fleet.join(&[]).await;
    fleet.race_for_everything(1).await;
    fleet.audit().await;
}

/// Who waits for what somebody else holds is told when it is let go.
async fn somebody_else_lets_go(fleet: &Fleet, database: &str, redis: &str) {
    let clock = WallClock::started();
    let ids = Arc::new(SequentialIds::new());
    let epochs = Arc::new(MySql::open(database, Options::new(ids)).await.unwrap());
    let patient = Settings { call: PATIENCE, connect: PATIENCE, ..Settings::default() };
    let locks = RedisLock::new(redis, epochs, clock.clone(), patient).unwrap();
    let instance = &fleet.instances[0];
    let account = instance.get("/v1/account").await;
    let member: MemberId = account["id"].as_str().unwrap().parse().unwrap();
    let key = POINTS_OUT.of([&member]).keys()[0].clone();
    let now = clock.now();
    let taken = locks.acquire(&key, 7, now, now + TimeDelta::minutes(1)).await.unwrap();
    let LockAttempt::Taken(lease) = taken else { panic!("{taken:?}") };

    let told = "lock_wakeups_total{name=\"point:use:member:{id}\",source=\"message\"";
    let tried = "lock_attempts_total{name=\"point:use:member:{id}\"";
    let before = fleet.measured(0, told).await.unwrap_or_default();
    let tries = fleet.measured(0, tried).await.unwrap_or_default();
    let order = json!({"order_number": "A-1", "amount": 1});
    let using = instance.send(Method::POST, "/v1/points/usages", &order);
    let letting_go = async {
        // It tries once more when it listens. Answers come in turn: behind the next, that one has come.
        while fleet.measured(0, tried).await < Some(tries + 2.0) {}
        instance.get("/readyz").await;
        assert!(locks.release(&lease).await.unwrap());
    };
    let (used, ()) = join(using, letting_go).await;
    assert_eq!(used.0, 201, "{}", used.1);
    assert_eq!(fleet.measured(0, told).await, Some(before + 1.0));
}

/// How many were served, or turned away because they would have waited for too long.
fn served(verdict: &Value) -> u64 {
    let busy = verdict["refused"]["busy"].as_u64().unwrap_or_default();
    verdict["succeeded"].as_u64().unwrap() + busy
}

/// Redis is gone: the first to ask it find out, and the others do not ask.
async fn away(fleet: &Fleet, way: &Proxy) {
    way.refuse(true);
    way.cut();
    fleet.race_for_everything(0).await;
    let opened = way.opened();
    fleet.race(0, ("points", 40, 20)).await;
    assert!(fleet.measured(0, "lock_breaker_transitions_total{to=\"open\"").await > Some(0.0));
    assert!(way.opened() - opened < 40, "whoever asks finds out anew");
    assert!(fleet.measured(0, "lock_fallback_total").await > Some(0.0));
    way.refuse(false);
}

async fn while_connections_break(fleet: &Fleet, way: &Proxy) {
    let racing = pin!(fleet.race(0, ("points", 100, 50)));
    let cutting = pin!(async {
        loop {
            way.cut();
            fleet.instances[0].get("/readyz").await;
        }
    });
    match select(racing, cutting).await {
        Either::Left((verdict, _)) => assert_eq!(served(&verdict), 50),
        Either::Right(((), _)) => {}
    }
    until_closed(fleet).await;
}

/// Redis takes what it is sent and does not answer.
async fn slow(fleet: &Fleet, way: &Proxy) {
    way.stand_still(true);
    fleet.race_for_everything(0).await;
    way.stand_still(false);
    until_closed(fleet).await;
}

/// Spends until the breaker has closed again.
async fn until_closed(fleet: &Fleet) {
    let closed = async {
        while fleet.measured(0, "lock_breaker_state").await > Some(0.0) {
            fleet.race(0, ("points", 4, 2)).await;
        }
    };
    timeout(PATIENCE, closed).await.expect("the breaker closes once Redis is back");
}
