//! A hundred clients who send each POST again and again, and often do not hear what came of it: each
//! effect is there once. In which order they ask, what they lose, and what fails, the dice decide.
//!
//! `CASTAD_TEST_SEED` says how the dice fall.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "retries/client.rs"]
mod client;
#[path = "storm/clock.rs"]
mod clock;
#[path = "storm/dice.rs"]
mod dice;
#[path = "retries/door.rs"]
mod door;
#[path = "retries/fair.rs"]
mod fair;
#[path = "retries/films.rs"]
mod films;
#[path = "retries/lost.rs"]
mod lost;
#[path = "retries/member.rs"]
mod member;
#[path = "retries/orders.rs"]
mod orders;
#[path = "world/providers.rs"]
mod providers;
#[path = "retries/routes.rs"]
mod routes;
#[path = "retries/studio.rs"]
mod studio;
#[path = "retries/wish.rs"]
mod wish;

use std::sync::Arc;

use client::Client;
use dice::Dice;
use door::Door;
use futures_util::future::join_all;
use studio::Studio;

const CLIENTS: usize = 100;

/// What each of the hundred comes to.
async fn all<T: Send + 'static>(
    each: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let ended = join_all(each.map(tokio::spawn)).await;
    ended.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_clients_who_lose_answers_have_each_effect_once() {
    let seed = dice::seed(clock::now().timestamp_micros());
    eprintln!("CASTAD_TEST_SEED={seed} does it again");
    let studio = Arc::new(Studio::open().await);

    let idle = studio.idle().await;
    let door = Arc::new(Door::of(&idle));
    let mut admin = Client::of(&door, &door.key, "fair".to_owned(), Dice::of(seed, 0));
    let fair = Arc::new(fair::put_up(&mut admin).await);
    let with = || (Arc::clone(&studio), Arc::clone(&fair));
    let ordered =
        all((0..CLIENTS).map(|n| orders::orders(Arc::clone(&door), with(), n, seed))).await;
    let (members, mut hands): (Vec<_>, Vec<_>) = ordered.into_iter().unzip();

    // Another process, on what the first one left.
    assert_eq!(idle.stop().await, Some(0));
    let castad = studio.at_work().await;
    for hand in &mut hands {
        hand.is_remembered().await;
    }
    films::misbehave(&studio.stand_ins);
    let made = all(members.into_iter().map(|member| films::films(member, with()))).await;
    let (members, failed): (Vec<_>, Vec<usize>) = made.into_iter().unzip();
    films::prove_the_books(&studio.stand_ins, failed.iter().sum());
    lost::songs(&studio, members).await;

    routes::assert_that_none_is_forgotten();
    assert_eq!(castad.stop().await, Some(0));
    studio.audit().await;
}
