//! The suites of the ports, on a server.

use std::sync::Arc;

use castad_contract::{Database, Locks, Timepiece, Writers};
use castad_memory::{ManualClock, SequentialIds};
use castad_sql::{MySql, Options, Sql};
use chrono::TimeDelta;

use crate::start::{Place, Server};

pub(crate) fn options() -> Options {
    let options = Options::new(Arc::new(SequentialIds::new()));
    Options { trace: Some(castad_contract::leading), ..options }
}

pub(crate) async fn open(url: &str) -> Sql {
    MySql::open(url, options()).await.expect("the database opens")
}

async fn furnished(server: &Server) -> Place {
    server.furnished(async |url| drop(open(url).await)).await
}

pub(crate) async fn database(server: &Server) -> Database {
    let place = furnished(server).await;
    Database::of(open(&place.url()).await, Writers::Many).at_most(30).keeping(place)
}

/// Two processes at one database.
pub(crate) async fn locks(server: &Server) -> Locks {
    let place = furnished(server).await;
    let (lock, other) = (open(&place.url()).await, open(&place.url()).await);
    let clock = ManualClock::default();
    let hand = clock.clone();
    let pass = Box::new(move |by| hand.advance(by));
    Locks {
        lock: Arc::new(lock),
        other: Arc::new(other),
        ids: Arc::new(SequentialIds::new()),
        time: Timepiece { clock: Arc::new(clock), pass },
        tick: TimeDelta::seconds(1),
        late: TimeDelta::zero(),
        keep: Some(Box::new(place)),
    }
}

pub(crate) async fn epochs(server: &Server) -> Arc<Sql> {
    let place = furnished(server).await;
    let sql = open(&place.url()).await;
    // The suite has no place for it; the server goes with the process.
    std::mem::forget(place);
    Arc::new(sql)
}

/// All that a server's database is held to.
macro_rules! server_tests {
    ($server:path, $why:literal) => {
        async fn database() -> castad_contract::Database {
            crate::contract::database(&$server).await
        }

        async fn locks() -> castad_contract::Locks {
            crate::contract::locks(&$server).await
        }

        async fn epochs() -> std::sync::Arc<castad_sql::Sql> {
            crate::contract::epochs(&$server).await
        }

        castad_contract::database_contract!(ignore = $why, database);
        castad_contract::lock_contract!(ignore = $why, locks);
        castad_contract::epochs_contract!(ignore = $why, epochs);

        mod shared {
            server_tests!(@each $server, $why,
                several_that_start_at_once_do_not_collide
                a_schema_of_a_newer_version_is_refused_and_left_as_it_is
                a_start_that_died_within_a_step_is_gone_on_with
                a_table_of_somebody_else_is_not_taken_for_ours
                what_cannot_be_opened_says_why
                what_the_server_refuses_is_told_by_its_kind
                a_worker_waits_for_nobody_who_holds_a_row
                a_member_behind_a_long_line_is_served_before_those_that_are_busy
                racing_claims_are_fair_between_members
                it_takes_the_same_jobs_as_a_search_through_all_of_them
                work_in_the_background_cannot_starve_requests
                a_connection_that_the_server_closed_is_noticed
                settings_are_read_again_once_a_later_version_is_met
                a_line_is_served_in_order_over_two_openings
                totals_and_histories_come_from_a_replica_and_balances_do_not
                a_replica_that_does_not_answer_is_missed_by_nobody
                each_rule_of_the_books_finds_what_breaks_it_and_no_other
            );
        }
    };
    (@each $server:path, $why:literal, $($case:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = $why]
            async fn $case() {
                crate::shared::$case(&$server).await;
            }
        )+
    };
}
