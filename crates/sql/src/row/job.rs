use castad_domain::{
    model::{Claim, Job, JobEntry, JobId, JobState, MemberId, Outlook, ProjectId, Task, Work},
    port::StoreError,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::bits;
use crate::fault::{corrupt, whole};

macro_rules! job_columns {
    () => {
        "j.id AS job_id, j.kind, j.subject, j.member_id AS job_member, j.project_id AS job_project, \
         j.due, j.state AS job_state, j.progress, j.draft"
    };
}
pub(crate) use job_columns;

/// A job without what its stage shows of it.
macro_rules! entry_columns {
    () => {
        "id, kind, subject, member_id, project_id, state, due, lease_until, fence, attempts, reason"
    };
}
pub(crate) use entry_columns;

/// The row of the stage that a task makes, or of the campaign whose line it serves, if there is one.
pub(crate) fn stage_id(task: &Task) -> Option<Uuid> {
    match task {
        Task::WriteLyric(id) => Some(bits(id.to_bits())),
        Task::SubmitSong(id) | Task::PollSong(id) | Task::CollectSong(id) => {
            Some(bits(id.to_bits()))
        }
        Task::SubmitVideo(id) | Task::PollVideo(id) | Task::CollectVideo(id) => {
            Some(bits(id.to_bits()))
        }
        Task::ServeLine(id) => Some(bits(id.to_bits())),
        Task::Release(..)
        | Task::Adopt(..)
        | Task::Withdraw(..)
        | Task::Erase(_)
        | Task::Deadline(_)
        | Task::SendLetter(_) => None,
    }
}

fn task(kind: &str, subject: &str) -> Result<Task, StoreError> {
    Task::restore(kind, subject).ok_or_else(|| corrupt("jobs.kind"))
}

fn state(word: &str) -> Result<JobState, StoreError> {
    JobState::from_name(word).map_err(|_| corrupt("jobs.state"))
}

/// The job of a stage as a statement finds it; all absent where nothing is being made.
#[derive(sqlx::FromRow)]
pub(crate) struct JobRow {
    job_id: Option<Uuid>,
    kind: Option<String>,
    subject: Option<String>,
    job_member: Option<Uuid>,
    job_project: Option<Uuid>,
    due: Option<DateTime<Utc>>,
    job_state: Option<String>,
    progress: Option<f32>,
    draft: Option<String>,
}

impl JobRow {
    /// The job, with nobody counted that is ahead of it.
    pub(crate) fn job(self) -> Result<Option<Job>, StoreError> {
        let Some(id) = self.job_id else { return Ok(None) };
        let task = task(&self.kind.unwrap_or_default(), &self.subject.unwrap_or_default())?;
        let member = self.job_member.ok_or_else(|| corrupt("jobs.member_id"))?;
        let project = self.job_project.ok_or_else(|| corrupt("jobs.project_id"))?;
        let state = state(&self.job_state.unwrap_or_default())?;
        let work = Work {
            member: MemberId::from_bits(member.as_u128()),
            project: ProjectId::from_bits(project.as_u128()),
            task,
            due: self.due.ok_or_else(|| corrupt("jobs.due"))?,
        };
        let progress = self.progress.ok_or_else(|| corrupt("jobs.progress"))?;
        let (id, draft) = (JobId::from_bits(id.as_u128()), self.draft);
        Ok(Some(Job { id, work, state, progress, draft, outlook: Outlook::default() }))
    }
}

/// A job that was just claimed.
#[derive(sqlx::FromRow)]
pub(crate) struct ClaimRow {
    pub(crate) id: Uuid,
    kind: String,
    subject: String,
    member_id: Uuid,
    project_id: Uuid,
    due: DateTime<Utc>,
    fence: i64,
    attempts: i64,
    progress: f32,
    note: Option<String>,
    trace: Option<String>,
}

impl ClaimRow {
    pub(crate) fn claim(self, lease_until: DateTime<Utc>) -> Result<Claim, StoreError> {
        let work = Work {
            member: MemberId::from_bits(self.member_id.as_u128()),
            project: ProjectId::from_bits(self.project_id.as_u128()),
            task: task(&self.kind, &self.subject)?,
            due: self.due,
        };
        Ok(Claim {
            job: JobId::from_bits(self.id.as_u128()),
            work,
            fence: whole("jobs.fence", self.fence)?,
            attempts: whole("jobs.attempts", self.attempts)?,
            progress: self.progress,
            lease_until,
            note: self.note,
            trace: self.trace,
        })
    }
}

/// A job as an admin sees it.
#[derive(sqlx::FromRow)]
pub(crate) struct EntryRow {
    id: Uuid,
    kind: String,
    subject: String,
    member_id: Uuid,
    project_id: Uuid,
    state: String,
    due: DateTime<Utc>,
    lease_until: Option<DateTime<Utc>>,
    fence: i64,
    attempts: i64,
    reason: Option<String>,
}

impl EntryRow {
    pub(crate) fn entry(self) -> Result<JobEntry, StoreError> {
        let work = Work {
            member: MemberId::from_bits(self.member_id.as_u128()),
            project: ProjectId::from_bits(self.project_id.as_u128()),
            task: task(&self.kind, &self.subject)?,
            due: self.due,
        };
        Ok(JobEntry {
            id: JobId::from_bits(self.id.as_u128()),
            work,
            state: state(&self.state)?,
            attempts: whole("jobs.attempts", self.attempts)?,
            fence: whole("jobs.fence", self.fence)?,
            lease_until: self.lease_until,
            reason: self.reason,
        })
    }
}
