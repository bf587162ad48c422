use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use castad_domain::model::ProviderName;
use castad_http_client::{HttpClient, Limits, Request, Secret};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::{
    burst::{Shot, burst, spread},
    verdict::{Percentiles, Verdict, millis},
};
use crate::{secret::hex, system::SystemClock};

/// How many things are prepared at once.
const HANDS: usize = 8;

/// Who races: connections to the instances, and the key of an admin.
pub(super) struct Crew {
    http: Arc<HttpClient>,
    urls: Vec<String>,
    admin: Secret,
    /// What tells this race from others on the same instances.
    pub(super) mark: String,
}

/// Somebody who asks.
#[derive(Clone)]
pub(super) struct Runner {
    pub(super) id: String,
    key: Secret,
}

/// An answer: its status, and what it says.
pub(super) type Told = Result<(u16, Value), String>;

impl Crew {
    pub(super) fn new(urls: &[String], key: &str, clients: usize) -> anyhow::Result<Self> {
        let total = Duration::from_mins(1);
        let limits =
            Limits { at_once: clients + HANDS, idle: clients + HANDS, total, ..Limits::default() };
        let clock = Arc::new(SystemClock::default());
        let http = Arc::new(HttpClient::new(ProviderName::new("castad"), limits, clock)?);
        let urls = urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect();
        let mut mark = [0; 6];
        getrandom::fill(&mut mark).context("no random numbers are to be had")?;
        let mark = hex(&mark);
        Ok(Self { http, urls, admin: Secret::new(key), mark })
    }

    /// The instance whose turn it is.
    fn url(&self, turn: usize) -> &str {
        &self.urls[turn % self.urls.len()]
    }

    /// What an admin is told.
    pub(super) async fn admin(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::post(format!("{}{path}", self.urls[0]), body).bearer(&self.admin);
        good(path, ask(&self.http, request).await)
    }

    /// What a runner reads.
    pub(super) async fn read(&self, who: &Runner, path: &str) -> anyhow::Result<Value> {
        let request = Request::get(format!("{}{path}", self.urls[0])).bearer(&who.key);
        good(path, ask(&self.http, request).await)
    }

    /// New members, each with a key.
    pub(super) async fn runners(&self, many: usize) -> anyhow::Result<Vec<Runner>> {
        let join = |turn: usize| async move {
            let email = format!("race-{}-{turn}@example.com", self.mark);
            let body =
                json!({"email": email, "password": format!("race {}", self.mark), "name": "race"});
            let path = "/v1/members";
            let request = Request::post(format!("{}{path}", self.url(turn)), &body);
            let told = good(path, ask(&self.http, request).await)?;
            let text = |field: &str| told[field].as_str().map(str::to_owned);
            let (id, key) = text("id").zip(text("key")).context("the new member has no key")?;
            Ok(Runner { id, key: Secret::new(key) })
        };
        stream::iter(0..many).map(join).buffered(HANDS).try_collect().await
    }

    /// All shots at once, in turns to the instances, over connections that are open already.
    pub(super) async fn fire(&self, shots: Vec<(Runner, String, Value)>) -> Vec<Shot<Told>> {
        let warm = (0..shots.len()).map(|turn| {
            let (http, url) = (Arc::clone(&self.http), self.url(turn).to_owned());
            async move { drop(ask(&http, Request::get(format!("{url}/healthz"))).await) }
        });
        burst(warm.collect()).await;
        let shots = shots.into_iter().enumerate().map(|(turn, (who, path, body))| {
            let request = Request::post(format!("{}{path}", self.url(turn)), &body);
            let (http, request) = (Arc::clone(&self.http), request.bearer(&who.key));
            async move { ask(&http, request).await }
        });
        burst(shots.collect()).await
    }
}

async fn ask(http: &HttpClient, request: Request) -> Told {
    let told = async {
        let answer = http.send(request).await?;
        let status = answer.status();
        Ok::<_, castad_domain::port::ProviderError>((status, answer.json().await?))
    };
    told.await.map_err(|error| error.to_string())
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
