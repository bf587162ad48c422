use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{
    Client, RequestBuilder,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    redirect::Policy,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    burst::{Shot, spread},
    gate::Gate,
    verdict::{Percentiles, Verdict, millis},
};
use crate::secret::hex;

/// How many things are prepared at once.
const HANDS: usize = 8;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long an instance is asked to hold an answer back.
const WAIT: &str = "wait=30";

/// Who races: connections to the instances, and the key of an admin.
pub(super) struct Crew {
    http: Client,
    urls: Vec<String>,
    admin: String,
    /// What tells this race from others on the same instances.
    pub(super) mark: String,
}

/// Somebody who asks.
#[derive(Clone)]
pub(super) struct Runner {
    pub(super) id: String,
    key: String,
}

/// What a runner wants: where it is asked for, and with which body.
pub(super) type Wish = (Runner, String, Value);

/// An answer: its status, and what it says.
pub(super) type Told = Result<(u16, Value), String>;

impl Crew {
    pub(super) fn new(urls: &[String], key: &str) -> anyhow::Result<Self> {
        castad_http_client::install_tls();
        let http = Client::builder().redirect(Policy::none()).timeout(PATIENCE).no_proxy();
        let urls = urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        let mut mark = [0; 6];
        getrandom::fill(&mut mark).context("no random numbers are to be had")?;
        Ok(Self { http: http.build()?, urls, admin: key.to_owned(), mark: hex(&mark) })
    }

    /// The instance whose turn it is.
    fn url(&self, turn: usize) -> &str {
        &self.urls[turn % self.urls.len()]
    }

    /// What an admin is told.
    pub(super) async fn admin(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.post(format!("{}{path}", self.url(0)));
        good(path, ask(request.bearer_auth(&self.admin).json(body)).await)
    }

    /// What a runner reads.
    pub(super) async fn read(&self, who: &Runner, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(format!("{}{path}", self.url(0)));
        good(path, ask(request.bearer_auth(&who.key)).await)
    }

    /// The same, held back by an instance until there is news.
    pub(super) async fn await_read(&self, who: &Runner, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(format!("{}{path}", self.url(0)));
        good(path, ask(request.bearer_auth(&who.key).header("prefer", WAIT)).await)
    }

    /// New members, each with a key.
    pub(super) async fn runners(&self, many: usize) -> anyhow::Result<Vec<Runner>> {
        let join = |turn: usize| async move {
            let email = format!("race-{}-{turn}@example.com", self.mark);
            let body =
                json!({"email": email, "password": format!("race {}", self.mark), "name": "race"});
            let path = "/v1/members";
            let request = self.http.post(format!("{}{path}", self.url(turn)));
            let told = good(path, ask(request.json(&body)).await)?;
            let text = |field: &str| told[field].as_str().map(str::to_owned);
            let (id, key) = text("id").zip(text("key")).context("the new member has no key")?;
            Ok(Runner { id, key })
        };
        stream::iter(0..many).map(join).buffered(HANDS).try_collect().await
    }

    /// All wishes at once, in turns to the instances: each request is on its way, up to the last
    /// byte of its body, before the last byte of the first goes out.
    pub(super) async fn fire(&self, wishes: Vec<Wish>) -> Vec<Shot<Told>> {
        let mut gate = Gate::new();
        let mut running = JoinSet::new();
        for (turn, (who, path, body)) in wishes.into_iter().enumerate() {
            let body = Bytes::from(body.to_string());
            let request = self
                .http
                .post(format!("{}{path}", self.url(turn)))
                .bearer_auth(&who.key)
                .header(CONTENT_TYPE, "application/json")
                .header(CONTENT_LENGTH, body.len());
            let held = gate.hold(body);
            let asked = ask(request.body(held.body));
            running.spawn(async move {
                let end = asked.await;
                let ended = Instant::now();
                let began = held.began.get().copied().unwrap_or(ended);
                Shot { turn, end, began, took: ended - began }
            });
        }
        gate.open().await;
        running.join_all().await
    }
}

async fn ask(request: RequestBuilder) -> Told {
    let told = async {
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok::<_, reqwest::Error>((status, answer.json().await?))
    };
    told.await.map_err(|error| format!("{:#}", anyhow::Error::from(error.without_url())))
}

fn good(path: &str, told: Told) -> anyhow::Result<Value> {
    match told {
        Ok((200..300, body)) => Ok(body),
        Ok((status, body)) => {
            let detail = body["detail"].as_str().unwrap_or_default();
            bail!("{path} answered {status}: {detail}")
        }
        Err(fault) => bail!("{path}: {fault}"),
    }
}

/// Counts what a burst was told; gives what those were told who succeeded.
pub(super) fn count(verdict: &mut Verdict, shots: Vec<Shot<Told>>) -> Vec<Value> {
    verdict.began_within_ms = millis(spread(&shots));
    verdict.latency_ms = Percentiles::of(shots.iter().map(|shot| shot.took).collect());
    let mut served = Vec::new();
    let note = |of: &mut BTreeMap<String, usize>, why: String| *of.entry(why).or_default() += 1;
    for shot in shots {
        match shot.end {
            Ok((200..300, body)) => served.push(body),
            Ok((status, body)) => match body["code"].as_str() {
                Some(code) if status < 500 || code == "busy" => {
                    note(&mut verdict.refused, code.to_owned());
                }
                Some(code) => note(&mut verdict.failed, code.to_owned()),
                None => note(&mut verdict.failed, status.to_string()),
            },
            Err(fault) => note(&mut verdict.failed, fault),
        }
    }
    verdict.succeeded = served.len();
    verdict.over_issued = served.len().saturating_sub(verdict.items);
    served
}
