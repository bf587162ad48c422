//! The lock on a real Redis: the port's suite, and every way in which Redis can fail it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod faults;
mod shelf;
mod start;

mod redis {
    use std::{sync::Arc, time::Duration};

    use castad_contract::{Locks, Timepiece, WallClock};
    use castad_domain::port::LockManager;
    use castad_memory::{MemoryEpochs, SequentialIds};
    use castad_redis::{RedisLock, Settings};
    use chrono::TimeDelta;

    use crate::{faults, start};

    async fn locks() -> Locks {
        let (url, clock) = (start::shared().await, WallClock::started());
        let epochs = Arc::new(MemoryEpochs::new());
        let call = Duration::from_secs(2);
        let connect = Duration::from_secs(10);
        let settings =
            Settings { namespace: start::namespace(), call, connect, ..Settings::default() };
        let process = async || {
            let lock = RedisLock::new(url, epochs.clone(), clock.clone(), settings.clone());
            let lock = lock.expect("it is an address");
            lock.check().await.expect("Redis answers");
            Arc::new(lock)
        };
        Locks {
            lock: process().await,
            other: process().await,
            ids: Arc::new(SequentialIds::new()),
            time: Timepiece { clock: clock.clone(), pass: Box::new(|_| ()) },
            tick: TimeDelta::milliseconds(200),
            late: TimeDelta::milliseconds(300),
            keep: None,
        }
    }

    castad_contract::lock_contract!(ignore = "needs Redis: ./test", locks);

    macro_rules! fault_tests {
        ($($case:ident)+) => {$(
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Redis: ./test"]
            async fn $case() {
                faults::$case().await;
            }
        )+};
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs Redis: ./test"]
    async fn a_copy_lies_for_all_until_its_time_is_over() {
        crate::shelf::a_copy_lies_for_all_until_its_time_is_over().await;
    }

    fault_tests! {
        a_redis_that_forgot_everything_issues_higher_tokens
        a_server_that_began_another_life_issues_higher_tokens
        a_redis_that_died_is_replaced
        who_waits_through_a_cut_is_served
        who_listens_is_subscribed_again_after_a_cut
        a_holder_that_fell_silent_is_followed_when_its_time_is_over
        a_redis_that_is_away_from_the_start_costs_little
        a_redis_that_stands_still_opens_the_breaker
        a_wait_ends_in_time_though_redis_stands_still
        an_answer_that_was_lost_is_asked_for_once_more
        a_script_that_was_forgotten_is_sent_again
        who_goes_away_leaves_nothing_behind
        many_who_wait_in_one_process_ask_once_each
        the_heads_of_two_processes_alone_ask
        nothing_is_locked_for_ever
        a_lock_that_cannot_be_reached_is_lost_within_its_lease
    }
}
