use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    again::{Contended, again},
    begun::{Begun, Waits},
    biller::Biller,
    books::BooksError,
    guarded::{GENERATE_VIDEO, GuardError, Guarded, Lease},
    letters::Mailroom,
    receipt::{KeepError, Receipt, keep},
};
use crate::{
    model::{
        BacklogFull, BacklogLimits, Changes, MemberId, PointsRefusal, Production, ProjectId,
        Refusal,
    },
    port::{Clock, IdSource, Ports, Store, StoreError, StoreErrorKind, UnitOfWork},
};

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
    /// The owner's points do not allow it.
    #[error(transparent)]
    Points(PointsRefusal),
    /// Others are at it.
    #[error(transparent)]
    Busy(#[from] GuardError),
    /// So much waits that no more is taken on.
    #[error(transparent)]
    Backlog(#[from] BacklogFull),
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Contended for OrderError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.kind() == StoreErrorKind::Conflict)
    }
}

impl From<BooksError<PointsRefusal>> for OrderError {
    fn from(error: BooksError<PointsRefusal>) -> Self {
        match error {
            BooksError::Refused(refusal) => Self::Points(refusal),
            BooksError::Repeated => Self::Repeated,
            BooksError::Busy(error) => Self::Busy(error),
            BooksError::Store(fault) => Self::Store(fault),
        }
    }
}

impl From<KeepError> for OrderError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Repeated => Self::Repeated,
            KeepError::Store(fault) => Self::Store(fault),
        }
    }
}

/// How long a project is held while it is decided that something is to be made. It is one
/// transaction, not a call to anybody: who dies in it keeps nobody away for longer.
const DECIDING: Lease = Lease::Fixed(TimeDelta::seconds(10));

/// What a decision brought with it.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// The points that came back.
    pub(super) returned: i64,
    /// What the stage waits for that was begun.
    waits: Option<Waits>,
}

/// Where orders are decided: what they all have in common.
#[derive(Clone)]
pub(super) struct Desk {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    guarded: Guarded,
    biller: Biller,
    mailroom: Mailroom,
    backlog: BacklogLimits,
}

impl Desk {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
            guarded: ports.guarded.clone(),
            biller: Biller::new(ports),
            mailroom: Mailroom::new(ports),
            backlog: ports.backlog,
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
        let member = production.project().member();
        let mut unit = self.store.begin().await?;
        unit.productions().insert(&production).await?;
        hand_on(&mut *unit, &production).await?;
        keep(&mut *unit, member, receipt.as_ref(), &production, self.now()).await?;
        unit.commit().await?;
        Ok(production.written())
    }

    /// Decides to have something made, while nobody else decides so for the same project.
    pub(super) async fn begin(
        &self,
        member: MemberId,
        project: ProjectId,
        receipt: Option<Receipt<'_, Begun>>,
        decide: impl Fn(&mut Production, u128, DateTime<Utc>) -> Result<(), Refusal> + Send + Sync,
    ) -> Result<Begun, OrderError> {
        let lock = GENERATE_VIDEO.of([&project]).leased(DECIDING);
        let end = |production, (), Aside { waits, .. }| Begun { production, waits };
        let begun = self.guarded.run(lock, async |_guard| {
            // Whoever waits for an order holds all of this: a page of memory each.
            Box::pin(self.change_with((member, project), receipt, decide, end)).await
        });
        begun.await?
    }

    /// Decides on a member's production, again when somebody else wrote first. Where the decision
    /// changes nothing, nothing is written.
    pub(super) async fn change(
        &self,
        member: MemberId,
        project: ProjectId,
        receipt: Option<Receipt<'_>>,
        decide: impl Fn(&mut Production, u128, DateTime<Utc>) -> Result<(), Refusal> + Send + Sync,
    ) -> Result<Production, OrderError> {
        let end = |production, (), _aside| production;
        again(|| self.try_change((member, project), receipt.as_ref(), &decide, end)).await
    }

    /// The same for a decision that has something to tell, with what came of it aside.
    pub(super) async fn change_with<T: Send, O: Send + Sync>(
        &self,
        of: (MemberId, ProjectId),
        receipt: Option<Receipt<'_, O>>,
        decide: impl Fn(&mut Production, u128, DateTime<Utc>) -> Result<T, Refusal> + Send + Sync,
        end: fn(Production, T, Aside) -> O,
    ) -> Result<O, OrderError> {
        again(|| self.try_change(of, receipt.as_ref(), &decide, end)).await
    }

    async fn try_change<T: Send, O: Send + Sync>(
        &self,
        (member, project): (MemberId, ProjectId),
        receipt: Option<&Receipt<'_, O>>,
        decide: &(impl Fn(&mut Production, u128, DateTime<Utc>) -> Result<T, Refusal> + Send + Sync),
        end: impl Fn(Production, T, Aside) -> O + Send,
    ) -> Result<O, OrderError> {
        let mut unit = self.store.begin().await?;
        let found = unit.productions().find(project).await?;
        let mut production =
            found.filter(|p| p.project().member() == member).ok_or(OrderError::NoProject)?;

        let told = decide(&mut production, self.ids.next(), self.clock.now())?;

        let mut aside = Aside::default();
        if let Some(work) = production.changes().work.iter().find(|work| work.task.begins()) {
            self.backlog.admit(unit.work().backlog(member, self.backlog).await?)?;
            let outlook = unit.work().outlook(work.task.lane(), work.due).await?;
            aside.waits = Some(Waits { due: work.due, outlook });
        }

        if *production.changes() != Changes::default() {
            aside.returned = self.biller.settle(&mut *unit, &production, self.now()).await?;
            settle(&mut *unit, &production, &self.mailroom).await?;
            production = production.written();
        } else if receipt.is_none() {
            return Ok(end(production, told, aside));
        }
        let end = end(production, told, aside);
        keep(&mut *unit, member, receipt, &end, self.now()).await?;
        unit.commit().await?;
        Ok(end)
    }
}

/// Writes what changed of a production, with the events, the work and the letter that follow.
pub(super) async fn settle(
    unit: &mut dyn UnitOfWork,
    production: &Production,
    mailroom: &Mailroom,
) -> Result<(), StoreError> {
    unit.productions().update(production).await?;
    hand_on(unit, production).await?;
    mailroom.tell_of(unit, production).await
}

async fn hand_on(unit: &mut dyn UnitOfWork, production: &Production) -> Result<(), StoreError> {
    let changes = production.changes();
    unit.events().append(production.project().member(), &changes.events).await?;
    unit.work().push(&changes.work).await
}
