use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::recall::REPLIES_KEPT;
use crate::{
    model::{
        Answer, Changes, Fingerprint, IdempotencyKey, MemberId, Production, ProjectId, Refusal,
        Reply,
    },
    port::{Clock, IdSource, Ports, Store, StoreError, StoreErrorKind, UnitOfWork},
};

/// How often an order is decided again when somebody else wrote first.
const TRIES: u32 = 5;

/// Why an order was not carried out; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The member has no such project.
    #[error("there is no such project")]
    NoProject,
    /// The production does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The same request was carried out meanwhile: its answer is kept.
    #[error("the request was carried out already")]
    Repeated,
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How the caller named the request and what they will be told, to be kept with the effect.
pub struct Receipt<'a, T = ()> {
    /// The caller's name for the request.
    pub key: IdempotencyKey,
    /// What they asked.
    pub fingerprint: Fingerprint,
    /// What they will be told.
    pub answer: &'a (dyn Fn(&Production, &T) -> Answer + Send + Sync),
}

/// Where orders are decided: what they all have in common.
#[derive(Clone)]
pub(super) struct Desk {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Desk {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn next_id(&self) -> u128 {
        self.ids.next()
    }

    /// Adds a production.
    pub(super) async fn open(
        &self,
        production: Production,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let mut unit = self.store.begin().await?;
        unit.productions().insert(&production).await?;
        hand_on(&mut *unit, &production).await?;
        self.keep(&mut *unit, &production, &(), receipt.as_ref()).await?;
        unit.commit().await?;
        Ok(production.written())
    }

    /// Decides on a member's production, again when somebody else wrote first. Where the decision
    /// changes nothing, nothing is written.
    pub(super) async fn change<T: Send + Sync>(
        &self,
        member: MemberId,
        project: ProjectId,
        receipt: Option<Receipt<'_, T>>,
        decide: impl Fn(&mut Production, u128, DateTime<Utc>) -> Result<T, Refusal> + Send + Sync,
    ) -> Result<(Production, T), OrderError> {
        let mut tries = 1;
        loop {
            match self.try_change(member, project, receipt.as_ref(), &decide).await {
                Err(OrderError::Store(fault))
                    if fault.kind() == StoreErrorKind::Conflict && tries < TRIES =>
                {
                    tries += 1;
                }
                end => return end,
            }
        }
    }

    async fn try_change<T: Send + Sync>(
        &self,
        member: MemberId,
        project: ProjectId,
        receipt: Option<&Receipt<'_, T>>,
        decide: &(impl Fn(&mut Production, u128, DateTime<Utc>) -> Result<T, Refusal> + Send + Sync),
    ) -> Result<(Production, T), OrderError> {
        let mut unit = self.store.begin().await?;
        let found = unit.productions().find(project).await?;
        let mut production =
            found.filter(|p| p.project().member() == member).ok_or(OrderError::NoProject)?;

        let value = decide(&mut production, self.ids.next(), self.clock.now())?;

        let changed = *production.changes() != Changes::default();
        if changed {
            settle(&mut *unit, &production).await?;
        } else if receipt.is_none() {
            return Ok((production, value));
        }
        self.keep(&mut *unit, &production, &value, receipt).await?;
        unit.commit().await?;
        Ok((if changed { production.written() } else { production }, value))
    }

    async fn keep<T: Send + Sync>(
        &self,
        unit: &mut dyn UnitOfWork,
        production: &Production,
        value: &T,
        receipt: Option<&Receipt<'_, T>>,
    ) -> Result<(), OrderError> {
        let Some(receipt) = receipt else { return Ok(()) };
        let at = self.clock.now();
        let reply = Reply {
            member: production.project().member(),
            key: receipt.key.clone(),
            fingerprint: receipt.fingerprint,
            answer: (receipt.answer)(production, value),
            at,
        };
        match unit.replies().insert(&reply, at - REPLIES_KEPT).await {
            Err(fault) if fault.kind() == StoreErrorKind::Duplicate => Err(OrderError::Repeated),
            end => Ok(end?),
        }
    }
}

/// Writes what changed of a production, with the events and the work that follow.
pub(super) async fn settle(
    unit: &mut dyn UnitOfWork,
    production: &Production,
) -> Result<(), StoreError> {
    unit.productions().update(production).await?;
    hand_on(unit, production).await
}

async fn hand_on(unit: &mut dyn UnitOfWork, production: &Production) -> Result<(), StoreError> {
    let changes = production.changes();
    unit.events().append(production.project().member(), &changes.events).await?;
    unit.work().push(&changes.work).await
}
