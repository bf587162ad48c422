//! The embedded engine keeps the promises of its ports.

use std::sync::Arc;

use castad_contract::{Database, Locks, Timepiece, Writers};
use castad_memory::{ManualClock, SequentialIds};
use castad_sql::{Options, Sql, Sqlite};
use chrono::TimeDelta;

async fn fresh() -> Sql {
    let options = Options::new(Arc::new(SequentialIds::new()));
    let options = Options { trace: Some(castad_contract::leading), ..options };
    Sqlite::temporary(options).await.expect("a temporary database opens")
}

async fn database() -> Database {
    Database::of(fresh().await, Writers::One).at_most(40)
}

async fn locks() -> Locks {
    let lock = Arc::new(fresh().await);
    let clock = ManualClock::default();
    let hand = clock.clone();
    let pass = Box::new(move |by| hand.advance(by));
    Locks {
        lock: lock.clone(),
        other: lock,
        ids: Arc::new(SequentialIds::new()),
        time: Timepiece { clock: Arc::new(clock), pass },
        tick: TimeDelta::seconds(1),
        late: TimeDelta::zero(),
        keep: None,
    }
}

async fn epochs() -> Arc<Sql> {
    Arc::new(fresh().await)
}

castad_contract::database_contract!(database);
castad_contract::lock_contract!(locks);
castad_contract::epochs_contract!(epochs);
