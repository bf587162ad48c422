use chrono::{DateTime, TimeDelta, Utc};

use super::Production;
use crate::model::{
    AttemptToken, Datum, EventKind, Failure, Film, IllegalTransition, LyricText, News,
    ProjectStatus, ProviderJob, Recording, Refusal, Stage, Task,
};

/// How long an order that was sent may still take effect, after its stage has ended.
const ANSWER_TIME: TimeDelta = TimeDelta::minutes(10);

/// Takes one step of the song's or the video's machine, whichever the stage is.
macro_rules! step {
    ($production:ident, $stage:ident, |$making:ident| $next:expr) => {
        match $stage {
            Stage::Lyric => return Err(absent($stage)),
            Stage::Song => {
                let song = $production.song.as_mut().ok_or(absent($stage))?;
                let $making = &song.making;
                song.making = $next;
            }
            Stage::Video => {
                let video = $production.video.as_mut().ok_or(absent($stage))?;
                let $making = &video.making;
                video.making = $next;
            }
        }
    };
}

fn absent(stage: Stage) -> IllegalTransition {
    IllegalTransition { what: stage.name(), from: "absent", event: "made" }
}

impl Production {
    /// A writer is about to be asked for the words.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] once the lyric has ended, or when all tries are used.
    pub fn lyric_began(&mut self, now: DateTime<Utc>) -> Result<(), IllegalTransition> {
        let lyric = self.lyric.as_mut().ok_or(absent(Stage::Lyric))?;
        lyric.state = lyric.state.began()?;
        self.tell_stage(Stage::Lyric, now);
        Ok(())
    }

    /// The words arrived; `next` is the id of the stage that follows, if one does.
    ///
    /// # Errors
    ///
    /// [`Refusal`] unless they were being written.
    pub fn lyric_written(
        &mut self,
        text: LyricText,
        next: u128,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let lyric = self.lyric.as_mut().ok_or(absent(Stage::Lyric))?;
        lyric.state = lyric.state.written(text)?;
        self.tell_stage(Stage::Lyric, now);
        self.go_on(Stage::Lyric, next, now)
    }

    /// The decision to buy is taken.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it was asked for and not bought yet.
    pub fn submitted(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
        now: DateTime<Utc>,
    ) -> Result<(), IllegalTransition> {
        step!(self, stage, |making| making.submitted(attempt)?);
        self.tell_stage(stage, now);
        Ok(())
    }

    /// The provider surely started nothing and may be asked again later.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it was being asked.
    pub fn declined(&mut self, stage: Stage, now: DateTime<Utc>) -> Result<(), IllegalTransition> {
        if let (Stage::Lyric, Some(lyric)) = (stage, &mut self.lyric) {
            lyric.state = lyric.state.declined()?;
        } else {
            step!(self, stage, |making| making.declined()?);
        }
        self.tell_stage(stage, now);
        Ok(())
    }

    /// The provider has taken the job; it is asked how it is doing at `first_look`.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it was being asked.
    pub fn accepted(
        &mut self,
        stage: Stage,
        job: &ProviderJob,
        first_look: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), IllegalTransition> {
        step!(self, stage, |making| making.accepted(job.clone())?);
        self.follow(stage, Task::PollSong, Task::PollVideo, first_look);
        self.tell_stage(stage, now);
        Ok(())
    }

    /// Whether the provider took the job cannot be found out.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it was being asked.
    pub fn lost(&mut self, stage: Stage, now: DateTime<Utc>) -> Result<(), IllegalTransition> {
        step!(self, stage, |making| making.lost()?);
        self.tell_stage(stage, now);
        Ok(())
    }

    /// The provider is done.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it worked on it.
    pub fn delivered(&mut self, stage: Stage, now: DateTime<Utc>) -> Result<(), IllegalTransition> {
        step!(self, stage, |making| making.delivered()?);
        self.follow(stage, Task::CollectSong, Task::CollectVideo, now);
        self.tell_stage(stage, now);
        Ok(())
    }

    /// The song is in the media store; `next` is the id of the stage that follows, if one does.
    ///
    /// # Errors
    ///
    /// [`Refusal`] unless it was being collected.
    pub fn song_collected(
        &mut self,
        recording: Recording,
        next: u128,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.release(Stage::Song, now);
        let song = self.song.as_mut().ok_or(absent(Stage::Song))?;
        song.making = song.making.collected(recording)?;
        self.tell_stage(Stage::Song, now);
        self.go_on(Stage::Song, next, now)
    }

