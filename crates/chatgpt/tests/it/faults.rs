use std::time::Duration;

use castad_chatgpt::{Settings, Shape};
use castad_domain::port::{
    Advise, ProviderError,
    ProviderErrorKind::{self, Busy, Refused, Unknown, Unusable},
    Retry,
};
use castad_http_client::{Limits, Secret};
use castad_stand_ins::openai::Fault;
use chrono::TimeDelta;

use crate::desk::{Desk, impatient};

const SHAPES: [Shape; 2] = [Shape::Responses, Shape::Chat];

type Told = (ProviderErrorKind, Option<String>, Retry);

fn told(error: &ProviderError) -> Told {
    (error.kind(), error.code().map(str::to_owned), error.retry())
}

fn later(seconds: i64) -> Retry {
    Retry::Later(Some(TimeDelta::seconds(seconds)))
}

#[tokio::test]
async fn every_refusal_says_what_the_caller_may_do() {
    let soon = Retry::Later(None);
    for shape in SHAPES {
        let desk = Desk::open(shape).await;
        for (fault, kind, code, retry) in [
            (Fault::ServerError, Busy, Some("server_error"), soon),
            (Fault::BadGateway, Unknown, Some("502"), soon),
            (
                Fault::Overloaded { retry_after: Some(9) },
                Busy,
                Some("server_is_overloaded"),
                later(9),
            ),
            (
                Fault::RateLimited { retry_after: Some(7) },
                Busy,
                Some("rate_limit_exceeded"),
                later(7),
            ),
            (Fault::RateLimited { retry_after: None }, Busy, Some("rate_limit_exceeded"), soon),
            (Fault::LimitUsedUp { reset: 12 }, Busy, Some("rate_limit_exceeded"), later(12)),
            (Fault::InsufficientQuota, Refused, Some("insufficient_quota"), Retry::Never),
            (Fault::CreditExhausted, Refused, Some("credit_balance_exhausted"), Retry::Never),
            (Fault::Forbidden, Refused, Some("unsupported_country_region_territory"), Retry::Never),
            (Fault::Redirect, Refused, Some("307"), Retry::Never),
            (Fault::Dropped, Unknown, None, soon),
            (Fault::CutShort, Unknown, None, soon),
            (Fault::EndsEarly, Unknown, None, soon),
            (Fault::Html, Unknown, None, soon),
            (Fault::FailsMidway, Busy, Some("server_error"), soon),
            (Fault::Refusal, Refused, Some("refusal"), Retry::Never),
            (Fault::ContentFilter, Refused, Some("content_filter"), Retry::Never),
        ] {
            let before = desk.asked();
            desk.stand_ins.openai.order([fault.clone()]);
            let error = desk.ask().await.unwrap_err();
            assert_eq!(told(&error), (kind, code.map(str::to_owned), retry), "{shape:?} {fault:?}");
            assert_eq!(desk.asked(), before + 1, "{fault:?} is not asked again here");
        }
        assert!(desk.ask().await.is_ok(), "nothing of it stays");
    }
}

#[tokio::test]
async fn a_wrong_answer_is_asked_again_once() {
    for shape in SHAPES {
        let cut = if shape == Shape::Chat { "length" } else { "max_output_tokens" };
        for (fault, code) in [
            (Fault::Truncated, Some(cut)),
            (Fault::TooFewLines, None),
            (Fault::WrongLanguage, None),
            (Fault::NoName, None),
            (Fault::Emoji, None),
            (Fault::NotJson, None),
        ] {
            let desk = Desk::open(shape).await;
            desk.stand_ins.openai.order([fault.clone()]);
            assert!(desk.ask().await.is_ok(), "{shape:?} {fault:?}: the second answer is good");
            assert_eq!(desk.asked(), 2);

            desk.stand_ins.openai.order([fault.clone(), fault.clone()]);
            let error = desk.ask().await.unwrap_err();
            let expected = (Unusable, code.map(str::to_owned), Retry::Never);
            assert_eq!(told(&error), expected, "{shape:?} {fault:?}");
            assert_eq!(desk.asked(), 4, "not a third time");
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_second_request_is_told_as_it_is() {
    let desk = Desk::open(Shape::Responses).await;
    desk.stand_ins.openai.order([Fault::NotJson, Fault::RateLimited { retry_after: Some(3) }]);
    let error = desk.ask().await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (Busy, later(3)));
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_may_have_been_written() {
    let desk = Desk::open_with(Shape::Responses, |settings| settings, impatient()).await;
    desk.stand_ins.openai.order([Fault::Silent]);
    assert_eq!(desk.ask().await.unwrap_err().kind(), Unknown);
    desk.stand_ins.openai.slow_down(Duration::from_mins(10));
    assert_eq!(desk.ask().await.unwrap_err().kind(), Unknown);
}

#[tokio::test]
async fn a_server_that_is_not_there_has_surely_written_nothing() {
    for base in ["http://127.0.0.1:1/v1", "http://no-such-host.invalid/v1"] {
        let change = |settings| Settings { base: base.to_owned(), ..settings };
        let desk = Desk::open_with(Shape::Responses, change, Limits::default()).await;
        let error = desk.ask().await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (Busy, Retry::Later(None)), "{base}");
    }
}

#[tokio::test]
async fn a_server_without_tls_where_tls_is_spoken_has_surely_written_nothing() {
    let change = |settings: Settings| Settings {
        base: settings.base.replace("http:", "https:"),
        ..settings
    };
    let desk = Desk::open_with(Shape::Responses, change, Limits::default()).await;
    assert_eq!(desk.ask().await.unwrap_err().kind(), Busy);
    assert_eq!(desk.asked(), 0);
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_model_are_never_asked_again() {
    for shape in SHAPES {
        let wrong = |settings| Settings { key: Secret::new("sk-wrong"), ..settings };
        let desk = Desk::open_with(shape, wrong, Limits::default()).await;
        let error = desk.ask().await.unwrap_err();
        assert_eq!(told(&error), (Refused, Some("invalid_api_key".to_owned()), Retry::Never));

        let unknown = |settings| Settings { model: "gpt-none".to_owned(), ..settings };
        let desk = Desk::open_with(shape, unknown, Limits::default()).await;
        let error = desk.ask().await.unwrap_err();
        assert_eq!(told(&error), (Refused, Some("model_not_found".to_owned()), Retry::Never));
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let limits = Limits { answer: 500, ..Limits::default() };
    let desk = Desk::open_with(Shape::Responses, |settings| settings, limits).await;
    let error = desk.ask().await.unwrap_err();
    assert_eq!(error.to_string(), "the provider's answer is longer than is read");
}
