//! The container, which is made where it is missing.

use std::sync::Arc;

use castad_azure_blob::{Account, AzureBlob, EnsureError, Limits, Settings};
use castad_domain::port::{MediaErrorKind, MediaStore, chain};
use castad_memory::ManualClock;
use futures_util::future::join_all;
use hyper::Method;

use crate::{
    orders::{film, goes_there_and_back, mp4, put},
    web::ask,
};

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn several_that_start_at_once_do_not_collide() {
    let settings = super::settings().await;
    let store = || {
        let clock = Arc::new(ManualClock::at(super::far()));
        AzureBlob::new(settings.clone(), Limits::default(), clock).unwrap()
    };
    let stores: Vec<_> = (0..8).map(|_| store()).collect();
    let made = join_all(stores.iter().map(AzureBlob::ensure)).await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    goes_there_and_back(&stores[0], 100).await;
    store().ensure().await.unwrap();
    goes_there_and_back(&stores[7], 200).await;
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn a_container_that_is_missing_is_a_fault_and_not_an_empty_one() {
    let store = super::place(Limits::default(), super::far()).await;
    let unavailable = Some(MediaErrorKind::Unavailable);
    assert_eq!(put(&store, &mp4(100)).await.err().map(|fault| fault.kind()), unavailable);
    assert_eq!(store.read(&film(), None).await.err().map(|fault| fault.kind()), unavailable);
    assert_eq!(store.remove(&film()).await.err().map(|fault| fault.kind()), unavailable);
    assert_eq!(store.check().await.err().map(|fault| fault.kind()), unavailable);
    store.ensure().await.unwrap();
    store.check().await.unwrap();
    assert!(store.read(&film(), None).await.unwrap().is_none());
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn it_is_not_open_to_the_public() {
    let settings = super::settings().await;
    let container = settings.place.container().to_owned();
    let clock = Arc::new(ManualClock::at(super::far()));
    let store = AzureBlob::new(settings, Limits::default(), clock).unwrap();
    store.ensure().await.unwrap();
    put(&store, &mp4(100)).await.unwrap();
    let base = format!("{}/devstoreaccount1/{container}", store.link_origin());
    for url in [
        format!("{base}/in/a_prefix/videos/att_1.mp4"),
        format!("{base}?restype=container&comp=list"),
    ] {
        assert!(ask(Method::GET, &url, &[]).await.status.is_client_error(), "{url}");
    }
}

#[tokio::test]
#[ignore = "needs Azurite: ./test"]
async fn a_wrong_key_is_told_as_such() {
    let right = super::settings().await;
    let key = "c2VjcmV0LWtleQ==";
    let account = Account::new("devstoreaccount1", key).unwrap();
    let url = format!(
        "{}/devstoreaccount1",
        super::place(Limits::default(), super::far()).await.link_origin()
    );
    let settings = Settings { account: account.at(&url).unwrap(), place: right.place };
    let clock = Arc::new(ManualClock::at(super::far()));
    let store = AzureBlob::new(settings, Limits::default(), clock).unwrap();

    let refused = store.ensure().await.unwrap_err();
    assert!(matches!(refused, EnsureError::Refused { .. }), "{refused:?}");
    let told = format!("{} {refused:?} {store:?}", chain(&refused));
    assert!(
        told.contains("AuthenticationFailed") || told.contains("AuthorizationFailure"),
        "{told}"
    );
    let failed = put(&store, &mp4(100)).await.unwrap_err();
    for told in [told, format!("{} {failed:?}", chain(&failed))] {
        assert!(
            !told.contains(key) && !told.contains("secret-key") && !told.contains("SharedKey"),
            "{told}"
        );
    }
}
