//! Databases, and what is in them.

use std::sync::Arc;

use castad_contract::make;
use castad_domain::{
    model::{MemberId, Production},
    port::Store,
};
use castad_memory::SequentialIds;
use castad_sql::{Options, Sql, Sqlite};

/// Finished projects of which each waits in a lane again: the three lanes of providers in turn.
pub(crate) async fn fill(sql: &Sql, member: MemberId, many: std::ops::RangeInclusive<u64>) {
    let lanes: [make::Step; 3] = [make::request_lyric, make::request_song, make::request_video];
    for (n, again) in many.zip(lanes.iter().cycle()) {
        let mut production: Production = make::production(n, member);
        let steps = make::LYRIC.iter().chain(&make::SONG).chain(&make::VIDEO);
        for step in steps.chain([again]) {
            step(&mut production);
        }
        let mut unit = sql.begin().await.expect("a unit begins");
        unit.productions().insert(&production).await.expect("a production is added");
        let last = production.changes().work.last().cloned();
        unit.work().push(last.as_slice()).await.expect("its job is pushed");
        unit.commit().await.expect("the unit commits");
    }
}

/// An empty embedded database with one connection that reads.
pub(crate) async fn embedded() -> Sql {
    let options = Options::new(Arc::new(SequentialIds::new()));
    let sql = Sqlite::temporary(Options { readers: 1, ..options }).await;
    sql.expect("a temporary database opens")
}
