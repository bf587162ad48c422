use std::time::Duration;

use testcontainers::{
    ContainerAsync, GenericImage, ImageExt,
    core::{ContainerPort, WaitFor},
    runners::AsyncRunner,
};

/// The image of Azurite, without its tag.
pub const AZURITE: &str = "mcr.microsoft.com/azure-storage/azurite";

/// A database server in a container, and the address of a database on it.
///
/// # Panics
///
/// If it does not start.
pub async fn database(
    image: &str,
    tag: &str,
    prefix: &str,
) -> (ContainerAsync<GenericImage>, String) {
    let image = GenericImage::new(image, tag)
        .with_exposed_port(ContainerPort::Tcp(3306))
        .with_wait_for(WaitFor::message_on_either_std("port: 3306"))
        .with_env_var(format!("{prefix}_ROOT_PASSWORD"), "secret")
        .with_env_var(format!("{prefix}_DATABASE"), "castad")
        .with_startup_timeout(Duration::from_mins(3));
    let (server, address) = started(image, 3306).await;
    (server, format!("mysql://root:secret@{address}/castad"))
}

/// Azurite in a container, and its origin; the account is added to the paths of an emulator.
///
/// # Panics
///
/// If it does not start.
pub async fn azurite() -> (ContainerAsync<GenericImage>, String) {
    let command =
        ["azurite-blob", "--blobHost", "0.0.0.0", "--inMemoryPersistence", "--disableTelemetry"];
    let image = GenericImage::new(AZURITE, "latest")
        .with_exposed_port(ContainerPort::Tcp(10_000))
        .with_wait_for(WaitFor::message_on_either_std("successfully listen"))
        .with_cmd(command)
        .with_startup_timeout(Duration::from_mins(3));
    let (server, address) = started(image, 10_000).await;
    (server, format!("http://{address}"))
}

/// Redis in a container, and its `host:port`.
///
/// # Panics
///
/// If it does not start.
pub async fn redis() -> (ContainerAsync<GenericImage>, String) {
    let image = GenericImage::new("redis", "7.0")
        .with_exposed_port(ContainerPort::Tcp(6379))
        .with_wait_for(WaitFor::message_on_stdout("Ready to accept connections"));
    started(image, 6379).await
}

/// NATS with JetStream in a container, and its `host:port`.
///
/// # Panics
///
/// If it does not start.
pub async fn nats() -> (ContainerAsync<GenericImage>, String) {
    let image = GenericImage::new("nats", "2.9")
        .with_exposed_port(ContainerPort::Tcp(4222))
        .with_wait_for(WaitFor::message_on_either_std("Server is ready"))
        .with_cmd(["-js"]);
    started(image, 4222).await
}

async fn started(
    image: impl AsyncRunner<GenericImage>,
    port: u16,
) -> (ContainerAsync<GenericImage>, String) {
    let server = image.start().await.expect("the server starts");
    let host = server.get_host().await.expect("the server has a host");
    let port = server.get_host_port_ipv4(port).await.expect("the server has a port");
    (server, format!("{host}:{port}"))
}
