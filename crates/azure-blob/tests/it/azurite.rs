//! Azurite, Microsoft's own emulator: one for all tests of a process, and a container of its own for
//! each.

mod containers;
mod contract;
mod links;

use std::{
    env,
    io::Write,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use castad_azure_blob::{Account, AzureBlob, Limits, Settings};
use castad_memory::ManualClock;
use chrono::{DateTime, TimeDelta, Utc};
use testcontainers::{
    GenericImage, ImageExt,
    core::{ContainerPort, WaitFor},
    runners::AsyncRunner,
};
use tokio::sync::OnceCell;

const IMAGE: &str = "mcr.microsoft.com/azure-storage/azurite";
const TAG: &str = "latest";
const PORT: u16 = 10_000;
/// Names a server that runs already: `http://127.0.0.1:10000/devstoreaccount1`.
const VARIABLE: &str = "CASTAD_TEST_AZURITE_URL";

/// A time that no server will have reached.
fn far() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(365 * 130)
}

/// A container that nobody has made yet.
async fn place(limits: Limits, now: DateTime<Utc>) -> AzureBlob {
    AzureBlob::new(settings().await, limits, Arc::new(ManualClock::at(now))).unwrap()
}

async fn settings() -> Settings {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static URL: OnceCell<String> = OnceCell::const_new();
    let url = URL.get_or_init(start).await;
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let place = format!("az://castad-{}-{number}/in/a_prefix", std::process::id());
    let account = Account::from_connection_string("UseDevelopmentStorage=true").unwrap();
    Settings { account: account.at(url).unwrap(), place: place.parse().unwrap() }
}

async fn start() -> String {
    if let Ok(url) = env::var(VARIABLE) {
        return url;
    }
    let image = GenericImage::new(IMAGE, TAG)
        .with_exposed_port(ContainerPort::Tcp(PORT))
        .with_wait_for(WaitFor::message_on_either_std("successfully listen"))
        .with_cmd([
            "azurite-blob",
            "--blobHost",
            "0.0.0.0",
            "--inMemoryPersistence",
            "--disableTelemetry",
            "--skipApiVersionCheck",
        ])
        .with_startup_timeout(Duration::from_mins(3));
    let server = image.start().await.expect("Azurite starts in a container");
    let host = server.get_host().await.expect("the container has a host");
    let port = server.get_host_port_ipv4(PORT).await.expect("the container has a port");
    end_with_this_process(server.id());
    // What is dropped is stopped: this one is stopped by the watcher.
    std::mem::forget(server);
    format!("http://{host}:{port}/devstoreaccount1")
}

/// Nothing is dropped where a test process ends: a shell that waits for that removes the container.
fn end_with_this_process(container: &str) {
    const WAIT: &str = "trap '' INT TERM HUP; read -r id; cat >/dev/null; docker rm -fv \"$id\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", WAIT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut watcher = shell.spawn().expect("a shell starts");
    writeln!(watcher.stdin.as_mut().expect("its input is ours"), "{container}")
        .expect("the shell is told");
    std::mem::forget(watcher);
}
