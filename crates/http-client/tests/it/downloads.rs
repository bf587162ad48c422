use std::sync::Arc;

use castad_domain::{
    model::ProviderName,
    port::{MediaErrorKind, ProviderErrorKind},
};
use castad_http_client::{Downloads, Host, Hosts, Limits};
use castad_memory::ManualClock;
use futures_util::StreamExt;

use crate::server::{Server, http};

fn downloads(own: &[&str], named: &[String], most: u64) -> Downloads {
    let named: Vec<Host> = named.iter().map(|host| host.parse().unwrap()).collect();
    let limits = Limits { answer: most, ..Limits::default() };
    let (provider, clock) = (ProviderName::new("band"), Arc::new(ManualClock::default()));
    Downloads::new(provider, Hosts::new(own, named), limits, clock).unwrap()
}

async fn read(server: &Server, most: u64) -> Result<Vec<u8>, String> {
    let named = [server.address.to_string()];
    let download = downloads(&[], &named, most).fetch(&server.url()).await;
    let mut body = download.map_err(|error| format!("{:?}", error.kind()))?.body;
    let mut whole = Vec::new();
    while let Some(piece) = body.next().await {
        whole.extend_from_slice(&piece.map_err(|error| format!("{:?}", error.kind()))?);
    }
    Ok(whole)
}

#[tokio::test]
async fn a_result_is_read_to_its_end_and_no_further_than_allowed() {
    let server = Server::saying(http("200 OK", "", 5, "music")).await;
    assert_eq!(read(&server, 5).await, Ok(b"music".to_vec()));
    assert_eq!(read(&server, 4).await, Err(format!("{:?}", ProviderErrorKind::Unusable)));
    let endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nmusic without a length";
    let server = Server::saying(endless).await;
    assert_eq!(read(&server, 4).await, Err(format!("{:?}", MediaErrorKind::TooLarge)));
    let server = Server::saying(http("200 OK", "", 99, "mus")).await;
    assert_eq!(read(&server, 100).await, Err(format!("{:?}", MediaErrorKind::CutShort)));
}

#[tokio::test]
async fn an_answer_that_is_no_result_says_what_may_be_done() {
    for (status, kind) in [
        ("302 Found", ProviderErrorKind::Refused),
        ("403 Forbidden", ProviderErrorKind::Failed),
        ("404 Not Found", ProviderErrorKind::Failed),
        ("429 Too Many", ProviderErrorKind::Busy),
        ("500 Oh", ProviderErrorKind::Busy),
    ] {
        let server = Server::saying(http(status, "Location: http://127.0.0.1:1/\r\n", 0, "")).await;
        assert_eq!(read(&server, 9).await, Err(format!("{kind:?}")), "{status}");
    }
}

#[tokio::test]
async fn a_private_address_is_not_connected_to_unless_it_was_named() {
    let server = Server::saying(http("200 OK", "", 5, "music")).await;
    let port = server.address.port();
    let url = format!("http://localhost:{port}/a");
    for (own, named) in [(vec![], vec![]), (vec!["localhost"], vec![])] {
        let refused = downloads(&own, &named, 9).fetch(&url).await.err().unwrap();
        assert_eq!(refused.kind(), ProviderErrorKind::Refused);
    }
    let refused = downloads(&["localhost"], &[], 9).fetch("https://localhost/a").await;
    let refused = refused.err().unwrap();
    assert_eq!(refused.to_string(), "the provider's address lies in a private network");
    assert_eq!(server.asked(), 0);

    let named = [format!("localhost:{port}")];
    assert!(downloads(&[], &named, 9).fetch(&url).await.is_ok());
}
