use chrono::{DateTime, Utc};

use super::{
    AttemptToken, CampaignId, IllegalTransition, JobId, Lane, LyricId, MediaKey, MemberId, News,
    Outlook, ProjectId, ProviderJob, SongId, UnknownWord, VideoId,
};

/// A stage of a production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The words.
    Lyric,
    /// The music.
    Song,
    /// The picture.
    Video,
}

impl Stage {
    /// Every stage, in the order in which they are made.
    pub const ALL: [Self; 3] = [Self::Lyric, Self::Song, Self::Video];

    /// The stage's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lyric => "lyric",
            Self::Song => "song",
            Self::Video => "video",
        }
    }

    /// The stage of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|stage| stage.name() == name);
        known.ok_or(UnknownWord { allowed: "lyric, song, video" })
    }
}

/// One step that an engine is to take. Each may be taken twice and ends the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Ask for the words.
    WriteLyric(LyricId),
    /// Buy the song.
    SubmitSong(SongId),
    /// Ask how the song is doing.
    PollSong(SongId),
    /// Fetch the song into the media store.
    CollectSong(SongId),
    /// Buy the video.
    SubmitVideo(VideoId),
    /// Ask how the video is doing.
    PollVideo(VideoId),
    /// Fetch the video into the media store.
    CollectVideo(VideoId),
    /// Tell a provider that nothing of a job is wanted any more.
    Release(Stage, ProviderJob),
    /// Take on a job that a callback told of, once the provider confirms that it is of the attempt.
    Adopt(Stage, AttemptToken, ProviderJob),
    /// Find out, until then, whether an attempt that nobody waits for was bought all the same, and
    /// release what was.
    Withdraw(Stage, AttemptToken, DateTime<Utc>),
    /// Delete a file that nothing refers to.
    Erase(MediaKey),
    /// Cancel what has not ended in time.
    Deadline(DateTime<Utc>),
    /// Serve those who wait for coupons of a campaign, in the order of their places.
    ServeLine(CampaignId),
    /// Tell the member by mail.
    SendLetter(News),
}

