//! One real container: that the suites to come can start theirs.

use castad_tests::{missing, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use testcontainers::{GenericImage, core::ContainerPort, core::WaitFor, runners::AsyncRunner};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

fn main() {
    let image = ["docker", "image", "inspect", "redis:7.0"];
    let missing = missing("docker", &image);
    let name = suite("a_server_in_a_container_answers", missing.as_deref());
    let trial = Trial::test(name, a_server_in_a_container_answers);
    let trials = vec![trial.with_ignored_flag(missing.is_some())];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn a_server_in_a_container_answers() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let ready = WaitFor::message_on_stdout("Ready to accept connections");
        let port = ContainerPort::Tcp(6379);
        let image = GenericImage::new("redis", "7.0").with_exposed_port(port).with_wait_for(ready);
        let server = image.start().await?;
        let address =
            (server.get_host().await?.to_string(), server.get_host_port_ipv4(port).await?);
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).await?;
        assert_eq!(&answer, b"+PONG\r\n");
        Ok(())
    })
}
