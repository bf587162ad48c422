use std::time::Duration;

use castad_stand_ins::{Door, StandIns, creatomate};
use castad_tests::{Castad, Folder, free_port};
use reqwest::{Client, Method, RequestBuilder, multipart::Form};
use serde_json::Value;
use sqlx::{MySqlPool, mysql::MySqlPoolOptions};
use tokio::time::{Instant, interval, timeout};

use super::{gate::Gate, instance::Instance, providers::providers, servers::Server};

/// How many instances there are.
pub(crate) const INSTANCES: usize = 3;
/// How long a claim holds without a sign of life: the least that may be set.
pub(crate) const LEASE: Duration = Duration::from_secs(3);
/// More looks than anybody takes.
const A_MILLION: u32 = 1_000_000;
/// The longest that one answer may take.
const ANSWER: Duration = Duration::from_secs(20);
/// How soon a request is sent again.
const AGAIN: Duration = Duration::from_millis(250);
/// The longest that anything may be insisted on.
const PATIENCE: Duration = Duration::from_mins(3);

/// Instances that share a database, a lock and a folder, the servers, and who stands in for providers.
pub(crate) struct Fleet {
    pub(crate) instances: Vec<Instance>,
    pub(crate) stand_ins: StandIns,
    /// One for each instance.
    pub(crate) doors: Vec<Door>,
    pub(crate) mysql: Server,
    pub(crate) redis: Server,
    /// Connections of ours.
    pub(crate) database: MySqlPool,
    environment: Vec<(String, String)>,
    folder: Folder,
    url: String,
    client: Client,
}

impl Fleet {
    pub(crate) async fn start(lease: Duration) -> Self {
        let ((mysql, database), (redis, lock)) = tokio::join!(Server::mysql(), Server::redis());
        let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        stand_ins.suno.set_credits(i64::from(i32::MAX));
        // Songs are done when it is said so, films soon after they are begun.
        stand_ins.suno.work_for(A_MILLION);
        stand_ins.creatomate.pace(creatomate::Pace::TakesMs(150));
        let addresses: Vec<String> = (0..INSTANCES).map(|_| free_address()).collect();
        let gate = Gate::before(addresses.clone()).await.unwrap();
        let url = format!("http://{}", gate.address);
        let environment = shared(&database, &lock, &url, lease);
        let options = MySqlPoolOptions::new().max_connections(2);
        let options = options.acquire_timeout(Duration::from_secs(10));
        let folder = Folder::new();
        castad_http_client::install_tls();
        let client = Client::builder().pool_max_idle_per_host(0).timeout(ANSWER).build().unwrap();
        let mut fleet = Self {
            instances: Vec::new(),
            doors: Vec::new(),
            database: options.connect_lazy(&database).unwrap(),
            stand_ins,
            mysql,
            redis,
            environment,
            folder,
            url,
            client,
        };
        fleet.run("migrate", &[]).await;
        for _ in 0..INSTANCES {
            fleet.doors.push(fleet.stand_ins.open_door().await.unwrap());
        }
        for (n, address) in addresses.iter().enumerate() {
            fleet.join(n, address);
        }
        fleet.until_ready().await;
        fleet
    }

    /// Starts one more instance, which asks providers through its own door. What it was given there
    /// another may fetch.
    fn join(&mut self, n: usize, address: &str) {
        let mut environment = self.environment.clone();
        let doors: Vec<String> = self.doors.iter().map(Door::host).collect();
        let hosts = format!("{},{}", self.stand_ins.host(), doors.join(","));
        let door = &self.doors[n];
        let urls = (door.openai_url(), door.suno_url(), door.creatomate_url());
        let own = |(name, value): (&str, String)| (name.to_owned(), value);
        environment.extend(providers(hosts, urls).map(own));
        let name = format!("instance-{n}");
        self.instances.push(Instance::start(self.folder.path(), &name, address, environment));
    }

