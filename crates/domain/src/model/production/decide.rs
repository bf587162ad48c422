use chrono::{DateTime, Utc};

use super::Production;
use crate::model::{
    EventKind, Failure, FailureCode, IllegalTransition, Making, ProviderName, Purchase, Stage,
    Task, Verdict,
};

impl Production {
    /// The newest song or video, as what a provider is paid for.
    #[must_use]
    pub fn purchase(&self, stage: Stage) -> Option<Purchase> {
        match stage {
            Stage::Lyric => None,
            Stage::Song => self.song.as_ref().map(|song| Purchase::Song(song.id)),
            Stage::Video => self.video.as_ref().map(|video| Purchase::Video(video.id)),
        }
    }

    /// A person decides on a purchase whose fate nobody knows; `provider` is whose it is.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is unresolved: it is decided on once.
    pub fn decide(
        &mut self,
        purchase: Purchase,
        verdict: &Verdict,
        provider: ProviderName,
        now: DateTime<Utc>,
    ) -> Result<(), IllegalTransition> {
        let stage = purchase.stage();
        self.is_undecided(purchase)?;

        let kind = match purchase {
            Purchase::Song(_) => EventKind::SongDecided,
            Purchase::Video(_) => EventKind::VideoDecided,
        };
        let told = [("id", purchase.to_string().into()), ("decision", verdict.name().into())];
        self.tell(kind, now, told);
        match verdict {
            // Whether there is such a job is what the first look finds out.
            Verdict::Adopt(job) => self.accepted(stage, job, now, now),
            Verdict::GiveUp => self.failed(given_up(stage, provider, now)),
            Verdict::BuyAgain => self.buy_again(purchase, now),
        }
    }

    fn is_undecided(&self, purchase: Purchase) -> Result<(), IllegalTransition> {
        let stage = purchase.stage();
        let refuse =
            |from| Err(IllegalTransition { what: stage.name(), from, event: "decided on" });
        if self.purchase(stage) != Some(purchase) {
            return refuse("no longer the newest");
        }
        let (name, unresolved) = match stage {
            Stage::Lyric => return refuse("absent"),
            Stage::Song => standing(self.song.as_ref().map(|song| &song.making)),
            Stage::Video => standing(self.video.as_ref().map(|video| &video.making)),
        };
        if unresolved { Ok(()) } else { refuse(name) }
    }

    fn buy_again(
        &mut self,
        purchase: Purchase,
        now: DateTime<Utc>,
    ) -> Result<(), IllegalTransition> {
        let task = match (purchase, &mut self.song, &mut self.video) {
            (Purchase::Song(id), Some(song), _) => {
                song.making = song.making.bought_again()?;
                Task::SubmitSong(id)
            }
            (Purchase::Video(id), _, Some(video)) => {
                video.making = video.making.bought_again()?;
                Task::SubmitVideo(id)
            }
            (Purchase::Song(_) | Purchase::Video(_), _, _) => return Ok(()),
        };
        self.push(task, now);
        self.tell_stage(purchase.stage(), now);
        Ok(())
    }
}

fn standing<P: crate::model::Product>(making: Option<&Making<P>>) -> (&'static str, bool) {
    let unresolved = matches!(making, Some(Making::Unresolved { .. }));
    (making.map_or("absent", Making::name), unresolved)
}

fn given_up(stage: Stage, provider: ProviderName, at: DateTime<Utc>) -> Failure {
    Failure {
        stage,
        code: FailureCode::Unresolved,
        provider: Some(provider),
        provider_code: None,
        detail: "nobody could tell whether the provider took the job, and it was given up"
            .to_owned(),
        retryable: true,
        at,
    }
}
