//! Couriers that are torn away, at each of their points.

use castad_domain::model::EventSeq;
use castad_engine::Courier;
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Post, SHOP,
    cut::{Cut, Side},
    settle, telling,
};

/// When a webhook may be told again: once the lease has ended.
fn after_the_lease(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::seconds(61)
}

#[tokio::test]
async fn a_courier_that_dies_anywhere_leaves_nothing_out() {
    let (mut points, mut again) = (0, 0);
    for side in [Side::Before, Side::After] {
        for point in 1.. {
            let post = Post::new().await;
            let id = post.register(SHOP).await;
            post.memory.receiver().status(SHOP, 200, 1);
            post.append(2).await;
            let cut = Cut::at(point, side);
            let dying = Courier::new(&cut.ports(&post.ports), telling());
            let task = tokio::spawn(async move { while dying.run_one().await.unwrap() {} });
            settle().await;
            if task.is_finished() {
                break;
            }
            task.abort();
            points += 1;
            post.append(1).await;
            post.memory.clock().set(after_the_lease(post.ports.clock.now()));
            let next = Courier::new(&post.ports, telling());
            while next.run_one().await.unwrap() {}

            let mut told = post.told(SHOP);
            again += told.len() - 3;
            assert!(told.is_sorted() && told.len() <= 4, "point {point} {side:?}: {told:?}");
            told.dedup();
            assert_eq!(told, [2, 3, 4], "point {point} {side:?}");
            let webhook = post.webhook(id).await;
            assert_eq!(webhook.parts().told, EventSeq(4), "point {point} {side:?}");
        }
    }
    assert!(points >= 16, "only {points} points");
    assert!(again > 0, "what was not written down is told again");
}

#[tokio::test]
async fn a_disabling_that_is_torn_away_is_whole_or_not_there() {
    for side in [Side::Before, Side::After] {
        for point in 1.. {
            let post = Post::new().await;
            let id = post.register(SHOP).await;
            post.memory.receiver().status(SHOP, 410, 2);
            post.append(1).await;
            let cut = Cut::at(point, side);
            let dying = Courier::new(&cut.ports(&post.ports), telling());
            let task = tokio::spawn(async move { while dying.run_one().await.unwrap() {} });
            settle().await;
            if task.is_finished() {
                break;
            }
            task.abort();
            assert_eq!(
                post.disablings().await.len(),
                usize::from(post.webhook(id).await.is_disabled())
            );
            post.memory.clock().set(after_the_lease(post.ports.clock.now()));
            let next = Courier::new(&post.ports, telling());
            while next.run_one().await.unwrap() {}
            assert!(post.webhook(id).await.is_disabled());
            assert_eq!(post.disablings().await.len(), 1, "point {point} {side:?}");
        }
    }
}
