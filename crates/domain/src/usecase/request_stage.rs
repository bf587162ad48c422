use chrono::{DateTime, Utc};

use super::{
    begun::Begun,
    desk::{Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{MemberId, Orientation, Production, ProjectId, Stage},
    port::Ports,
};

/// What a member asks to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageOrder {
    /// Who asks.
    pub member: MemberId,
    /// For which project.
    pub project: ProjectId,
    /// The shape of the video, if not the brief's.
    pub orientation: Option<Orientation>,
    /// When it is to be canceled if it has not ended.
    pub cancel_at: Option<DateTime<Utc>>,
}

/// Asks for the next lyric, song or video.
#[derive(Clone)]
pub struct RequestStage {
    desk: Desk,
}

impl RequestStage {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production, with the stage requested.
    ///
    /// # Errors
    ///
    /// [`OrderError`] while a stage is being made, or when what the stage needs is missing.
    pub async fn run(
        &self,
        stage: Stage,
        order: StageOrder,
        receipt: Option<Receipt<'_, Begun>>,
    ) -> Result<Begun, OrderError> {
        let decide = |p: &mut Production, id, now| {
            p.request(stage, order.orientation, id, now)?;
            order.cancel_at.into_iter().for_each(|at| p.cancel_after(at));
            Ok(())
        };
        self.desk.begin(order.member, order.project, receipt, decide).await
    }
}
