use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use castad_domain::{
    model::{WebhookFault, WebhookUrl},
    port::{Clock, WebhookAnswer, WebhookCall, WebhookSender},
};
use castad_http_client::{Host, Hosts, Limits, PostFault, Posts, SetUpError};

use crate::sign;

/// Calls webhooks over HTTP.
pub struct StandardWebhooks(Posts);

impl StandardWebhooks {
    /// The longest that a call may take.
    pub const TIME_LIMIT: Duration = Duration::from_secs(15);

    /// Up to `at_once` calls at once; the hosts that are `named` may be private, or speak `http`.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] when this machine cannot make a client.
    pub fn new(
        named: Vec<Host>,
        at_once: usize,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        Self::within(Self::TIME_LIMIT, named, at_once, clock)
    }

    /// The same within another time.
    ///
    /// # Errors
    ///
    /// As of [`StandardWebhooks::new`].
    pub fn within(
        total: Duration,
        named: Vec<Host>,
        at_once: usize,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        let connect = total.min(Duration::from_secs(5));
        let limits = Limits { total, connect, at_once, idle: 1, answer: 4 << 10 };
        Posts::new(Hosts::everybodys(named), limits, clock).map(Self)
    }
}

#[async_trait]
impl WebhookSender for StandardWebhooks {
    fn allows(&self, url: &WebhookUrl) -> bool {
        self.0.allow(url.as_str())
    }

    async fn send(&self, call: &WebhookCall) -> Result<WebhookAnswer, WebhookFault> {
        let at = call.at.timestamp();
        let signatures =
            call.secrets.iter().map(|secret| sign(secret.reveal(), &call.id, at, &call.body));
        let mut headers = vec![
            ("webhook-id", call.id.clone()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signatures.collect::<Vec<_>>().join(" ")),
        ];
        headers.extend(call.trace.clone().map(|trace| ("traceparent", trace)));
        let posted = self.0.send(call.url.as_str(), &headers, call.body.clone()).await;
        let posted = posted.map_err(fault)?;
        let wait = posted.wait.filter(|_| matches!(posted.status, 429 | 503));
        Ok(WebhookAnswer { status: posted.status, wait })
    }
}

fn fault(fault: PostFault) -> WebhookFault {
    match fault {
        PostFault::Address => WebhookFault::Address,
        PostFault::Name => WebhookFault::Name,
        PostFault::Connect => WebhookFault::Connect,
        PostFault::Tls => WebhookFault::Tls,
        PostFault::Timeout => WebhookFault::Timeout,
        PostFault::Broken => WebhookFault::Broken,
    }
}
