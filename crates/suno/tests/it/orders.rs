use castad_contract::make;
use castad_domain::{
    model::LyricText,
    port::{Advise, ProviderErrorKind, Retry, SongComposer, SongOrder},
};
use castad_suno::{Settings, Suno};

use crate::desk::{Desk, order};

async fn desk(model: &str, callbacks: Option<&str>) -> Desk {
    let change = |settings| Settings {
        model: model.to_owned(),
        callbacks: callbacks.map(str::to_owned),
        ..settings
    };
    Desk::open_with(change, Suno::limits()).await
}

fn long(lines: usize) -> SongOrder {
    let body = "빵".repeat(LyricText::MAX_LINE) + "\n";
    SongOrder { words: LyricText::parse("빵", &body.repeat(lines)).unwrap(), ..order(1) }
}

#[tokio::test]
async fn an_order_has_the_shape_of_the_documents() {
    let desk = desk("V5", Some("https://castad.example/")).await;
    let job = desk.start().await.unwrap();
    assert_eq!(desk.stand_ins.suno.jobs(), [job.as_str()]);
    let sent = &desk.stand_ins.suno.purchases()[0];
    assert_eq!((&sent["customMode"], &sent["instrumental"]), (&true.into(), &false.into()));
    assert_eq!(sent["prompt"], make::words().to_string());
    assert_eq!((&sent["title"], &sent["model"]), (&"바다 한 잔".into(), &"V5".into()));
    assert_eq!(sent["style"], "잔잔한 발라드");
    let address = format!("https://castad.example/callbacks/suno/{}", order(1).attempt);
    assert_eq!(sent["callBackUrl"], address);
    assert_eq!(sent.as_object().unwrap().len(), 7, "nothing else is told");
}

#[tokio::test]
async fn who_cannot_be_reached_says_so_with_the_attempt() {
    let desk = desk("V5", None).await;
    desk.start().await.unwrap();
    let address = format!("https://callback.invalid/callbacks/suno/{}", order(1).attempt);
    assert_eq!(desk.stand_ins.suno.purchases()[0]["callBackUrl"], address);
}

#[tokio::test]
async fn a_brief_without_a_style_gets_one_in_its_language() {
    let desk = desk("V4", None).await;
    desk.suno.start(&SongOrder { brief: make::english_brief(), ..order(1) }).await.unwrap();
    let mut korean = make::brief();
    korean.style = None;
    desk.suno.start(&SongOrder { brief: korean, ..order(2) }).await.unwrap();
    for (n, language) in ["English vocals", "Korean vocals"].into_iter().enumerate() {
        let style = desk.stand_ins.suno.purchases()[n]["style"].to_string();
        assert!(style.contains(language), "{style}");
    }
}

#[tokio::test]
async fn words_that_do_not_fit_are_not_sent() {
    for (model, fits) in [("V4", 29), ("V5", 49), ("V4_5ALL", 49)] {
        let desk = desk(model, None).await;
        desk.suno.start(&long(fits)).await.unwrap();
        let error = desk.suno.start(&long(fits + 1)).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ProviderErrorKind::Refused, Retry::Never));
        let told = error.to_string();
        let most = if model == "V4" { "takes 3000" } else { "takes 5000" };
        assert!(told.starts_with("the lyric has ") && told.ends_with(most), "{told}");
        assert_eq!(desk.asked("Generate"), 1, "{model}");
    }
}

#[tokio::test]
async fn a_title_fits_every_model() {
    let title = "바".repeat(LyricText::MAX_TITLE);
    let words = LyricText::parse(&title, "빵").unwrap();
    for model in ["V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5"] {
        let desk = desk(model, None).await;
        desk.suno.start(&SongOrder { words: words.clone(), ..order(1) }).await.unwrap();
        assert_eq!(desk.stand_ins.suno.purchases()[0]["title"], title);
    }
}
