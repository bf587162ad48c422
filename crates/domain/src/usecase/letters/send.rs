use chrono::TimeDelta;

use crate::{
    model::{Account, Claim, LastDay, Letter, News, ProjectId, Tidings},
    port::{Expiring, MailError, MailErrorKind, Ports},
    usecase::step::{Bench, StepEnd, StepError},
};

/// What stands on a job whose letter may have been handed over.
const BEGUN: &str = "begun";

/// How long it is waited after each failure: a mail server that is away for a morning keeps no letter.
const WAITS: [TimeDelta; 5] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
];

/// How long after a failure it is tried again; `attempts` have failed before.
fn wait(attempts: u32) -> TimeDelta {
    let place = usize::try_from(attempts).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    WAITS[place]
}

/// What came of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterEnd {
    /// It was sent.
    Sent,
    /// Who was to get it does not exist, or does not take it.
    Refused,
    /// Nobody can tell whether it was sent; it is not sent again.
    Unknown,
    /// Nobody wants it any more, or it is no longer true.
    Unwanted,
}

impl LetterEnd {
    /// The end's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Unwanted => "unwanted",
        }
    }
}

/// Sends a letter, once at most.
///
/// That it is about to be sent is noted on the job before anybody is called. Who finds that note does not send it
/// again: the answer was lost, or whoever had the job was. Only who knows that nothing was sent takes it back.
#[derive(Clone)]
pub struct SendLetter {
    bench: Bench,
}

impl SendLetter {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { bench: Bench::new(ports) }
    }

    /// Takes the step of the claimed job.
    ///
    /// # Errors
    ///
    /// [`StepError`] says whether it is worth taking again.
    pub async fn run(&self, claim: &Claim, news: News) -> Result<StepEnd, StepError> {
        if claim.note.as_deref() == Some(BEGUN) {
            return self.end(claim, LetterEnd::Unknown).await;
        }
        let Some(letter) = self.letter(claim, news).await? else {
            return self.end(claim, LetterEnd::Unwanted).await;
        };

        self.begin(claim).await?;
        match self.bench.ports.mail.send(&letter).await {
            Ok(()) => self.end(claim, LetterEnd::Sent).await,
            Err(error) => match error.kind() {
                MailErrorKind::Refused => self.end(claim, LetterEnd::Refused).await,
                MailErrorKind::Unknown => self.end(claim, LetterEnd::Unknown).await,
                MailErrorKind::Unavailable => self.take_back(claim, error).await,
            },
        }
    }

    async fn end(&self, claim: &Claim, end: LetterEnd) -> Result<StepEnd, StepError> {
        self.bench.end(claim).await?;
        Ok(StepEnd::Posted(end))
    }

    async fn begin(&self, claim: &Claim) -> Result<(), StepError> {
        let queue = &self.bench.ports.queue;
        let noted = queue.sketch(claim, BEGUN).await;
        if noted.is_err() {
            // It may stand there all the same, and nothing is being sent.
            drop(queue.sketch(claim, "").await);
        }
        Ok(noted?)
    }

    async fn take_back(&self, claim: &Claim, error: MailError) -> Result<StepEnd, StepError> {
        self.bench.ports.queue.sketch(claim, "").await?;
        Err(StepError::Letter { error, wait: wait(claim.attempts) })
    }

    /// The letter as it is to be sent now; `None` if nobody wants it.
    async fn letter(&self, claim: &Claim, news: News) -> Result<Option<Letter>, StepError> {
        let ports = &self.bench.ports;
        let account = ports.members.account(claim.work.member).await?;
        let Some(account) = account.filter(|_| ports.mail.sends()) else { return Ok(None) };
        let Account { profile, .. } = account;
        let Some(to) = profile.address_for(news.kind()).cloned() else { return Ok(None) };
        let project = claim.work.production();
        let tidings = match project {
            Some(project) => self.made(project, news).await?,
            None => self.expiring(claim, news).await?,
        };
        let page = project.map_or("account".to_owned(), |project| format!("projects/{project}"));
        let link = ports.console.as_ref().map(|console| format!("{console}/#/{page}"));
        let (id, name, language) = (claim.job, profile.name, profile.language);
        Ok(tidings.map(|tidings| Letter { id, to, name, language, tidings, link }))
    }

    /// What became of a production, if that still is so.
    async fn made(&self, project: ProjectId, news: News) -> Result<Option<Tidings>, StepError> {
        let mut unit = self.bench.ports.store.begin().await?;
        let found = unit.productions().find(project).await?;
        Ok(found.and_then(|production| production.tidings(news)))
    }

    /// What is left of the points that the letter is about.
    async fn expiring(&self, claim: &Claim, news: News) -> Result<Option<Tidings>, StepError> {
        let News::PointsExpire(noted) = news else { return Ok(None) };
        let ports = &self.bench.ports;
        let left = ports.points.told(claim.work.member, noted, self.bench.now()).await?;
        let mut days: Vec<LastDay> = Vec::new();
        for Expiring { amount, expires_at } in left {
            let day = ports.calendar.day(expires_at - TimeDelta::microseconds(1));
            match days.last_mut().filter(|last| last.day == day) {
                Some(last) => last.amount += amount,
                None => days.push(LastDay { amount, day }),
            }
        }
        Ok((!days.is_empty()).then_some(Tidings::Expiring(days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_at_the_longest() {
        let waits: Vec<_> = (0..7).map(|attempts| wait(attempts).num_minutes()).collect();
        assert_eq!(waits, [1, 5, 30, 120, 360, 360, 360]);
    }
}
