//! Creatomate: renders and templates of both versions of its API, films to fetch, webhooks.
//!
//! It renders nothing: the film that it serves is a small one of the template's shape, whatever was
//! asked, and the length told is that of the script. What it does do is fetch every picture and song
//! that it was given, and fail the render when it cannot.

mod create;
mod film;
mod net;
mod order;
mod problem;
mod render;
mod script;
mod template;

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

pub use order::{Fate, Fault, Order, Pace};
use problem::Problem;
use render::Render;
pub use template::{BROKEN, EMPTY, FIXED, HORIZONTAL, SMALL, SQUARE, VERTICAL};

/// The one key that opens it.
pub const KEY: &str = "creatomate-stand-in-0123456789";

/// A handle of the stand-in; clones are handles of the same.
#[derive(Clone)]
pub struct Creatomate(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    net: net::Net,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    creating: VecDeque<Fault>,
    looking: VecDeque<Fault>,
    reading: VecDeque<Fault>,
    fates: VecDeque<Fate>,
    latency: Duration,
    pace: Pace,
    asked: Vec<Value>,
    renders: BTreeMap<String, Render>,
    delivered: Vec<u16>,
    /// Webhooks that nobody was there to take: where, and what.
    unheard: Vec<(String, Value)>,
}

/// Which of the provider's calls.
#[derive(Debug, Clone, Copy)]
enum Call {
    Create,
    Look,
    Template,
}

impl Creatomate {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let (net, book) = (net::Net::new(), Mutex::default());
        Self(Arc::new(Shared { address, net, book }))
    }

    /// Orders what is to go wrong, one for each of the next calls or renders of its kind.
    pub fn order(&self, orders: impl IntoIterator<Item = Order>) {
        let mut book = self.book();
        for order in orders {
            match order {
                Order::Create(fault) => book.creating.push_back(fault),
                Order::Look(fault) => book.looking.push_back(fault),
                Order::Template(fault) => book.reading.push_back(fault),
                Order::Render(fate) => book.fates.push_back(fate),
            }
        }
    }

    /// Every answer takes that long from now on.
    pub fn slow_down(&self, latency: Duration) {
        self.book().latency = latency;
    }

    /// What makes renders go on from now on.
    pub fn pace(&self, pace: Pace) {
        self.book().pace = pace;
    }

    /// All requests with the right key, the first one first: `{call, path, body}`.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        self.book().asked.clone()
    }

    /// How many renders were taken, each of which costs.
    #[must_use]
    pub fn purchases(&self) -> usize {
        self.book().renders.len()
    }

    /// What all renders that were taken are called by who ordered them, whatever was answered.
    #[must_use]
    pub fn orders(&self) -> Vec<Value> {
        self.book().renders.values().map(Render::order).collect()
    }

    /// Calls the webhooks once more that nobody was there to take.
    pub fn call_again(&self) {
        for (url, message) in std::mem::take(&mut self.book().unheard) {
            let this = self.clone();
            tokio::spawn(async move { render::deliver(&this, &url, message).await });
        }
    }

    /// How often a template was asked for.
    #[must_use]
    pub fn template_reads(&self) -> usize {
        self.book().asked.iter().filter(|asked| asked["call"] == "template").count()
    }

    /// The ids of all renders that were taken.
    #[must_use]
    pub fn renders(&self) -> Vec<String> {
        self.book().renders.keys().cloned().collect()
    }

    /// What the addresses of webhooks answered, 0 for nothing.
    #[must_use]
    pub fn webhooks(&self) -> Vec<u16> {
        self.book().delivered.clone()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/v1/renders", post(create::v1))
            .route("/v2/renders", post(create::v2))
            .route("/{version}/renders/{id}", get(look))
            .route("/{version}/templates/{id}", get(read_template))
            .route("/files/{name}", get(film::serve))
            .fallback(|| async { Problem::not_found("path") })
            .with_state(self.clone())
    }

    /// Where faults are ordered, and what was asked is told.
    pub(crate) fn desk(&self) -> Router {
        Router::new()
            .route("/faults", post(take_orders))
            .route("/pace", post(take_pace))
            .route("/latency_ms", post(take_latency))
            .route("/requests", get(async |State(this): State<Self>| Json(this.requests())))
            .route("/told", get(async |State(this): State<Self>| Json(this.told())))
            .with_state(self.clone())
    }

    fn told(&self) -> Value {
        let (purchases, template_reads) = (self.purchases(), self.template_reads());
        json!({"purchases": purchases, "template_reads": template_reads, "webhooks": self.webhooks()})
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn film_url(&self, id: &str) -> String {
        format!("http://{}/creatomate/files/{id}.mp4", self.0.address)
    }

    /// Checks the key, notes the request, and takes what was ordered for it.
    async fn admit(
        &self,
        call: Call,
        path: &str,
        head: &HeaderMap,
        body: &Value,
    ) -> Result<Option<Fault>, Problem> {
        let told = head.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = told.and_then(|told| told.strip_prefix("Bearer ")).unwrap_or_default();
        if key != KEY {
            return Err(Problem::wrong_key(key));
        }
        let (fault, latency) = {
            let mut book = self.book();
            let (name, faults) = match call {
                Call::Create => ("create", &mut book.creating),
                Call::Look => ("look", &mut book.looking),
                Call::Template => ("template", &mut book.reading),
            };
            let fault = faults.pop_front();
            book.asked.push(json!({"call": name, "path": path, "body": body}));
            (fault, book.latency)
        };
        if !latency.is_zero() {
            pause(latency).await;
        }
        Ok(fault)
    }
}

#[expect(clippy::disallowed_methods, reason = "a wait that was ordered")]
async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}

async fn take_orders(State(this): State<Creatomate>, Json(orders): Json<Vec<Order>>) {
    this.order(orders);
}

async fn take_latency(State(this): State<Creatomate>, Json(millis): Json<u64>) {
    this.slow_down(Duration::from_millis(millis));
}

async fn take_pace(State(this): State<Creatomate>, Json(pace): Json<Pace>) {
    this.pace(pace);
}

async fn look(
    State(this): State<Creatomate>,
    Path((version, id)): Path<(String, String)>,
    head: HeaderMap,
) -> Response {
    let path = format!("/{version}/renders/{id}");
    let fault = match this.admit(Call::Look, &path, &head, &Value::Null).await {
        Ok(fault) => fault,
        Err(problem) => return problem.into_response(),
    };
    if let Some(response) = fault.and_then(Fault::instead) {
        return response;
    }
    match render::look(&this, &id).await {
        Some(render) => problem::cut_if(fault, Json(render).into_response()).await,
        None => Problem::not_found("render").into_response(),
    }
}

async fn read_template(
    State(this): State<Creatomate>,
    Path((version, id)): Path<(String, String)>,
    head: HeaderMap,
) -> Response {
    let path = format!("/{version}/templates/{id}");
    let fault = match this.admit(Call::Template, &path, &head, &Value::Null).await {
        Ok(fault) => fault,
        Err(problem) => return problem.into_response(),
    };
    if let Some(response) = fault.and_then(Fault::instead) {
        return response;
    }
    match template::find(&id) {
        Some(template) => problem::cut_if(fault, Json(template.told()).into_response()).await,
        None => Problem::not_found("template").into_response(),
    }
}
