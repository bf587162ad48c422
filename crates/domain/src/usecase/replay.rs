use super::{
    again::again,
    books::BooksError,
    office::Office,
    receipt::{Receipt, keep},
};
use crate::{
    model::{ActionKind, By, IllegalTransition, JobEntry, JobId, NewAction, TaskKind},
    port::Ports,
};

/// Why a job is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplayRefusal {
    /// There is no such job.
    #[error("there is no such job")]
    NoJob,
    /// It was not set aside, or somebody else had it tried again.
    #[error(transparent)]
    State(#[from] IllegalTransition),
}

/// Has jobs tried again that were set aside because they failed too often.
#[derive(Clone)]
pub struct ReplayJobs {
    office: Office,
}

impl ReplayJobs {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports) }
    }

    /// The job as it now is.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it stays where it is.
    pub async fn one(
        &self,
        by: impl Into<By> + Send,
        job: JobId,
        receipt: Option<Receipt<'_, JobEntry>>,
    ) -> Result<JobEntry, BooksError<ReplayRefusal>> {
        let by = by.into();
        again(|| self.one_once(&by, job, receipt.as_ref())).await
    }

    async fn one_once(
        &self,
        by: &By,
        id: JobId,
        receipt: Option<&Receipt<'_, JobEntry>>,
    ) -> Result<JobEntry, BooksError<ReplayRefusal>> {
        let now = self.office.now();
        let mut unit = self.office.begin().await?;
        let found = unit.work().job(id).await?;
        let job = found.ok_or(BooksError::Refused(ReplayRefusal::NoJob))?;

        let replayed = job.replayed(now).map_err(|r| BooksError::Refused(r.into()))?;

        unit.work().replay(id, now).await?;
        let details = [
            ("task", replayed.work.task.name().into()),
            ("subject", replayed.work.task.subject().into()),
        ];
        let action = NewAction::new(by, ActionKind::JobReplayed, &id, now, details);
        unit.actions().note(&action).await?;
        keep(&mut *unit, by.member, receipt, &replayed, now).await?;
        unit.commit().await?;
        Ok(replayed)
    }

    /// How many there were, of that kind or of any.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when none of them was touched.
    pub async fn all(
        &self,
        by: impl Into<By> + Send,
        kind: Option<TaskKind>,
        receipt: Option<Receipt<'_, u64>>,
    ) -> Result<u64, BooksError<ReplayRefusal>> {
        let by = by.into();
        again(|| self.all_once(&by, kind, receipt.as_ref())).await
    }

    async fn all_once(
        &self,
        by: &By,
        kind: Option<TaskKind>,
        receipt: Option<&Receipt<'_, u64>>,
    ) -> Result<u64, BooksError<ReplayRefusal>> {
        let now = self.office.now();
        let mut unit = self.office.begin().await?;
        let replayed = unit.work().replay_all(kind, now).await?;
        if replayed > 0 {
            let count = i64::try_from(replayed).unwrap_or(i64::MAX);
            let (target, details) = (kind.map_or("all", TaskKind::name), [("jobs", count.into())]);
            let action = NewAction::new(by, ActionKind::JobsReplayed, &target, now, details);
            unit.actions().note(&action).await?;
        }
        keep(&mut *unit, by.member, receipt, &replayed, now).await?;
        unit.commit().await?;
        Ok(replayed)
    }
}
