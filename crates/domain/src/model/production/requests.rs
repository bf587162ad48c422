use chrono::{DateTime, Utc};

use super::{Production, Touch};
use crate::model::{
    BriefChange, EventKind, Lyric, LyricId, LyricState, LyricText, Making, Orientation,
    ProjectStatus, Refusal, Song, SongId, Stage, Task, Video, VideoId,
};

/// What a cancellation left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Stages that are ready and stay.
    pub kept: Vec<Stage>,
    /// Stages that were stopped.
    pub canceled: Vec<Stage>,
    /// How many points came back for them.
    pub returned: i64,
}

impl Production {
    /// Changes the brief of a draft.
    ///
    /// # Errors
    ///
    /// [`Refusal`] unless it is a draft.
    pub fn change_brief(&mut self, change: BriefChange, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.project.status = self.project.status.changed()?;
        self.project.brief = self.project.brief.changed(change);
        self.tell(EventKind::ProjectUpdated, now, []);
        Ok(())
    }

    /// Puts the project away.
    ///
    /// # Errors
    ///
    /// [`Refusal`] while something is being made.
    pub fn archive(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.idle()?;
        self.project.status = self.project.status.archived()?;
        self.tell(EventKind::ProjectArchived, now, []);
        Ok(())
    }

    /// Asks for one stage, whatever is there of it; for a video, of that shape.
    ///
    /// # Errors
    ///
    /// [`Refusal`] while a stage is being made, or when what the stage needs is missing.
    pub fn request(
        &mut self,
        stage: Stage,
        orientation: Option<Orientation>,
        id: u128,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.idle()?;
        self.project.goal = None;
        self.begin(stage, orientation.unwrap_or(self.project.brief.orientation), id, now)
    }

    /// Asks for all that is missing for a video of that shape, stage after stage.
    ///
    /// # Errors
    ///
    /// [`Refusal`] while a stage is being made, without pictures, or when nothing is missing.
    pub fn produce(
        &mut self,
        orientation: Option<Orientation>,
        id: u128,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.idle()?;
        let orientation = orientation.unwrap_or(self.project.brief.orientation);
        let stage = self.missing(orientation).ok_or(Refusal::NothingMissing)?;
        self.pictures_are_there()?;

        self.begin(stage, orientation, id, now)?;
        self.project.goal = Some(orientation);
        Ok(())
    }

    /// Asks again for the stage that failed; what was to follow it still does.
    ///
    /// # Errors
    ///
    /// [`Refusal`] while a stage is being made, when none has failed, or without pictures for the
    /// video that is to follow.
    pub fn retry(&mut self, id: u128, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.idle()?;
        if self.project.status != ProjectStatus::Failed {
            return Err(Refusal::NothingFailed);
        }
        let stage = self.failure().ok_or(Refusal::NothingFailed)?.stage;
        if self.project.goal.is_some() {
            self.pictures_are_there()?;
        }
        let shape = self.video.as_ref().map(|video| video.orientation);
        let orientation = self.project.goal.or(shape).unwrap_or(self.project.brief.orientation);
        self.begin(stage, orientation, id, now)
    }

    /// Takes the owner's own words: in place of the newest, or as new ones where none are ready.
    ///
    /// # Errors
    ///
    /// [`Refusal`] while a stage is being made, or once a song is made from the words.
    pub fn write_lyric(
        &mut self,
        text: LyricText,
        id: LyricId,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.idle()?;
        self.project.status.requested()?;
        let sung = |lyric: &Lyric| {
            let song = self.song.as_ref().filter(|song| song.lyric == lyric.id);
            song.is_some_and(|song| song.making.product().is_some())
        };
        if self.lyric.as_ref().is_some_and(sung) {
            return Err(Refusal::LyricInUse);
        }

        match &mut self.lyric {
            Some(lyric) if lyric.text().is_some() => lyric.state = lyric.state.edited(text)?,
            newest => {
                let state = LyricState::Ready { text, edited: true };
                *newest = Some(Lyric { id, requested_at: now, changed_at: now, state });
                self.changes.lyric = Touch::Added;
            }
        }
        self.project.status = self.project.status.moved_on(self.rest());
        self.tell_stage(Stage::Lyric, now);
        Ok(())
    }

