//! NATS servers that end with the test process.

use std::{
    env,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use castad_contract::{WallClock, until};
use castad_nats::{Nats, Settings};
use chrono::TimeDelta;
use testcontainers::{
    ContainerRequest, GenericImage, ImageExt,
    core::{ContainerPort, WaitFor},
    runners::AsyncRunner,
};
use tokio::sync::OnceCell;

/// Patience with a machine that is busy.
pub(crate) const SOON: TimeDelta = TimeDelta::seconds(60);

/// A server in a container, and the shell that ends it when its input does.
pub(crate) struct Server {
    container: String,
    shell: Child,
}

impl Server {
    /// One with JetStream, whose files outlive its process.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, told something more.
    pub(crate) async fn start_with(words: &[&str]) -> Self {
        let command = ["-js", "-sd", "/data"].iter().chain(words).copied();
        Self::started(image().with_cmd(command)).await
    }

    /// One that is set up by the file.
    pub(crate) async fn start_with_file(text: &str) -> Self {
        let image = image().with_cmd(["-c", "/castad.conf"]);
        Self::started(image.with_copy_to("/castad.conf", text.as_bytes().to_vec())).await
    }

    async fn started(image: ContainerRequest<GenericImage>) -> Self {
        let server = image.start().await.expect("the server starts in a container");
        let container = server.id().to_owned();
        let text = format!("cat >/dev/null; docker rm -fv {container} >/dev/null");
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' INT TERM HUP; {text}")]);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let shell = shell.spawn().expect("a shell starts");
        // What is dropped is stopped: this one is stopped by the shell.
        std::mem::forget(server);
        Self { container, shell }
    }

    /// Its `host:port`, which may be another after each start.
    pub(crate) fn address(&self) -> String {
        let told = docker(&["port", &self.container, "4222/tcp"]);
        let port = told.lines().next().and_then(|line| line.rsplit(':').next());
        format!("127.0.0.1:{}", port.expect("the port is published").trim())
    }

    /// Ends its process at once.
    pub(crate) fn kill(&self) {
        docker(&["kill", &self.container]);
    }

    /// Starts it anew over the same files.
    pub(crate) fn start_again(&self) {
        docker(&["start", &self.container]);
    }

    /// Ends it at once, with all that it held.
    pub(crate) fn remove(mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().expect("the shell ends");
    }
}

fn image() -> GenericImage {
    GenericImage::new("nats", "2.9")
        .with_exposed_port(ContainerPort::Tcp(4222))
        .with_wait_for(WaitFor::message_on_either_std("Server is ready"))
}

fn docker(words: &[&str]) -> String {
    let done = Command::new("docker").args(words).output().expect("docker runs");
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("it tells text")
}

/// The address of the server of all tests of this process, or the one that `CASTAD_TEST_NATS_URL` names.
pub(crate) async fn shared() -> &'static str {
    static SHARED: OnceCell<String> = OnceCell::const_new();
    let start = async || {
        if let Ok(url) = env::var("CASTAD_TEST_NATS_URL") {
            return url.trim_end_matches('/').to_owned();
        }
        let server = Server::start().await;
        let url = format!("nats://{}", server.address());
        std::mem::forget(server);
        url
    };
    SHARED.get_or_init(start).await
}

/// Settings under which nobody else keeps anything.
pub(crate) fn settings() -> Settings {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let namespace = format!("castad-test-{}-{number}", std::process::id());
    Settings { namespace, ..Settings::default() }
}

/// A connection that stands; a server that is slow at first is asked again.
pub(crate) async fn connected(url: &str, settings: &Settings) -> Nats {
    let nats = Nats::open(url, settings.clone()).await.expect("it is an address");
    let clock = WallClock::started();
    until(&*clock, SOON, || async { nats.prepare().await.is_ok() }).await;
    nats
}
