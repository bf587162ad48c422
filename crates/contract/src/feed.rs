//! [`WorkFeed`]: due jobs as they are handed to workers.

use std::{any::Any, sync::Arc};

use castad_domain::{
    model::{JobId, Lane},
    port::{Offer, OfferInHand, WorkFeed},
};
use chrono::TimeDelta;
use futures_util::future::{join, join_all};

use crate::{Timepiece, make, time::until};

/// One empty feed.
pub struct Feeds {
    /// The way of one process.
    pub feed: Arc<dyn WorkFeed>,
    /// The way of another.
    pub other: Arc<dyn WorkFeed>,
    /// How long it waits for a sign of life; an offer is handed out five times at most.
    pub wait: TimeDelta,
    /// The time, and what makes it pass.
    pub time: Timepiece,
    /// What must live as long.
    pub keep: Option<Box<dyn Any + Send + Sync>>,
}

/// `feed_contract!(fresh)`, where `async fn fresh() -> Feeds`.
#[macro_export]
macro_rules! feed_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { feed {
            a_feed_answers
            without_offers_nothing_is_taken
            an_offer_reads_back_as_it_was_made
            an_offer_is_in_one_hand_at_a_time
            offers_come_in_the_order_in_which_they_were_made
            lanes_are_fed_apart
            an_offer_that_is_made_again_is_one_offer
            a_new_intent_is_another_offer
            an_offer_that_is_settled_never_comes_again
            an_offer_whose_worker_died_comes_again
            an_offer_that_is_worked_on_stays_in_hand
            what_is_given_back_comes_again_later
            an_offer_comes_five_times_at_most
            what_waits_or_is_in_hand_is_outstanding
            workers_of_two_processes_share_what_is_offered
        } $($fresh)+ }
    };
}

fn offer(lane: Lane, job: u64) -> Offer {
    let (due, until) = (make::time(5), make::time(65));
    Offer { job: JobId::from_bits(make::bits(job)), lane, fence: 3, due, until }
}

type Hand = Box<dyn OfferInHand>;

impl Feeds {
    async fn give(&self, offers: &[Offer]) {
        self.feed.offer(offers).await.expect("offers are taken on");
    }

    /// What lies there already, if anything does.
    async fn take(&self, feed: &Arc<dyn WorkFeed>, lane: Lane) -> Option<Hand> {
        let short = self.wait / 8;
        let pass = async { (self.time.pass)(short) };
        join(feed.take(lane, short), pass).await.0.expect("the feed answers")
    }

    /// What lies there is had at once, however long one would wait for it.
    async fn must_take(&self, lane: Lane) -> Hand {
        let taken = self.feed.take(lane, self.wait).await.expect("the feed answers");
        taken.expect("an offer lies there")
    }

    async fn let_pass(&self, time: TimeDelta) {
        let end = self.time.clock.now() + time;
        (self.time.pass)(time);
        self.time.clock.reach(end).await;
    }

    async fn outstanding(&self, lane: Lane) -> u64 {
        self.feed.outstanding(lane).await.expect("the feed answers")
    }

    /// What was said of an offer is on its way.
    async fn until_outstanding(&self, lane: Lane, many: u64) {
        if self.outstanding(lane).await != many {
            let limit = TimeDelta::seconds(10);
            until(&*self.time.clock, limit, || async { self.outstanding(lane).await == many })
                .await;
        }
    }
}

async fn settle(hand: Hand) {
    hand.settle().await.expect("it is settled");
}

/// A feed that is there says so.
pub async fn a_feed_answers(feeds: &Feeds) {
    feeds.feed.check().await.expect("it answers");
}

/// Who waits for an offer does not wait for ever.
pub async fn without_offers_nothing_is_taken(feeds: &Feeds) {
    feeds.give(&[]).await;
    for lane in Lane::ALL {
        assert!(feeds.take(&feeds.feed, lane).await.is_none());
        assert_eq!(feeds.outstanding(lane).await, 0);
    }
}

/// All of it, to the microsecond.
pub async fn an_offer_reads_back_as_it_was_made(feeds: &Feeds) {
    let micro = TimeDelta::microseconds(1);
    let made =
        Offer { due: make::time(5) + micro, until: make::time(9) - micro, ..offer(Lane::Song, 1) };
    feeds.give(&[made]).await;
    let hand = feeds.must_take(Lane::Song).await;
    assert_eq!((hand.offer(), hand.times()), (made, 1));
    settle(hand).await;
}

/// Whichever process asks.
pub async fn an_offer_is_in_one_hand_at_a_time(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1)]).await;
    let hand = feeds.must_take(Lane::Song).await;
    assert!(feeds.take(&feeds.feed, Lane::Song).await.is_none());
    assert!(feeds.take(&feeds.other, Lane::Song).await.is_none());
    settle(hand).await;
}

/// That is what makes them fair.
pub async fn offers_come_in_the_order_in_which_they_were_made(feeds: &Feeds) {
    let made: Vec<_> = [5, 2, 9, 1].map(|job| offer(Lane::Video, job)).into();
    feeds.give(&made).await;
    let mut taken = Vec::new();
    for _ in &made {
        let hand = feeds.must_take(Lane::Video).await;
        taken.push(hand.offer());
        settle(hand).await;
    }
    assert_eq!(taken, made);
}

