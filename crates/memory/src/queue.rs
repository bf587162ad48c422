use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{Claim, JobId, JobState, MemberId},
    port::{QueueCounts, StoreError, WorkQueue},
};
use chrono::{DateTime, Utc};

use crate::{
    store::MemoryStore,
    tables::{JobRow, Tables},
};

impl JobRow {
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        match self.state {
            JobState::Waiting => self.work.due <= now,
            JobState::Running => self.lease_until <= now,
            JobState::Dead => false,
        }
    }
}

impl Tables {
    fn running(&self, member: MemberId, now: DateTime<Utc>) -> usize {
        let runs = |job: &&Arc<JobRow>| {
            job.state == JobState::Running && job.work.member == member && job.lease_until > now
        };
        self.jobs.values().filter(runs).count()
    }

    fn next_job(&self, now: DateTime<Utc>) -> Option<JobId> {
        let due = self.jobs.iter().filter(|(_, job)| job.is_due(now));
        let fair = |(id, job): &(&JobId, &Arc<JobRow>)| {
            (self.running(job.work.member, now), job.work.due, **id)
        };
        due.min_by_key(fair).map(|(id, _)| *id)
    }
}

#[async_trait]
impl WorkQueue for MemoryStore {
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Claim>, StoreError> {
        self.change(|tables| {
            let Some(id) = tables.next_job(now) else { return Ok(None) };
            let Some(job) = tables.jobs.get_mut(&id).map(Arc::make_mut) else { return Ok(None) };
            job.state = JobState::Running;
            job.fence += 1;
            job.lease_until = lease_until;
            Ok(Some(Claim {
                job: id,
                work: job.work.clone(),
                fence: job.fence,
                attempts: job.attempts,
                progress: job.progress,
                lease_until,
            }))
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
            job.work.due = due;
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

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at = |job: &Arc<JobRow>| match job.state {
            JobState::Waiting => Some(job.work.due),
            JobState::Running => Some(job.lease_until),
            JobState::Dead => None,
        };
        Ok(self.snapshot().jobs.values().filter_map(at).min())
    }

    async fn counts(&self) -> Result<QueueCounts, StoreError> {
        let mut counts = QueueCounts::default();
        for job in self.snapshot().jobs.values() {
            match job.state {
                JobState::Waiting => counts.waiting += 1,
                JobState::Running => counts.running += 1,
                JobState::Dead => counts.dead += 1,
            }
        }
        Ok(counts)
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
