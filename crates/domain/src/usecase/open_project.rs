use super::{
    desk::{Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{Brief, MemberId, Production, Project, ProjectId},
    port::Ports,
};

/// Opens a project for a brief.
#[derive(Clone)]
pub struct OpenProject {
    desk: Desk,
}

impl OpenProject {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The new project, a draft.
    ///
    /// # Errors
    ///
    /// [`OrderError`] when it was not opened.
    pub async fn run(
        &self,
        member: MemberId,
        brief: Brief,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let id = ProjectId::from_bits(self.desk.next_id());
        let project = Project::new(id, member, brief, self.desk.now());
        self.desk.open(Production::open(project), receipt).await
    }
}
