//! What webhooks look like in requests and answers.

use castad_domain::{
    model::{Webhook, WebhookDelivery, WebhookOutcome, WebhookState},
    port::WebhookView,
    usecase::Tested,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::views::time;

/// A webhook that is wanted.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct NewWebhook {
    /// Where to call: `https`, at a host that everybody can reach.
    #[schema(max_length = 2000, example = "https://shop.example/castad")]
    url: String,
    /// Which events: names such as `project.finished`, groups such as `video.*`; all where it is left out.
    events: Option<Vec<String>>,
    /// What it is for.
    #[schema(max_length = 200)]
    description: Option<String>,
}

/// What changes of a webhook; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = WebhookChange)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct WebhookChangeBody {
    /// Another address; it is tried at once.
    #[schema(max_length = 2000)]
    url: Option<String>,
    /// Other events; an empty list for all.
    events: Option<Vec<String>>,
    /// Another description.
    #[schema(max_length = 200)]
    description: Option<String>,
    /// `false` switches it off; `true` on again, behind the last event told.
    enabled: Option<bool>,
}

/// A webhook, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(in crate::http) struct WebhookBody {
    /// Its id.
    id: String,
    /// Where it is called.
    url: String,
    /// Which events it is told; `*` for all.
    events: Vec<String>,
    /// What it is for.
    description: String,
    /// `delivering`, `retrying` or `disabled`.
    status: &'static str,
    /// The last event that it was told, or that is none of its own.
    told: String,
    /// How often the next event failed.
    attempts: u32,
    /// When it is tried again.
    next_attempt_at: Option<String>,
    /// Why it is disabled: `exhausted`, `gone` or `owner`.
    disabled_reason: Option<&'static str>,
    /// Since when it is disabled.
    disabled_at: Option<String>,
    /// Until when the secret before signs beside the new one.
    old_secret_until: Option<String>,
    /// When it was made.
    created_at: String,
}

impl From<&Webhook> for WebhookBody {
    fn from(webhook: &Webhook) -> Self {
        let parts = webhook.parts();
        let patterns = parts.terms.events.patterns();
        let (reason, disabled_at) = match parts.state {
            WebhookState::Disabled { at, reason } => (Some(reason.name()), Some(time(at))),
            WebhookState::Delivering | WebhookState::Retrying { .. } => (None, None),
        };
        let waits = matches!(parts.state, WebhookState::Retrying { .. });
        Self {
            id: parts.id.to_string(),
            url: parts.terms.url.as_str().to_owned(),
            events: if patterns.is_empty() { vec!["*".to_owned()] } else { patterns.to_vec() },
            description: parts.terms.note.as_str().to_owned(),
            status: parts.state.name(),
            told: parts.told.to_string(),
            attempts: parts.state.attempts(),
            next_attempt_at: waits.then(|| time(parts.due)),
            disabled_reason: reason,
            disabled_at,
            old_secret_until: webhook.secrets().old.as_ref().map(|(_, until)| time(*until)),
            created_at: time(parts.created_at),
        }
    }
}

/// A webhook with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookCreated)]
pub(in crate::http) struct NewWebhookBody {
    /// What calls are signed with. No other answer shows it.
    pub(in crate::http) secret: String,
    /// The rest.
    #[serde(flatten)]
    pub(in crate::http) about: WebhookBody,
}

/// A webhook, and how much of the log stands before it.
#[derive(Serialize, ToSchema)]
#[schema(as = ListedWebhook)]
pub(in crate::http) struct ListedWebhookBody {
    /// The webhook.
    #[serde(flatten)]
    about: WebhookBody,
    /// How many events of the log stand behind the last one told.
    waiting: i64,
}

impl From<&WebhookView> for ListedWebhookBody {
    fn from(WebhookView { webhook, last }: &WebhookView) -> Self {
        Self { about: webhook.into(), waiting: (last.0 - webhook.parts().told.0).max(0) }
    }
}

/// A webhook, with what came of the last call.
#[derive(Serialize, ToSchema)]
#[schema(as = ShownWebhook)]
pub(in crate::http) struct ShownWebhookBody {
    /// The webhook.
    #[serde(flatten)]
    about: ListedWebhookBody,
    /// What came of the last call, if there was one in the last seven days.
    last_attempt: Option<DeliveryBody>,
}

impl ShownWebhookBody {
    pub(in crate::http) fn new(view: &WebhookView, last: Option<&WebhookDelivery>) -> Self {
        Self { about: view.into(), last_attempt: last.map(DeliveryBody::from) }
    }
}

/// A call that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(in crate::http) struct DeliveryBody {
    /// The line of the log.
    id: String,
    /// Which event was told.
    event: String,
    /// The how-manieth try of it.
    attempt: u32,
    /// When.
    at: String,
    /// Whether it was taken.
    delivered: bool,
    /// What was answered.
    status: Option<u16>,
    /// Why nobody answered: `address_not_allowed`, `name_not_found`, `connection_failed`,
    /// `tls_failed`, `timeout` or `connection_lost`.
    error: Option<&'static str>,
    /// How long it took.
    duration_ms: i64,
}

fn answered(outcome: WebhookOutcome) -> (Option<u16>, Option<&'static str>) {
    match outcome {
        WebhookOutcome::Answered(status) => (Some(status), None),
        WebhookOutcome::Failed(fault) => (None, Some(fault.name())),
    }
}

impl From<&WebhookDelivery> for DeliveryBody {
    fn from(line: &WebhookDelivery) -> Self {
        let (status, error) = answered(line.outcome);
        Self {
            id: line.id.to_string(),
            event: line.event.to_string(),
            attempt: line.attempt,
            at: time(line.at),
            delivered: line.outcome.is_taken(),
            status,
            error,
            duration_ms: line.duration.num_milliseconds(),
        }
    }
}

/// What came of a test.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookTest)]
pub(in crate::http) struct TestBody {
    /// Whether it was taken.
    delivered: bool,
    /// What was answered.
    status: Option<u16>,
    /// Why nobody answered.
    error: Option<&'static str>,
    /// How long it took.
    duration_ms: i64,
}

impl From<&Tested> for TestBody {
    fn from(tested: &Tested) -> Self {
        let (status, error) = answered(tested.outcome);
        let delivered = tested.outcome.is_taken();
        Self { delivered, status, error, duration_ms: tested.duration.num_milliseconds() }
    }
}
