//! What a song composer and a video renderer have in common.

use bytes::{Bytes, BytesMut};
use castad_domain::{
    model::{AttemptToken, ProviderJob},
    port::{Clock, Delivery, LookUp, Maker, MakerStatus, ProviderErrorKind},
};
use chrono::TimeDelta;
use futures_util::StreamExt;

use crate::time::until;

/// A delivery with its file.
pub(crate) struct Unpacked {
    pub(crate) file: Bytes,
    pub(crate) delivery: Delivery,
}

pub(crate) async fn fetch(maker: &dyn Maker, job: &ProviderJob) -> Unpacked {
    let mut delivery = maker.fetch(job).await.expect("it can be fetched");
    let mut file = BytesMut::new();
    while let Some(piece) = delivery.body.next().await {
        file.extend_from_slice(&piece.expect("the file comes whole"));
    }
    Unpacked { file: file.freeze(), delivery }
}

/// Waits until a job is done.
pub(crate) async fn done(maker: &dyn Maker, clock: &dyn Clock, job: &ProviderJob) {
    until(clock, maker.pace().limit, || async {
        match maker.status(job).await.expect("the maker answers") {
            MakerStatus::Done => true,
            MakerStatus::Working { progress } => {
                assert!(progress.is_none_or(|part| (0.0..=1.0).contains(&part)), "{progress:?}");
                false
            }
            MakerStatus::Failed { detail, .. } => panic!("it came to nothing: {detail}"),
        }
    })
    .await;
}

pub(crate) fn is_sensible(maker: &dyn Maker) {
    assert!(!maker.name().as_str().is_empty());
    let pace = maker.pace();
    assert!(pace.first >= TimeDelta::zero());
    assert!(pace.least > TimeDelta::zero(), "looks without a pause would never end");
    assert!(pace.least <= pace.most && pace.most <= pace.limit && pace.first <= pace.limit);
}

pub(crate) async fn is_as_it_was(maker: &dyn Maker, job: &ProviderJob) {
    let first = fetch(maker, job).await;
    assert_eq!(maker.status(job).await.expect("the maker answers"), MakerStatus::Done);
    let again = fetch(maker, job).await;
    assert!(first.file == again.file, "the same file");
    let (a, b) = (first.delivery, again.delivery);
    assert_eq!((a.media_type, a.duration_ms), (b.media_type, b.duration_ms));
    assert_eq!(
        (a.lines, a.bars_ms, a.instrumental, a.spare),
        (b.lines, b.bars_ms, b.instrumental, b.spare)
    );
}

pub(crate) async fn finds(maker: &dyn Maker, attempt: AttemptToken, job: &ProviderJob) {
    match maker.look_up(attempt, None).await.expect("the maker answers") {
        LookUp::Found(found) => assert_eq!(found, *job),
        LookUp::CannotTell => {}
        LookUp::NotThere => panic!("it was taken, and the maker says it surely was not"),
    }
}

pub(crate) async fn finds_nothing(maker: &dyn Maker, attempt: AttemptToken) {
    match maker.look_up(attempt, None).await.expect("the maker answers") {
        LookUp::NotThere | LookUp::CannotTell => {}
        LookUp::Found(job) => panic!("nobody ordered {job}"),
    }
}

pub(crate) async fn knows_its_jobs(maker: &dyn Maker) {
    for name in ["no-such-job", "0198f0c0-0000-7000-8000-000000000000", "../../etc/passwd", ""] {
        let job = ProviderJob::new(name);
        let refused = maker.status(&job).await.expect_err("there is no such job");
        assert_eq!(refused.kind(), ProviderErrorKind::NoSuchJob);
        let refused = maker.fetch(&job).await.err().expect("there is no such job");
        assert_eq!(refused.kind(), ProviderErrorKind::NoSuchJob);
        maker.release(&job).await.expect("it is fine");
    }
}

pub(crate) async fn lets_go(maker: &dyn Maker, job: &ProviderJob) {
    maker.release(job).await.expect("the maker answers");
    maker.release(job).await.expect("it is fine");
}
