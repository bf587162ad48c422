use castad_creatomate::{Creatomate, Settings, Version};
use castad_domain::port::{
    Advise, Maker, ProviderError,
    ProviderErrorKind::{self, Busy, NoSuchJob, Refused, Unknown},
    Retry,
};
use castad_http_client::Secret;
use castad_stand_ins::creatomate::{Fault, Order};
use chrono::TimeDelta;

use crate::desk::{Desk, impatient};

const VERSIONS: [Version; 2] = [Version::V2, Version::V1];
const SOON: Retry = Retry::Later(None);
const SEVEN: Retry = Retry::Later(Some(TimeDelta::seconds(7)));

type Told = (ProviderErrorKind, Option<String>, Retry);

fn told(error: &ProviderError) -> Told {
    (error.kind(), error.code().map(str::to_owned), error.retry())
}

fn expected((kind, code, retry): (ProviderErrorKind, Option<&str>, Retry)) -> Told {
    (kind, code.map(str::to_owned), retry)
}

#[tokio::test]
async fn an_order_that_fails_says_whether_it_may_have_been_taken() {
    for version in VERSIONS {
        let desk = Desk::open(version).await;
        let mut taken = 0;
        for (fault, says, buys) in [
            (Fault::ServerError, (Unknown, Some("500"), SOON), 0),
            (Fault::BadGateway, (Unknown, Some("502"), SOON), 0),
            (Fault::RateLimited { retry_after: Some(7) }, (Busy, Some("429"), SEVEN), 0),
            (Fault::RateLimited { retry_after: None }, (Busy, Some("429"), SOON), 0),
            (Fault::NoCredit, (Refused, Some("402"), Retry::Never), 0),
            (Fault::Unauthorized, (Refused, Some("401"), Retry::Never), 0),
            (Fault::NotFound, (Refused, Some("404"), Retry::Never), 0),
            (Fault::BadRequest, (Refused, Some("400"), Retry::Never), 0),
            (Fault::Redirect, (Refused, Some("307"), Retry::Never), 0),
            (Fault::Dropped, (Unknown, None, SOON), 0),
            (Fault::DroppedAfter, (Unknown, None, SOON), 1),
            (Fault::CutShort, (Unknown, None, SOON), 1),
            (Fault::Html, (Unknown, None, SOON), 0),
        ] {
            let before = desk.orders().len();
            desk.stand_ins.creatomate.order([Order::Create(fault)]);
            let error = desk.start().await.unwrap_err();
            assert_eq!(told(&error), expected(says), "{version:?} {fault:?}");
            assert_eq!(desk.orders().len(), before + 1, "{fault:?} is not asked again here");
            taken += buys;
            assert_eq!(desk.purchases(), taken, "{fault:?}");
        }
        assert!(desk.start().await.is_ok(), "nothing of it stays");
    }
}

#[tokio::test]
async fn a_refused_order_says_why_without_an_address() {
    let desk = Desk::open(Version::V2).await;
    desk.stand_ins.creatomate.order([Order::Create(Fault::BadRequest)]);
    let said = desk.start().await.unwrap_err().to_string();
    let expected =
        "Creatomate does not take the request: The value … of \"Photo-1\" cannot be used.";
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_template_that_cannot_be_read_has_started_nothing() {
    for version in VERSIONS {
        let desk = Desk::open(version).await;
        for (fault, says) in [
            (Fault::ServerError, (Busy, Some("500"), SOON)),
            (Fault::BadGateway, (Busy, Some("502"), SOON)),
            (Fault::RateLimited { retry_after: Some(7) }, (Busy, Some("429"), SEVEN)),
            (Fault::NoCredit, (Refused, Some("402"), Retry::Never)),
            (Fault::Unauthorized, (Refused, Some("401"), Retry::Never)),
            (Fault::NotFound, (Refused, Some("404"), Retry::Never)),
            (Fault::Redirect, (Refused, Some("307"), Retry::Never)),
            (Fault::Dropped, (Busy, None, SOON)),
            (Fault::DroppedAfter, (Busy, None, SOON)),
            (Fault::CutShort, (Busy, None, SOON)),
            (Fault::Html, (Busy, None, SOON)),
        ] {
            desk.stand_ins.creatomate.order([Order::Template(fault)]);
            let error = desk.start().await.unwrap_err();
            assert_eq!(told(&error), expected(says), "{version:?} {fault:?}");
        }
        assert!(desk.orders().is_empty(), "nothing was ordered");
        assert!(desk.start().await.is_ok(), "nothing of it stays");
    }
}

#[tokio::test]
async fn a_look_that_fails_is_taken_again_unless_the_render_is_gone() {
    for version in VERSIONS {
        let desk = Desk::open(version).await;
        let job = desk.start().await.unwrap();
        for (fault, says) in [
            (Fault::ServerError, (Busy, Some("500"), SOON)),
            (Fault::BadGateway, (Busy, Some("502"), SOON)),
            (Fault::RateLimited { retry_after: Some(7) }, (Busy, Some("429"), SEVEN)),
            (Fault::Unauthorized, (Refused, Some("401"), Retry::Never)),
            (Fault::NotFound, (NoSuchJob, Some("404"), Retry::Never)),
            (Fault::Dropped, (Unknown, None, SOON)),
            (Fault::CutShort, (Unknown, None, SOON)),
            (Fault::Html, (Unknown, None, SOON)),
        ] {
            desk.stand_ins.creatomate.order([Order::Look(fault)]);
            let error = desk.renderer.status(&job).await.unwrap_err();
            assert_eq!(told(&error), expected(says), "{version:?} {fault:?}");
        }
        desk.finish(&job).await;
        assert!(desk.renderer.fetch(&job).await.is_ok(), "nothing of it stays");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_may_have_been_taken() {
    let desk = Desk::open_with(Version::V2, |settings, _| settings, impatient()).await;
    desk.stand_ins.creatomate.order([Order::Create(Fault::Silent)]);
    assert_eq!(desk.start().await.unwrap_err().kind(), Unknown);
    desk.stand_ins.creatomate.slow_down(std::time::Duration::from_mins(10));
    assert_eq!(desk.start().await.unwrap_err().kind(), Unknown);
}

#[tokio::test]
async fn a_server_that_is_not_there_has_surely_started_nothing() {
    for base in ["http://127.0.0.1:1", "http://no-such-host.invalid"] {
        let desk =
            Desk::changed(|settings, _| Settings { base: base.to_owned(), ..settings }).await;
        let error = desk.start().await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (Busy, SOON), "{base}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_never_tried_again() {
    let wrong = |settings, _: &_| Settings { key: Secret::new("wrong"), ..settings };
    let desk = Desk::changed(wrong).await;
    let error = desk.start().await.unwrap_err();
    assert_eq!(told(&error), expected((Refused, Some("401"), Retry::Never)));
    assert_eq!(error.to_string(), "Creatomate does not take the key");
}

#[test]
fn twenty_calls_at_once_are_sent_and_ten_connections_kept() {
    let limits = Creatomate::limits();
    assert_eq!((limits.at_once, limits.idle), (20, 10));
    let films = Creatomate::download_limits();
    assert_eq!(films.answer, castad_domain::usecase::MAX_RESULT_BYTES);
}
