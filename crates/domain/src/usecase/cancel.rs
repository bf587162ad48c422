use super::{
    desk::{Aside, Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{Kept, MemberId, Production, ProjectId},
    port::Ports,
};

/// Stops what is being made.
#[derive(Clone)]
pub struct Cancel {
    desk: Desk,
}

impl Cancel {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production, and what was kept and stopped.
    ///
    /// # Errors
    ///
    /// [`OrderError`] when nothing is being made.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        receipt: Option<Receipt<'_, (Production, Kept)>>,
    ) -> Result<(Production, Kept), OrderError> {
        let decide = |p: &mut Production, _, now| p.cancel(now);
        let end =
            |production, kept, Aside { returned, .. }| (production, Kept { returned, ..kept });
        self.desk.change_with((member, project), receipt, decide, end).await
    }
}
