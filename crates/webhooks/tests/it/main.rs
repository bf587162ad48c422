//! Calls to a server on this machine, which does what servers do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
mod faults;
mod server;

use std::{sync::Arc, time::Duration};

use castad_domain::{
    model::{WebhookSecret, WebhookUrl},
    port::{WebhookCall, WebhookSender},
};
use castad_memory::ManualClock;
use castad_webhooks::StandardWebhooks;
use chrono::{DateTime, TimeDelta};

/// Within so much time; these hosts are named.
fn sender(within: Duration, named: &[&str]) -> impl WebhookSender {
    let named = named.iter().map(|host| host.parse().unwrap()).collect();
    let clock = Arc::new(ManualClock::default());
    StandardWebhooks::within(within, named, 4, clock).unwrap()
}

fn call(url: &str) -> WebhookCall {
    WebhookCall {
        url: WebhookUrl::parse(url).unwrap(),
        id: "evt_000000000007_whk_1".to_owned(),
        at: DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_614_265_330_900),
        body: r#"{"type":"song.ready"}"#.into(),
        secrets: vec![WebhookSecret::new([2; 32]), WebhookSecret::new([1; 32])],
        trace: None,
    }
}
