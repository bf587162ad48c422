use chrono::{DateTime, Utc};

use super::Production;
use crate::model::{
    Failure, FailureCode, IllegalTransition, OrderNumber, ProjectId, Stage, Task, Work,
};

fn number(project: ProjectId, stage: Stage, row: u128) -> Option<OrderNumber> {
    OrderNumber::parse(&format!("GEN-{project}-{}-{row:032x}", stage.name())).ok()
}

impl Work {
    /// The number under which the stage is paid that waits for it; `None` if none does.
    #[must_use]
    pub fn bill(&self) -> Option<OrderNumber> {
        let row = match self.task {
            Task::WriteLyric(id) => id.to_bits(),
            Task::SubmitSong(id) | Task::PollSong(id) | Task::CollectSong(id) => id.to_bits(),
            Task::SubmitVideo(id) | Task::PollVideo(id) | Task::CollectVideo(id) => id.to_bits(),
            Task::Release(..)
            | Task::Adopt(..)
            | Task::Withdraw(..)
            | Task::Erase(_)
            | Task::Deadline(_)
            | Task::ServeLine(_)
            | Task::SendLetter(_) => return None,
        };
        number(self.project, self.task.stage()?, row)
    }
}

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
        number(self.id(), stage, row)
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