    /// Stops what is being made; a result that comes later is dropped.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if nothing is being made.
    pub fn cancel(&mut self, now: DateTime<Utc>) -> Result<Kept, Refusal> {
        let status = self.project.status.ended(ProjectStatus::Canceled)?;
        let mut left = Kept::default();
        for stage in Stage::ALL {
            if self.open_stage() == Some(stage) {
                self.release(stage, now);
                self.stop(stage)?;
                self.end_without_result(stage);
                self.tell_stage(stage, now);
                left.canceled.push(stage);
            } else if self.is_ready(stage) {
                left.kept.push(stage);
            }
        }

        self.project.status = status;
        self.project.goal = None;
        self.project.cancel_at = None;
        self.tell(EventKind::ProjectCanceled, now, []);
        Ok(left)
    }

    /// Has what runs canceled at a time, unless it has ended by then.
    pub fn cancel_after(&mut self, at: DateTime<Utc>) {
        self.project.cancel_at = Some(at);
        self.push(Task::Deadline(at), at);
    }

    /// Whether the newest of a stage is ready.
    #[must_use]
    pub fn is_ready(&self, stage: Stage) -> bool {
        match stage {
            Stage::Lyric => self.lyric.as_ref().is_some_and(|lyric| lyric.text().is_some()),
            Stage::Song => self.song.as_ref().is_some_and(|song| song.making.product().is_some()),
            Stage::Video => {
                self.video.as_ref().is_some_and(|video| video.making.product().is_some())
            }
        }
    }

    fn stop(&mut self, stage: Stage) -> Result<(), Refusal> {
        if let (Stage::Lyric, Some(lyric)) = (stage, &mut self.lyric) {
            lyric.state = lyric.state.canceled()?;
        }
        if let (Stage::Song, Some(song)) = (stage, &mut self.song) {
            song.making = song.making.canceled()?;
        }
        if let (Stage::Video, Some(video)) = (stage, &mut self.video) {
            video.making = video.making.canceled()?;
        }
        Ok(())
    }

    /// Adds the row of a stage, its event and the first step towards it.
    pub(super) fn begin(
        &mut self,
        stage: Stage,
        orientation: Orientation,
        id: u128,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let status = self.project.status.requested()?;
        let (requested_at, changed_at) = (now, now);
        match stage {
            Stage::Lyric => {
                let id = LyricId::from_bits(id);
                let state = LyricState::Requested;
                self.lyric = Some(Lyric { id, requested_at, changed_at, state });
                self.changes.lyric = Touch::Added;
                self.push(Task::WriteLyric(id), now);
            }
            Stage::Song => {
                let words = self.lyric.as_ref().filter(|lyric| lyric.text().is_some());
                let lyric = words.ok_or(Refusal::Missing("lyric that is ready"))?.id;
                let id = SongId::from_bits(id);
                let making = Making::Requested;
                self.song = Some(Song { id, lyric, requested_at, changed_at, making });
                self.changes.song = Touch::Added;
                self.push(Task::SubmitSong(id), now);
            }
            Stage::Video => {
                let ready = self.song.as_ref().filter(|song| song.making.product().is_some());
                let song = ready.ok_or(Refusal::Missing("song that is ready"))?.id;
                self.pictures_are_there()?;
                let id = VideoId::from_bits(id);
                let making = Making::Requested;
                self.video =
                    Some(Video { id, song, orientation, requested_at, changed_at, making });
                self.changes.video = Touch::Added;
                self.push(Task::SubmitVideo(id), now);
            }
        }
        self.project.status = status;
        self.changes.begun = Some(stage);
        self.tell_stage(stage, now);
        Ok(())
    }

    fn pictures_are_there(&self) -> Result<(), Refusal> {
        if self.images.is_empty() { Err(Refusal::Missing("picture")) } else { Ok(()) }
    }
}
