use std::{future::Future, pin::Pin};

use async_trait::async_trait;
use castad_domain::{
    model::{Claim, JobEntry, JobId, Task, TaskKind, Work},
    port::{QueueCounts, StoreError, WorkOutbox, WorkQueue},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    dialect,
    fault::{corrupt, one_row, store_error, whole},
    row::{EntryRow, bits, entry_columns, stage_id},
    store::{Sql, Unit},
};

texts! {
    PUSH =
        "INSERT INTO jobs (id, kind, subject, stage_id, member_id, project_id, state, due, fence, \
         attempts, progress) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, 0, 0, 0.0)";
    HURRY =
        "UPDATE jobs SET due = ? WHERE stage_id = ? AND kind = ? AND subject = ? \
         AND state = 'waiting' AND due > ?";
    FINISH = "DELETE FROM jobs WHERE id = ? AND fence = ? AND state = 'running'";
    /// Writes nothing new, and so keeps the row from everybody else until the unit ends.
    HOLD = "UPDATE jobs SET fence = fence WHERE id = ? AND fence = ? AND state = 'running'";
    RENEW =
        "UPDATE jobs SET lease_until = ?, progress = ? WHERE id = ? AND fence = ? \
         AND state = 'running'";
    PUT_BACK =
        "UPDATE jobs SET state = 'waiting', lease_until = NULL, due = ?, attempts = ?, progress = ? \
         WHERE id = ? AND fence = ? AND state = 'running'";
    SKETCH = "UPDATE jobs SET draft = ? WHERE id = ? AND fence = ? AND state = 'running'";
    BURY =
        "UPDATE jobs SET state = 'dead', lease_until = NULL, reason = ? \
         WHERE id = ? AND fence = ? AND state = 'running'";
    JOB = concat!("SELECT ", entry_columns!(), " FROM jobs WHERE id = ?");
    REPLAY =
        "UPDATE jobs SET state = 'waiting', due = ?, attempts = 0, reason = NULL \
         WHERE id = ? AND state = 'dead'";
    REPLAY_ALL =
        "UPDATE jobs SET state = 'waiting', due = ?, attempts = 0, reason = NULL \
         WHERE state = 'dead'";
    REPLAY_KIND =
        "UPDATE jobs SET state = 'waiting', due = ?, attempts = 0, reason = NULL \
         WHERE state = 'dead' AND kind = ?";
    NEXT_DUE =
        "SELECT MIN(next.at) AS at FROM (SELECT MIN(w.due) AS at FROM jobs w \
         WHERE w.state = 'waiting' UNION ALL SELECT MIN(r.lease_until) FROM jobs r \
         WHERE r.state = 'running') next";
    COUNTS =
        "SELECT state, COUNT(*) AS jobs FROM jobs WHERE state IN ('waiting', 'running', 'dead') \
         GROUP BY state";
}

#[derive(sqlx::FromRow)]
struct NextDue {
    at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    state: String,
    jobs: i64,
}

/// The job and the fence that a claim's guard names.
fn guard(claim: &Claim) -> (Uuid, i64) {
    (bits(claim.job.to_bits()), i64::try_from(claim.fence).unwrap_or(i64::MAX))
}

#[async_trait]
impl WorkOutbox for Unit {
    async fn push(&mut self, work: &[Work]) -> Result<(), StoreError> {
        for work in work {
            let id = bits(self.ids.next());
            let (member, project) = (bits(work.member.to_bits()), bits(work.project.to_bits()));
            let (kind, subject) = (work.task.name(), work.task.subject());
            let stage = stage_id(&work.task);
            execute!(self.link(), PUSH, id, kind, subject, stage, member, project, work.due)?;
            self.pushed = true;
        }
        Ok(())
    }

    async fn hurry(&mut self, task: &Task, due: DateTime<Utc>) -> Result<(), StoreError> {
        let (stage, kind, subject) = (stage_id(task), task.name(), task.subject());
        execute!(self.link(), HURRY, due, stage, kind, subject, due)?;
        self.pushed = true;
        Ok(())
    }

    async fn finish(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        one_row(execute!(self.link(), FINISH, job, fence)?)
    }

    async fn hold(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        one_row(execute!(self.link(), HOLD, job, fence)?)
    }

    async fn job(&mut self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        let found = fetch_optional!(self.link(), EntryRow, JOB, bits(id.to_bits()))?;
        found.map(EntryRow::entry).transpose()
    }

    async fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError> {
        one_row(execute!(self.link(), REPLAY, due, bits(id.to_bits()))?)?;
        self.pushed = true;
        Ok(())
    }

    async fn replay_all(
        &mut self,
        kind: Option<TaskKind>,
        due: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let found = match kind {
            Some(kind) => execute!(self.link(), REPLAY_KIND, due, kind.name())?,
            None => execute!(self.link(), REPLAY_ALL, due)?,
        };
        self.pushed |= found > 0;
        Ok(found)
    }
}

#[async_trait]
impl WorkQueue for Sql {
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Option<Claim>, StoreError> {
        let mut writer = self.writer().await?;
        let row = dialect::claim(writer.link(), now, lease_until).await.map_err(store_error)?;
        row.map(|row| row.claim(lease_until)).transpose()
    }

    async fn renew(
        &self,
        claim: &Claim,
        lease_until: DateTime<Utc>,
        progress: f32,
    ) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), RENEW, lease_until, progress, job, fence)?)
    }

    async fn put_back(
        &self,
        claim: &Claim,
        due: DateTime<Utc>,
        attempts: u32,
        progress: f32,
    ) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let attempts = i64::from(attempts);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), PUT_BACK, due, attempts, progress, job, fence)?)?;
        self.hints().pushed.notify_waiters();
        Ok(())
    }

    async fn sketch(&self, claim: &Claim, draft: &str) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), SKETCH, draft, job, fence)?)
    }

    async fn bury(&self, claim: &Claim, reason: &str) -> Result<(), StoreError> {
        let (job, fence) = guard(claim);
        let mut writer = self.writer().await?;
        one_row(execute!(writer.link(), BURY, reason, job, fence)?)
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next = fetch_optional!(self.reader().await?.link(), NextDue, NEXT_DUE)?;
        Ok(next.and_then(|next| next.at))
    }

    async fn counts(&self) -> Result<QueueCounts, StoreError> {
        let mut counts = QueueCounts::default();
        for CountRow { state, jobs } in fetch_all!(self.reader().await?.link(), CountRow, COUNTS)? {
            let count = match state.as_str() {
                "waiting" => &mut counts.waiting,
                "running" => &mut counts.running,
                "dead" => &mut counts.dead,
                _ => return Err(corrupt("jobs.state")),
            };
            *count = whole("jobs.state", jobs)?;
        }
        Ok(counts)
    }

    /// Written out, because an `async fn` would begin to listen only when it is first polled.
    fn pushed<'a, 'async_trait>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.hints().pushed.notified())
    }
}
