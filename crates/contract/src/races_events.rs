//! Many who take events to the stream at once, and are torn away.

use std::sync::Arc;

use bytes::Bytes;
use castad_domain::{
    model::{EventSeq, MemberId},
    port::{EventStream, MAX_PAGE, Ports, StreamErrorKind},
    usecase::{PublishError, PublishEvents, Telling},
};
use castad_memory::MemoryStream;

use crate::{
    Database,
    race::{at_once, studio, without_lock},
    suite::let_others_run,
    untold::append,
};

/// `races_events_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_events_contract {
    ($($fresh:tt)+) => {
        $crate::each_race! { races_events {
            events_go_out_in_order_and_once
            a_long_log_goes_out_by_the_page
            nobody_is_left_out_of_a_round
            what_a_stream_that_is_away_did_not_take_waits
            one_whose_events_are_refused_keeps_nobody_waiting
            wherever_it_breaks_off_nothing_is_lost_or_told_twice
            many_who_publish_while_others_write_tell_each_event_once
            who_is_torn_away_leaves_the_rest_to_others
        } $($fresh)+ }
    };
}

fn publisher(ports: &Ports, stream: &MemoryStream) -> PublishEvents {
    let telling: Telling = Arc::new(|event| Bytes::from(event.seq.to_string()));
    PublishEvents::new(ports, Arc::new(stream.clone()) as Arc<dyn EventStream>, telling)
}

/// Publishes until nothing is left.
async fn publish_all(publisher: &PublishEvents) {
    while publisher.run().await.expect("everything goes out") > 0 {}
}

fn whole(last: i64) -> Vec<EventSeq> {
    (1..=last).map(EventSeq).collect()
}

async fn is_done(db: &Database) -> bool {
    db.outbox.untold(None, 1).await.expect("the log answers").is_empty()
}

async fn members(db: &Database, many: u64) -> Vec<MemberId> {
    let mut members = Vec::new();
    for n in 1..=many {
        members.push(db.member(n).await);
    }
    members
}

/// As they were appended, with what callers of the API see.
pub async fn events_go_out_in_order_and_once(db: &Database) {
    let (_memory, ports) = studio(db);
    let (members, stream) = (members(db, 3).await, MemoryStream::new());
    let publisher = publisher(&ports, &stream);
    for round in 1..=3 {
        for member in &members {
            append(db, *member, 2).await;
        }
        assert_eq!(publisher.run().await.expect("they go out"), 6);
        assert_eq!(publisher.run().await.expect("nothing is left"), 0);
        for member in &members {
            assert_eq!(stream.told_of(*member), whole(2 * round));
        }
    }
    assert!(stream.told().iter().all(|told| told.body == told.seq.to_string()));
    assert!(is_done(db).await);
}

/// A member who has much to tell keeps nobody from their turn.
pub async fn a_long_log_goes_out_by_the_page(db: &Database) {
    let (_memory, ports) = studio(db);
    let (members, stream) = (members(db, 2).await, MemoryStream::new());
    append(db, members[0], 230).await;
    append(db, members[1], 1).await;
    let publisher = publisher(&ports, &stream);
    let mut rounds = Vec::new();
    while let told @ 1.. = publisher.run().await.expect("they go out") {
        rounds.push(told);
    }
    let page = u64::from(MAX_PAGE);
    assert_eq!(rounds, [page + 1, page, 230 - 2 * page]);
    assert_eq!(stream.told_of(members[0]), whole(230));
    assert_eq!(stream.told_of(members[1]), whole(1));
}

/// However many there are.
pub async fn nobody_is_left_out_of_a_round(db: &Database) {
    let (_memory, ports) = studio(db);
    let (members, stream) = (members(db, 70).await, MemoryStream::new());
    for member in &members {
        append(db, *member, 1).await;
    }
    assert_eq!(publisher(&ports, &stream).run().await.expect("they go out"), 70);
    assert!(is_done(db).await);
}

