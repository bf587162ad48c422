use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    model::{Datum, EventKind, NewEvent},
    port::{Clock, IdSource, Ports, Store, StoreError, UnitOfWork},
};

/// What whoever changes campaigns, coupons, packs or orders needs.
#[derive(Clone)]
pub(super) struct Office {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Office {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    pub(super) async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.store.begin().await
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn next_id(&self) -> u128 {
        self.ids.next()
    }
}

/// An event that belongs to no project.
pub(super) fn told<const N: usize>(
    kind: EventKind,
    at: DateTime<Utc>,
    data: [(&'static str, Datum); N],
) -> NewEvent {
    NewEvent { kind, project: None, at, data: BTreeMap::from(data) }
}
