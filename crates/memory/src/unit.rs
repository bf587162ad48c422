use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{
        AttemptToken, Backlog, BacklogLimits, Claim, IdempotencyKey, JobEntry, JobId, JobState,
        Lane, MemberId, NewEvent, Outlook, Production, ProjectId, Purchase, Reply, Stage, Task,
        TaskKind, Work,
    },
    port::{
        AccessBook, ActionBook, CouponBook, EventBook, PointsBook, ProductionRepository, ReplyBook,
        SettingsBook, ShopBook, SlotBook, StoreError, StoreErrorKind, UnitOfWork, WebhookBook,
        WorkOutbox,
    },
};
use chrono::{DateTime, Utc};

use crate::{
    bell::locked,
    store::MemoryStore,
    tables::{JobRow, Tables},
};

type Step = Box<dyn Fn(&mut Tables) -> Result<(), StoreError> + Send>;

/// What a unit did, on a snapshot of its own until it commits.
pub(crate) struct MemoryUnit {
    store: MemoryStore,
    base: Arc<Tables>,
    own: Arc<Tables>,
    steps: Vec<Step>,
    pushed: bool,
    appended: bool,
}

impl MemoryUnit {
    pub(crate) fn new(store: MemoryStore) -> Self {
        let base = store.snapshot();
        let own = Arc::clone(&base);
        Self { store, base, own, steps: Vec::new(), pushed: false, appended: false }
    }

    /// The tables as this unit sees them.
    pub(crate) fn own(&self) -> &Tables {
        &self.own
    }

    /// Reads what must still be so at the commit.
    pub(crate) fn guard<T: PartialEq + Clone + Send + 'static>(
        &mut self,
        read: impl Fn(&Tables) -> T + Send + 'static,
    ) -> T {
        let found = read(&self.own);
        let expected = found.clone();
        self.steps.push(Box::new(move |tables| {
            if read(tables) == expected { Ok(()) } else { Err(StoreErrorKind::Conflict.into()) }
        }));
        found
    }

    pub(crate) fn step(
        &mut self,
        step: impl Fn(&mut Tables) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        step(Arc::make_mut(&mut self.own))?;
        self.steps.push(Box::new(step));
        Ok(())
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        {
            let mut live = locked(&self.store.live);
            if Arc::ptr_eq(&live, &self.base) {
                *live = self.own;
            } else if !self.steps.is_empty() {
                let mut next = Tables::clone(&live);
                for step in &self.steps {
                    step(&mut next)?;
                }
                *live = Arc::new(next);
            }
        }
        if self.pushed {
            self.store.pushed.ring();
        }
        if self.appended {
            self.store.appended.ring();
        }
        Ok(())
    }
}

#[async_trait]
impl ProductionRepository for MemoryUnit {
    async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError> {
        Ok(self.own.production(id))
    }

    async fn of_attempt(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
    ) -> Result<Option<ProjectId>, StoreError> {
        Ok(self.own.of_attempt(stage, attempt))
    }

    async fn of_purchase(&mut self, purchase: Purchase) -> Result<Option<ProjectId>, StoreError> {
        Ok(match purchase {
            Purchase::Song(id) => self.own.songs.get(&id).map(|row| row.0),
            Purchase::Video(id) => self.own.videos.get(&id).map(|row| row.0),
        })
    }

    async fn insert(&mut self, production: &Production) -> Result<(), StoreError> {
        let production = production.clone();
        self.step(move |tables| tables.insert(&production))
    }

    async fn update(&mut self, production: &Production) -> Result<(), StoreError> {
        let production = production.clone();
        self.step(move |tables| tables.update(&production))
    }
}

#[async_trait]
impl EventBook for MemoryUnit {
    async fn append(&mut self, member: MemberId, events: &[NewEvent]) -> Result<(), StoreError> {
        self.appended |= !events.is_empty();
        let (events, trace) = (events.to_vec(), self.store.trace.and_then(|leading| leading()));
        self.step(move |tables| {
            tables.append(member, &events, trace.as_deref());
            Ok(())
        })
    }
}

