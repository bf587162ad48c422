//! The embedded engine keeps the promises of its ports.

use std::sync::Arc;

use castad_contract::{Database, Writers};
use castad_memory::SequentialIds;
use castad_sql::{Options, Sql, Sqlite};

async fn fresh() -> Sql {
    let options = Options::new(Arc::new(SequentialIds::new()));
    Sqlite::temporary(options).await.expect("a temporary database opens")
}

async fn database() -> Database {
    Database::of(fresh().await, Writers::One)
}

async fn lock_manager() -> Arc<Sql> {
    Arc::new(fresh().await)
}

castad_contract::database_contract!(database);
castad_contract::lock_contract!(lock_manager);