impl Task {
    /// The stage that waits for the task, if one does.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::WriteLyric(_) => Some(Stage::Lyric),
            Self::SubmitSong(_) | Self::PollSong(_) | Self::CollectSong(_) => Some(Stage::Song),
            Self::SubmitVideo(_) | Self::PollVideo(_) | Self::CollectVideo(_) => Some(Stage::Video),
            Self::Release(..)
            | Self::Adopt(..)
            | Self::Withdraw(..)
            | Self::Erase(_)
            | Self::Deadline(_)
            | Self::ServeLine(_)
            | Self::SendLetter(_) => None,
        }
    }

    /// Whether a stage begins with it: until it is taken, nothing of the stage is being made.
    #[must_use]
    pub fn begins(&self) -> bool {
        match self {
            Self::WriteLyric(_) | Self::SubmitSong(_) | Self::SubmitVideo(_) => true,
            Self::PollSong(_)
            | Self::CollectSong(_)
            | Self::PollVideo(_)
            | Self::CollectVideo(_)
            | Self::Release(..)
            | Self::Adopt(..)
            | Self::Withdraw(..)
            | Self::Erase(_)
            | Self::Deadline(_)
            | Self::ServeLine(_)
            | Self::SendLetter(_) => false,
        }
    }

    /// Whether it fetches what a provider made.
    #[must_use]
    pub fn collects(&self) -> bool {
        matches!(self, Self::CollectSong(_) | Self::CollectVideo(_))
    }

    /// Where it waits: with what needs the same provider.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self {
            Self::WriteLyric(_) => Lane::Lyric,
            Self::SubmitSong(_) | Self::PollSong(_) | Self::CollectSong(_) => Lane::Song,
            Self::SubmitVideo(_) | Self::PollVideo(_) | Self::CollectVideo(_) => Lane::Video,
            Self::Release(stage, _) | Self::Adopt(stage, ..) | Self::Withdraw(stage, ..) => {
                Lane::from(*stage)
            }
            Self::Erase(_) | Self::Deadline(_) | Self::ServeLine(_) | Self::SendLetter(_) => {
                Lane::House
            }
        }
    }

    /// The task's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::WriteLyric(_) => "write_lyric",
            Self::SubmitSong(_) => "submit_song",
            Self::PollSong(_) => "poll_song",
            Self::CollectSong(_) => "collect_song",
            Self::SubmitVideo(_) => "submit_video",
            Self::PollVideo(_) => "poll_video",
            Self::CollectVideo(_) => "collect_video",
            Self::Release(..) => "release",
            Self::Adopt(..) => "adopt",
            Self::Withdraw(..) => "withdraw",
            Self::Erase(_) => "erase",
            Self::Deadline(_) => "deadline",
            Self::ServeLine(_) => "serve_line",
            Self::SendLetter(_) => "send_letter",
        }
    }

    /// What the task is about, as text; [`Task::restore`] reads it back.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::WriteLyric(id) => id.to_string(),
            Self::SubmitSong(id) | Self::PollSong(id) | Self::CollectSong(id) => id.to_string(),
            Self::SubmitVideo(id) | Self::PollVideo(id) | Self::CollectVideo(id) => id.to_string(),
            Self::Release(stage, job) => format!("{}:{job}", stage.name()),
            Self::Adopt(stage, attempt, job) => format!("{}:{attempt}:{job}", stage.name()),
            Self::Withdraw(stage, attempt, until) => {
                format!("{}:{attempt}:{}", stage.name(), until.timestamp_micros())
            }
            Self::Erase(key) => key.to_string(),
            Self::Deadline(at) => at.timestamp_micros().to_string(),
            Self::ServeLine(campaign) => campaign.to_string(),
            Self::SendLetter(news) => news.subject(),
        }
    }

    /// The task that a row holds; `None` if the row fits none.
    #[must_use]
    pub fn restore(name: &str, subject: &str) -> Option<Self> {
        let song = || subject.parse::<SongId>().ok();
        let video = || subject.parse::<VideoId>().ok();
        match name {
            "write_lyric" => subject.parse().ok().map(Self::WriteLyric),
            "submit_song" => song().map(Self::SubmitSong),
            "poll_song" => song().map(Self::PollSong),
            "collect_song" => song().map(Self::CollectSong),
            "submit_video" => video().map(Self::SubmitVideo),
            "poll_video" => video().map(Self::PollVideo),
            "collect_video" => video().map(Self::CollectVideo),
            "release" => {
                let (stage, job) = subject.split_once(':')?;
                Some(Self::Release(Stage::from_name(stage).ok()?, ProviderJob::new(job)))
            }
            "adopt" => {
                let (stage, rest) = subject.split_once(':')?;
                let (attempt, job) = rest.split_once(':')?;
                let stage = Stage::from_name(stage).ok()?;
                Some(Self::Adopt(stage, attempt.parse().ok()?, ProviderJob::new(job)))
            }
            "withdraw" => {
                let (stage, rest) = subject.split_once(':')?;
                let (attempt, until) = rest.split_once(':')?;
                let stage = Stage::from_name(stage).ok()?;
                let until = DateTime::from_timestamp_micros(until.parse().ok()?)?;
                Some(Self::Withdraw(stage, attempt.parse().ok()?, until))
            }
            "erase" => MediaKey::parse(subject).ok().map(Self::Erase),
            "deadline" => {
                DateTime::from_timestamp_micros(subject.parse().ok()?).map(Self::Deadline)
            }
            "serve_line" => subject.parse().ok().map(Self::ServeLine),
            "send_letter" => News::restore(subject).map(Self::SendLetter),
            _ => None,
        }
    }
}

/// A task with whose it is and when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Whose production it belongs to; engines are fair between members.
    pub member: MemberId,
    /// The production; [`Work::NO_PROJECT`] where it belongs to none.
    pub project: ProjectId,
    /// What to do.
    pub task: Task,
    /// Not before then.
    pub due: DateTime<Utc>,
}

impl Work {
    /// What a job names that belongs to no production.
    pub const NO_PROJECT: ProjectId = ProjectId::from_bits(0);

