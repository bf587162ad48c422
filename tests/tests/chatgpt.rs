//! The built program with ChatGPT for its words, or what stands in for it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use castad_stand_ins::{
    StandIns,
    openai::{Fault, KEY},
};
use castad_tests::{Castad, Folder};
use reqwest::Method;
use serde_json::{Value, json};

async fn stand_ins() -> StandIns {
    StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap()
}

async fn ask(castad: &Castad) -> Value {
    let brief = json!({
        "business_name": "다온카페", "region": "부산 해운대", "language": "ko",
        "orientation": "square",
    });
    let (_, made) = castad.send(Method::POST, "/v1/projects", &brief).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/projects/{id}/lyric");
    let (status, told) = castad.send(Method::POST, &path, &json!({})).await;
    assert_eq!(status, 202, "{told}");
    castad.until(id, |p| p["status"] != "producing").await
}

#[tokio::test]
async fn make_has_the_words_written_and_keeps_the_key_to_itself() {
    let (folder, stand_ins) = (Folder::new(), stand_ins().await);
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, format!("{KEY}\n")).unwrap();
    let args = ["make", "--business", "Blue Door", "--region", "Seoul", "--language", "en"];
    let made = Castad::command(folder.path())
        .args(args)
        .args(["--orientation", "square", "--out", "ad.mp4", "--json"])
        .env("CASTAD_LYRICS", "chatgpt")
        .env("CASTAD_LOG", "debug")
        .env("OPENAI_BASE_URL", stand_ins.openai_url())
        .env("OPENAI_API_KEY_FILE", &key_file)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&made.stderr);
    assert_eq!(made.status.code(), Some(0), "{told}");
    assert_eq!(stand_ins.openai.requests().len(), 1);
    assert!(told.contains("tokens were used"), "{told}");
    assert!(!told.contains(KEY), "the key is in the log");
}

#[tokio::test]
async fn serve_has_the_words_written_and_says_why_when_they_are_not() {
    let (folder, stand_ins) = (Folder::new(), stand_ins().await);
    let url = stand_ins.openai_url();
    let env = [
        ("CASTAD_LYRICS", "chatgpt"),
        ("OPENAI_API", "chat"),
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &url),
    ];
    let castad = Castad::start_with(folder.path(), &env).await;

    let made = ask(&castad).await;
    assert_eq!(made["lyric"]["status"], "ready", "{made}");
    assert!(made["lyric"]["text"].as_str().unwrap().contains("다온카페에서 만나요"));

    stand_ins.openai.order([Fault::RateLimited { retry_after: Some(1) }]);
    assert_eq!(ask(&castad).await["lyric"]["status"], "ready", "after the wait");
    assert_eq!(stand_ins.openai.requests().len(), 3);

    for (faults, code, word) in [
        (vec![Fault::InsufficientQuota], "provider_refused", json!("insufficient_quota")),
        (vec![Fault::Refusal], "provider_refused", json!("refusal")),
        (vec![Fault::WrongLanguage, Fault::NotJson], "lyric_unusable", Value::Null),
    ] {
        stand_ins.openai.order(faults);
        let failed = ask(&castad).await;
        let failure = &failed["lyric"]["failure"];
        assert_eq!(
            (&failure["code"], &failure["provider_code"]),
            (&code.into(), &word),
            "{failed}"
        );
        assert_eq!((&failure["stage"], &failure["provider"]), (&"lyric".into(), &"chatgpt".into()));
    }
}

#[tokio::test]
async fn a_key_that_is_missing_is_named_before_anything_is_begun() {
    let folder = Folder::new();
    for command in ["check-config", "serve", "make"] {
        let told = Castad::command(folder.path())
            .arg(command)
            .env("CASTAD_LYRICS", "chatgpt")
            .output()
            .await
            .unwrap();
        assert_eq!(told.status.code(), Some(2), "{command}");
        let error = String::from_utf8_lossy(&told.stderr);
        assert!(error.contains("OPENAI_API_KEY: is needed"), "{error}");
    }
}