/// Who has room for one kind of work is not given another.
pub async fn lanes_are_fed_apart(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1), offer(Lane::House, 2)]).await;
    assert!(feeds.take(&feeds.feed, Lane::Lyric).await.is_none());
    let hand = feeds.must_take(Lane::House).await;
    assert_eq!(hand.offer(), offer(Lane::House, 2));
    settle(hand).await;
    assert!(feeds.take(&feeds.feed, Lane::House).await.is_none());
    settle(feeds.must_take(Lane::Song).await).await;
}

/// While it waits, while it is in a hand, and when it is settled.
pub async fn an_offer_that_is_made_again_is_one_offer(feeds: &Feeds) {
    let made = offer(Lane::Song, 1);
    feeds.give(&[made, made]).await;
    feeds.other.offer(&[made]).await.expect("offers are taken on");
    let hand = feeds.must_take(Lane::Song).await;
    feeds.give(&[made]).await;
    settle(hand).await;
    feeds.give(&[made]).await;
    assert!(feeds.take(&feeds.feed, Lane::Song).await.is_none());
    feeds.until_outstanding(Lane::Song, 0).await;
}

/// Claimed since, due at another time, or offered anew.
pub async fn a_new_intent_is_another_offer(feeds: &Feeds) {
    let first = offer(Lane::Song, 1);
    let intents = [
        first,
        Offer { fence: 4, ..first },
        Offer { due: make::time(6), ..first },
        Offer { until: make::time(66), ..first },
    ];
    for intent in intents {
        feeds.give(&[intent]).await;
        let hand = feeds.must_take(Lane::Song).await;
        assert_eq!(hand.offer(), intent);
        settle(hand).await;
    }
}

/// However long one waits.
pub async fn an_offer_that_is_settled_never_comes_again(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1)]).await;
    settle(feeds.must_take(Lane::Song).await).await;
    feeds.let_pass(feeds.wait * 2).await;
    assert!(feeds.take(&feeds.feed, Lane::Song).await.is_none());
}

/// To any process, and it says how often it came.
pub async fn an_offer_whose_worker_died_comes_again(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1)]).await;
    drop(feeds.must_take(Lane::Song).await);
    feeds.let_pass(feeds.wait * 3 / 2).await;
    let again = feeds.take(&feeds.other, Lane::Song).await.expect("it comes again");
    assert_eq!((again.offer(), again.times()), (offer(Lane::Song, 1), 2));
    settle(again).await;
}

/// For as long as its worker says so.
pub async fn an_offer_that_is_worked_on_stays_in_hand(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1)]).await;
    let hand = feeds.must_take(Lane::Song).await;
    for _ in 0..6 {
        feeds.let_pass(feeds.wait / 2).await;
        hand.keep().await.expect("it is kept");
    }
    assert!(feeds.take(&feeds.other, Lane::Song).await.is_none());
    settle(hand).await;
}

/// Not before, and not much later.
pub async fn what_is_given_back_comes_again_later(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1)]).await;
    let hand = feeds.must_take(Lane::Song).await;
    hand.give_back(feeds.wait / 2).await.expect("it is given back");
    assert!(feeds.take(&feeds.feed, Lane::Song).await.is_none());
    feeds.let_pass(feeds.wait * 3 / 4).await;
    let again = feeds.must_take(Lane::Song).await;
    assert_eq!(again.times(), 2);
    settle(again).await;
}

/// What nobody can work on is not handed round for ever.
pub async fn an_offer_comes_five_times_at_most(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1)]).await;
    for times in 1..=5 {
        let hand = feeds.must_take(Lane::Song).await;
        assert_eq!(hand.times(), times);
        hand.give_back(TimeDelta::milliseconds(1)).await.expect("it is given back");
        feeds.let_pass(TimeDelta::milliseconds(50)).await;
    }
    assert!(feeds.take(&feeds.feed, Lane::Song).await.is_none());
}

/// Until it is settled.
pub async fn what_waits_or_is_in_hand_is_outstanding(feeds: &Feeds) {
    feeds.give(&[offer(Lane::Song, 1), offer(Lane::Song, 2), offer(Lane::Video, 3)]).await;
    assert_eq!(feeds.outstanding(Lane::Song).await, 2);
    let hand = feeds.must_take(Lane::Song).await;
    assert_eq!(feeds.outstanding(Lane::Song).await, 2);
    settle(hand).await;
    feeds.until_outstanding(Lane::Song, 1).await;
    assert_eq!(feeds.outstanding(Lane::Video).await, 1);
}

/// Nobody gets what another has.
pub async fn workers_of_two_processes_share_what_is_offered(feeds: &Feeds) {
    let made: Vec<_> = (1..=12).map(|job| offer(Lane::Song, job)).collect();
    feeds.give(&made).await;
    let takers = (0..12).map(|n| {
        let feed = if n % 2 == 0 { &feeds.feed } else { &feeds.other };
        feed.take(Lane::Song, feeds.wait)
    });
    let hands = join_all(takers).await.into_iter();
    let hands: Vec<_> = hands.filter_map(|hand| hand.expect("the feed answers")).collect();
    let mut taken: Vec<_> = hands.iter().map(|hand| hand.offer().job).collect();
    taken.sort_unstable();
    assert_eq!(taken, made.iter().map(|offer| offer.job).collect::<Vec<_>>());
    for hand in hands {
        settle(hand).await;
    }
}
