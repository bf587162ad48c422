use std::time::Duration;

use castad_domain::{
    model::{WebhookFault, WebhookUrl},
    port::WebhookSender,
};

use crate::{
    call, sender,
    server::{Does, Server},
};

const LIMIT: Duration = Duration::from_secs(10);

async fn fault(url: &str, within: Duration, named: &[&str]) -> WebhookFault {
    sender(within, named).send(&call(url)).await.expect_err("nobody answers")
}

#[tokio::test]
async fn who_does_not_answer_is_told_by_its_kind() {
    let gone = {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        listener.local_addr().unwrap()
    };
    let url = format!("http://{gone}/");
    assert_eq!(fault(&url, LIMIT, &[&gone.to_string()]).await, WebhookFault::Connect);

    let short = Duration::from_millis(200);
    let silent = Server::that(Does::Halts(String::new())).await;
    assert_eq!(fault(&silent.url(), short, &[&silent.host()]).await, WebhookFault::Timeout);
    let halting = Server::that(Does::Halts("HTTP/1.1 20".to_owned())).await;
    assert_eq!(fault(&halting.url(), short, &[&halting.host()]).await, WebhookFault::Timeout);

    for text in ["", "HTTP/1.1 20", "SSH-2.0-OpenSSH_9.6\r\n"] {
        let server = Server::that(Does::Says(text.to_owned())).await;
        let found = fault(&server.url(), LIMIT, &[&server.host()]).await;
        assert_eq!(found, WebhookFault::Broken, "{text:?}");
    }

    let plain = Server::that(Does::Blurts("220 mail.example ready\r\n".to_owned())).await;
    let url = format!("https://{}/", plain.address);
    assert_eq!(fault(&url, LIMIT, &[&plain.host()]).await, WebhookFault::Tls);

    let nobody = "https://nobody.invalid/";
    let patience = Duration::from_mins(1);
    assert_eq!(fault(nobody, patience, &[]).await, WebhookFault::Name);
}

#[tokio::test]
async fn a_private_address_that_nobody_named_is_never_called() {
    let server = Server::answering("200 OK", "").await;
    let port = server.address.port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://[::ffff:7f00:1]:{port}/"),
        format!("https://[64:ff9b::7f00:1]:{port}/"),
        format!("https://[2002:7f00:1::]:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://0177.0.0.1:{port}/"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://[fd00:ec2::254]/latest/meta-data/".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "https://100.100.100.200/".to_owned(),
        "https://0.0.0.0/".to_owned(),
        "http://shop.example/".to_owned(),
    ] {
        let parsed = WebhookUrl::parse(&url).unwrap();
        assert!(!sender(LIMIT, &[]).allows(&parsed), "{url}");
        assert_eq!(fault(&url, LIMIT, &[]).await, WebhookFault::Address, "{url}");
        // A host that was named for one port is private for every other.
        assert_eq!(fault(&url, LIMIT, &["127.0.0.1:1"]).await, WebhookFault::Address, "{url}");
    }
    assert!(server.asked().is_empty());
    let public = WebhookUrl::parse("https://shop.example:8443/castad").unwrap();
    assert!(sender(LIMIT, &[]).allows(&public));
}
