//! The real clock and ids, held to their ports.

use std::sync::Arc;

use castad_app::system::{SystemClock, TimeOrderedIds};
use castad_contract::Timepiece;

async fn clock() -> Timepiece {
    Timepiece { clock: Arc::new(SystemClock::default()), pass: Box::new(|_| {}) }
}

async fn ids() -> Arc<TimeOrderedIds> {
    Arc::new(TimeOrderedIds::default())
}

async fn two_sources() -> [Arc<TimeOrderedIds>; 2] {
    [ids().await, ids().await]
}

castad_contract::time_contract!(clock);
castad_contract::ids_contract!(ids);
castad_contract::secret_ids_contract!(two_sources);
