//! The real clock and ids, held to their ports.

use std::{future::ready, sync::Arc};

use castad_app::system::{SystemClock, TimeOrderedIds};
use castad_contract::Timepiece;

fn clock() -> impl Future<Output = Timepiece> {
    ready(Timepiece { clock: Arc::new(SystemClock::default()), pass: Box::new(|_| {}) })
}

fn ids() -> impl Future<Output = Arc<TimeOrderedIds>> {
    ready(Arc::new(TimeOrderedIds::default()))
}

fn two_sources() -> impl Future<Output = [Arc<TimeOrderedIds>; 2]> {
    ready([Arc::default(), Arc::default()])
}

castad_contract::time_contract!(clock);
castad_contract::ids_contract!(ids);
castad_contract::secret_ids_contract!(two_sources);
