//! What is special about a server that many share: its versions, its neighbours, and its refusals.

use std::{sync::Arc, time::Duration};

use castad_contract::{Database, Writers, make};
use castad_domain::{
    model::{Credit, LotKind, MemberId},
    port::{HistoryPage, Store, StoreError, StoreErrorKind, WorkQueue},
    usecase::Accumulate,
};
use castad_memory::{Memory, SequentialIds};
use castad_sql::{MySql, OpenErrorKind, Options, PoolSize, Sql};
use futures_util::future::join_all;

use crate::{
    breaches,
    contract::{open, options},
    settings,
    start::Server,
    walk,
};

async fn add_member(sql: &Sql, n: u64) -> Result<(), StoreError> {
    let mut unit = sql.begin().await?;
    unit.access().insert_member(&make::member(n)).await?;
    unit.commit().await
}

async fn has_member(sql: &Sql, n: u64) -> bool {
    let mut unit = sql.begin().await.expect("a unit begins");
    let found = unit.access().member(&make::member(n).name).await.expect("the store answers");
    found == Some(make::member(n))
}

pub(crate) async fn several_that_start_at_once_do_not_collide(server: &Server) {
    let place = server.database().await;
    let start = async |n| {
        let sql = open(&place.url()).await;
        add_member(&sql, n).await.expect("a member is added");
    };
    join_all((1..=8).map(start)).await;
    let sql = open(&place.url()).await;
    for n in 1..=8 {
        assert!(has_member(&sql, n).await);
    }
}

pub(crate) async fn a_schema_of_a_newer_version_is_refused_and_left_as_it_is(server: &Server) {
    let place = server.database().await;
    add_member(&open(&place.url()).await, 1).await.expect("a member is added");
    place.tamper("INSERT INTO schema_steps VALUES (9000, 'later', TRUE, '2030-01-01')").await;
    // One that only adds to what is known here takes nothing away.
    assert!(has_member(&open(&place.url()).await, 1).await);

    place.tamper("UPDATE schema_floor SET known = 9000").await;
    let refused = MySql::open(&place.url(), options()).await.expect_err("it is newer");
    assert_eq!(refused.kind(), OpenErrorKind::Newer);

    let back = "DELETE FROM schema_steps WHERE version = 9000; UPDATE schema_floor SET known = 1";
    place.tamper(back).await;
    assert!(has_member(&open(&place.url()).await, 1).await);
}

pub(crate) async fn a_start_that_died_within_a_step_is_gone_on_with(server: &Server) {
    let place = server.database().await;
    drop(open(&place.url()).await);
    // One died behind the last step, another before it had done the one before.
    place.tamper("UPDATE schema_steps SET done = FALSE WHERE version >= 12; DROP TABLE jobs").await;
    let sql = open(&place.url()).await;
    walk::push(&sql, &[walk::work(1, 1, 0)]).await;
    assert!(walk::claim(&sql, 1).await.is_some());
}

pub(crate) async fn a_table_of_somebody_else_is_not_taken_for_ours(server: &Server) {
    let place = server.database().await;
    place.tamper("CREATE TABLE events (theirs INT)").await;
    let refused = MySql::open(&place.url(), options()).await.expect_err("a table is in the way");
    assert_eq!(refused.kind(), OpenErrorKind::Unavailable);
    let again = MySql::open(&place.url(), options()).await.map(drop);
    assert!(again.is_err(), "a second start takes it no more than the first");
}

