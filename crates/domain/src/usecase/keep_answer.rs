use std::sync::Arc;

use super::{
    again::again,
    books::BooksError,
    receipt::{Receipt, keep},
};
use crate::{
    model::MemberId,
    port::{Clock, Ports, Store},
};

/// Keeps what a caller is told of work that took many transactions, in one of its own behind them.
///
/// Where the process ends before that, the same request does the work again: it is for work of
/// which the second time finds nothing left to do.
#[derive(Clone)]
pub struct KeepAnswer {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl KeepAnswer {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// Keeps it, if the caller named the request.
    ///
    /// # Errors
    ///
    /// [`BooksError::Repeated`] if the answer to the same request was kept meanwhile.
    pub async fn run<T: Sync, R>(
        &self,
        by: MemberId,
        receipt: Option<Receipt<'_, T>>,
        value: &T,
    ) -> Result<(), BooksError<R>> {
        let Some(receipt) = &receipt else { return Ok(()) };
        again(|| async {
            let mut unit = self.store.begin().await?;
            keep(&mut *unit, by, Some(receipt), value, self.clock.now()).await?;
            unit.commit().await?;
            Ok(())
        })
        .await
    }
}
