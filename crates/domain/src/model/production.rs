mod bill;
mod decide;
mod images;
mod making;
mod news;
mod requests;
mod wanted;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Datum, EventKind, Failure, Image, Lyric, LyricState, MemberId, NewEvent, News, Orientation,
    Project, ProjectId, Refusal, Song, Stage, Task, Video, Work,
};
pub use images::MAX_IMAGES;
pub use requests::Kept;
pub use wanted::Wanted;

/// What became of a row since it was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Touch {
    /// Nothing.
    #[default]
    Untouched,
    /// It is new.
    Added,
    /// It holds something else.
    Changed,
}

/// What a store has to write of a production, all in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The lyric's row.
    pub lyric: Touch,
    /// The song's row.
    pub song: Touch,
    /// The video's row.
    pub video: Touch,
    /// Whether the kept pictures or their order changed.
    pub images: bool,
    /// The pictures that were taken out.
    pub removed: Vec<Image>,
    /// What happened.
    pub events: Vec<NewEvent>,
    /// What is to be done next.
    pub work: Vec<Work>,
    /// The stage that was begun, which its owner pays for.
    pub begun: Option<Stage>,
    /// The stage that ended without a result, whose price comes back.
    pub fruitless: Option<Stage>,
    /// What its owner may be told by mail.
    pub news: Option<News>,
}

/// A project with its pictures and the newest lyric, song and video: what decisions are made on.
///
/// Whatever changes is noted in its [`Changes`], with the events and the work that follow, so that
/// a store cannot write the one without the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Production {
    project: Project,
    images: Vec<Image>,
    lyric: Option<Lyric>,
    song: Option<Song>,
    video: Option<Video>,
    changes: Changes,
}

impl Production {
    /// A project that was just opened.
    #[must_use]
    pub fn open(project: Project) -> Self {
        let mut opened = Self::restore(project, Vec::new(), None, None, None);
        opened.tell(EventKind::ProjectCreated, opened.project.created_at, []);
        opened
    }

    /// What rows hold: the kept pictures in order, and the newest of each stage.
    #[must_use]
    pub fn restore(
        project: Project,
        images: Vec<Image>,
        lyric: Option<Lyric>,
        song: Option<Song>,
        video: Option<Video>,
    ) -> Self {
        Self { project, images, lyric, song, video, changes: Changes::default() }
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The kept pictures, in order.
    #[must_use]
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// The newest lyric.
    #[must_use]
    pub fn lyric(&self) -> Option<&Lyric> {
        self.lyric.as_ref()
    }

    /// The newest song.
    #[must_use]
    pub fn song(&self) -> Option<&Song> {
        self.song.as_ref()
    }

    /// The newest video.
    #[must_use]
    pub fn video(&self) -> Option<&Video> {
        self.video.as_ref()
    }

    /// What has to be written.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The production as it is once its changes are written, under the next version.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.project.version += 1;
        self.changes = Changes::default();
        self
    }

    /// The stage that is being made, if one is.
    #[must_use]
    pub fn open_stage(&self) -> Option<Stage> {
        if self.lyric.as_ref().is_some_and(|lyric| lyric.state.is_open()) {
            Some(Stage::Lyric)
        } else if self.song.as_ref().is_some_and(|song| song.making.is_open()) {
            Some(Stage::Song)
        } else if self.video.as_ref().is_some_and(|video| video.making.is_open()) {
            Some(Stage::Video)
        } else {
            None
        }
    }

    /// When the newest of a stage came into the state that it is in.
    #[must_use]
    pub fn since(&self, stage: Stage) -> Option<DateTime<Utc>> {
        match stage {
            Stage::Lyric => self.lyric.as_ref().map(|lyric| lyric.changed_at),
            Stage::Song => self.song.as_ref().map(|song| song.changed_at),
            Stage::Video => self.video.as_ref().map(|video| video.changed_at),
        }
    }