pub(crate) async fn what_cannot_be_opened_says_why(server: &Server) {
    let place = server.database().await;
    let refused = async |url: &str| {
        MySql::open(url, options()).await.map(drop).expect_err("it cannot be opened")
    };
    let url = place.url();
    let (_, rest) = url.split_once('@').expect("the URL has a user");
    let stranger = refused(&format!("mysql://nobody:hunter2@{rest}")).await;
    assert_eq!(stranger.kind(), OpenErrorKind::NoPermission);
    assert!(!format!("{stranger} {stranger:?}").contains("hunter2"), "{stranger:?}");
    assert_eq!(refused(&format!("{url}_none")).await.kind(), OpenErrorKind::NoDatabase);
    assert_eq!(refused("mysql://root@localhost").await.kind(), OpenErrorKind::BadUrl);
    assert_eq!(refused("mysql:").await.kind(), OpenErrorKind::BadUrl);
    assert_eq!(refused("mysql://root@127.0.0.1:1/x").await.kind(), OpenErrorKind::Unavailable);
}

pub(crate) async fn what_the_server_refuses_is_told_by_its_kind(server: &Server) {
    let place = server.database().await;
    let sql = open(&place.url()).await;
    for (n, number, kind) in [
        (1, 1213, StoreErrorKind::Conflict),
        (2, 1205, StoreErrorKind::Conflict),
        (3, 1114, StoreErrorKind::Full),
        (4, 1021, StoreErrorKind::Full),
        (5, 1290, StoreErrorKind::Unavailable),
    ] {
        let refuse = format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON members FOR EACH ROW \
             SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}"
        );
        place.tamper(&refuse).await;
        let refused = add_member(&sql, n).await.expect_err("the server refuses");
        assert_eq!(refused.kind(), kind, "{number}");
        place.tamper("DROP TRIGGER refuse").await;
        add_member(&sql, n).await.expect("the server takes it");
        let again = add_member(&sql, n).await.expect_err("it is there");
        assert_eq!(again.kind(), StoreErrorKind::Duplicate);
    }
}

pub(crate) async fn a_worker_waits_for_nobody_who_holds_a_row(server: &Server) {
    let place = server.database().await;
    let sql = open(&place.url()).await;
    walk::push(&sql, &[walk::work(1, 1, 0), walk::work(2, 2, 500)]).await;
    let first = walk::claim(&sql, 1).await.expect("a job is due");
    let mut unit = sql.begin().await.expect("a unit begins");
    unit.work().hold(&first).await.expect("the claim holds");

    let second = walk::claim(&sql, 1_000).await.expect("the other is free");
    assert_ne!(second.job, first.job);
    assert_eq!(walk::claim(&sql, 1_000).await, None);
    unit.commit().await.expect("the unit commits");
    let third = walk::claim(&sql, 1_000).await.expect("its lease has ended");
    assert_eq!((third.job, third.fence), (first.job, first.fence + 1));
}

pub(crate) async fn racing_claims_are_fair_between_members(server: &Server) {
    let place = server.database().await;
    let sql = open(&place.url()).await;
    let crowd: Vec<_> = (1..=200).map(|n| walk::work(1, n, 0)).collect();
    walk::push(&sql, &crowd).await;
    walk::push(&sql, &[2, 3, 4].map(|member| walk::work(member, 300 + member, 5))).await;

    let claims = join_all((0..4).map(|_| walk::claim(&sql, 10))).await;
    let mut members: Vec<_> = claims.into_iter().flatten().map(|c| c.work.member).collect();
    members.sort();
    let each: Vec<_> = (1..=4).map(|n| MemberId::from_bits(make::bits(n))).collect();
    assert_eq!(members, each, "one of each member, whatever the crowd");
}

pub(crate) async fn a_member_behind_a_long_line_is_served_before_those_that_are_busy(
    server: &Server,
) {
    let place = server.database().await;
    walk::serves_a_member_behind_a_long_line(&open(&place.url()).await).await;
}

pub(crate) async fn it_takes_the_same_jobs_as_a_search_through_all_of_them(server: &Server) {
    let place = server.database().await;
    walk::takes_the_same_jobs_as_a_search(&open(&place.url()).await, 600).await;
}

