use chrono::{DateTime, Utc};

use super::recall::REPLIES_KEPT;
use crate::{
    model::{Answer, Fingerprint, IdempotencyKey, MemberId, Production, Reply},
    port::{StoreError, StoreErrorKind, UnitOfWork},
};

/// How the caller named a request and what they will be told, to be kept with the effect.
pub struct Receipt<'a, T = Production> {
    /// The caller's name for the request.
    pub key: IdempotencyKey,
    /// What they asked.
    pub fingerprint: Fingerprint,
    /// What they will be told.
    pub answer: &'a (dyn Fn(&T) -> Answer + Send + Sync),
}

/// Why an answer was not kept; the unit must not be committed.
pub(super) enum KeepError {
    /// The same request was carried out meanwhile: its answer is kept.
    Repeated,
    /// A fault of the store.
    Store(StoreError),
}

/// Keeps what the caller will be told, if they named the request.
pub(super) async fn keep<T: Sync>(
    unit: &mut dyn UnitOfWork,
    member: MemberId,
    receipt: Option<&Receipt<'_, T>>,
    value: &T,
    at: DateTime<Utc>,
) -> Result<(), KeepError> {
    let Some(receipt) = receipt else { return Ok(()) };
    let reply = Reply {
        member,
        key: receipt.key.clone(),
        fingerprint: receipt.fingerprint,
        answer: (receipt.answer)(value),
        at,
    };
    match unit.replies().insert(&reply, at - REPLIES_KEPT).await {
        Err(fault) if fault.kind() == StoreErrorKind::Duplicate => Err(KeepError::Repeated),
        end => end.map_err(KeepError::Store),
    }
}
