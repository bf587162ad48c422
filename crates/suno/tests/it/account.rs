use castad_domain::port::ProviderErrorKind::{Refused, Unknown};
use castad_http_client::Secret;
use castad_stand_ins::suno::{Failing, Fault};
use castad_suno::{Settings, Suno};

use crate::desk::Desk;

#[tokio::test]
async fn the_account_says_what_is_left() {
    let desk = Desk::open().await;
    assert_eq!(desk.suno.check().await.unwrap(), 1_000);
    desk.start().await.unwrap();
    assert_eq!(desk.suno.check().await.unwrap(), 988);
    desk.stand_ins.suno.set_credits(0);
    assert_eq!(desk.suno.check().await.unwrap(), 0);
}

#[tokio::test]
async fn a_wrong_key_and_an_answer_that_is_none_are_told() {
    let wrong = |settings| Settings { key: Secret::new("wrong"), ..settings };
    let desk = Desk::open_with(wrong, Suno::limits()).await;
    let error = desk.suno.check().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Refused, Some("401")));
    assert_eq!(error.to_string(), "Suno does not take the key");

    let desk = Desk::open().await;
    for failing in [Failing::BadGateway, Failing::NoData, Failing::Html] {
        desk.stand_ins.suno.order([Fault::Credit(failing)]);
        assert_eq!(desk.suno.check().await.unwrap_err().kind(), Unknown);
    }
}

#[tokio::test]
async fn an_address_that_is_not_the_apis_is_refused() {
    let elsewhere = |settings: Settings| Settings { base: settings.base + "/v9", ..settings };
    let desk = Desk::open_with(elsewhere, Suno::limits()).await;
    assert_eq!(desk.suno.check().await.unwrap_err().kind(), Refused);
    assert_eq!(desk.start().await.unwrap_err().kind(), Refused);
}
