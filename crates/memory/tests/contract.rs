//! The memory adapters keep the promises of their ports.

use std::sync::Arc;

use castad_contract::{Database, Writers};
use castad_memory::{MemoryLock, MemoryStore};

async fn database() -> Database {
    Database::of(MemoryStore::new(), Writers::Many)
}

async fn lock_manager() -> Arc<MemoryLock> {
    Arc::new(MemoryLock::new())
}

castad_contract::database_contract!(database);
castad_contract::lock_contract!(lock_manager);