    /// Waits until every instance says that it is ready.
    pub(crate) async fn until_ready(&self) {
        let ready = async {
            let mut again = interval(AGAIN);
            for instance in &self.instances {
                let url = format!("http://{}/readyz", instance.address);
                loop {
                    let answer = self.client.get(&url).send().await;
                    if answer.is_ok_and(|answer| answer.status() == 200) {
                        break;
                    }
                    again.tick().await;
                }
            }
        };
        let ready = timeout(PATIENCE, ready).await;
        assert!(ready.is_ok(), "the instances are not ready in time\n{}", self.last_words());
    }

    /// Runs a command of the program beside the instances; what it printed.
    pub(crate) async fn run(&self, name: &str, args: &[&str]) -> String {
        let mut command = Castad::command(self.folder.path());
        command.arg(name).args(args);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let ended = command.output().await.unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{name} {args:?}: {said}{wrong}");
        said
    }

    /// A request with somebody's key, to whichever instance takes it.
    pub(crate) fn request(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(key)
    }

    /// Sends a request as often as it takes to get an answer that stands; status and body.
    pub(crate) async fn insist(&self, request: impl Fn() -> RequestBuilder) -> (u16, Value) {
        let (begun, mut again) = (Instant::now(), interval(AGAIN));
        loop {
            again.tick().await;
            let answer = answered(request()).await;
            match answer {
                Ok((status, body)) if status < 400 || body["retryable"] != true => {
                    return (status, body);
                }
                Ok(_) | Err(_) => assert!(begun.elapsed() < PATIENCE, "at last: {answer:?}"),
            }
        }
    }

    /// Changes something, once however often it has to be sent.
    pub(crate) async fn send(
        &self,
        path: &str,
        (key, name): (&str, &str),
        body: &Value,
        headers: &[(&str, String)],
    ) -> (u16, Value) {
        self.insist(|| {
            let mut request = self.request(Method::POST, path, key);
            request = request.header("idempotency-key", name).json(body);
            headers.iter().fold(request, |request, (header, value)| request.header(*header, value))
        })
        .await
    }

    /// The same with files.
    pub(crate) async fn upload(
        &self,
        path: &str,
        (key, name): (&str, &str),
        form: impl Fn() -> Form + Send + Sync,
    ) -> (u16, Value) {
        let request = || {
            let request = self.request(Method::POST, path, key);
            request.header("idempotency-key", name).multipart(form())
        };
        self.insist(request).await
    }

    /// The end of what every instance said.
    pub(crate) fn last_words(&self) -> String {
        let last = |instance: &Instance| {
            let said = instance.said();
            let lines: Vec<&str> = said.lines().collect();
            let last = &lines[lines.len().saturating_sub(30)..];
            format!("{}:\n{}\n", instance.address, last.join("\n"))
        };
        self.instances.iter().map(last).collect()
    }
}

/// A whole answer, with its status.
async fn answered(request: RequestBuilder) -> reqwest::Result<(u16, Value)> {
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

/// What all instances are told alike.
fn shared(database: &str, lock: &str, url: &str, lease: Duration) -> Vec<(String, String)> {
    let lease = lease.as_secs().to_string();
    [
        ("CASTAD_DATABASE_URL", database),
        ("CASTAD_LOCK_URL", lock),
        ("CASTAD_PUBLIC_URL", url),
        ("CASTAD_WORK_LEASE", &lease),
        // The stand-ins take more than the providers do, and the fleet keeps within it.
        ("CASTAD_LIMIT_SONGS", "300/10s"),
        ("CASTAD_LIMIT_VIDEOS", "300/10s"),
        ("CASTAD_UNRESOLVED", "fail"),
        ("CASTAD_LOG", "warn"),
        ("CASTAD_POOL_REQUESTS_KEPT", "2"),
        ("CASTAD_POOL_REQUESTS_MOST", "20"),
        ("CASTAD_POOL_REQUESTS_WAIT", "5"),
        ("CASTAD_POOL_BACKGROUND_KEPT", "2"),
        ("CASTAD_POOL_BACKGROUND_MOST", "15"),
        ("CASTAD_POOL_BACKGROUND_WAIT", "5"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Where an instance can listen, known before it does: it listens there again after each start.
fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}
