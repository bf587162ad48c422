use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use castad_chatgpt::Shape;
use castad_contract::make;
use castad_domain::port::{Draft, LyricWriter};
use castad_stand_ins::openai::Fault;

use crate::desk::{Desk, order};

#[tokio::test]
async fn a_responses_request_has_the_shape_of_the_documents() {
    let desk = Desk::open(Shape::Responses).await;
    desk.ask().await.unwrap();
    let sent = &desk.stand_ins.openai.requests()[0];
    assert_eq!(sent["model"], "gpt-5.4-mini");
    assert_eq!((&sent["stream"], &sent["store"]), (&true.into(), &false.into()));
    let format = &sent["text"]["format"];
    assert_eq!((&format["type"], &format["strict"]), (&"json_schema".into(), &true.into()));
    assert!(format["name"].is_string() && format["schema"]["properties"]["sections"].is_object());
    assert!(sent["instructions"].as_str().unwrap().contains("Write in Korean"));
}

#[tokio::test]
async fn a_chat_request_has_the_shape_of_the_documents() {
    let desk = Desk::open(Shape::Chat).await;
    desk.ask().await.unwrap();
    let sent = &desk.stand_ins.openai.requests()[0];
    let format = &sent["response_format"];
    assert_eq!(
        (&format["type"], &format["json_schema"]["strict"]),
        (&"json_schema".into(), &true.into())
    );
    assert_eq!(sent["messages"][0]["role"], "system");
    assert_eq!(sent["stream_options"]["include_usage"], true);
}

/// Keeps whatever is shown.
#[derive(Default)]
struct Watcher(Mutex<Vec<String>>);

#[async_trait]
impl Draft for Watcher {
    async fn shows(&self, so_far: &str) {
        self.0.lock().unwrap().push(so_far.to_owned());
    }
}

#[tokio::test]
async fn the_words_are_shown_as_they_are_written() {
    for shape in [Shape::Responses, Shape::Chat] {
        let desk = Desk::open(shape).await;
        let watcher = Arc::new(Watcher::default());
        let words = desk.writer.write(&order(), watcher.clone()).await.unwrap();
        let shown = watcher.0.lock().unwrap();
        let (first, last) = (shown.first().unwrap(), shown.last().unwrap());
        assert!(first.len() < last.len() / 2, "it grows: {shown:?}");
        assert!(words.lines().all(|line| last.contains(line)), "{last}");
    }
}

#[tokio::test]
async fn what_the_owner_wrote_is_told_as_data() {
    let desk = Desk::open(Shape::Chat).await;
    desk.ask().await.unwrap();
    let sent = &desk.stand_ins.openai.requests()[0];
    let about = sent["messages"][1]["content"].as_str().unwrap();
    let about: serde_json::Value = serde_json::from_str(about).unwrap();
    assert_eq!(about["details"], make::brief().details.as_str());
    let rules = sent["messages"][0]["content"].as_str().unwrap();
    assert!(!rules.contains("quoted"), "{rules}");
}

#[tokio::test]
async fn the_second_request_says_what_was_wrong_with_the_first_answer() {
    let desk = Desk::open(Shape::Responses).await;
    desk.stand_ins.openai.order([Fault::TooFewLines]);
    desk.ask().await.unwrap();
    let sent = desk.stand_ins.openai.requests();
    let rules = |n: usize| sent[n]["instructions"].as_str().unwrap().to_owned();
    assert!(!rules(0).contains("could not be used"));
    assert!(rules(1).contains("it has 3 lines, at least 4 are needed"), "{}", rules(1));
}

#[tokio::test]
async fn a_base_address_may_end_in_a_slash() {
    let slash = |mut settings: castad_chatgpt::Settings| {
        settings.base += "/";
        settings
    };
    let desk = Desk::open_with(Shape::Chat, slash, castad_http_client::Limits::default()).await;
    desk.ask().await.unwrap();
}

#[tokio::test]
async fn a_check_asks_for_the_model_and_writes_nothing() {
    for shape in [Shape::Responses, Shape::Chat] {
        let desk = Desk::open(shape).await;
        desk.writer.check().await.unwrap();
        assert_eq!(desk.asked(), 0);
    }
    let unknown = |mut settings: castad_chatgpt::Settings| {
        settings.model = "gpt-0".to_owned();
        settings
    };
    let limits = castad_http_client::Limits::default();
    let desk = Desk::open_with(Shape::Responses, unknown, limits).await;
    assert_eq!(desk.writer.check().await.unwrap_err().code(), Some("model_not_found"));
    let locked = |mut settings: castad_chatgpt::Settings| {
        settings.key = castad_http_client::Secret::new("sk-wrong");
        settings
    };
    let desk = Desk::open_with(Shape::Chat, locked, limits).await;
    assert_eq!(desk.writer.check().await.unwrap_err().to_string(), "ChatGPT does not take the key");
}
