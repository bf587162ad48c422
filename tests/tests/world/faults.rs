//! What each provider may do to us, one by one: it is made all the same, or fails for a reason that
//! is told; and nothing is bought twice. What only time can end is tried in virtual time elsewhere.

use castad_stand_ins::{
    creatomate::{Fate, Fault as Render, Order},
    openai::Fault as Words,
    suno::{CallbackFault, Failing, Fault as Song, FileFault, JobFault, WordsFault},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::studio::World;

/// What comes of a fault.
enum End {
    /// It is made.
    Made,
    /// It fails with that code, and the provider's own word for it.
    Fails(&'static str, Option<&'static str>),
}

use End::{Fails, Made};

fn check(
    what: &(dyn std::fmt::Debug + Sync),
    project: &Value,
    (stage, provider): (&str, &str),
    end: &End,
) {
    let failure = &project[stage]["failure"];
    match end {
        Made => assert_eq!(project[stage]["status"], "ready", "{what:?}: {failure}"),
        Fails(code, word) => {
            assert_eq!(failure["code"], *code, "{what:?}: {project}");
            assert_eq!(failure["provider_code"].as_str(), *word, "{what:?}: {failure}");
            assert_eq!(
                (&failure["stage"], &failure["provider"]),
                (&json!(stage), &json!(provider))
            );
            let detail = failure["detail"].as_str().unwrap();
            assert!(!detail.is_empty() && !detail.contains("http"), "{what:?}: {detail}");
        }
    }
}

pub(crate) async fn of_words(world: &World) {
    for (faults, end) in [
        (vec![Words::ServerError], Made),
        (vec![Words::RateLimited { retry_after: Some(1) }], Made),
        (vec![Words::Dropped], Made),
        (vec![Words::CutShort], Made),
        (vec![Words::Html], Made),
        (vec![Words::WrongLanguage], Made),
        (vec![Words::InsufficientQuota], Fails("provider_refused", Some("insufficient_quota"))),
        (vec![Words::Refusal], Fails("provider_refused", Some("refusal"))),
        (vec![Words::TooFewLines, Words::NotJson], Fails("lyric_unusable", None)),
    ] {
        world.stand_ins.openai.order(faults.clone());
        let id = world.castad.open("square").await;
        world.order(&id, "lyric").await;
        let project = world.ended(&id).await;
        check(&faults, &project, ("lyric", "chatgpt"), &end);
    }
}

pub(crate) async fn of_songs(world: &World) {
    let busy = Failing::Refused { code: 430, mirrored: false, retry_after: Some(1) };
    let no_credit = Failing::Refused { code: 429, mirrored: false, retry_after: None };
    for (fault, end) in [
        (Song::Generate(Failing::Dropped), Made),
        (Song::Generate(Failing::CutShort), Made),
        (Song::Generate(Failing::Html), Made),
        (Song::Generate(busy), Made),
        (Song::Generate(no_credit), Fails("provider_refused", Some("429"))),
        (Song::Job(JobFault::CallbackException), Made),
        (Song::Job(JobFault::FirstWithoutAudio), Made),
        (
            Song::Job(JobFault::SensitiveWord),
            Fails("provider_refused", Some("SENSITIVE_WORD_ERROR")),
        ),
        (Song::Job(JobFault::AudioFailed), Fails("provider_failed", Some("GENERATE_AUDIO_FAILED"))),
        (Song::Callback(CallbackFault::Duplicated), Made),
        (Song::Callback(CallbackFault::OutOfOrder), Made),
        (Song::Callback(CallbackFault::Forged), Made),
        (Song::Words(WordsFault::Missing), Made),
        (Song::File(FileFault::Html), Made),
        (Song::File(FileFault::Missing), Made),
    ] {
        let before = world.bought();
        world.stand_ins.suno.order([fault.clone()]);
        let project = world.song().await;
        check(&fault, &project, ("song", "suno"), &end);
        assert!(world.bought().songs <= before.songs + 1, "{fault:?}: bought once at most");
    }
}

pub(crate) async fn of_videos(world: &World, project: &str) {
    let fails = Fate::Fails { message: "The font is missing".to_owned() };
    for (order, end) in [
        (Order::Create(Render::DroppedAfter), Made),
        (Order::Create(Render::CutShort), Made),
        (Order::Create(Render::RateLimited { retry_after: Some(1) }), Made),
        (Order::Create(Render::NoCredit), Fails("provider_refused", Some("402"))),
        (Order::Create(Render::BadRequest), Fails("provider_refused", Some("400"))),
        (Order::Render(fails), Fails("provider_failed", Some("failed"))),
        (Order::Render(Fate::Remarked), Made),
    ] {
        let before = world.bought();
        world.stand_ins.creatomate.order([order.clone()]);
        let path = format!("/v1/projects/{project}/video");
        let (status, told) = world.castad.send(Method::POST, &path, &json!({})).await;
        assert_eq!(status, 202, "{order:?}: {told}");
        let ended = world.ended(project).await;
        check(&order, &ended, ("video", "creatomate"), &end);
        assert!(world.bought().videos <= before.videos + 1, "{order:?}: bought once at most");
    }
}
