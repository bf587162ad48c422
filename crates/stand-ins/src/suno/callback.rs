use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    time::timeout,
};

use super::{
    fault::CallbackFault,
    job::{Job, Spelling, Stage},
};

/// Nobody is there, by definition of the domain.
const NOWHERE: &str = "callback.invalid";
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often one is tried.
const TRIES: usize = 3;

/// A callback on its way.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    url: String,
    body: Value,
}

/// The callbacks of the stages that a job has come to.
pub(super) fn since(job: &Job, before: Stage) -> Vec<Letter> {
    let url = job.asked()["callBackUrl"].as_str().unwrap_or_default();
    let host = url.split('/').nth(2).unwrap_or_default();
    if host == NOWHERE || host.is_empty() || job.calls() == Some(CallbackFault::Lost) {
        return Vec::new();
    }
    let letter = |body: Value| Letter { url: url.to_owned(), body };
    if job.failed().is_some() {
        let ended = before != Stage::Complete;
        return ended.then(|| letter(error(job.id()))).into_iter().collect();
    }
    let stages = [(Stage::Text, "text"), (Stage::First, "first"), (Stage::Complete, "complete")];
    let passed = stages.into_iter().filter(|(stage, _)| before < *stage && *stage <= job.stage());
    let mut letters: Vec<Letter> = passed.map(|(_, kind)| letter(good(job, kind))).collect();
    match job.calls() {
        Some(CallbackFault::Duplicated) => {
            letters.iter().flat_map(|l| [l.clone(), l.clone()]).collect()
        }
        Some(CallbackFault::OutOfOrder) => {
            letters.reverse();
            letters
        }
        Some(CallbackFault::Forged) => {
            let forge = |real: Letter| {
                let mut forged = real.clone();
                forged.body["data"]["task_id"] = json!("forged-0123456789");
                [forged, real]
            };
            letters.into_iter().flat_map(forge).collect()
        }
        Some(CallbackFault::Lost) | None => letters,
    }
}

fn good(job: &Job, kind: &str) -> Value {
    let data = json!({
        "callbackType": kind, "task_id": job.id(), "data": job.told(Spelling::Snake),
    });
    json!({"code": 200, "msg": "All generated successfully.", "data": data})
}

fn error(id: &str) -> Value {
    let data = json!({"callbackType": "error", "task_id": id, "data": null});
    json!({"code": 400, "msg": "It failed, as ordered.", "data": data})
}

/// Delivers letters one after the other, as long as there is anybody who sends them. Those that
/// nobody took are given back.
pub(super) fn courier(
    note: impl Fn(Value) + Send + Sync + 'static,
    give_back: impl Fn(Letter) + Send + Sync + 'static,
) -> UnboundedSender<Letter> {
    let (send, mut letters) = unbounded_channel::<Letter>();
    tokio::spawn(async move {
        while let Some(letter) = letters.recv().await {
            let mut taken = false;
            for _ in 0..TRIES {
                let status = post(&letter).await.unwrap_or_default();
                note(json!({"url": letter.url, "body": letter.body, "status": status}));
                taken = (1..500).contains(&status);
                if status == 200 {
                    break;
                }
            }
            if !taken {
                give_back(letter);
            }
        }
    });
    send
}

async fn post(letter: &Letter) -> Option<u16> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::post(&letter.url)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(letter.body.to_string()))
        .ok()?;
    let answer = timeout(PATIENCE, client.request(request)).await.ok()?.ok()?;
    Some(answer.status().as_u16())
}
