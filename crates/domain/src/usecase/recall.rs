use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    model::{Answer, Fingerprint, IdempotencyKey, MemberId},
    port::{Clock, Ports, Store, StoreError},
};

/// How long answers are kept.
pub const REPLIES_KEPT: TimeDelta = TimeDelta::hours(24);

/// Why the answer to a request cannot be given again.
#[derive(Debug, thiserror::Error)]
pub enum RecallError {
    /// The name was used for another request.
    #[error("this idempotency key was used for another request")]
    Mismatch,
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds what a caller was told when they sent the same request before.
#[derive(Clone)]
pub struct Recall {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Recall {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// The answer that was given; `None` if the request is new.
    ///
    /// # Errors
    ///
    /// [`RecallError::Mismatch`] if the key named another request.
    pub async fn run(
        &self,
        member: MemberId,
        key: &IdempotencyKey,
        fingerprint: Fingerprint,
    ) -> Result<Option<Answer>, RecallError> {
        let since = self.clock.now() - REPLIES_KEPT;
        let mut unit = self.store.begin().await?;
        match unit.replies().find(member, key, since).await? {
            Some(reply) if reply.fingerprint == fingerprint => Ok(Some(reply.answer)),
            Some(_) => Err(RecallError::Mismatch),
            None => Ok(None),
        }
    }
}
