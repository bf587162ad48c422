use std::sync::{Arc, Mutex};

use castad_domain::{
    model::{AttemptToken, ProviderJob},
    port::{LookUp, Maker, ProviderErrorKind},
};
use castad_stand_ins::suno::{CallbackFault, Failing, Fault, JobFault};
use castad_suno::{Settings, Suno};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use crate::desk::{Desk, order};

#[tokio::test]
async fn a_lost_job_is_found_by_what_a_callback_names() {
    let desk = Desk::open().await;
    desk.stand_ins.suno.order([Fault::Generate(Failing::Dropped)]);
    desk.start().await.unwrap_err();
    let attempt = order(1).attempt;
    assert_eq!(desk.suno.look_up(attempt, None).await.unwrap(), LookUp::CannotTell);
    let job = ProviderJob::new(desk.stand_ins.suno.jobs()[0].clone());
    let found = desk.suno.look_up(attempt, Some(job.clone())).await.unwrap();
    assert_eq!(found, LookUp::Found(job));
    assert_eq!(desk.bought(), 1);
}

#[tokio::test]
async fn a_job_of_another_attempt_and_one_that_is_not_there_are_not_believed() {
    let desk = Desk::open().await;
    let job = desk.made().await;
    let other = AttemptToken::from_bits(order(2).attempt.to_bits());
    for (attempt, told) in [
        (other, job.clone()),
        (order(1).attempt, ProviderJob::new("forged-0123456789")),
        (order(1).attempt, ProviderJob::new("../../x")),
    ] {
        let found = desk.suno.look_up(attempt, Some(told.clone())).await.unwrap();
        assert_eq!(found, LookUp::CannotTell, "{told}");
    }
}

#[tokio::test]
async fn who_does_not_answer_has_not_said_that_there_is_no_job() {
    let desk = Desk::open().await;
    let job = desk.made().await;
    desk.stand_ins.suno.order([Fault::RecordInfo(Failing::BadGateway)]);
    let error = desk.suno.look_up(order(1).attempt, Some(job)).await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Unknown);
}

/// Takes callbacks as an installation would, each with an answer of that status.
struct Mailbox {
    address: String,
    letters: UnboundedReceiver<(String, Vec<u8>)>,
}

impl Mailbox {
    async fn open(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (send, letters) = unbounded_channel();
        let statuses = Arc::new(Mutex::new(statuses.to_vec()));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut read = Vec::new();
                let (path, body) = loop {
                    if let Some(letter) = letter(&read) {
                        break letter;
                    }
                    if stream.read_buf(&mut read).await.unwrap() == 0 {
                        return;
                    }
                };
                let status = statuses.lock().unwrap().pop().unwrap_or(200);
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
                send.send((path, body)).unwrap();
            }
        });
        Self { address, letters }
    }

    async fn next(&mut self) -> (String, Vec<u8>) {
        self.letters.recv().await.unwrap()
    }
}

/// The path and body of a request that has come whole.
fn letter(read: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(read);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let body = &read[head.len() + 4..];
    let path = head.split(' ').nth(1)?.to_owned();
    (body.len() == length.parse::<usize>().ok()?).then(|| (path, body.to_vec()))
}

async fn told(fault: Option<Fault>, count: usize) -> Vec<String> {
    let mut mailbox = Mailbox::open(&[]).await;
    let address = mailbox.address.clone();
    let reached = |settings| Settings { callbacks: Some(address), ..settings };
    let desk = Desk::open_with(reached, Suno::limits()).await;
    desk.stand_ins.suno.order(fault);
    let job = desk.made().await;
    let mut told = Vec::new();
    for _ in 0..count {
        let (path, body) = mailbox.next().await;
        assert_eq!(path, format!("/callbacks/suno/{}", order(1).attempt));
        let named = desk.suno.told(&body).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let kind = body["data"]["callbackType"].as_str().unwrap();
        let forged = if named == job { "" } else { "forged " };
        told.push(format!("{forged}{kind}"));
    }
    told
}

#[tokio::test]
async fn every_callback_names_its_job() {
    assert_eq!(told(None, 3).await, ["text", "first", "complete"]);
    let failed = Fault::Job(JobFault::AudioFailed);
    assert_eq!(told(Some(failed), 1).await, ["error"]);
    for (fault, expected) in [
        (CallbackFault::Duplicated, "text text first first complete complete"),
        (CallbackFault::OutOfOrder, "complete first text"),
    ] {
        let expected: Vec<_> = expected.split(' ').collect();
        assert_eq!(told(Some(Fault::Callback(fault)), expected.len()).await, expected);
    }
}

#[tokio::test]
async fn a_forged_callback_names_a_job_that_is_not_found() {
    let forged = told(Some(Fault::Callback(CallbackFault::Forged)), 2).await;
    assert_eq!(forged, ["forged text", "text"]);
}

#[tokio::test]
async fn a_callback_that_is_not_taken_comes_three_times() {
    let mut mailbox = Mailbox::open(&[500, 404, 500]).await;
    let address = mailbox.address.clone();
    let reached = |settings| Settings { callbacks: Some(address), ..settings };
    let desk = Desk::open_with(reached, Suno::limits()).await;
    desk.made().await;
    let mut bodies = Vec::new();
    for _ in 0..4 {
        bodies.push(mailbox.next().await.1);
    }
    assert!(bodies[0] == bodies[1] && bodies[1] == bodies[2] && bodies[2] != bodies[3]);
}

#[tokio::test]
async fn nobody_is_told_where_nobody_is() {
    let desk = Desk::open().await;
    desk.made().await;
    assert!(desk.stand_ins.suno.callbacks().is_empty());
}
