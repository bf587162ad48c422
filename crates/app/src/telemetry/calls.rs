use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{WebhookFault, WebhookOutcome, WebhookUrl},
    port::{WebhookAnswer, WebhookCall, WebhookSender},
};
use tracing::{Instrument, Span, field::Empty};

use super::{follow, leading};

/// Calls webhooks, each call a span of the trace that led to its event; whoever is called is told of
/// that span, if anybody traces.
pub struct TracedCalls(Arc<dyn WebhookSender>);

impl TracedCalls {
    /// Hands calls on to this one.
    #[must_use]
    pub fn of(sender: Arc<dyn WebhookSender>) -> Self {
        Self(sender)
    }
}

fn span(call: &WebhookCall) -> Span {
    let span = tracing::info_span!(
        "webhook.call",
        otel.kind = "producer",
        delivery = call.id,
        end = Empty,
    );
    if let Some(trace) = &call.trace {
        follow(&span, trace);
    }
    span
}

#[async_trait]
impl WebhookSender for TracedCalls {
    fn allows(&self, url: &WebhookUrl) -> bool {
        self.0.allows(url)
    }

    async fn send(&self, call: &WebhookCall) -> Result<WebhookAnswer, WebhookFault> {
        let span = span(call);
        let call = WebhookCall { trace: span.in_scope(leading), ..call.clone() };
        let answered = self.0.send(&call).instrument(span.clone()).await;
        let outcome = match &answered {
            Ok(answer) => WebhookOutcome::Answered(answer.status),
            Err(fault) => WebhookOutcome::Failed(*fault),
        };
        span.record("end", outcome.name());
        answered
    }
}