    /// How the newest stage failed, while the project counts as failed.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        let lyric = self.lyric.as_ref().and_then(Lyric::failure);
        let song = self.song.as_ref().and_then(|song| song.making.failure());
        let video = self.video.as_ref().and_then(|video| video.making.failure());
        [lyric, song, video].into_iter().flatten().max_by_key(|failure| failure.at)
    }

    /// Whether a task still has something to do here: its stage is the newest and has not ended.
    #[must_use]
    pub fn awaits(&self, task: &Task) -> bool {
        match task {
            Task::WriteLyric(id) => {
                self.lyric.as_ref().is_some_and(|lyric| lyric.id == *id && lyric.state.is_open())
            }
            Task::SubmitSong(id) => {
                self.song.as_ref().is_some_and(|song| song.id == *id && song.making.is_to_buy())
            }
            Task::SubmitVideo(id) => {
                self.video.as_ref().is_some_and(|video| video.id == *id && video.making.is_to_buy())
            }
            Task::Adopt(stage, attempt, _) => self.attempt(*stage) == Some(*attempt),
            Task::PollSong(id) | Task::CollectSong(id) => {
                self.song.as_ref().is_some_and(|song| song.id == *id && song.making.is_open())
            }
            Task::PollVideo(id) | Task::CollectVideo(id) => {
                self.video.as_ref().is_some_and(|video| video.id == *id && video.making.is_open())
            }
            Task::Deadline(at) => self.project.cancel_at == Some(*at),
            Task::Release(..) | Task::Withdraw(..) | Task::Erase(_) => true,
            Task::ServeLine(_) | Task::SendLetter(_) => false,
        }
    }

    /// What is missing first for a video of that shape.
    #[must_use]
    pub fn missing(&self, orientation: Orientation) -> Option<Stage> {
        let Some(lyric) = self.lyric.as_ref().filter(|lyric| lyric.text().is_some()) else {
            return Some(Stage::Lyric);
        };
        let song = self.song.as_ref().filter(|song| song.making.product().is_some());
        let Some(song) = song.filter(|song| song.lyric == lyric.id) else {
            return Some(Stage::Song);
        };
        let video = self.video.as_ref().filter(|video| video.making.product().is_some());
        let fits = |video: &Video| video.song == song.id && video.orientation == orientation;
        (!video.is_some_and(fits)).then_some(Stage::Video)
    }

    fn id(&self) -> ProjectId {
        self.project.id
    }

    fn member(&self) -> MemberId {
        self.project.member
    }

    fn idle(&self) -> Result<(), Refusal> {
        self.open_stage().map_or(Ok(()), |stage| Err(Refusal::AlreadyProcessing(stage.name())))
    }

    fn tell<const N: usize>(
        &mut self,
        kind: EventKind,
        at: DateTime<Utc>,
        data: [(&'static str, Datum); N],
    ) {
        self.project.changed_at = at;
        let project = Some(self.id());
        self.changes.events.push(NewEvent { kind, project, at, data: BTreeMap::from(data) });
    }

    /// Tells the state that a stage is now in.
    fn tell_stage(&mut self, stage: Stage, at: DateTime<Utc>) {
        let (state, id, failure) = match stage {
            Stage::Lyric => {
                let Some(lyric) = &mut self.lyric else { return };
                lyric.changed_at = at;
                let edited = matches!(lyric.state, LyricState::Ready { edited: true, .. });
                let state = if edited { "edited" } else { lyric.state.name() };
                (state, lyric.id.to_string(), lyric.failure())
            }
            Stage::Song => {
                let Some(song) = &mut self.song else { return };
                song.changed_at = at;
                (song.making.name(), song.id.to_string(), song.making.failure())
            }
            Stage::Video => {
                let Some(video) = &mut self.video else { return };
                video.changed_at = at;
                (video.making.name(), video.id.to_string(), video.making.failure())
            }
        };
        let mut data = failure.map(failure_data).unwrap_or_default();
        data.insert("stage", stage.name().into());
        data.insert("id", id.into());
        let kind = EventKind::from_name(&format!("{}.{state}", stage.name()))
            .expect("every state of a stage has its event");
        let project = Some(self.id());
        self.project.changed_at = at;
        self.changes.events.push(NewEvent { kind, project, at, data });
        self.touch(stage);
    }

    fn touch(&mut self, stage: Stage) {
        let touch = match stage {
            Stage::Lyric => &mut self.changes.lyric,
            Stage::Song => &mut self.changes.song,
            Stage::Video => &mut self.changes.video,
        };
        if *touch == Touch::Untouched {
            *touch = Touch::Changed;
        }
    }

    fn push(&mut self, task: Task, due: DateTime<Utc>) {
        let (member, project) = (self.member(), self.id());
        self.changes.work.push(Work { member, project, task, due });
    }
}

fn failure_data(failure: &Failure) -> BTreeMap<&'static str, Datum> {
    let mut data = BTreeMap::from([
        ("stage", failure.stage.name().into()),
        ("code", failure.code.name().into()),
        ("detail", failure.detail.as_str().into()),
        ("retryable", Datum::Flag(failure.retryable)),
    ]);
    if let Some(provider) = &failure.provider {
        data.insert("provider", provider.as_str().into());
    }
    if let Some(code) = &failure.provider_code {
        data.insert("provider_code", code.as_str().into());
    }
    data
}
