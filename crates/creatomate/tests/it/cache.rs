use castad_creatomate::{Reads, Version};
use castad_domain::{
    model::Orientation,
    port::{ProviderErrorKind, VideoRenderer},
};
use castad_stand_ins::creatomate::{Fault, Order};
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::desk::{Desk, order};

async fn hundred(desk: &Desk) -> Vec<Option<ProviderErrorKind>> {
    let orders: Vec<_> = (0..100).map(|n| order(n, Orientation::Square)).collect();
    let starts = join_all(orders.iter().map(|order| desk.renderer.start(order))).await;
    starts.into_iter().map(|start| start.err().map(|error| error.kind())).collect()
}

#[tokio::test]
async fn a_hundred_videos_read_a_template_once() {
    let desk = Desk::open(Version::V2).await;
    assert!(hundred(&desk).await.iter().all(Option::is_none));
    assert_eq!((desk.purchases(), desk.template_reads()), (100, 1));
    assert_eq!(desk.renderer.reads(), Reads { hits: 99, shared: 0, misses: 1 });
}

#[tokio::test]
async fn a_template_is_read_again_after_five_minutes() {
    let desk = Desk::open(Version::V2).await;
    for (seconds, reads) in [(0, 1), (0, 1), (300, 1), (1, 2), (300, 2), (1, 3)] {
        desk.clock.advance(TimeDelta::seconds(seconds));
        desk.start().await.unwrap();
        assert_eq!(desk.template_reads(), reads, "after {seconds} s more");
    }
    desk.clock.advance(TimeDelta::seconds(301));
    assert!(hundred(&desk).await.iter().all(Option::is_none));
    assert_eq!(desk.template_reads(), 4, "an old one is read again once");
}

#[tokio::test]
async fn a_reading_that_failed_is_not_kept() {
    let desk = Desk::open(Version::V2).await;
    desk.stand_ins.creatomate.order([Order::Template(Fault::ServerError)]);
    assert_eq!(desk.start().await.unwrap_err().kind(), ProviderErrorKind::Busy);
    desk.start().await.unwrap();
    assert_eq!(desk.template_reads(), 2);
    assert_eq!(desk.renderer.reads(), Reads { hits: 0, shared: 0, misses: 2 });
}

#[tokio::test]
async fn a_hundred_videos_share_one_failure() {
    let desk = Desk::open(Version::V2).await;
    desk.stand_ins.creatomate.order([Order::Template(Fault::ServerError)]);
    let failed = hundred(&desk).await;
    assert!(failed.iter().all(|kind| *kind == Some(ProviderErrorKind::Busy)), "{failed:?}");
    assert_eq!((desk.purchases(), desk.template_reads()), (0, 1));
}

#[tokio::test]
async fn shapes_have_a_reading_each() {
    let desk = Desk::open(Version::V2).await;
    for shape in [Orientation::Vertical, Orientation::Square, Orientation::Vertical] {
        desk.renderer.start(&order(1, shape)).await.unwrap();
    }
    assert_eq!(desk.template_reads(), 2);
}
