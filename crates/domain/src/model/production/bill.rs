use chrono::{DateTime, Utc};

use super::Production;
use crate::model::{Failure, FailureCode, IllegalTransition, OrderNumber, Stage};

impl Production {
    /// The number under which the newest of a stage is paid: it names the task, the stage and which
    /// of them it is, so that each is paid once. `None` if there is none.
    #[must_use]
    pub fn bill(&self, stage: Stage) -> Option<OrderNumber> {
        let row = match stage {
            Stage::Lyric => self.lyric.as_ref()?.id.to_bits(),
            Stage::Song => self.song.as_ref()?.id.to_bits(),
            Stage::Video => self.video.as_ref()?.id.to_bits(),
        };
        let text = format!("GEN-{}-{}-{row:032x}", self.id(), stage.name());
        OrderNumber::parse(&text).ok()
    }

    /// The stage that was begun just now cannot be paid for: it fails before anything was made, and
    /// nothing is given back for it.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if the stage has ended already.
    pub fn unpaid(&mut self, why: String, now: DateTime<Utc>) -> Result<(), IllegalTransition> {
        let Some(stage) = self.changes.begun.take() else { return Ok(()) };
        self.changes.work.retain(|work| work.task.stage() != Some(stage));
        self.failed(Failure {
            stage,
            code: FailureCode::InsufficientPoints,
            provider: None,
            provider_code: None,
            detail: why,
            retryable: true,
            at: now,
        })?;
        self.changes.fruitless = None;
        Ok(())
    }

    /// Notes that a stage ended without a result.
    pub(super) fn end_without_result(&mut self, stage: Stage) {
        self.changes.fruitless = Some(stage);
    }
}
