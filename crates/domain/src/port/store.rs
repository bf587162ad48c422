use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{
    AccessBook, ActionBook, CouponBook, PointsBook, SettingsBook, ShopBook, SlotBook, StoreError,
    WebhookBook,
};
use crate::model::{
    AttemptToken, Backlog, BacklogLimits, Claim, IdempotencyKey, JobEntry, JobId, Lane, MemberId,
    NewEvent, Outlook, Production, ProjectId, Purchase, Reply, Stage, Task, TaskKind, Work,
};

/// Opens units of work.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a transaction.
    ///
    /// # Contract
    ///
    /// * Nothing that a unit writes is seen by others before `commit`.
    /// * A unit that is dropped leaves nothing behind.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;
}

/// One transaction: short, and never open while anybody else is called.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Productions.
    fn productions(&mut self) -> &mut dyn ProductionRepository;

    /// The log.
    fn events(&mut self) -> &mut dyn EventBook;

    /// Jobs that the transaction makes necessary or done.
    fn work(&mut self) -> &mut dyn WorkOutbox;

    /// Answers that are kept with their effect.
    fn replies(&mut self) -> &mut dyn ReplyBook;

    /// Members, keys and sessions.
    fn access(&mut self) -> &mut dyn AccessBook;

    /// Points: accounts, lots, uses and entries.
    fn points(&mut self) -> &mut dyn PointsBook;

    /// Campaigns and coupons.
    fn coupons(&mut self) -> &mut dyn CouponBook;

    /// Packs and orders.
    fn shop(&mut self) -> &mut dyn ShopBook;

    /// Channels, slots, holds, and the queue before them.
    fn slots(&mut self) -> &mut dyn SlotBook;

    /// Limits that can change while the program runs, with their history.
    fn settings(&mut self) -> &mut dyn SettingsBook;

    /// Webhooks, and what was delivered to them.
    fn webhooks(&mut self) -> &mut dyn WebhookBook;

    /// What admins do.
    fn actions(&mut self) -> &mut dyn ActionBook;

    /// Makes all of it last.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it did not; then none of it did, unless the database went away in the
    /// very moment, in which case the caller reads again.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// The productions of everybody.
#[async_trait]
pub trait ProductionRepository: Send {
    /// The project with its kept pictures in order and its newest stages; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer or a row makes no sense.
    async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError>;

    /// Whose newest stage, not ended yet, rests on that decision to buy; `None` if none does.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn of_attempt(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
    ) -> Result<Option<ProjectId>, StoreError>;

    /// Whose song or video it is, be it the newest or not; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn of_purchase(&mut self, purchase: Purchase) -> Result<Option<ProjectId>, StoreError>;

    /// Adds a production.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if the id is taken.
    async fn insert(&mut self, production: &Production) -> Result<(), StoreError>;

    /// Writes what changed, if nobody else wrote since it was read.
    ///
    /// # Contract
    ///
    /// * Of two writers that read the same version one wins, the other gets a conflict.
    /// * Events and work are not written here: the caller hands them on in the same unit.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if somebody else wrote first.
    async fn update(&mut self, production: &Production) -> Result<(), StoreError>;
}

/// The log of each member.
#[async_trait]
pub trait EventBook: Send {
    /// Appends, in order.
    ///
    /// # Contract
    ///
    /// * Numbers of a member have no gap and rise in the order of commits: a reader that has seen
    ///   one will never find a lower one new.
    /// * Where the store was opened with what tells what leads to what, an event is read with what
    ///   that told when it was appended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn append(&mut self, member: MemberId, events: &[NewEvent]) -> Result<(), StoreError>;
}

/// Jobs, as a transaction sees them.
#[async_trait]
pub trait WorkOutbox: Send {
    /// Adds jobs; they may be claimed once the unit is committed.
    ///
    /// # Contract
    ///
    /// * Where the store was opened with what tells what leads to what, a job is claimed with what
    ///   that told when it was pushed, however often and by whomever.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn push(&mut self, work: &[Work]) -> Result<(), StoreError>;

    /// Lets a job that waits for later wait no longer than that; it is fine if none does.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError>;

    /// Ends a claimed job with the unit: its effect and its end are one.
    ///
    /// # Contract
    ///
    /// * Refused when the job was claimed by somebody else since, and then the unit cannot commit
    ///   anything of a worker that lost its lease.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError>;

    /// Checks that a claim still holds, and holds it until the unit ends.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) if the claim is lost.
    async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError>;

    /// A job, whatever its state; `None` if there is none of that id.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError>;

    /// How many jobs that need a provider wait, of a member and in all, counted up to the limits.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn backlog(
        &mut self,
        member: MemberId,
        limits: BacklogLimits,
    ) -> Result<Backlog, StoreError>;

    /// What awaits a job that would be pushed to a lane now and be due then: how many come before it,
    /// and how the lane moves.
    ///
    /// # Contract
    ///
    /// * It is what a reader is told of that job once the unit is committed, if nobody else comes
    ///   between.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn outlook(&mut self, lane: Lane, due: DateTime<Utc>) -> Result<Outlook, StoreError>;

    /// Has a lane stand still until it is resumed, with the reason.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn pause(&mut self, lane: Lane, reason: &str) -> Result<(), StoreError>;

    /// Has a lane go on at once, whether a person or its provider stopped it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn resume(&mut self, lane: Lane) -> Result<(), StoreError>;

    /// Has a job that was set aside tried again: due then, as if it had never failed.
    ///
    /// # Contract
    ///
    /// * Of two units that replay the same job one commits.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Conflict`](super::StoreErrorKind::Conflict) unless it is set aside.
    async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError>;

    /// The same for all that were set aside, or all of a kind; says how many those are.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn replay_all(
        &mut self,
        kind: Option<TaskKind>,
        due: DateTime<Utc>,
    ) -> Result<u64, StoreError>;
}

/// Answers that are kept so that the same request gets them again.
#[async_trait]
pub trait ReplyBook: Send {
    /// The answer to the request that the member named so; `None` if none is kept since then.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn find(
        &mut self,
        member: MemberId,
        key: &IdempotencyKey,
        since: DateTime<Utc>,
    ) -> Result<Option<Reply>, StoreError>;

    /// Keeps an answer; one that is older than `since` gives way.
    ///
    /// # Contract
    ///
    /// * Of two units that keep an answer under the same name one commits.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Duplicate`](super::StoreErrorKind::Duplicate) if one is kept already.
    async fn insert(&mut self, reply: &Reply, since: DateTime<Utc>) -> Result<(), StoreError>;

    /// Forgets what was answered before then, and says how many answers that were.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn forget(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