    /// The production that it belongs to, if it belongs to one.
    #[must_use]
    pub fn production(&self) -> Option<ProjectId> {
        Some(self.project).filter(|project| *project != Self::NO_PROJECT)
    }
}

/// Whether anybody works on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Nobody does.
    Waiting,
    /// A worker holds its lease.
    Running,
    /// All tries failed; a person may replay it.
    Dead,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Running, Self::Dead];

    /// The state of a word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|state| state.name() == name);
        known.ok_or(UnknownWord { allowed: "waiting, running, dead" })
    }

    /// The state's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }
}

/// A job as a reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub work: Work,
    /// Whether anybody does it.
    pub state: JobState,
    /// How far the stage is, from 0 to 1.
    pub progress: f32,
    /// What there is of the words, while they are being written.
    pub draft: Option<String>,
    /// When it will begin, as far as its place in its lane tells; while it waits.
    pub outlook: Outlook,
}

/// A job as an admin sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEntry {
    /// Its id.
    pub id: JobId,
    /// What is to be done, for whom, and when it is or was due.
    pub work: Work,
    /// Whether anybody does it.
    pub state: JobState,
    /// How often it has failed.
    pub attempts: u32,
    /// How often it was claimed.
    pub fence: u64,
    /// Until when a worker has it; while one does.
    pub lease_until: Option<DateTime<Utc>>,
    /// Why it was set aside; while it is.
    pub reason: Option<String>,
}

impl JobEntry {
    /// The job as it is once a person had it tried again.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is set aside.
    pub fn replayed(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        match self.state {
            JobState::Dead => Ok(Self {
                work: Work { due: now, ..self.work.clone() },
                state: JobState::Waiting,
                attempts: 0,
                reason: None,
                ..self.clone()
            }),
            JobState::Waiting | JobState::Running => {
                Err(IllegalTransition { what: "job", from: self.state.name(), event: "replayed" })
            }
        }
    }
}

/// A job that a worker holds: nobody else runs it until the lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The job.
    pub job: JobId,
    /// What is to be done.
    pub work: Work,
    /// Raised at every claim: a write with an older one is refused.
    pub fence: u64,
    /// How often the job has failed before.
    pub attempts: u32,
    /// How far the stage is, from 0 to 1.
    pub progress: f32,
    /// When others may take it.
    pub lease_until: DateTime<Utc>,
    /// What was noted on it, by whoever had it before as well.
    pub note: Option<String>,
    /// What led to it, as whoever opened the store has it written beside what is pushed.
    pub trace: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TaskKind;

    #[test]
    fn every_task_reads_back_from_its_row() {
        let song = SongId::from_bits(7);
        let video = VideoId::from_bits(8);
        for task in [
            Task::WriteLyric(LyricId::from_bits(6)),
            Task::SubmitSong(song),
            Task::PollSong(song),
            Task::CollectSong(song),
            Task::SubmitVideo(video),
            Task::PollVideo(video),
            Task::CollectVideo(video),
            Task::Release(Stage::Video, ProviderJob::new("a:b")),
            Task::Adopt(Stage::Song, AttemptToken::from_bits(9), ProviderJob::new("a:b")),
            Task::Withdraw(
                Stage::Video,
                AttemptToken::from_bits(9),
                DateTime::from_timestamp_micros(1_234_567).unwrap(),
            ),
            Task::Erase(MediaKey::parse("images/a.jpg").unwrap()),
            Task::Deadline(DateTime::from_timestamp_micros(1_234_567).unwrap()),
            Task::ServeLine(CampaignId::from_bits(9)),
            Task::SendLetter(News::VideoReady(video)),
        ] {
            let kind = TaskKind::from_name(task.name()).unwrap();
            assert_eq!(kind.name(), task.name());
            assert!(kind.lanes().contains(&task.lane()), "{task:?}");
            assert_eq!(Task::restore(task.name(), &task.subject()), Some(task));
        }
        assert_eq!(Task::restore("poll_song", "vid_1"), None);
        assert_eq!(Task::restore("dance", ""), None);
    }
}
