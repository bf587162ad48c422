use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::till::{Cashier, Changed};
use crate::{
    model::MemberId,
    port::{Clock, Ports, Store, UnitOfWork},
    usecase::{
        guarded::Guarded,
        receipt::{Receipt, keep},
    },
};

/// What every change of points needs.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) cashier: Cashier,
    pub(super) guarded: Guarded,
}

impl Desk {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            cashier: Cashier::new(ports),
            guarded: ports.guarded.clone(),
        }
    }

    pub(super) async fn begin(&self) -> Changed<Box<dyn UnitOfWork>> {
        Ok(self.store.begin().await?)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Keeps what the caller will be told, and makes all of it last.
    pub(super) async fn end<T: Sync>(
        &self,
        mut unit: Box<dyn UnitOfWork>,
        by: MemberId,
        receipt: Option<&Receipt<'_, T>>,
        value: T,
    ) -> Changed<T> {
        keep(&mut *unit, by, receipt, &value, self.now()).await?;
        unit.commit().await?;
        Ok(value)
    }
}