    /// The video is in the media store.
    ///
    /// # Errors
    ///
    /// [`Refusal`] unless it was being collected.
    pub fn video_collected(
        &mut self,
        film: Film,
        next: u128,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.release(Stage::Video, now);
        let video = self.video.as_mut().ok_or(absent(Stage::Video))?;
        video.making = video.making.collected(film)?;
        self.tell_stage(Stage::Video, now);
        self.go_on(Stage::Video, next, now)
    }

    /// A stage ended without a result, and the project with it.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if the stage has ended already.
    pub fn failed(&mut self, failure: Failure) -> Result<(), IllegalTransition> {
        let (stage, now) = (failure.stage, failure.at);
        let data = [
            ("stage", stage.name().into()),
            ("code", failure.code.name().into()),
            ("retryable", Datum::Flag(failure.retryable)),
        ];
        self.release(stage, now);
        if let (Stage::Lyric, Some(lyric)) = (stage, &mut self.lyric) {
            lyric.state = lyric.state.failed(failure)?;
        } else {
            step!(self, stage, |making| making.failed(failure)?);
        }
        self.project.status = self.project.status.ended(ProjectStatus::Failed)?;
        self.project.cancel_at = None;
        self.end_without_result(stage);
        self.tell_stage(stage, now);
        self.tell(EventKind::ProjectFailed, now, data);
        self.changes.news = self.bad_news(stage);
        Ok(())
    }

    /// The provider's job of a stage that is not done with.
    #[must_use]
    pub fn provider_job(&self, stage: Stage) -> Option<&ProviderJob> {
        match stage {
            Stage::Lyric => None,
            Stage::Song => self.song.as_ref().and_then(|song| song.making.job()),
            Stage::Video => self.video.as_ref().and_then(|video| video.making.job()),
        }
    }

    /// The task that asks how a stage is doing.
    #[must_use]
    pub fn look(&self, stage: Stage) -> Option<Task> {
        match stage {
            Stage::Lyric => None,
            Stage::Song => self.song.as_ref().map(|song| Task::PollSong(song.id)),
            Stage::Video => self.video.as_ref().map(|video| Task::PollVideo(video.id)),
        }
    }

    /// The decision to buy that a stage rests on.
    #[must_use]
    pub fn attempt(&self, stage: Stage) -> Option<AttemptToken> {
        match stage {
            Stage::Lyric => None,
            Stage::Song => self.song.as_ref().and_then(|song| song.making.attempt()),
            Stage::Video => self.video.as_ref().and_then(|video| video.making.attempt()),
        }
    }

    /// Nothing is wanted any more of what the stage has bought, or may have.
    pub(super) fn release(&mut self, stage: Stage, now: DateTime<Utc>) {
        if let Some(job) = self.provider_job(stage).cloned() {
            self.push(Task::Release(stage, job), now);
        } else if let Some(attempt) = self.attempt(stage) {
            self.push(Task::Withdraw(stage, attempt, now + ANSWER_TIME), now);
        }
    }

    fn follow(
        &mut self,
        stage: Stage,
        song: fn(crate::model::SongId) -> Task,
        video: fn(crate::model::VideoId) -> Task,
        due: DateTime<Utc>,
    ) {
        let task = match stage {
            Stage::Lyric => None,
            Stage::Song => self.song.as_ref().map(|s| song(s.id)),
            Stage::Video => self.video.as_ref().map(|v| video(v.id)),
        };
        if let Some(task) = task {
            self.push(task, due);
        }
    }

    /// What the project is while nothing runs and nothing is wrong.
    pub(super) fn rest(&self) -> ProjectStatus {
        if self.is_ready(Stage::Video) { ProjectStatus::Finished } else { ProjectStatus::Draft }
    }

    /// Begins what is missing for the goal, or lets the project rest.
    fn go_on(&mut self, done: Stage, next: u128, now: DateTime<Utc>) -> Result<(), Refusal> {
        if let Some(goal) = self.project.goal {
            if let Some(stage) = self.missing(goal) {
                return self.begin(stage, goal, next, now);
            }
            self.project.goal = None;
        }
        self.project.status = self.project.status.ended(self.rest())?;
        self.project.cancel_at = None;
        if done == Stage::Video {
            self.tell(EventKind::ProjectFinished, now, []);
            self.changes.news = self.video.as_ref().map(|video| News::VideoReady(video.id));
        }
        Ok(())
    }
}
