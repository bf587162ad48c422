use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{Claim, JobId, JobState, Lane, LaneState, MemberId, TaskKind},
    port::{
        Feeding, KindCounts, LanePace, Offer, QueueCounts, StoreError, Taking, Turn, WorkQueue,
    },
};
use chrono::{DateTime, Utc};

use crate::{
    store::MemoryStore,
    tables::{JobRow, Tables},
};

impl JobRow {
    pub(crate) fn is_due(&self, now: DateTime<Utc>) -> bool {
        match self.state {
            JobState::Waiting => self.work.due <= now,
            JobState::Running => self.lease_until <= now,
            JobState::Dead => false,
        }
    }
}

impl Tables {
    pub(crate) fn of(&self, lane: Lane) -> impl Iterator<Item = (&JobId, &Arc<JobRow>)> {
        self.jobs.iter().filter(move |(_, job)| job.work.task.lane() == lane)
    }

    pub(crate) fn running(&self, lane: Lane, member: MemberId, now: DateTime<Utc>) -> usize {
        let runs = |(_, job): &(&JobId, &Arc<JobRow>)| {
            job.state == JobState::Running && job.work.member == member && job.lease_until > now
        };
        self.of(lane).filter(runs).count()
    }

    fn next_job(&self, lane: Lane, now: DateTime<Utc>) -> Option<JobId> {
        let due = self.of(lane).filter(|(_, job)| job.is_due(now));
        let fair = |(id, job): &(&JobId, &Arc<JobRow>)| {
            (self.running(lane, job.work.member, now), job.work.due, **id)
        };
        due.min_by_key(fair).map(|(id, _)| *id)
    }

    fn claim_next(&mut self, lane: Lane, turn: Turn) -> Option<Claim> {
        let state = self.lanes.of(lane);
        if !state.is_open(turn.now) {
            return None;
        }
        let id = self.next_job(lane, turn.now)?;
        if let Some(rate) = turn.rate {
            self.lanes.of_mut(lane).booked = rate.book(state.booked, turn.now)?;
        }
        self.give(id, turn)
    }

    pub(crate) fn give(&mut self, id: JobId, turn: Turn) -> Option<Claim> {
        let job = self.jobs.get_mut(&id).map(Arc::make_mut)?;
        job.state = JobState::Running;
        job.fence += 1;
        (job.lease_until, job.fed_until) = (turn.lease_until, None);
        Some(Claim {
            job: id,
            work: job.work.clone(),
            fence: job.fence,
            attempts: job.attempts,
            progress: job.progress,
            lease_until: turn.lease_until,
            note: job.draft.clone(),
            trace: job.trace.clone(),
        })
    }
}

#[async_trait]
impl WorkQueue for MemoryStore {
    async fn lanes(&self) -> Result<Vec<LaneState>, StoreError> {
        let tables = self.snapshot();
        let at = |(_, job): (&JobId, &Arc<JobRow>)| match job.state {
            JobState::Waiting => Some(job.work.due),
            JobState::Running => Some(job.lease_until),
            JobState::Dead => None,
        };
        let next = |lane| tables.of(lane).filter_map(at).min();
        let state = |lane| LaneState { next: next(lane), ..tables.lanes.of(lane).clone() };
        Ok(Lane::ALL.into_iter().map(state).collect())
    }

    async fn claim_some(
        &self,
        lane: Lane,
        turn: Turn,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        self.change(|tables| Ok((0..most).map_while(|_| tables.claim_next(lane, turn)).collect()))
    }

    async fn feed(&self, lane: Lane, feeding: Feeding) -> Result<Vec<Offer>, StoreError> {
        self.change(|tables| Ok(tables.feed(lane, feeding)))
    }

    async fn claim_job(&self, offer: &Offer, turn: Turn) -> Result<Taking, StoreError> {
        self.change(|tables| Ok(tables.claim_job(offer, turn)))
    }

    async fn rest(&self, lane: Lane, until: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        self.change(|tables| {
            tables.lanes.rest(lane, until, reason);
            Ok(())
        })
    }

    async fn pace(&self, lane: Lane, pace: LanePace) -> Result<(), StoreError> {
        self.change(|tables| {
            tables.lanes.pace(lane, pace);
            Ok(())
        })
    }

    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.change(|tables| {
            let job = tables.held(claim)?;
            (job.lease_until, job.progress) = (lease_until, progress);
            Ok(())
        })
    }

    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError> {
        self.change(|tables| {
            let job = tables.held(claim)?;
            job.state = JobState::Waiting;
            (job.work.due, job.fed_until) = (due, None);
            (job.attempts, job.progress) = (attempts, progress);
            Ok(())
        })?;
        self.pushed.ring();
        Ok(())
    }

    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError> {
        self.change(|tables| {
            tables.held(claim)?.draft = Some(draft.to_owned());
            Ok(())
        })
    }

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        self.change(|tables| {
            let job = tables.held(claim)?;
            job.state = JobState::Dead;
            job.reason = Some(reason.to_owned());
            Ok(())
        })
    }

    async fn counts_of_kinds(&self) -> Result<Vec<KindCounts>, StoreError> {
        let tables = self.snapshot();
        let counted = |lane, kind: TaskKind| {
            let of_kind = tables.of(lane).filter(|(_, job)| job.work.task.name() == kind.name());
            let counts = of_kind.map(|(_, job)| match job.state {
                JobState::Waiting => QueueCounts { waiting: 1, ..QueueCounts::default() },
                JobState::Running => QueueCounts { running: 1, ..QueueCounts::default() },
                JobState::Dead => QueueCounts { dead: 1, ..QueueCounts::default() },
            });
            KindCounts { lane, kind: Some(kind), counts: counts.sum() }
        };
        let counts = TaskKind::ALL
            .into_iter()
            .flat_map(|kind| kind.lanes().iter().map(move |lane| counted(*lane, kind)));
        Ok(counts.collect())
    }

    /// Written out, because an `async fn` would begin to listen only when it is first polled.
    fn pushed<'a, 'async_trait>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.pushed.next())
    }
}
