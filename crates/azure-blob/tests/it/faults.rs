//! What becomes of a file when the storage fails, and how long it is tried.

use std::time::Duration;

use castad_azure_blob::{EnsureError, Limits};
use castad_domain::port::{ByteRange, MediaErrorKind, MediaStore, chain};

use crate::{
    orders::{PIECE, film, long, mp4, put, whole},
    server::{Act, KEY, Server},
};

const MB: u64 = 1 << 20;

/// What the network holds beside the store: in the sockets, and half read.
const IN_SOCKETS: u64 = 8 << 20;

fn fails_block_after(
    received: u64,
    act: Act,
) -> impl Fn(&crate::server::Asked) -> Act + Send + Sync {
    move |asked| match asked.what.as_str() {
        "PUT comp=block" if asked.received >= received => act.clone(),
        "GET" => Act::Refuse(404, "BlobNotFound"),
        _ => Act::Take,
    }
}

#[tokio::test]
async fn a_storage_that_is_full_in_the_middle_of_a_file_keeps_none_of_it() {
    for (status, code) in [(507, "InsufficientStorage"), (403, "AccountQuotaExceeded")] {
        let rule = fails_block_after(100 * MB, Act::Refuse(status, code));
        let server = Server::start(Limits::default(), rule).await;
        let (body, taken) = long((160 << 20) / PIECE);
        let refused = server.store.put(&film(), body, 200 * MB).await.unwrap_err();
        assert_eq!(refused.kind(), MediaErrorKind::Full, "{status} {code}");

        let taken = taken.load(std::sync::atomic::Ordering::SeqCst);
        let held = taken.saturating_sub(server.seen.received());
        let most = Limits::default().in_memory() as u64 + IN_SOCKETS;
        assert!(taken >= 100 * MB && held <= most, "{taken} taken, {held} of it held");
        assert_eq!(server.seen.lists(), 0, "nothing is made of the blocks");
        assert!(server.store.read(&film(), None).await.unwrap().is_none());
        assert!(server.seen.requests() < 45, "{} requests", server.seen.requests());
    }
}

#[tokio::test]
async fn a_connection_that_drops_once_costs_a_repetition() {
    let dropped = std::sync::atomic::AtomicBool::new(false);
    let server = Server::start(Limits { block: 100_000, ..Limits::default() }, move |asked| {
        let now =
            asked.received > 1_000_000 && !dropped.swap(true, std::sync::atomic::Ordering::SeqCst);
        if now { Act::Drop } else { Act::Take }
    });
    let server = server.await;
    put(&server.store, &mp4(2_000_000)).await.unwrap();
    assert_eq!(server.seen.lists(), 1);
}

#[tokio::test]
async fn a_connection_that_drops_every_time_is_given_up_soon() {
    let limits = Limits { block: 100_000, at_once: 2, ..Limits::default() };
    let server = Server::start(limits, fails_block_after(0, Act::Drop)).await;
    let failed = put(&server.store, &mp4(2_000_000)).await.unwrap_err();
    assert_eq!(failed.kind(), MediaErrorKind::Unavailable);
    assert_eq!(server.seen.lists(), 0);
    let most = limits.at_once * (1 + limits.again);
    assert!(server.seen.requests() <= most, "{} requests", server.seen.requests());
}

#[tokio::test]
async fn a_storage_that_says_nothing_is_given_up_in_time() {
    let stall = Duration::from_millis(200);
    let limits = Limits { block: 100_000, stall, look: stall, ..Limits::default() };
    let server = Server::start(limits, |_| Act::Hang).await;
    for length in [1_000, 2_000_000] {
        let failed = put(&server.store, &mp4(length)).await.unwrap_err();
        assert_eq!(failed.kind(), MediaErrorKind::Unavailable);
    }
    let failed = server.store.check().await.unwrap_err();
    assert_eq!(failed.kind(), MediaErrorKind::Unavailable);
}

#[tokio::test]
async fn a_storage_that_is_busy_for_a_moment_is_asked_again() {
    let server = Server::start(Limits::default(), |asked| {
        if asked.before < 2 { Act::Refuse(503, "ServerBusy") } else { Act::Take }
    });
    let server = server.await;
    put(&server.store, &mp4(1_000)).await.unwrap();
    assert_eq!(server.seen.requests(), 3);
}

