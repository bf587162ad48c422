use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use castad_domain::{
    model::{WebhookFault, WebhookSecret, WebhookUrl},
    port::{Clock, WebhookAnswer, WebhookCall, WebhookSender},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{ManualClock, bell::locked};

type Reply = Result<WebhookAnswer, WebhookFault>;

/// A call that came.
#[derive(Clone)]
pub struct Received {
    /// Where.
    pub url: String,
    /// What it is called.
    pub id: String,
    /// The time that it is signed with.
    pub at: DateTime<Utc>,
    /// What it tells.
    pub body: String,
    /// What it is signed with.
    pub secrets: Vec<WebhookSecret>,
}

/// Without its secrets.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, id, at, body, .. } = self;
        write!(f, "{id} to {url} at {at}: {body}")
    }
}

/// Whoever is called by webhooks, in memory: takes everything, unless it is told otherwise.
///
/// Clones are ways to the same.
#[derive(Clone)]
pub struct MemoryReceiver {
    clock: ManualClock,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    calls: Vec<Received>,
    scripts: BTreeMap<String, Script>,
    open: usize,
    most_open: usize,
}

#[derive(Default)]
struct Script {
    next: VecDeque<Reply>,
    always: Option<Reply>,
    takes: TimeDelta,
}

impl MemoryReceiver {
    /// Nobody has called.
    #[must_use]
    pub fn new(clock: ManualClock) -> Self {
        Self { clock, kept: Arc::default() }
    }

    /// What is answered there the next so many times.
    pub fn answer(&self, url: &str, reply: Reply, times: usize) {
        self.script(url, |script| script.next.extend(std::iter::repeat_n(reply, times)));
    }

    /// What is answered there with that status the next so many times.
    pub fn status(&self, url: &str, status: u16, times: usize) {
        self.answer(url, Ok(WebhookAnswer { status, wait: None }), times);
    }

    /// What is answered there from now on, where nothing else is said.
    pub fn always(&self, url: &str, reply: Reply) {
        self.script(url, |script| script.always = Some(reply));
    }

    /// How long an answer from there takes.
    pub fn takes(&self, url: &str, time: TimeDelta) {
        self.script(url, |script| script.takes = time);
    }

    /// All calls that came.
    #[must_use]
    pub fn calls(&self) -> Vec<Received> {
        locked(&self.kept).calls.clone()
    }

    /// What was called at an address.
    #[must_use]
    pub fn ids(&self, url: &str) -> Vec<String> {
        let kept = locked(&self.kept);
        kept.calls.iter().filter(|call| call.url == url).map(|call| call.id.clone()).collect()
    }

    /// The most calls that were open at once.
    #[must_use]
    pub fn most_open(&self) -> usize {
        locked(&self.kept).most_open
    }

    fn script(&self, url: &str, change: impl FnOnce(&mut Script)) {
        change(locked(&self.kept).scripts.entry(url.to_owned()).or_default());
    }

    /// Notes a call, and says how long it takes.
    fn begin(&self, call: &WebhookCall) -> TimeDelta {
        let mut kept = locked(&self.kept);
        kept.calls.push(Received {
            url: call.url.as_str().to_owned(),
            id: call.id.clone(),
            at: call.at,
            body: String::from_utf8_lossy(&call.body).into_owned(),
            secrets: call.secrets.clone(),
        });
        kept.open += 1;
        kept.most_open = kept.most_open.max(kept.open);
        kept.scripts.get(call.url.as_str()).map_or(TimeDelta::zero(), |script| script.takes)
    }

    fn reply(&self, url: &WebhookUrl) -> Reply {
        let taken = Ok(WebhookAnswer { status: 200, wait: None });
        let mut kept = locked(&self.kept);
        let Some(script) = kept.scripts.get_mut(url.as_str()) else { return taken };
        script.next.pop_front().or(script.always).unwrap_or(taken)
    }
}

/// A call ends also when nobody waits for it any more.
struct Open<'a>(&'a MemoryReceiver);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        locked(&self.0.kept).open -= 1;
    }
}

#[async_trait]
impl WebhookSender for MemoryReceiver {
    fn allows(&self, url: &WebhookUrl) -> bool {
        url.as_str().starts_with("https://")
    }

    async fn send(&self, call: &WebhookCall) -> Reply {
        let takes = self.begin(call);
        let _open = Open(self);
        if takes > TimeDelta::zero() {
            self.clock.reach(self.clock.now() + takes).await;
        }
        self.reply(&call.url)
    }
}
