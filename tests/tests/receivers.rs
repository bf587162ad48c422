//! The receivers of `examples/webhooks`, in three languages: they take what the program signs, each
//! event once, and refuse what was altered, is old, or is a copy.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    path::PathBuf,
    process::Stdio,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use castad_tests::{
    Castad, Folder, built, ended_well, free_port, missing, node_tools, repository, suite,
};
use hmac::{Hmac, KeyInit, Mac};
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// What starts a receiver.
type Start = fn() -> Command;

fn main() {
    let trials = vec![
        trial("rust", &["true"], rust),
        trial("python", &["python3", "--version"], python),
        trial("typescript", &["npm", "--version"], typescript),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(language: &str, check: &[&str], start: Start) -> Trial {
    let missing = missing(language, check);
    let name = format!("the_receiver_in_{language}_takes_what_is_signed_and_refuses_the_rest");
    let run = move || -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(holds(start));
        Ok(())
    };
    Trial::test(suite(&name, missing.as_deref()), run).with_ignored_flag(missing.is_some())
}

fn examples() -> PathBuf {
    repository().join("examples/webhooks")
}

fn rust() -> Command {
    Command::new(built().join("examples/receiver"))
}

fn python() -> Command {
    let mut command = Command::new("python3");
    command.arg(examples().join("receiver.py"));
    command
}

/// Compiled by the compiler, and with the types of Node, that the client's example has.
fn typescript() -> Command {
    let tools = node_tools(&repository().join("examples/client/package.json"), "client");
    let (modules, out) = (tools.join("node_modules"), built().join("receivers"));
    let mut compiler = std::process::Command::new("node");
    compiler.arg(modules.join("typescript/bin/tsc")).arg("--project").arg(examples());
    compiler.arg("--typeRoots").arg(modules.join("@types"));
    ended_well(compiler.arg("--outDir").arg(&out));
    let mut command = Command::new("node");
    command.arg(out.join("receiver.js"));
    command
}

/// A receiver at work.
struct Receiver {
    _child: Child,
    said: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Receiver {
    async fn start(start: Start, port: u16, secret: &str) -> Self {
        let mut command = start();
        command.env("PORT", port.to_string()).env("WEBHOOK_SECRET", secret);
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut receiver = Self { _child: child, said, url: format!("http://127.0.0.1:{port}/") };
        assert_eq!(receiver.next().await, format!("listening on {port}"));
        receiver
    }

    async fn next(&mut self) -> String {
        self.said.next_line().await.unwrap().expect("the receiver goes on")
    }

    /// The next event that it took.
    async fn took(&mut self) -> Value {
        serde_json::from_str(&self.next().await).unwrap()
    }

    async fn answer(&self, message: &Message) -> u16 {
        let request = Client::new().post(&self.url).body(message.body.clone());
        let request = request.header("webhook-id", &message.id);
        let request = request.header("webhook-timestamp", message.at.to_string());
        let sent = request.header("webhook-signature", &message.signatures).send().await;
        sent.unwrap().status().as_u16()
    }
}

/// A message as somebody sends it.
#[derive(Clone)]
struct Message {
    id: String,
    at: u64,
    body: String,
    signatures: String,
}

impl Message {
    fn signed(secret: &str, id: &str, at: u64) -> Self {
        let body = json!({"type": "video.ready", "timestamp": "t", "data": {"이름": "다온"}});
        let (id, body) = (id.to_owned(), body.to_string());
        let signatures = signature(secret, &id, at, &body);
        Self { id, at, body, signatures }
    }
}

fn signature(secret: &str, id: &str, at: u64, body: &str) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[expect(clippy::disallowed_methods, reason = "receivers go by the time of the day")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

async fn holds(start: Start) {
    let (folder, port) = (Folder::new(), free_port());
    let host = format!("127.0.0.1:{port}");
    let environment = [("CASTAD_WEBHOOK_HOSTS", host.as_str())];
    let castad = Castad::start_with(folder.path(), &environment).await;
    let wanted = json!({"url": format!("http://{host}/"), "events": ["project.*"]});
    let (status, made) = castad.send(Method::POST, "/v1/webhooks", &wanted).await;
    assert_eq!(status, 201, "{made}");
    let secret = made["secret"].as_str().unwrap();
    let mut receiver = Receiver::start(start, port, secret).await;

    takes_what_the_program_signs(&castad, &mut receiver).await;
    refuses_the_rest(&mut receiver, secret).await;
}

async fn takes_what_the_program_signs(castad: &Castad, receiver: &mut Receiver) {
    let brief = json!({"business_name": "다온카페", "region": "부산", "language": "ko"});
    let mut expected = Vec::new();
    for _ in 0..3 {
        assert_eq!(castad.send(Method::POST, "/v1/projects", &brief).await.0, 201);
    }
    let log = castad.get("/v1/events?limit=100").await;
    for event in log["items"].as_array().unwrap() {
        if event["type"] == "project.created" {
            expected.push(event["id"].as_str().unwrap().to_owned());
        }
    }
    for id in expected {
        let took = receiver.took().await;
        assert_eq!(took["type"], "project.created");
        assert!(took["id"].as_str().unwrap().starts_with(&id), "{took} and not {id}");
    }
}

async fn refuses_the_rest(receiver: &mut Receiver, secret: &str) {
    let good = Message::signed(secret, "evt_1", now());
    let altered = Message { body: good.body.replace("다온", "나온"), ..good.clone() };
    assert_eq!(receiver.answer(&altered).await, 401);
    let renamed = Message { id: "evt_2".to_owned(), ..good.clone() };
    assert_eq!(receiver.answer(&renamed).await, 401);
    let later = Message { at: good.at + 1, ..good.clone() };
    assert_eq!(receiver.answer(&later).await, 401);
    let stranger = format!("whsec_{}", STANDARD.encode([9; 32]));
    assert_eq!(receiver.answer(&Message::signed(&stranger, "evt_1", now())).await, 401);
    for old in [now() - 301, now() + 400] {
        assert_eq!(receiver.answer(&Message::signed(secret, "evt_1", old)).await, 400);
    }
    let plain = Client::new().post(&receiver.url).body("{}").send().await.unwrap();
    assert_eq!(plain.status(), 400);

    // While a secret is changed there are two signatures, and another version may stand beside them.
    let other = signature(&stranger, &good.id, good.at, &good.body);
    let several = format!("v9,AAAA {other} {}", good.signatures);
    let several = Message { signatures: several, ..good.clone() };
    assert_eq!(receiver.answer(&several).await, 204);
    assert_eq!(receiver.took().await, json!({"id": "evt_1", "type": "video.ready"}));
    assert_eq!(receiver.answer(&good).await, 409, "a copy");
    // Sent again, as its sender does who has heard no answer: taken, and not dealt with twice.
    let again = Message::signed(secret, "evt_1", good.at + 1);
    assert_eq!(receiver.answer(&again).await, 204);
    assert_eq!(receiver.answer(&Message::signed(secret, "evt_9", now())).await, 204);
    assert_eq!(receiver.took().await["id"], "evt_9");
}