#[async_trait]
impl WorkOutbox for MemoryUnit {
    async fn push(&mut self, work: &[Work]) -> Result<(), StoreError> {
        self.pushed |= !work.is_empty();
        let (work, trace) = (work.to_vec(), self.store.trace.and_then(|leading| leading()));
        self.step(move |tables| {
            tables.push(&work, trace.as_deref());
            Ok(())
        })
    }

    async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError> {
        self.pushed = true;
        let task = task.clone();
        self.step(move |tables| {
            tables.hurry(&task, due);
            Ok(())
        })
    }

    async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let claim = claim.clone();
        self.step(move |tables| tables.finish(&claim))
    }

    async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let claim = claim.clone();
        self.step(move |tables| tables.held(&claim).map(|_| ()))
    }

    async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        Ok(self.own.entry(id))
    }

    async fn backlog(
        &mut self,
        member: MemberId,
        limits: BacklogLimits,
    ) -> Result<Backlog, StoreError> {
        let waits = |job: &&Arc<JobRow>| {
            job.state == JobState::Waiting && job.work.task.lane().stage().is_some()
        };
        let jobs = || self.own.jobs.values().filter(waits);
        let of_member = jobs().filter(|job| job.work.member == member).count();
        let up_to = |count, most| u32::try_from(count).unwrap_or(most).min(most);
        Ok(Backlog {
            of_member: up_to(of_member, limits.of_member),
            in_all: up_to(jobs().count(), limits.in_all),
        })
    }

    async fn outlook(&mut self, lane: Lane, due: DateTime<Utc>) -> Result<Outlook, StoreError> {
        Ok(self.own.outlook(lane, (due, JobId::from_bits(u128::MAX))))
    }

    async fn pause(&mut self, lane: Lane, reason: &str) -> Result<(), StoreError> {
        let reason = reason.to_owned();
        self.step(move |tables| {
            tables.lanes.pause(lane, &reason);
            Ok(())
        })
    }

    async fn resume(&mut self, lane: Lane) -> Result<(), StoreError> {
        self.pushed = true;
        self.step(move |tables| {
            tables.lanes.resume(lane);
            Ok(())
        })
    }

    async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError> {
        self.pushed = true;
        self.step(move |tables| tables.replay(id, due))
    }

    async fn replay_all(
        &mut self,
        kind: Option<TaskKind>,
        due: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let dead = self.guard(move |tables| tables.dead(kind));
        let found = dead.len() as u64;
        self.pushed = true;
        self.step(move |tables| dead.iter().try_for_each(|id| tables.replay(*id, due)))?;
        Ok(found)
    }
}

#[async_trait]
impl ReplyBook for MemoryUnit {
    async fn find(
        &mut self,
        member: MemberId,
        key: &IdempotencyKey,
        since: DateTime<Utc>,
    ) -> Result<Option<Reply>, StoreError> {
        let kept = self.own.replies.get(&(member, key.clone()));
        Ok(kept.filter(|reply| reply.at >= since).cloned())
    }

    async fn insert(&mut self, reply: &Reply, since: DateTime<Utc>) -> Result<(), StoreError> {
        let reply = reply.clone();
        self.step(move |tables| {
            let name = (reply.member, reply.key.clone());
            if tables.replies.get(&name).is_some_and(|kept| kept.at >= since) {
                return Err(StoreErrorKind::Duplicate.into());
            }
            tables.replies.insert(name, reply.clone());
            Ok(())
        })
    }

    async fn forget(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = self.own.replies.values().filter(|reply| reply.at < before).count();
        self.step(move |tables| {
            tables.replies.retain(|_, reply| reply.at >= before);
            Ok(())
        })?;
        Ok(old as u64)
    }
}