/// Nothing is marked that was not taken.
pub async fn what_a_stream_that_is_away_did_not_take_waits(db: &Database) {
    let (_memory, ports) = studio(db);
    let (members, stream) = (members(db, 2).await, MemoryStream::new());
    append(db, members[0], 3).await;
    append(db, members[1], 3).await;
    let publisher = publisher(&ports, &stream);
    stream.away(true);
    let refused = publisher.run().await.expect_err("it does not answer");
    let PublishError::Stream(fault) = refused else { panic!("{refused}") };
    assert_eq!(fault.kind(), StreamErrorKind::Unavailable);
    assert_eq!(db.outbox.untold(None, 9).await.expect("the log answers").len(), 2);
    stream.away(false);
    assert_eq!(publisher.run().await.expect("they go out"), 6);
    assert!(is_done(db).await);
}

/// Theirs wait, and are told in order once they are taken.
pub async fn one_whose_events_are_refused_keeps_nobody_waiting(db: &Database) {
    let (_memory, ports) = studio(db);
    let (members, stream) = (members(db, 3).await, MemoryStream::new());
    for member in &members {
        append(db, *member, 2).await;
    }
    let publisher = publisher(&ports, &stream);
    stream.refuses(Some(members[0]));
    publisher.run().await.expect_err("some are refused");
    assert_eq!(stream.told_of(members[0]), whole(0));
    assert_eq!(stream.told_of(members[1]), whole(2));
    assert_eq!(stream.told_of(members[2]), whole(2));
    stream.refuses(None);
    publish_all(&publisher).await;
    assert_eq!(stream.told_of(members[0]), whole(2));
}

/// Behind any event, also where it was taken and nobody heard of it.
pub async fn wherever_it_breaks_off_nothing_is_lost_or_told_twice(db: &Database) {
    let (_memory, ports) = studio(db);
    let (members, stream) = (members(db, 2).await, MemoryStream::new());
    let publisher = publisher(&ports, &stream);
    let mut last = 0;
    for breaks in 0..8 {
        last += 4;
        for member in &members {
            append(db, *member, 4).await;
        }
        stream.breaks_after(breaks);
        drop(publisher.run().await);
        stream.away(false);
        publish_all(&publisher).await;
        for member in &members {
            assert_eq!(stream.told_of(*member), whole(last), "it broke off after {breaks}");
        }
    }
    assert!(is_done(db).await);
}

/// No lock keeps them apart.
pub async fn many_who_publish_while_others_write_tell_each_event_once(db: &Database) {
    const WRITES: usize = 12;
    let (_memory, ports) = studio(db);
    let ports = without_lock(&ports);
    let (members, stream) = (members(db, 3).await, MemoryStream::new());
    let publishing = (0..4).map(|_| {
        let publisher = publisher(&ports, &stream);
        async move {
            for _ in 0..WRITES {
                publisher.run().await.expect("they go out");
                let_others_run().await;
            }
        }
    });
    let publishing = at_once(publishing);
    let writing = async {
        for _ in 0..WRITES {
            for member in &members {
                append(db, *member, 2).await;
            }
        }
    };
    futures_util::future::join(publishing, writing).await;
    publish_all(&publisher(&ports, &stream)).await;
    for member in &members {
        let last = i64::try_from(2 * WRITES).expect("a few");
        assert_eq!(stream.told_of(*member), whole(last));
    }
    assert!(is_done(db).await);
}

/// At any of its turns.
pub async fn who_is_torn_away_leaves_the_rest_to_others(db: &Database) {
    let (_memory, ports) = studio(db);
    let ports = without_lock(&ports);
    let (members, stream) = (members(db, 3).await, MemoryStream::new());
    let mut last = 0;
    for turns in 0..12 {
        last += 3;
        for member in &members {
            append(db, *member, 3).await;
        }
        let torn = publisher(&ports, &stream);
        let torn = tokio::spawn(async move { torn.run().await });
        for _ in 0..turns {
            let_others_run().await;
        }
        torn.abort();
        drop(torn.await);
    }
    publish_all(&publisher(&ports, &stream)).await;
    for member in &members {
        assert_eq!(stream.told_of(*member), whole(last));
    }
    assert!(is_done(db).await);
}
