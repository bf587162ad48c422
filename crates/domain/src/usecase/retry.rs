use super::{
    begun::Begun,
    desk::{Desk, OrderError},
    receipt::Receipt,
    request_stage::StageOrder,
};
use crate::{model::Production, port::Ports};

/// Asks again for the stage that failed.
#[derive(Clone)]
pub struct Retry {
    desk: Desk,
}

impl Retry {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production, with the stage requested again.
    ///
    /// # Errors
    ///
    /// [`OrderError`] when no stage has failed.
    pub async fn run(
        &self,
        order: StageOrder,
        receipt: Option<Receipt<'_, Begun>>,
    ) -> Result<Begun, OrderError> {
        let decide = |p: &mut Production, id, now| {
            p.retry(id, now)?;
            order.cancel_at.into_iter().for_each(|at| p.cancel_after(at));
            Ok(())
        };
        self.desk.begin(order.member, order.project, receipt, decide).await
    }
}
