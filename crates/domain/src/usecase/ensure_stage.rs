use super::{
    desk::{Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{MemberId, Production, ProjectId, Wanted},
    port::Ports,
};

/// Asks for a lyric, a song or a video unless the one that is wanted is there or on its way.
#[derive(Clone)]
pub struct EnsureStage {
    desk: Desk,
}

impl EnsureStage {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production, whose newest of the stage is what is wanted; however many ask at once, it is
    /// made once.
    ///
    /// # Errors
    ///
    /// [`OrderError`] while anything else is being made, or when what the stage needs is missing.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        wanted: Wanted,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let decide = |p: &mut Production, id, now| p.ensure(wanted, id, now);
        self.desk.change(member, project, receipt, decide).await
    }
}
