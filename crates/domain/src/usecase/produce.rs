use super::{
    begun::Begun,
    desk::{Desk, OrderError},
    receipt::Receipt,
    request_stage::StageOrder,
};
use crate::{model::Production, port::Ports};

/// Asks for all that is missing, stage after stage, up to a video.
#[derive(Clone)]
pub struct Produce {
    desk: Desk,
}

impl Produce {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production, with its first missing stage requested.
    ///
    /// # Errors
    ///
    /// [`OrderError`] while a stage is being made, without pictures, or when nothing is missing.
    pub async fn run(
        &self,
        order: StageOrder,
        receipt: Option<Receipt<'_, Begun>>,
    ) -> Result<Begun, OrderError> {
        let decide = |p: &mut Production, id, now| {
            p.produce(order.orientation, id, now)?;
            order.cancel_at.into_iter().for_each(|at| p.cancel_after(at));
            Ok(())
        };
        self.desk.begin(order.member, order.project, receipt, decide).await
    }
}
