//! Webhooks: where a member's events are delivered.

use std::{panic::resume_unwind, sync::Arc};

use axum::{Json, extract::State, response::Response};
use bytes::Bytes;
use castad_domain::{
    model::{
        Answer, DeliveryId, Event, EventFilter, EventSeq, Webhook, WebhookChange, WebhookId,
        WebhookNote, WebhookSecret, WebhookTerms, WebhookUrl,
    },
    port::Page,
    usecase::{
        ChangeWebhook, DeleteWebhook, KeepAnswer, RegisterWebhook, ReplayWebhook, RotateSecret,
        TestWebhook, Tested, WebhookError, WebhookRefusal,
    },
};
use castad_webhooks::shown as secret_text;
use serde::Serialize;
use serde_json::{Value, json};
use tracing::Instrument;

mod bodies;

use self::bodies::{
    DeliveryBody, ListedWebhookBody, NewWebhook, NewWebhookBody, ShownWebhookBody, TestBody,
    WebhookBody, WebhookChangeBody,
};
use super::{
    App,
    access::Who,
    asked::{Asked, AskedLoosely},
    docs::{ChangedOne, Found, Listed, PageParams, Subscribed},
    form::Form,
    params::{Id, NoParams, Params},
    problem::{Code, Problem},
    shown::{listed, text},
    views::{EventBody, ListBody, time},
};

/// What a call tells: what happened, when, and the event as `/v1/events` shows it.
#[derive(Serialize)]
struct Message<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: T,
}

/// The body of the call that tells an event to a webhook.
#[must_use]
pub fn message(event: &Event) -> Bytes {
    let (kind, timestamp) = (event.kind.name(), time(event.at));
    text(&Message { kind, timestamp, data: EventBody::from(event) }).into()
}

impl From<WebhookRefusal> for Problem {
    fn from(refusal: WebhookRefusal) -> Self {
        match refusal {
            WebhookRefusal::NoWebhook => Self::not_found(),
            WebhookRefusal::TooMany => Self::new(Code::TooManyWebhooks, refusal.to_string()),
            WebhookRefusal::Address => Self::invalid_at("/url", refusal.to_string()),
            WebhookRefusal::NotTold(_) => Self::invalid_at("?after", refusal.to_string()),
        }
    }
}

/// A fresh one, of random bytes.
fn fresh_secret() -> WebhookSecret {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    WebhookSecret::new(bytes)
}

fn events(form: &mut Form) -> Option<EventFilter> {
    if !form.has("events") {
        return None;
    }
    let named = form.list("events", |text| EventFilter::pattern(text).map(str::to_owned))?;
    EventFilter::parse(named.iter().map(String::as_str)).ok()
}

fn place(webhook: &Webhook) -> String {
    format!("/v1/webhooks/{}", webhook.parts().id)
}

/// The answer with the secret. It is kept like any other: the database has the secret anyway, and
/// whoever did not hear of it could verify nothing.
fn with_secret(status: u16, secret: &WebhookSecret) -> impl Fn(&Webhook) -> Answer + Send + Sync {
    let secret = secret_text(secret);
    move |webhook| {
        let body = NewWebhookBody { secret: secret.clone(), about: webhook.into() };
        Answer { status, location: Some(place(webhook)), body: text(&body) }
    }
}

fn plainly(status: u16) -> impl Fn(&Webhook) -> Answer + Send + Sync {
    move |webhook| {
        let body = text(&WebhookBody::from(webhook));
        Answer { status, location: Some(place(webhook)), body }
    }
}

/// Make a webhook: it is called with what happens from now on. No other answer shows its secret.
#[utoipa::path(
    post, path = "/v1/webhooks", operation_id = "create_webhook",
    tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = NewWebhookBody, headers(("Location" = String))), Subscribed)
)]
pub(super) async fn create(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let url = form.required("url", WebhookUrl::parse);
    let events = events(&mut form).unwrap_or_default();
    let note = form.optional("description", WebhookNote::parse);
    let note = note.map_or_else(|| WebhookNote::parse(""), Ok);
    form.finish()?;
    let (Some(url), Ok(note)) = (url, note) else { return Err(Problem::invalid(Vec::new())) };
    let (terms, secret) = (WebhookTerms { url, events, note }, fresh_secret());
    let member = asked.caller.member;
    let answer = with_secret(201, &secret);
    let order = RegisterWebhook::new(&app.ports);
    let order = |receipt| async { order.run(member, (&terms, &secret), receipt).await };
    asked.carry_out(&app, &answer, order).await
}

