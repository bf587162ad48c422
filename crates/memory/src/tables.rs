use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use castad_domain::{
    model::{
        Action, ApiKey, AttemptToken, Claim, Event, EventSeq, IdempotencyKey, Image, Job, JobEntry,
        JobId, JobState, Lane, Lyric, LyricId, Member, MemberId, NewEvent, Outlook, Production,
        Profile, Project, ProjectId, Reply, Session, Song, SongId, Stage, Task, TaskKind, Video,
        VideoId, Work,
    },
    port::{StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{
    coupons::Coupons, lanes::Lanes, lines::Lines, points::PointsTables, settings::SettingsTable,
    shop::Shop, slots::SlotTables, webhooks::Webhooks,
};

/// A row of a stage with the project that it belongs to.
pub(crate) type Rows<I, T> = BTreeMap<I, Arc<(ProjectId, T)>>;

/// All that a store holds. A copy is a snapshot, and shares its rows with the original.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) projects: BTreeMap<ProjectId, Arc<Project>>,
    pub(crate) images: BTreeMap<ProjectId, Arc<Vec<Image>>>,
    pub(crate) lyrics: Rows<LyricId, Lyric>,
    pub(crate) songs: Rows<SongId, Song>,
    pub(crate) videos: Rows<VideoId, Video>,
    pub(crate) told: BTreeMap<MemberId, EventSeq>,
    pub(crate) log: BTreeMap<MemberId, Arc<Vec<Arc<Event>>>>,
    pub(crate) jobs: BTreeMap<JobId, Arc<JobRow>>,
    pub(crate) last_job: u128,
    pub(crate) lanes: Lanes,
    pub(crate) replies: HashMap<(MemberId, IdempotencyKey), Reply>,
    pub(crate) members: Vec<Member>,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) actions: Arc<Vec<Action>>,
    pub(crate) points: PointsTables,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) settings: SettingsTable,
    pub(crate) coupons: Coupons,
    pub(crate) lines: Lines,
    pub(crate) shop: Shop,
    pub(crate) slots: Arc<SlotTables>,
    pub(crate) webhooks: Webhooks,
}

#[derive(Clone)]
pub(crate) struct JobRow {
    pub(crate) work: Work,
    pub(crate) state: JobState,
    pub(crate) fence: u64,
    pub(crate) attempts: u32,
    pub(crate) progress: f32,
    pub(crate) lease_until: DateTime<Utc>,
    pub(crate) fed_until: Option<DateTime<Utc>>,
    pub(crate) reason: Option<String>,
    pub(crate) draft: Option<String>,
    pub(crate) trace: Option<String>,
}

fn newest<I: Ord, T: Clone>(rows: &Rows<I, T>, project: ProjectId) -> Option<T> {
    rows.values().rev().find(|row| row.0 == project).map(|row| row.1.clone())
}

impl Tables {
    pub(crate) fn production(&self, id: ProjectId) -> Option<Production> {
        let project = Project::clone(self.projects.get(&id)?);
        let images = self.images.get(&id).map(|images| images.to_vec()).unwrap_or_default();
        let (lyric, song) = (newest(&self.lyrics, id), newest(&self.songs, id));
        Some(Production::restore(project, images, lyric, song, newest(&self.videos, id)))
    }

    pub(crate) fn insert(&mut self, production: &Production) -> Result<(), StoreError> {
        if self.projects.contains_key(&production.project().id()) {
            return Err(StoreErrorKind::Duplicate.into());
        }
        self.write(production);
        Ok(())
    }

    pub(crate) fn update(&mut self, production: &Production) -> Result<(), StoreError> {
        let read = production.project();
        let kept = self.projects.get(&read.id()).ok_or(StoreErrorKind::Conflict)?;
        if kept.version() != read.version() {
            return Err(StoreErrorKind::Conflict.into());
        }
        self.write(production);
        Ok(())
    }

    fn write(&mut self, production: &Production) {
        let written = production.clone().written();
        let id = written.project().id();
        self.projects.insert(id, Arc::new(written.project().clone()));
        self.images.insert(id, Arc::new(written.images().to_vec()));
        if let Some(lyric) = written.lyric() {
            self.lyrics.insert(lyric.id, Arc::new((id, lyric.clone())));
        }
        if let Some(song) = written.song() {
            self.songs.insert(song.id, Arc::new((id, song.clone())));
        }
        if let Some(video) = written.video() {
            self.videos.insert(video.id, Arc::new((id, video.clone())));
        }
    }

    pub(crate) fn append(&mut self, member: MemberId, events: &[NewEvent], trace: Option<&str>) {
        let log = Arc::make_mut(self.log.entry(member).or_default());
        for event in events {
            let NewEvent { kind, project, at, data } = event.clone();
            let seq = EventSeq(log.last().map_or(0, |last| last.seq.0) + 1);
            let data = data.into_iter().map(|(name, datum)| (name.to_owned(), datum)).collect();
            let trace = trace.map(str::to_owned);
            log.push(Arc::new(Event { seq, member, kind, project, at, data, trace }));
        }
    }

