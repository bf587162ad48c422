//! What a user has to be allowed, by the guide.

use castad_contract::{WallClock, make, until};
use castad_domain::{
    model::{EventKind, EventSeq, JobId, Lane, MemberId},
    port::{Announcement, EventStream, Offer, WorkFeed},
};
use castad_nats::{NatsEvents, NatsFeed, Settings};
use chrono::TimeDelta;

use crate::start::{self, Server};

/// What is not settled is forgotten after a minute: it has to be gone long before.
const SOON: TimeDelta = TimeDelta::seconds(20);
const GUIDE: &str = include_str!("../../../../docs/nats.md");
/// The subjects that a text names, as the server reads a list.
fn subjects(text: &str) -> String {
    let named = text.split('`').skip(1).step_by(2);
    named.map(|subject| format!("\"{subject}\"")).collect::<Vec<_>>().join(", ")
}

/// Who is allowed what the guide names, and nothing more, can do everything.
pub(crate) async fn the_rights_of_the_guide_are_enough() {
    let told = GUIDE.split("Who connects needs to publish to ").nth(1).unwrap();
    let (publish, rest) = told.split_once("subscribe to").unwrap();
    let rest = rest.split(". ").next().unwrap();
    let (publish, subscribe) = (subjects(publish), subjects(rest));
    let told = format!(
        "jetstream {{ store_dir: /data }}\n\
         authorization {{ users: [{{ user: castad, password: secret, permissions: {{\n\
         publish: [{publish}]\nsubscribe: [{subscribe}]\n}} }}] }}\n"
    );
    let server = Server::start_with_file(&told).await;
    let url = format!("nats://castad:secret@{}", server.address());
    let nats = start::connected(&url, &Settings::default()).await;
    let clock = WallClock::started();

    let event = Announcement {
        member: MemberId::from_bits(make::bits(1)),
        project: None,
        seq: EventSeq(1),
        kind: EventKind::ProjectCreated,
        body: "{}".into(),
    };
    let ends = NatsEvents::new(&nats).publish(&[vec![event]]).await;
    assert_eq!(ends[0].taken, 1, "{:?}", ends[0].fault);
    let feed = NatsFeed::new(&nats);
    for (n, lane) in (1..).zip(Lane::ALL) {
        let (due, ends) = (make::time(5), make::time(65));
        let job = JobId::from_bits(make::bits(n));
        feed.offer(&[Offer { job, lane, fence: 3, due, until: ends }]).await.unwrap();
        let hand = feed.take(lane, TimeDelta::seconds(10)).await.unwrap().expect("it lies there");
        hand.keep().await.unwrap();
        hand.settle().await.unwrap();
        let settled = || async { feed.outstanding(lane).await.unwrap() == 0 };
        until(&*clock, SOON, settled).await;
    }
    server.remove();
}
