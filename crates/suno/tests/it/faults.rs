use std::time::Duration;

use castad_domain::port::{
    Advise, Maker, ProviderError,
    ProviderErrorKind::{self, Busy, NoSuchJob, Refused, Unknown},
    Retry,
};
use castad_http_client::{Limits, Secret};
use castad_stand_ins::suno::{Failing, Fault};
use castad_suno::{Settings, Suno};
use chrono::TimeDelta;

use crate::desk::{Desk, impatient};

type Told = (ProviderErrorKind, Option<String>, Retry);

fn told(error: &ProviderError) -> Told {
    (error.kind(), error.code().map(str::to_owned), error.retry())
}

fn later(seconds: i64) -> Retry {
    Retry::Later(Some(TimeDelta::seconds(seconds)))
}

fn refused(code: u16, retry_after: Option<u32>) -> [Failing; 2] {
    [true, false].map(|mirrored| Failing::Refused { code, mirrored, retry_after })
}

#[tokio::test]
async fn an_order_that_is_refused_has_bought_nothing() {
    let desk = Desk::open().await;
    for (code, retry_after, kind, retry) in [
        (400, None, Refused, Retry::Never),
        (401, None, Refused, Retry::Never),
        (404, None, Refused, Retry::Never),
        (405, None, Busy, later(10)),
        (405, Some(7), Busy, later(7)),
        (413, None, Refused, Retry::Never),
        (429, None, Refused, Retry::Never),
        (430, None, Busy, later(10)),
        (430, Some(3), Busy, later(3)),
        (455, None, Busy, later(300)),
        (500, None, Unknown, Retry::Later(None)),
    ] {
        for failing in refused(code, retry_after) {
            desk.stand_ins.suno.order([Fault::Generate(failing.clone())]);
            let error = desk.start().await.unwrap_err();
            assert_eq!(told(&error), (kind, Some(code.to_string()), retry), "{failing:?}");
        }
    }
    assert_eq!((desk.bought(), desk.asked("Generate")), (0, 22), "each is sent once");
    desk.start().await.unwrap();
}

#[tokio::test]
async fn no_credit_is_told_from_too_many_requests() {
    let desk = Desk::open().await;
    desk.stand_ins.suno.set_credits(11);
    let error = desk.start().await.unwrap_err();
    assert_eq!(told(&error), (Refused, Some("429".to_owned()), Retry::Never));
    assert_eq!(error.to_string(), "the Suno account has no credit left");
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_may_have_been_taken() {
    for (failing, taken) in [
        (Failing::ServerErrorAfter, 1),
        (Failing::Html, 1),
        (Failing::NoData, 1),
        (Failing::Dropped, 1),
        (Failing::CutShort, 1),
        (Failing::Silent, 1),
        (Failing::Unheard, 0),
        (Failing::BadGateway, 0),
    ] {
        let desk = Desk::open_with(|settings| settings, impatient()).await;
        desk.stand_ins.suno.order([Fault::Generate(failing.clone())]);
        let error = desk.start().await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (Unknown, Retry::Later(None)), "{failing:?}");
        assert_eq!((desk.bought(), desk.asked("Generate")), (taken, 1), "{failing:?}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_may_be_on_its_way() {
    let desk = Desk::open_with(|settings| settings, impatient()).await;
    desk.stand_ins.suno.slow_down(Duration::from_mins(10));
    assert_eq!(desk.start().await.unwrap_err().kind(), Unknown);
}

#[tokio::test]
async fn a_server_that_is_not_there_has_surely_begun_nothing() {
    for base in ["http://127.0.0.1:1", "http://no-such-host.invalid"] {
        let change = |settings| Settings { base: base.to_owned(), ..settings };
        let desk = Desk::open_with(change, Suno::limits()).await;
        assert_eq!(desk.start().await.unwrap_err().kind(), Busy, "{base}");
    }
    let tls = |settings: Settings| Settings {
        base: settings.base.replace("http:", "https:"),
        ..settings
    };
    let desk = Desk::open_with(tls, Suno::limits()).await;
    assert_eq!(desk.start().await.unwrap_err().kind(), Busy);
    assert_eq!(desk.asked("Generate"), 0);
}

#[tokio::test]
async fn a_look_that_fails_does_not_give_a_job_up() {
    let desk = Desk::open_with(|settings| settings, impatient()).await;
    let job = desk.made().await;
    let [mirrored, plain] = refused(401, None);
    for (failing, kind, retry) in [
        (mirrored, Busy, later(60)),
        (plain, Busy, later(60)),
        (refused(429, None)[0].clone(), Busy, later(60)),
        (refused(430, None)[0].clone(), Busy, later(10)),
        (refused(500, None)[1].clone(), Unknown, Retry::Later(None)),
        (Failing::BadGateway, Unknown, Retry::Later(None)),
        (Failing::Html, Unknown, Retry::Later(None)),
        (Failing::Dropped, Unknown, Retry::Later(None)),
        (Failing::CutShort, Unknown, Retry::Later(None)),
        (Failing::Silent, Unknown, Retry::Later(None)),
    ] {
        desk.stand_ins.suno.order([Fault::RecordInfo(failing.clone())]);
        let error = desk.suno.status(&job).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (kind, retry), "{failing:?}");
        desk.stand_ins.suno.order([Fault::RecordInfo(failing.clone())]);
        let error = desk.suno.fetch(&job).await.err().unwrap();
        assert_eq!((error.kind(), error.retry()), (kind, retry), "{failing:?}");
    }
}

#[tokio::test]
async fn a_job_that_there_is_not_may_be_said_in_many_ways() {
    let desk = Desk::open().await;
    let job = desk.made().await;
    for failing in [refused(404, None), refused(422, None), refused(400, None)].concat() {
        desk.stand_ins.suno.order([Fault::RecordInfo(failing.clone())]);
        assert_eq!(desk.suno.status(&job).await.unwrap_err().kind(), NoSuchJob, "{failing:?}");
    }
    desk.stand_ins.suno.order([Fault::RecordInfo(Failing::NoData)]);
    assert_eq!(desk.suno.status(&job).await.unwrap_err().kind(), NoSuchJob);
}

#[tokio::test]
async fn a_name_that_is_none_is_not_asked_for() {
    let desk = Desk::open().await;
    for name in ["a&taskId=b", "../x", "", "a b", "가"] {
        let job = castad_domain::model::ProviderJob::new(name);
        assert_eq!(desk.suno.status(&job).await.unwrap_err().kind(), NoSuchJob, "{name}");
    }
    assert_eq!(desk.asked("RecordInfo"), 0);
}

#[tokio::test]
async fn an_unknown_model_and_a_wrong_key_are_refused() {
    let wrong = |settings| Settings { key: Secret::new("wrong"), ..settings };
    let desk = Desk::open_with(wrong, Suno::limits()).await;
    let error = desk.start().await.unwrap_err();
    assert_eq!(told(&error), (Refused, Some("401".to_owned()), Retry::Never));

    let unknown = |settings| Settings { model: "V0".to_owned(), ..settings };
    let desk = Desk::open_with(unknown, Suno::limits()).await;
    let error = desk.start().await.unwrap_err();
    assert_eq!(told(&error), (Refused, Some("400".to_owned()), Retry::Never));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let limits = Limits { answer: 40, ..Suno::limits() };
    let desk = Desk::open_with(|settings| settings, limits).await;
    let error = desk.start().await.unwrap_err();
    assert_eq!(error.to_string(), "the provider's answer is longer than is read");
    assert_eq!(error.kind(), Unknown);
}