    pub(crate) fn push(&mut self, work: &[Work], trace: Option<&str>) {
        for work in work {
            self.last_job += 1;
            let row = JobRow {
                work: work.clone(),
                state: JobState::Waiting,
                fence: 0,
                attempts: 0,
                progress: 0.0,
                lease_until: work.due,
                fed_until: None,
                reason: None,
                draft: None,
                trace: trace.map(str::to_owned),
            };
            self.jobs.insert(JobId::from_bits(self.last_job), Arc::new(row));
        }
    }

    /// Whose production rests on an attempt that has not ended.
    pub(crate) fn of_attempt(&self, stage: Stage, attempt: AttemptToken) -> Option<ProjectId> {
        let song = || self.songs.values().find(|row| row.1.making.attempt() == Some(attempt));
        let video = || self.videos.values().find(|row| row.1.making.attempt() == Some(attempt));
        match stage {
            Stage::Lyric => None,
            Stage::Song => song().map(|row| row.0),
            Stage::Video => video().map(|row| row.0),
        }
    }

    pub(crate) fn hurry(&mut self, task: &Task, due: DateTime<Utc>) {
        let waits = |job: &&mut Arc<JobRow>| {
            job.state == JobState::Waiting && job.work.due > due && job.work.task == *task
        };
        for job in self.jobs.values_mut().filter(waits) {
            Arc::make_mut(job).work.due = due;
        }
    }

    /// The job of a claim, as long as nobody else has claimed it since.
    pub(crate) fn held(&mut self, claim: &Claim) -> Result<&mut JobRow, StoreError> {
        let job = self.jobs.get_mut(&claim.job);
        job.filter(|job| job.state == JobState::Running && job.fence == claim.fence)
            .map(Arc::make_mut)
            .ok_or_else(|| StoreErrorKind::Conflict.into())
    }

    pub(crate) fn finish(&mut self, claim: &Claim) -> Result<(), StoreError> {
        self.held(claim)?;
        self.jobs.remove(&claim.job);
        Ok(())
    }

    /// A job as an admin sees it.
    pub(crate) fn entry(&self, id: JobId) -> Option<JobEntry> {
        let job = self.jobs.get(&id)?;
        let runs = job.state == JobState::Running;
        Some(JobEntry {
            id,
            work: job.work.clone(),
            state: job.state,
            attempts: job.attempts,
            fence: job.fence,
            lease_until: runs.then_some(job.lease_until),
            reason: job.reason.clone(),
        })
    }

    pub(crate) fn replay(&mut self, id: JobId, due: DateTime<Utc>) -> Result<(), StoreError> {
        let dead = self.jobs.get_mut(&id).filter(|job| job.state == JobState::Dead);
        let job = dead.map(Arc::make_mut).ok_or(StoreErrorKind::Conflict)?;
        (job.state, job.attempts, job.reason) = (JobState::Waiting, 0, None);
        job.work.due = due;
        Ok(())
    }

    /// The jobs that were set aside, of a kind or of any.
    pub(crate) fn dead(&self, kind: Option<TaskKind>) -> Vec<JobId> {
        let asked = |job: &JobRow| kind.is_none_or(|kind| kind.name() == job.work.task.name());
        let dead = self.jobs.iter().filter(|(_, job)| job.state == JobState::Dead && asked(job));
        dead.map(|(id, _)| *id).collect()
    }

    /// The job that somebody who looks at an open stage waits for.
    pub(crate) fn job(&self, awaited: impl Fn(&Task) -> bool) -> Option<Job> {
        let (&id, row) = self.jobs.iter().find(|(_, row)| awaited(&row.work.task))?;
        let waits = row.state == JobState::Waiting;
        let outlook = if waits {
            self.outlook(row.work.task.lane(), (row.work.due, id))
        } else {
            Outlook::default()
        };
        let (work, draft) = (row.work.clone(), row.draft.clone());
        Some(Job { id, work, state: row.state, progress: row.progress, draft, outlook })
    }

    /// What awaits the job of that place in a lane: when it is due, and its id.
    pub(crate) fn outlook(&self, lane: Lane, place: (DateTime<Utc>, JobId)) -> Outlook {
        let jobs = || self.jobs.iter().filter(|(_, job)| job.work.task.lane() == lane);
        let before = |(other, job): &(&JobId, &Arc<JobRow>)| {
            job.state == JobState::Waiting && (job.work.due, **other) < place
        };
        let runs = |(_, job): &(&JobId, &Arc<JobRow>)| job.state == JobState::Running;
        let (state, pace) = (self.lanes.of(lane), self.lanes.pace_of(lane));
        Outlook {
            ahead: jobs().filter(before).count() as u64,
            running: jobs().filter(runs).count() as u64,
            step: pace.step,
            spacing: pace.spacing,
            rests_until: state.rests_until,
            paused: state.paused,
        }
    }
}
