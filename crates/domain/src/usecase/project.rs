use super::{
    desk::{Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{BriefChange, MemberId, Production, ProjectId},
    port::Ports,
};

/// Changes the brief of a draft.
#[derive(Clone)]
pub struct ChangeProject {
    desk: Desk,
}

impl ChangeProject {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The project with the change made.
    ///
    /// # Errors
    ///
    /// [`OrderError`] unless it is a draft of the member's.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        change: BriefChange,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let decide = |p: &mut Production, _, now| p.change_brief(change.clone(), now);
        self.desk.change(member, project, receipt, decide).await
    }
}

/// Puts a project away.
#[derive(Clone)]
pub struct ArchiveProject {
    desk: Desk,
}

impl ArchiveProject {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The project, archived.
    ///
    /// # Errors
    ///
    /// [`OrderError`] while something is being made.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let decide = |p: &mut Production, _, now| p.archive(now);
        self.desk.change(member, project, receipt, decide).await
    }
}
