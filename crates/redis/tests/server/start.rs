//! Redis servers that end with the test process.

use std::{
    env,
    io::Write,
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use testcontainers::{
    GenericImage,
    core::{ContainerPort, WaitFor},
    runners::AsyncRunner,
};
use tokio::sync::OnceCell;

/// A server, and the shell that ends it when its input does.
pub(crate) struct Server {
    pub(crate) url: String,
    shell: Child,
}

impl Server {
    /// A container, or `redis-server` where it is installed and there is no image.
    pub(crate) async fn start() -> Self {
        let runs = |program: &str, words: &[&str]| {
            Command::new(program).args(words).output().is_ok_and(|end| end.status.success())
        };
        let image = runs("docker", &["image", "inspect", "redis:7.0"]);
        if !image && runs("redis-server", &["--version"]) {
            return Self::process().await;
        }
        let image = GenericImage::new("redis", "7.0")
            .with_exposed_port(ContainerPort::Tcp(6379))
            .with_wait_for(WaitFor::message_on_stdout("Ready to accept connections"));
        let server = image.start().await.expect("the server starts in a container");
        let host = server.get_host().await.expect("the container has a host");
        let port = server.get_host_port_ipv4(6379).await.expect("the container has a port");
        let shell = watcher(&format!("cat >/dev/null; docker rm -fv {} >/dev/null", server.id()));
        // What is dropped is stopped: this one is stopped by the watcher.
        std::mem::forget(server);
        Self { url: format!("redis://{host}:{port}"), shell }
    }

    async fn process() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let run = format!("redis-server --port {port} --save '' --daemonize no >/dev/null");
        let shell = watcher(&format!("{run} & server=$!; cat >/dev/null; kill -9 $server"));
        let server = Self { url: format!("redis://127.0.0.1:{port}"), shell };
        let client = redis::Client::open(server.url.as_str()).expect("it is an address");
        let clock = castad_contract::WallClock::started();
        castad_contract::until(&*clock, chrono::TimeDelta::seconds(20), || async {
            client.get_multiplexed_async_connection().await.is_ok()
        })
        .await;
        server
    }

    /// The host and port.
    pub(crate) fn address(&self) -> String {
        self.url.trim_start_matches("redis://").to_owned()
    }

    /// Ends it at once, with all that it held.
    pub(crate) fn kill(mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().expect("the shell ends");
    }
}

fn watcher(text: &str) -> Child {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' INT TERM HUP; {text}")]);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut shell = shell.spawn().expect("a shell starts");
    shell.stdin.as_mut().expect("its input is ours").flush().expect("it is open");
    shell
}

/// The server of all tests of this process, or the one that `CASTAD_TEST_REDIS_URL` names.
pub(crate) async fn shared() -> &'static str {
    static SHARED: OnceCell<String> = OnceCell::const_new();
    let start = async || {
        if let Ok(url) = env::var("CASTAD_TEST_REDIS_URL") {
            return url.trim_end_matches('/').to_owned();
        }
        let server = Server::start().await;
        let url = server.url.clone();
        std::mem::forget(server);
        url
    };
    SHARED.get_or_init(start).await
}

/// A namespace that nobody else has.
pub(crate) fn namespace() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("castad-test-{}-{number}", std::process::id())
}
