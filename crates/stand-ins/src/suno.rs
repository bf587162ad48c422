//! Suno by way of sunoapi.org: songs, how they are doing, timed words, credits, files, callbacks.
//!
//! A job moves on when it is looked at, or when that is ordered; no clock is read.

mod answer;
mod callback;
mod fault;
mod form;
mod job;
mod mp3;
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
    http::{HeaderMap, Uri, header::HOST},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use answer::Envelope;
use callback::Letter;
pub use fault::{CallbackFault, Failing, Fault, FileFault, JobFault, WordsFault};
use job::Job;

/// The one key that opens it.
pub const KEY: &str = "suno-stand-in-0123456789";

/// The models that it knows.
pub const MODELS: [&str; 6] = ["V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5"];

/// What a job costs.
pub const PRICE: i64 = 12;

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Generate,
    RecordInfo,
    Lyrics,
    Credit,
}

/// A handle of the stand-in; clones are handles of the same.
#[derive(Clone, Default)]
pub struct Suno(Arc<Mutex<Book>>);

struct Book {
    ordered: VecDeque<Fault>,
    latency: Duration,
    looks: u32,
    credits: i64,
    asked: Vec<Value>,
    jobs: Vec<Job>,
    told: Vec<Value>,
    unheard: Vec<Letter>,
    courier: Option<UnboundedSender<Letter>>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            ordered: VecDeque::new(),
            latency: Duration::ZERO,
            looks: 3,
            credits: 1_000,
            asked: Vec::new(),
            jobs: Vec::new(),
            told: Vec::new(),
            unheard: Vec::new(),
            courier: None,
        }
    }
}

impl Suno {
    /// Orders faults, each for the next request, job or file of its kind.
    pub fn order(&self, faults: impl IntoIterator<Item = Fault>) {
        self.book().ordered.extend(faults);
    }

    /// Every answer takes that long from now on.
    pub fn slow_down(&self, latency: Duration) {
        self.book().latency = latency;
    }

    /// Jobs that are taken from now on are done after so many looks; with none, at once.
    pub fn work_for(&self, looks: u32) {
        self.book().looks = looks;
    }

    /// How many credits are left from now on.
    pub fn set_credits(&self, credits: i64) {
        self.book().credits = credits;
    }

    /// All jobs are done now, and say so to their callbacks.
    pub fn finish(&self) {
        let mut book = self.book();
        let letters: Vec<Letter> = book.jobs.iter_mut().flat_map(Job::finish).collect();
        self.send(&mut book, letters);
    }

    /// Sends the callbacks once more that nobody was there to take.
    pub fn call_again(&self) {
        let mut book = self.book();
        let letters = std::mem::take(&mut book.unheard);
        self.send(&mut book, letters);
    }

