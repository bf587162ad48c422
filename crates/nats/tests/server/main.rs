//! Castad on a real NATS server: the ports' suites, and every way in which NATS can fail them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod faults;
mod listener;
mod rights;
mod start;
mod work;

mod nats {
    use std::{sync::Arc, time::Duration};

    use castad_contract::{Feeds, Streams, Timepiece, WallClock};
    use castad_domain::port::Clock;
    use castad_nats::{NatsEvents, NatsFeed, Settings};
    use chrono::TimeDelta;

    use crate::{faults, listener::Listener, rights, start, work};

    async fn streams() -> Streams {
        let url = start::shared().await;
        let window = Duration::from_millis(200);
        let settings = Settings { window, ..start::settings() };
        let way = async || {
            let nats = start::connected(url, &settings).await;
            Arc::new(NatsEvents::new(&nats))
        };
        let (stream, other) = (way().await, way().await);
        let namespace = settings.namespace.clone();
        let clock = WallClock::started();
        Streams {
            stream,
            other,
            heard: Box::new(move |member, project| {
                let namespace = namespace.clone();
                Box::pin(async move {
                    let listener = Listener::new(url, &namespace, member, project).await;
                    let there = listener.there().await;
                    listener.hear(there).await
                })
            }),
            forget: Box::new(move || {
                let clock = Arc::clone(&clock);
                Box::pin(async move {
                    clock.reach(clock.now() + TimeDelta::milliseconds(600)).await;
                })
            }),
            keep: None,
        }
    }

    async fn feeds() -> Feeds {
        let url = start::shared().await;
        let wait = Duration::from_secs(3);
        let settings = Settings { ack_wait: wait, ..start::settings() };
        let way = async || {
            let nats = start::connected(url, &settings).await;
            Arc::new(NatsFeed::new(&nats))
        };
        let (feed, other) = (way().await, way().await);
        let time = Timepiece { clock: WallClock::started(), pass: Box::new(|_| ()) };
        let wait = TimeDelta::from_std(wait).unwrap();
        Feeds { feed, other, wait, time, keep: None }
    }

    castad_contract::feed_contract!(ignore = "needs NATS: ./test", feeds);
    castad_contract::stream_contract!(ignore = "needs NATS: ./test", streams);

    macro_rules! fault_tests {
        ($($module:ident::$case:ident)+) => {$(
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs NATS: ./test"]
            async fn $case() {
                $module::$case().await;
            }
        )+};
    }

    fault_tests! {
        faults::relays_and_the_server_are_killed_and_all_is_heard_in_order
        faults::a_message_that_was_held_up_comes_too_late
        faults::an_answer_that_was_lost_is_no_second_event
        faults::a_server_that_is_away_from_the_start_is_told_later
        faults::a_server_that_forgot_everything_is_told_what_is_new
        faults::many_who_start_at_once_make_the_streams_once
        faults::a_look_makes_no_stream
        faults::an_event_that_is_too_large_is_refused
        faults::who_asks_is_taken_from_the_address
        rights::the_rights_of_the_guide_are_enough
        work::workers_and_the_server_are_killed_and_all_is_done_once
        work::a_server_that_hangs_holds_up_nobody
        work::a_server_that_comes_later_is_used_then
    }
}