pub(crate) async fn work_in_the_background_cannot_starve_requests(server: &Server) {
    let place = server.database().await;
    let few = PoolSize { kept: 1, most: 1, wait: Duration::from_secs(2) };
    let options = Options { background: few, ..options() };
    let sql = MySql::open(&place.url(), options).await.expect("the database opens");
    let background = sql.background();
    let held = background.begin().await.expect("the first connection is free");
    let refused = background.next_due().await.expect_err("there is one connection");
    assert_eq!(refused.kind(), StoreErrorKind::Unavailable);
    add_member(&sql, 1).await.expect("requests have their own");

    held.commit().await.expect("the unit commits");
    assert_eq!(background.next_due().await.expect("it is free again"), None);
}

pub(crate) async fn a_connection_that_the_server_closed_is_noticed(server: &Server) {
    let place = server.database().await;
    let options = Options { test_idle: Duration::ZERO, ..options() };
    let sql = MySql::open(&place.url(), options).await.expect("the database opens");
    for n in 1..=3 {
        add_member(&sql, n).await.expect("a member is added");
        place.end_connections().await;
    }
    add_member(&sql, 4).await.expect("a member is added over a fresh connection");
}

pub(crate) async fn a_line_is_served_in_order_over_two_openings(server: &Server) {
    let place = server.database().await;
    let ids = Arc::new(SequentialIds::new());
    let opening = async || {
        let sql = MySql::open(&place.url(), Options::new(ids.clone())).await;
        Database::of(sql.expect("the database opens"), Writers::Many)
    };
    let (one, other) = (opening().await, opening().await);
    castad_contract::races_lines::over_two_openings(&one, &other).await;
}

pub(crate) async fn settings_are_read_again_once_a_later_version_is_met(server: &Server) {
    let place = server.database().await;
    let (one, other) = (open(&place.url()).await, open(&place.url()).await);
    settings::reads_again_once_a_later_version_is_met(&one, &other).await;
}

/// Gives a member of that database points, and tells what is then read: the balance, the total that
/// is kept, and how many entries there are.
async fn give_and_read(url: &str, replica: &str) -> (i64, Option<i64>, usize) {
    let options = Options { replica: Some(replica.to_owned()), ..options() };
    let sql = MySql::open(url, options).await.expect("the database opens");
    add_member(&sql, 1).await.expect("a member is added");
    let ports = Memory::new().ports().over(Arc::new(sql));
    let member = make::member(1).id;
    let credit = Credit { kind: LotKind::Bonus, amount: 700, lifetime: None, source: None };
    let given = Accumulate::new(&ports).run(member, member, credit, None).await;
    given.expect("the limits allow it");
    let now = ports.clock.now();
    let balance = ports.points.balance(member, now, now).await.expect("the store answers");
    let totals = ports.points.totals(member).await.expect("the store answers");
    let page = HistoryPage { limit: 10, after: None, order: None };
    let entries = ports.points.history(member, page).await.expect("the store answers");
    (balance.available, totals.map(|totals| totals.accumulated), entries.len())
}

/// The replica here never hears of anything: nothing lags further behind.
pub(crate) async fn totals_and_histories_come_from_a_replica_and_balances_do_not(server: &Server) {
    let (place, replica) = (server.database().await, server.database().await);
    drop(open(&replica.url()).await);
    assert_eq!(give_and_read(&place.url(), &replica.url()).await, (700, None, 0));
}

pub(crate) async fn a_replica_that_does_not_answer_is_missed_by_nobody(server: &Server) {
    let place = server.database().await;
    let nowhere = "mysql://root@127.0.0.1:1/castad";
    assert_eq!(give_and_read(&place.url(), nowhere).await, (700, Some(700), 1));
}

pub(crate) async fn each_rule_of_the_books_finds_what_breaks_it_and_no_other(server: &Server) {
    let place = server.database().await;
    let db = Database::of(open(&place.url()).await, Writers::Many);
    let tamper = async |text: &str| place.tamper(text).await;
    breaches::each_rule_finds_what_breaks_it_and_no_other(&db, tamper).await;
}
