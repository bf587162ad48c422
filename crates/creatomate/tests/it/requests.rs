use std::collections::BTreeSet;

use castad_creatomate::{Settings, Templates, Version};
use castad_domain::{
    model::Orientation,
    port::{MediaErrorKind, ProviderErrorKind, VideoRenderer},
};
use castad_stand_ins::creatomate;
use chrono::TimeDelta;

use crate::{
    desk::{Desk, order},
    shelf::Links,
};

#[tokio::test]
async fn an_order_names_a_template_and_what_goes_into_it() {
    for (version, path) in [(Version::V2, "/v2/renders"), (Version::V1, "/v1/renders")] {
        let desk = Desk::open(version).await;
        desk.start().await.unwrap();
        let sent = &desk.orders()[0];
        assert_eq!(sent["path"], path);
        let body = &sent["body"];
        let fields: BTreeSet<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, BTreeSet::from(["metadata", "modifications", "template_id"]));
        assert_eq!(body["template_id"], creatomate::SQUARE);
        assert_eq!(body["metadata"], order(1, Orientation::Square).attempt.to_string());
        let changes = &body["modifications"];
        assert_eq!(changes["duration"], 30.001);
        assert_eq!(changes["Title.text"], "다온카페 & Co.");
        assert_eq!(changes["Scene-1.duration"], 7.5);
        let url = desk.shelf.url();
        let photo = |n: u32| format!("{url}/images/img_{n}.jpg?signature=of-the-shelf");
        for (place, picture) in [(1, 1), (2, 2), (3, 3), (4, 1)] {
            assert_eq!(changes[format!("Photo-{place}.source")], photo(picture), "{place}");
        }
        assert!(changes["Music.source"].as_str().unwrap().contains("/songs/"));
        assert!(changes.get("Logo.source").is_none());
        let captions = changes["Captions.elements"].as_array().unwrap();
        let said: Vec<_> = captions.iter().map(|c| (&c["text"], &c["time"], &c["y"])).collect();
        assert_eq!(
            said,
            [
                (&"해운대 골목 끝".into(), &0.0.into(), &"85%".into()),
                (&"다온카페로 와요".into(), &4.0.into(), &"85%".into()),
            ]
        );
    }
}

#[tokio::test]
async fn nothing_that_is_written_into_a_template_matches_nothing() {
    for id in [creatomate::SQUARE, creatomate::SMALL, creatomate::FIXED] {
        let desk = Desk::changed(|settings, _| with_template(settings, id)).await;
        desk.start().await.unwrap();
        let body = desk.orders()[0]["body"].clone();
        let mut trial = body.as_object().unwrap().clone();
        trial.insert("dry_run".to_owned(), true.into());
        let answer = trial_of(&desk, &trial).await;
        assert_eq!(answer["warnings"], serde_json::json!([]), "{id}");
        assert_eq!(answer["source"]["output_format"], "mp4", "{id}");
        assert_eq!(answer["source"]["duration"], 30.001, "{id}");
    }
}

async fn trial_of(
    desk: &Desk,
    order: &serde_json::Map<String, serde_json::Value>,
) -> serde_json::Value {
    use castad_domain::model::ProviderName;
    use castad_http_client::{HttpClient, Limits, Request, Secret};
    let clock = std::sync::Arc::new(desk.clock.clone());
    let http = HttpClient::new(ProviderName::new("trial"), Limits::default(), clock).unwrap();
    let url = format!("{}/v2/renders", desk.stand_ins.creatomate_url());
    let request = Request::post(url, order).bearer(&Secret::new(creatomate::KEY));
    http.send(request).await.unwrap().json().await.unwrap()
}

fn with_template(settings: Settings, id: &str) -> Settings {
    let templates = Templates { square: Some(id.to_owned()), ..Templates::default() };
    Settings { templates, ..settings }
}

#[tokio::test]
async fn each_shape_has_its_template() {
    let desk = Desk::open(Version::V2).await;
    let shapes = [Orientation::Vertical, Orientation::Square, Orientation::Horizontal];
    for (n, shape) in (1..).zip(shapes) {
        desk.renderer.start(&order(n, shape)).await.unwrap();
    }
    let asked: Vec<_> =
        desk.orders().iter().map(|order| order["body"]["template_id"].clone()).collect();
    assert_eq!(asked, [creatomate::VERTICAL, creatomate::SQUARE, creatomate::HORIZONTAL]);
}

#[tokio::test]
async fn what_cannot_be_rendered_as_it_should_is_not_bought() {
    let missing = "0f5a3c1e-0000-4000-8000-000000000000";
    for (id, said) in [
        (None, "no template is set for square videos: CREATOMATE_TEMPLATE_SQUARE"),
        (
            Some(creatomate::EMPTY),
            "the template for square videos has no place for a picture: CREATOMATE_TEMPLATE_SQUARE",
        ),
        (
            Some(creatomate::BROKEN),
            "the template for square videos cannot be read: CREATOMATE_TEMPLATE_SQUARE",
        ),
        (
            Some(missing),
            "Creatomate has no such template for square videos: CREATOMATE_TEMPLATE_SQUARE",
        ),
        (
            Some("../renders/x"),
            "Creatomate has no such template for square videos: CREATOMATE_TEMPLATE_SQUARE",
        ),
    ] {
        let desk = Desk::changed(|settings, _| Settings {
            templates: Templates { square: id.map(str::to_owned), ..Templates::default() },
            ..settings
        })
        .await;
        let error = desk.start().await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ProviderErrorKind::Refused, said));
        assert!(desk.orders().is_empty(), "{said}");
    }
}

#[tokio::test]
async fn links_outlive_the_queue_and_the_render() {
    let desk = Desk::open(Version::V2).await;
    desk.start().await.unwrap();
    let three_hours = castad_domain::port::Clock::now(&desk.clock) + TimeDelta::hours(3);
    assert_eq!(desk.shelf.until(), [three_hours; 4]);
}

#[tokio::test]
async fn media_without_a_public_address_are_told_before_anything_is_bought() {
    let desk = Desk::open(Version::V2).await;
    for (links, kind, said) in [
        (
            Links::None,
            ProviderErrorKind::Refused,
            "pictures and songs have no public address for Creatomate to fetch",
        ),
        (
            Links::Fault(MediaErrorKind::Unavailable),
            ProviderErrorKind::Busy,
            "pictures and songs cannot be handed out",
        ),
        (
            Links::Fault(MediaErrorKind::WrongType),
            ProviderErrorKind::Refused,
            "pictures and songs cannot be handed out",
        ),
    ] {
        desk.shelf.answer_with(links);
        let error = desk.start().await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, said), "{links:?}");
    }
    assert!(desk.orders().is_empty());
}

#[tokio::test]
async fn addresses_may_end_in_a_slash() {
    let desk = Desk::changed(|settings, shelf| Settings {
        base: settings.base + "/",
        callbacks: Some(shelf.url() + "/"),
        ..settings
    })
    .await;
    desk.start().await.unwrap();
    let attempt = order(1, Orientation::Square).attempt;
    let expected = format!("{}/callbacks/creatomate/{attempt}", desk.shelf.url());
    assert_eq!(desk.orders()[0]["body"]["webhook_url"], expected);
}
