use super::{
    Adopt, Collect, Erase, Poll, ReachDeadline, Release, SendLetter, ServeLine, StepEnd, StepError,
    Submit, Unresolved, Withdraw, WriteLyric,
};
use crate::{
    model::{Claim, Stage, Task},
    port::Ports,
};

/// Takes whatever step a claimed job asks for.
#[derive(Clone)]
pub struct RunTask {
    write_lyric: WriteLyric,
    submit: Submit,
    poll: Poll,
    collect: Collect,
    release: Release,
    adopt: Adopt,
    withdraw: Withdraw,
    erase: Erase,
    deadline: ReachDeadline,
    line: ServeLine,
    letter: SendLetter,
}

impl RunTask {
    /// Takes what the steps need of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            write_lyric: WriteLyric::new(ports),
            submit: Submit::new(ports),
            poll: Poll::new(ports),
            collect: Collect::new(ports),
            release: Release::new(ports),
            adopt: Adopt::new(ports),
            withdraw: Withdraw::new(ports),
            erase: Erase::new(ports),
            deadline: ReachDeadline::new(ports),
            line: ServeLine::new(ports),
            letter: SendLetter::new(ports),
        }
    }

    /// The same, with what is to become of an attempt whose fate nobody can tell.
    #[must_use]
    pub fn unresolved(mut self, unresolved: Unresolved) -> Self {
        self.submit = self.submit.unresolved(unresolved);
        self
    }

    /// Takes the step of the claimed job.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(&self, claim: &Claim) -> Result<StepEnd, StepError> {
        // What a step holds while it waits is large: whoever waits for it need not hold it too.
        Box::pin(self.take(claim)).await
    }

    async fn take(&self, claim: &Claim) -> Result<StepEnd, StepError> {
        match &claim.work.task {
            Task::WriteLyric(_) => self.write_lyric.run(claim).await,
            Task::SubmitSong(_) => self.submit.run(claim, Stage::Song).await,
            Task::SubmitVideo(_) => self.submit.run(claim, Stage::Video).await,
            Task::PollSong(_) => self.poll.run(claim, Stage::Song).await,
            Task::PollVideo(_) => self.poll.run(claim, Stage::Video).await,
            Task::CollectSong(_) => self.collect.run(claim, Stage::Song).await,
            Task::CollectVideo(_) => self.collect.run(claim, Stage::Video).await,
            Task::Release(stage, job) => self.release.run(claim, *stage, job).await,
            Task::Adopt(stage, attempt, job) => self.adopt.run(claim, *stage, *attempt, job).await,
            Task::Withdraw(stage, attempt, until) => {
                self.withdraw.run(claim, *stage, *attempt, *until).await
            }
            Task::Erase(key) => self.erase.run(claim, key).await,
            Task::Deadline(_) => self.deadline.run(claim).await,
            Task::ServeLine(campaign) => self.line.run(claim, *campaign).await,
            Task::SendLetter(news) => self.letter.run(claim, *news).await,
        }
    }
}