#[tokio::test]
async fn a_refusal_that_waiting_does_not_mend_is_not_asked_again_and_tells_no_secret() {
    let server =
        Server::start(Limits::default(), |_| Act::Refuse(403, "AuthenticationFailed")).await;
    let refused = put(&server.store, &mp4(1_000)).await.unwrap_err();
    assert_eq!((refused.kind(), server.seen.requests()), (MediaErrorKind::Unavailable, 1));
    let told = format!("{} {refused:?} {:?}", chain(&refused), server.store);
    assert!(told.contains("403 AuthenticationFailed"), "{told}");
    for secret in [KEY, "secret-key", "SharedKey", "sig", "att_1"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    let shown = refused.to_string();
    assert!(!shown.contains(&server.address.port().to_string()), "{shown}");
}

#[tokio::test]
async fn a_storage_that_is_not_there_is_told_without_its_address() {
    let server = Server::start(Limits { again: 0, ..Limits::default() }, |_| Act::Drop).await;
    let failed = server.store.read(&film(), None).await.err().unwrap();
    let told = chain(&failed);
    assert_eq!(failed.kind(), MediaErrorKind::Unavailable);
    assert!(!told.contains("daoncafe") && !told.contains("att_1"), "{told}");
}

/// The first half of a file of 8 bytes, and then what the storage gives of the rest.
async fn read_in_two(rest: Act) -> Result<Vec<u8>, MediaErrorKind> {
    let server = Server::start(Limits::default(), move |asked| {
        if asked.before > 0 {
            return rest.clone();
        }
        Act::Give { status: 200, tag: "\"1\"", range: "", length: 8, body: b"old " }
    });
    let server = server.await;
    let read = server.store.read(&film(), None).await.unwrap().unwrap();
    whole(read.body).await.map(|file| file.to_vec()).map_err(|fault| fault.kind())
}

#[tokio::test]
async fn a_file_that_breaks_off_is_gone_on_with_unless_it_was_replaced() {
    let rest = |tag| Act::Give { status: 206, tag, range: "bytes 4-7/8", length: 4, body: b"file" };
    assert_eq!(read_in_two(rest("\"1\"")).await, Ok(b"old file".to_vec()));
    assert_eq!(read_in_two(rest("\"2\"")).await, Err(MediaErrorKind::Unavailable));
    let gone = Act::Refuse(404, "BlobNotFound");
    assert_eq!(read_in_two(gone).await, Err(MediaErrorKind::Unavailable));
}

#[tokio::test]
async fn a_range_that_the_storage_refuses_lies_outside() {
    let server = Server::start(Limits::default(), |_| Act::Refuse(416, "InvalidRange")).await;
    let range = Some(ByteRange { first: 5, last: 9 });
    let refused = server.store.read(&film(), range).await.err().map(|fault| fault.kind());
    assert_eq!(refused, Some(MediaErrorKind::BadRange));
}

#[tokio::test]
async fn how_the_service_is_may_be_asked_often() {
    let server = Server::start(Limits::default(), |_| Act::Take).await;
    for _ in 0..5 {
        server.store.check().await.unwrap();
    }
    assert_eq!(server.seen.requests(), 1);
}

#[tokio::test]
async fn why_no_container_can_be_made_is_told() {
    let ensured = async |found: Act, made: Act| {
        let rule = move |asked: &crate::server::Asked| {
            if asked.what.starts_with("GET") { found.clone() } else { made.clone() }
        };
        Server::start(Limits::default(), rule).await.store.ensure().await
    };
    let missing = || Act::Refuse(404, "ContainerNotFound");
    assert!(ensured(Act::Take, Act::Hang).await.is_ok(), "it is there");
    assert!(ensured(missing(), Act::Refuse(409, "ContainerAlreadyExists")).await.is_ok());
    let refused = ensured(missing(), Act::Refuse(403, "AuthorizationFailure")).await.unwrap_err();
    assert!(matches!(refused, EnsureError::MayNotMake { .. }), "{refused:?}");
    assert!(refused.to_string().contains("castad is not there"), "{refused}");
    let refused = ensured(missing(), Act::Refuse(409, "ContainerBeingDeleted")).await.unwrap_err();
    assert!(matches!(refused, EnsureError::BeingDeleted { .. }), "{refused:?}");
    let refused = ensured(Act::Refuse(403, "AuthenticationFailed"), Act::Take).await.unwrap_err();
    assert!(matches!(refused, EnsureError::Refused { .. }), "{refused:?}");
    let refused = ensured(Act::Refuse(503, "ServerBusy"), Act::Take).await.unwrap_err();
    assert!(matches!(refused, EnsureError::Unavailable(_)), "{refused:?}");
}
