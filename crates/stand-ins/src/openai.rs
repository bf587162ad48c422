//! OpenAI: the Responses and the Chat Completions API, streamed or whole, with structured outputs.

mod chat;
mod fault;
mod problem;
mod reply;
mod responses;
mod schema;
mod words;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use fault::Effect;
pub use fault::Fault;
use problem::Problem;
use reply::{Outcome, Shape};

/// The one key that opens it.
pub const KEY: &str = "sk-stand-in-0123456789";

/// The models that it knows.
pub const MODELS: [&str; 4] = ["gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-4o"];

/// A handle of the stand-in; clones are handles of the same.
#[derive(Clone, Default)]
pub struct OpenAi(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    ordered: VecDeque<Fault>,
    latency: Duration,
    pace: Duration,
    asked: Vec<Value>,
}

impl OpenAi {
    /// Orders faults, one for each of the next requests that are in good form.
    pub fn order(&self, faults: impl IntoIterator<Item = Fault>) {
        self.book().ordered.extend(faults);
    }

    /// Every answer takes that long from now on.
    pub fn slow_down(&self, latency: Duration) {
        self.book().latency = latency;
    }

    /// Every piece of an answer that is streamed takes that long from now on.
    pub fn write_slowly(&self, pace: Duration) {
        self.book().pace = pace;
    }

    /// The bodies of all requests in good form, the first one first.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        self.book().asked.clone()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route(
                "/responses",
                post(|state, head, body| answer(Shape::Responses, state, head, body)),
            )
            .route(
                "/chat/completions",
                post(|state, head, body| answer(Shape::Chat, state, head, body)),
            )
            .route("/models/{id}", get(model))
            .fallback(|| async { Problem::not_found("/") })
            .with_state(self.clone())
    }

    /// Where faults are ordered, and what was asked is told.
    pub(crate) fn desk(&self) -> Router {
        Router::new()
            .route("/faults", post(take_order))
            .route(
                "/requests",
                get(|State(this): State<Self>| async move { Json(this.requests()) }),
            )
            .with_state(self.clone())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, body: &Value) -> (Option<Fault>, Duration) {
        let mut book = self.book();
        book.asked.push(body.clone());
        (book.ordered.pop_front(), book.latency)
    }
}

/// What it says of a model, to who has the key.
async fn model(Path(id): Path<String>, head: HeaderMap) -> Response {
    if let Err(problem) = opened(&head) {
        return problem.into_response();
    }
    if MODELS.contains(&id.as_str()) {
        let owner = "stand-in";
        return Json(
            json!({"id": id, "object": "model", "created": 1_740_855_869, "owned_by": owner}),
        )
        .into_response();
    }
    Problem::no_model(&id).into_response()
}

fn opened(head: &HeaderMap) -> Result<(), Problem> {
    let told = head.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = told.strip_prefix("Bearer ").ok_or_else(Problem::no_key)?;
    if key == KEY { Ok(()) } else { Err(Problem::wrong_key(key)) }
}

async fn take_order(State(this): State<OpenAi>, Json(faults): Json<Vec<Fault>>) {
    this.order(faults);
}

async fn answer(
    shape: Shape,
    State(this): State<OpenAi>,
    head: HeaderMap,
    body: Bytes,
) -> Response {
    match checked(shape, &head, &body) {
        Ok(body) => perform(shape, &this, &body).await,
        Err(problem) => problem.into_response(),
    }
}

fn checked(shape: Shape, head: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    opened(head)?;
    let body: Value = serde_json::from_slice(body).map_err(|_| Problem::not_json())?;
    match shape {
        Shape::Responses => responses::check(&body)?,
        Shape::Chat => chat::check(&body)?,
    }
    let model = body["model"].as_str().unwrap_or_default();
    if MODELS.contains(&model) { Ok(body) } else { Err(Problem::no_model(model)) }
}

async fn perform(shape: Shape, this: &OpenAi, body: &Value) -> Response {
    let (fault, latency) = this.next(body);
    pause(latency).await;
    let pace = this.book().pace;
    let material = match shape {
        Shape::Responses => responses::material(body),
        Shape::Chat => chat::material(body),
    };
    let whole = Outcome::of(words::write(&material));
    match fault.map_or(Effect::Outcome(whole.clone()), |fault| fault.effect(&material, whole)) {
        Effect::Outcome(outcome) => reply::reply(shape, body, &outcome, (reply::Cut::No, pace)),
        Effect::Cut(outcome, cut) => reply::reply(shape, body, &outcome, (cut, pace)),
        Effect::Instead(response) => response,
        Effect::Silence => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "a wait that was ordered")]
async fn pause(wait: Duration) {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}