    /// Everything that was asked, the first one first: `call`, `query` and `body`.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        self.book().asked.clone()
    }

    /// The orders of all jobs that were taken and charged, whatever was answered.
    #[must_use]
    pub fn purchases(&self) -> Vec<Value> {
        self.book().jobs.iter().map(|job| job.asked().clone()).collect()
    }

    /// The names of all jobs that were taken.
    #[must_use]
    pub fn jobs(&self) -> Vec<String> {
        self.book().jobs.iter().map(|job| job.id().to_owned()).collect()
    }

    /// The callbacks that were sent: `url`, `body` and the `status` of the answer, 0 for none.
    #[must_use]
    pub fn callbacks(&self) -> Vec<Value> {
        self.book().told.clone()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route(
                "/api/v1/generate",
                post(async |s, h, u, b| answer(Call::Generate, s, h, u, b).await),
            )
            .route(
                "/api/v1/generate/record-info",
                get(async |s, h, u, b| answer(Call::RecordInfo, s, h, u, b).await),
            )
            .route(
                "/api/v1/generate/get-timestamped-lyrics",
                post(async |s, h, u, b| answer(Call::Lyrics, s, h, u, b).await),
            )
            .route(
                "/api/v1/generate/credit",
                get(async |s, h, u, b| answer(Call::Credit, s, h, u, b).await),
            )
            .route("/files/{name}", get(file))
            .fallback(|| async { answer::reply(Err(Envelope::not_found())) })
            .method_not_allowed_fallback(|| async { answer::reply(Err(Envelope::not_found())) })
            .with_state(self.clone())
    }

    /// Where faults are ordered, and what was asked is told.
    pub(crate) fn desk(&self) -> Router {
        Router::new()
            .route("/faults", post(take_order))
            .route("/settings", post(set))
            .route("/finish", post(|State(this): State<Self>| async move { this.finish() }))
            .route("/requests", told(Self::requests))
            .route("/purchases", told(Self::purchases))
            .route("/callbacks", told(Self::callbacks))
            .with_state(self.clone())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has letters delivered one after the other.
    fn send(&self, book: &mut Book, letters: Vec<Letter>) {
        if letters.is_empty() {
            return;
        }
        let (this, that) = (self.clone(), self.clone());
        let note = move |told| this.book().told.push(told);
        let give_back = move |letter| that.book().unheard.push(letter);
        let courier = book.courier.get_or_insert_with(|| callback::courier(note, give_back));
        for letter in letters {
            drop(courier.send(letter));
        }
    }

    fn generate(&self, host: &str, body: &Value) -> Result<Value, Envelope> {
        form::check(body)?;
        let mut book = self.book();
        if book.credits < PRICE {
            return Err(Envelope::new(429, "The current credits are insufficient."));
        }
        book.credits -= PRICE;
        let fault = fault::take(&mut book.ordered, Fault::job);
        let calls = fault::take(&mut book.ordered, Fault::callback);
        let number = book.jobs.len();
        let mut job = Job::new(number, host, body, book.looks).with(fault, calls);
        let id = job.id().to_owned();
        let letters = if book.looks == 0 { job.finish() } else { Vec::new() };
        book.jobs.push(job);
        self.send(&mut book, letters);
        Ok(json!({"taskId": id}))
    }

    fn record_info(&self, uri: &Uri) -> Result<Value, Envelope> {
        let query = uri.query().unwrap_or_default();
        let id = query.split('&').find_map(|pair| pair.strip_prefix("taskId="));
        let id = id.ok_or_else(|| Envelope::new(400, "taskId is required"))?;
        let mut book = self.book();
        let Some(job) = book.jobs.iter_mut().find(|job| job.id() == id) else {
            return Ok(Value::Null);
        };
        let (record, letters) = job.look();
        self.send(&mut book, letters);
        Ok(record)
    }

    fn timed(&self, body: &Value) -> Result<Value, Envelope> {
        let mut book = self.book();
        let fault = fault::take(&mut book.ordered, Fault::words);
        let (task, audio) = (&body["taskId"], &body["audioId"]);
        if !task.is_string() || !audio.is_string() {
            return Err(Envelope::new(400, "taskId and audioId are required"));
        }
        let job = book.jobs.iter().find(|job| *task == job.id());
        let track = job.and_then(|job| job.track(audio.as_str().unwrap_or_default()));
        Ok(track.map_or(Value::Null, |(words, millis)| words::timed(words, millis, fault)))
    }

    fn credit(&self) -> Value {
        self.book().credits.into()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    looks: Option<u32>,
    latency_ms: Option<u64>,
    credits: Option<i64>,
}

async fn set(State(this): State<Suno>, Json(settings): Json<Settings>) {
    if let Some(looks) = settings.looks {
        this.work_for(looks);
    }
    if let Some(credits) = settings.credits {
        this.set_credits(credits);
    }
    if let Some(millis) = settings.latency_ms {
        this.slow_down(Duration::from_millis(millis));
    }
}

async fn take_order(State(this): State<Suno>, Json(faults): Json<Vec<Fault>>) {
    this.order(faults);
}

fn told(what: fn(&Suno) -> Vec<Value>) -> axum::routing::MethodRouter<Suno> {
    get(move |State(this): State<Suno>| async move { Json(what(&this)) })
}

async fn answer(
    call: Call,
    State(this): State<Suno>,
    head: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (fault, latency) = {
        let mut book = this.book();
        let fault = fault::take(&mut book.ordered, |fault| fault.of(call));
        let call = format!("{call:?}");
        book.asked.push(json!({"call": call, "query": uri.query(), "body": body}));
        (fault, book.latency)
    };
    if !latency.is_zero() {
        #[expect(clippy::disallowed_methods, reason = "a latency that was ordered")]
        tokio::time::sleep(latency).await;
    }
    let host = head.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let act = || {
        answer::opened(&head, KEY)?;
        match call {
            Call::Generate => this.generate(host, &body),
            Call::RecordInfo => this.record_info(&uri),
            Call::Lyrics => this.timed(&body),
            Call::Credit => Ok(this.credit()),
        }
    };
    match fault {
        None => answer::reply(act()),
        Some(fault) => fault.instead(act).await,
    }
}

async fn file(State(this): State<Suno>, Path(name): Path<String>) -> Response {
    let (song, fault) = {
        let mut book = this.book();
        let song = book.jobs.iter().find_map(|job| job.file(&name));
        (song, fault::take(&mut book.ordered, Fault::file))
    };
    answer::file(song, fault)
}

#[cfg(test)]
mod tests;
