use std::sync::Arc;

use castad_contract::Proxy;
use castad_tests::{database, redis};
use testcontainers::{ContainerAsync, GenericImage};

/// A server in a container, on a way that stays while the container gets another port.
pub(crate) struct Server {
    container: ContainerAsync<GenericImage>,
    port: u16,
    pub(crate) way: Arc<Proxy>,
}

impl Server {
    async fn of(container: ContainerAsync<GenericImage>, port: u16, address: &str) -> Self {
        Self { container, port, way: Proxy::to(address.to_owned()).await }
    }

    /// A Redis, and where to find it.
    pub(crate) async fn redis() -> (Self, String) {
        let (container, address) = redis().await;
        let server = Self::of(container, 6379, &address).await;
        let url = format!("redis://{}", server.way.address());
        (server, url)
    }

    /// A MySQL, and where to find a database on it.
    pub(crate) async fn mysql() -> (Self, String) {
        let (container, url) = database("mysql", "9.7", "MYSQL").await;
        let (before, rest) = url.split_once('@').unwrap();
        let (address, name) = rest.split_once('/').unwrap();
        let server = Self::of(container, 3306, address).await;
        let url = format!("{before}@{}/{name}", server.way.address());
        (server, url)
    }

    /// Pulls the plug, and starts it again on what it has written down.
    pub(crate) async fn restart(&self) {
        self.way.refuse(true);
        self.container.stop_with_timeout(Some(0)).await.unwrap();
        self.way.cut();
        self.container.start().await.unwrap();
        let host = self.container.get_host().await.unwrap();
        let port = self.container.get_host_port_ipv4(self.port).await.unwrap();
        self.way.lead_to(format!("{host}:{port}"));
        self.way.refuse(false);
    }
}