/// Your webhooks, newest first, without their secrets.
#[utoipa::path(
    get, path = "/v1/webhooks", operation_id = "list_webhooks",
    tag = "webhooks", params(PageParams),
    responses((status = 200, body = ListBody<ListedWebhookBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<ListedWebhookBody>>, Problem> {
    let page = params.page(WebhookId::to_bits)?;
    let views = app.ports.webhooks.webhooks(caller.member, page).await?;
    Ok(listed(&views, page, |view| view.webhook.parts().id.to_string()))
}

/// One of them: where it stands, what it was told last, and what came of the last call.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}", operation_id = "show_webhook",
    tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = ShownWebhookBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<WebhookId>,
    _: NoParams,
) -> Result<Json<ShownWebhookBody>, Problem> {
    let found = app.ports.webhooks.webhook(caller.member, id).await?;
    let view = found.ok_or_else(Problem::not_found)?;
    let last = app.ports.webhooks.deliveries(id, Page { limit: 1, after: None }).await?;
    Ok(Json(ShownWebhookBody::new(&view, last.first())))
}

/// Change a webhook; `enabled` switches it off, or on again behind the last event told.
#[utoipa::path(
    patch, path = "/v1/webhooks/{id}", operation_id = "change_webhook",
    tag = "webhooks", params(("id" = String, Path)),
    request_body = WebhookChangeBody, responses((status = 200, body = WebhookBody, headers(("Location" = String))), ChangedOne)
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Id(id): Id<WebhookId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let change = WebhookChange {
        url: form.optional("url", WebhookUrl::parse),
        events: events(&mut form),
        note: form.optional("description", WebhookNote::parse),
        enabled: form.flag("enabled"),
    };
    form.finish()?;
    let (of, answer) = ((asked.caller.member, id), plainly(200));
    let order = ChangeWebhook::new(&app.ports);
    let order = |receipt| async { order.run(of, &change, receipt).await };
    asked.carry_out(&app, &answer, order).await
}

/// Delete a webhook: nothing more is delivered to it.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", operation_id = "delete_webhook",
    tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204, description = "deleted"), ChangedOne)
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Id(id): Id<WebhookId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let of = (asked.caller.member, id);
    let answer = |_: &Webhook| Answer { status: 204, location: None, body: String::new() };
    let order = DeleteWebhook::new(&app.ports);
    let order = |receipt| async move { order.run(of, receipt).await };
    asked.carry_out(&app, &answer, order).await
}

/// Call a webhook once, now, with a `webhook.test` that nothing else hears of.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", operation_id = "test_webhook",
    tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = TestBody), ChangedOne)
)]
pub(super) async fn test(
    State(app): State<Arc<App>>,
    Id(id): Id<WebhookId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    to_its_end(async move {
        let of = (asked.caller.member, id);
        let answer = |tested: &Tested| Answer {
            status: 200,
            location: None,
            body: text(&TestBody::from(tested)),
        };
        let (testing, keeping) = (TestWebhook::new(&app.ports), KeepAnswer::new(&app.ports));
        let order = |receipt| async move {
            let tested = testing.run(of, &move |at| test_message(id, &time(at))).await?;
            keeping.run(of.0, receipt, &tested).await?;
            Ok::<_, WebhookError>(tested)
        };
        asked.carry_out(&app, &answer, order).await
    })
    .await
}

/// Goes on when whoever asked goes away: what was called was called, and its answer is to be kept.
async fn to_its_end(
    work: impl Future<Output = Result<Response, Problem>> + Send + 'static,
) -> Result<Response, Problem> {
    let ended = tokio::spawn(work.in_current_span()).await;
    ended.unwrap_or_else(|torn| match torn.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_) => Err(Problem::new(Code::Unavailable, "the studio is stopping")),
    })
}

fn test_message(id: WebhookId, at: &str) -> Bytes {
    let data: Value = json!({ "webhook_id": id.to_string() });
    text(&Message { kind: "webhook.test", timestamp: at.to_owned(), data }).into()
}

/// Have a webhook told again what comes behind an event that it was told, under the same ids.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replay", operation_id = "replay_webhook",
    tag = "webhooks", params(("id" = String, Path),
        ("after" = String, Query, description = "the event behind which to begin: evt_000000000000 for all")),
    responses((status = 202, body = WebhookBody, headers(("Location" = String))), ChangedOne)
)]
pub(super) async fn replay(
    State(app): State<Arc<App>>,
    Id(id): Id<WebhookId>,
    mut params: Params,
    AskedLoosely(asked): AskedLoosely,
) -> Result<Response, Problem> {
    let after = params.required("after", str::parse::<EventSeq>);
    params.finish()?;
    asked.no_body()?;
    let after = after.unwrap_or_default();
    let (of, answer) = ((asked.caller.member, id), plainly(202));
    let order = ReplayWebhook::new(&app.ports);
    let order = |receipt| async { order.run(of, after, receipt).await };
    asked.also(&after.to_string()).carry_out(&app, &answer, order).await
}

/// Give a webhook another secret; the one before signs beside it for a day.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/rotate", operation_id = "rotate_webhook_secret",
    tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = NewWebhookBody, headers(("Location" = String))), ChangedOne)
)]
pub(super) async fn rotate(
    State(app): State<Arc<App>>,
    Id(id): Id<WebhookId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let (of, secret) = ((asked.caller.member, id), fresh_secret());
    let answer = with_secret(200, &secret);
    let order = RotateSecret::new(&app.ports);
    let order = |receipt| async { order.run(of, &secret, receipt).await };
    asked.carry_out(&app, &answer, order).await
}

/// What was delivered to a webhook or tried in the last seven days, newest first.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", operation_id = "list_deliveries",
    tag = "webhooks",
    params(("id" = String, Path), PageParams),
    responses((status = 200, body = ListBody<DeliveryBody>), Found)
)]
pub(super) async fn deliveries(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<WebhookId>,
    params: Params,
) -> Result<Json<ListBody<DeliveryBody>>, Problem> {
    let page = params.page(DeliveryId::to_bits)?;
    let found = app.ports.webhooks.webhook(caller.member, id).await?;
    found.ok_or_else(Problem::not_found)?;
    let lines = app.ports.webhooks.deliveries(id, page).await?;
    Ok(listed(&lines, page, |line| line.id.to_string()))
}
