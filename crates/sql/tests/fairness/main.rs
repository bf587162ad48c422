//! The claim in SQL takes the jobs that a plain search through all of them takes.

mod walk;

use std::sync::Arc;

use castad_memory::SequentialIds;
use castad_sql::{Options, Sql, Sqlite};

async fn fresh() -> Sql {
    let options = Options::new(Arc::new(SequentialIds::new()));
    Sqlite::temporary(options).await.expect("a temporary database opens")
}

#[tokio::test]
async fn a_member_behind_a_long_line_is_served_before_those_that_are_busy() {
    walk::serves_a_member_behind_a_long_line(&fresh().await).await;
}

#[tokio::test]
async fn it_takes_the_same_jobs_as_a_search_through_all_of_them() {
    walk::takes_the_same_jobs_as_a_search(&fresh().await, 600).await;
}
