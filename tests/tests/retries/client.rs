use std::{collections::BTreeMap, sync::Arc, time::Duration};

use castad_contract::photo::PICTURE;
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

use super::{
    dice::Dice,
    door::Door,
    routes,
    wish::{Body, Wish},
};

/// The longest that anything here may take.
const LIMIT: Duration = Duration::from_mins(2);
/// How soon somebody asks again who was refused.
const AGAIN: Duration = Duration::from_millis(50);

/// One who asks with a key of their own.
pub(crate) struct Client {
    pub(crate) door: Arc<Door>,
    pub(crate) dice: Dice,
    key: String,
    /// What the names of all that is asked begin with.
    name: String,
    asked: usize,
    /// What was asked last, and what was answered.
    last: Option<(Wish, Value)>,
}

/// What was answered.
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Heard {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it may succeed later. The earlier face has problems of its own kind.
    fn may_be_asked_again(&self) -> bool {
        let earlier = self.body.get("retryable").is_none();
        self.body["retryable"] == true || (earlier && [409, 429, 503].contains(&self.status))
    }
}

impl Client {
    pub(crate) fn of(door: &Arc<Door>, key: &str, name: String, dice: Dice) -> Self {
        let (door, key) = (Arc::clone(door), key.to_owned());
        Self { door, dice, key, name, asked: 0, last: None }
    }

    /// Asks under one name until an answer is heard, and hears it once more.
    pub(crate) async fn ask(&mut self, path: &str, body: &Value) -> Value {
        self.have(path, Body::Json(body.clone())).await
    }

    /// The same with a picture.
    pub(crate) async fn upload(
        &mut self,
        path: &str,
        fields: Vec<(&'static str, String)>,
    ) -> Value {
        self.have(path, Body::Form(fields, PICTURE)).await
    }

    async fn have(&mut self, path: &str, body: Body) -> Value {
        self.asked += 1;
        let head = format!(
            "Authorization: Bearer {}\r\nIdempotency-Key: {}-{}\r\n",
            self.key, self.name, self.asked
        );
        let wish = Wish { path: path.to_owned(), head, body };
        self.lose(&wish).await;
        let heard = self.insist(&wish).await;
        assert!(heard.is_success(), "{wish:?}\n{} {}", heard.status, heard.body);
        let answer = heard.body;
        self.hears_again(&wish, &answer).await;
        self.last = Some((wish, answer.clone()));
        answer
    }

    async fn hears_again(&mut self, wish: &Wish, answer: &Value) {
        let again = self.hear(wish).await;
        assert!(again.is_success(), "{wish:?}\n{}", again.body);
        let path = wish.path.as_str();
        if ["/v1/keys", "/v1/webhooks"].contains(&path) || path.ends_with("/rotate") {
            // A secret is told once: whoever has not heard it makes another one.
            assert_eq!(answer["id"], again.body["id"]);
        } else {
            assert_eq!(*answer, again.body, "{path} answers it again");
        }
    }

    /// What was asked last is answered the same, by whichever process.
    pub(crate) async fn is_remembered(&mut self) {
        let (wish, answer) = self.last.take().unwrap();
        self.hears_again(&wish, &answer).await;
    }

    /// Asks a few times and hears nothing: goes away half-way through the request, at once, in the
    /// midst of what is done, or with the first byte of the answer.
    pub(crate) async fn lose(&mut self, wish: &Wish) {
        for _ in 0..self.dice.below(3) {
            // The program finds out while it works that who keeps a connection is gone.
            let request = self.request(wish, "keep-alive");
            let whole = !self.dice.once_in(4);
            let sent = if whole { request.len() } else { request.len() / 2 };
            let mut stream = self.connect().await;
            // Who is refused by its head alone may find the connection closed.
            let told = stream.write_all(&request[..sent]).await;
            let patience = match self.dice.below(4) {
                0 => Duration::ZERO,
                1 => LIMIT,
                _ => Duration::from_millis(self.dice.below(60) as u64),
            };
            if told.is_ok() && whole {
                drop(timeout(patience, stream.read_exact(&mut [0; 1])).await);
            }
        }
    }

    fn request(&mut self, wish: &Wish, connection: &str) -> Vec<u8> {
        routes::note(&wish.path);
        wish.request(self.dice.below(1_000_000), connection)
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.door.address).await.unwrap()
    }

    /// Asks once, and hears the whole answer.
    pub(crate) async fn hear(&mut self, wish: &Wish) -> Heard {
        let request = self.request(wish, "close");
        let mut stream = self.connect().await;
        stream.write_all(&request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Heard { status, head: head.to_owned(), body: serde_json::from_str(body).unwrap() }
    }

    /// Asks until it is answered for good.
    pub(crate) async fn insist(&mut self, wish: &Wish) -> Heard {
        let mut again = interval(AGAIN);
        loop {
            again.tick().await;
            let heard = self.hear(wish).await;
            if heard.is_success() || !heard.may_be_asked_again() {
                return heard;
            }
        }
    }

    /// Something that is no order, and is not asked again.
    pub(crate) async fn change(&self, method: Method, path: &str, body: &Value) {
        let request = self.door.stranger(method, path).bearer_auth(&self.key).json(body);
        let changed = request.send().await.unwrap();
        assert!(changed.status().is_success(), "{path}: {}", changed.text().await.unwrap());
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.read(path, "application/json").await.json().await.unwrap()
    }

    async fn read(&self, path: &str, kind: &str) -> Response {
        let request = self.door.stranger(Method::GET, path).bearer_auth(&self.key);
        request.header("accept", kind).send().await.unwrap()
    }

    /// The project once a stage of it is in one of these states: it is read again when its log says so.
    pub(crate) async fn until(&self, project: &str, stage: &str, states: &[&str]) -> Value {
        let path = format!("/v1/projects/{project}");
        let news: Vec<String> =
            states.iter().map(|state| format!("event: {stage}.{state}\n")).collect();
        let seen = async {
            loop {
                let mut stream = self.read(&format!("{path}/events"), "text/event-stream").await;
                let mut told = String::new();
                while let Ok(Some(more)) = stream.chunk().await {
                    told += &String::from_utf8_lossy(&more);
                    if news.iter().any(|news| told.contains(news)) {
                        told.clear();
                        let found = self.get(&path).await;
                        if states.iter().any(|state| found[stage]["status"] == *state) {
                            return found;
                        }
                    }
                }
            }
        };
        let seen = timeout(LIMIT, seen).await;
        assert!(seen.is_ok(), "it does not come to be so in time: {}", self.get(&path).await);
        seen.unwrap()
    }

    /// How often each thing happened to this member.
    pub(crate) async fn told(&self) -> BTreeMap<String, usize> {
        let (mut told, mut after) = (BTreeMap::new(), String::new());
        loop {
            let page = self.get(&format!("/v1/events?limit=100{after}")).await;
            for event in page["items"].as_array().unwrap() {
                *told.entry(event["type"].as_str().unwrap().to_owned()).or_default() += 1;
            }
            let Some(next) = page["next"].as_str() else { return told };
            after = format!("&after={next}");
        }
    }
}

pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("{name} of {answer}"))
}
