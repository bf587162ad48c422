use std::{collections::HashSet, future::Future, pin::Pin};

use async_trait::async_trait;
use castad_domain::{
    model::{
        Caller, Event, EventSeq, Lyric, LyricId, MemberId, Production, Project, ProjectId,
        ProjectStatus, SecretHash, Song, SongId, Task, Video, VideoId,
    },
    port::{
        Catalog, Counted, EventLog, Gate, MAX_PAGE, NumberedPage, OfProject, Page, ProjectView,
        StageRow, StoreError,
    },
};
use chrono::{DateTime, Utc};

use crate::{
    store::MemoryStore,
    tables::{Rows, Tables},
};

/// A row of a stage, and the jobs that make it.
trait Staged: Clone {
    fn awaits(&self, task: &Task) -> bool;
}

impl Staged for Lyric {
    fn awaits(&self, task: &Task) -> bool {
        self.state.is_open() && matches!(task, Task::WriteLyric(id) if *id == self.id)
    }
}

impl Staged for Song {
    fn awaits(&self, task: &Task) -> bool {
        use Task::{CollectSong, PollSong, SubmitSong};
        let mine = |id: &SongId| *id == self.id;
        self.making.is_open()
            && matches!(task, SubmitSong(id) | PollSong(id) | CollectSong(id) if mine(id))
    }
}

impl Staged for Video {
    fn awaits(&self, task: &Task) -> bool {
        use Task::{CollectVideo, PollVideo, SubmitVideo};
        let mine = |id: &VideoId| *id == self.id;
        self.making.is_open()
            && matches!(task, SubmitVideo(id) | PollVideo(id) | CollectVideo(id) if mine(id))
    }
}

impl Tables {
    fn owns(&self, of: MemberId, project: ProjectId) -> bool {
        self.projects.get(&project).is_some_and(|project| project.member() == of)
    }

    fn lists(&self, of: MemberId, project: ProjectId) -> bool {
        let project = self.projects.get(&project).filter(|project| project.member() == of);
        project.is_some_and(|project| project.status() != ProjectStatus::Archived)
    }

    fn view(&self, production: Production) -> ProjectView {
        let awaited = |task: &Task| task.stage().is_some() && production.awaits(task);
        let job = self.job(awaited);
        ProjectView { production, job }
    }

    fn row<T: Staged>(&self, (project, row): &(ProjectId, T)) -> StageRow<T> {
        let job = self.job(|task| row.awaits(task));
        StageRow { project: *project, row: row.clone(), job }
    }

    fn one<I: Ord, T: Staged>(
        &self,
        rows: &Rows<I, T>,
        of: MemberId,
        id: &I,
    ) -> Option<StageRow<T>> {
        let found = rows.get(id).filter(|row| self.owns(of, row.0))?;
        Some(self.row(found))
    }

    fn list<I: Ord + Copy, T: Staged>(
        &self,
        rows: &Rows<I, T>,
        of: MemberId,
        behind: impl Fn(I) -> bool,
        limit: u32,
    ) -> Vec<StageRow<T>> {
        let newest = rows.iter().rev().filter(|(id, _)| behind(**id));
        let listed = newest.filter(|(_, row)| self.lists(of, row.0));
        listed.take(size(limit)).map(|(_, row)| self.row(row)).collect()
    }
}

/// The page of that number of all that is listed, newest first.
fn counted<T: Clone>(
    tables: &Tables,
    listed: &[&(ProjectId, T)],
    page: NumberedPage,
) -> Counted<OfProject<T>> {
    let rows = listed.iter().skip(usize::try_from(page.skipped()).unwrap_or(usize::MAX));
    let of_project = |(id, row): &(ProjectId, T)| {
        let project = Project::clone(tables.projects.get(id)?);
        Some(OfProject { project, row: row.clone() })
    };
    let rows = rows.take(page.rows() as usize).filter_map(|row| of_project(row)).collect();
    Counted { rows, total: listed.len() as u64 }
}

fn size(limit: u32) -> usize {
    limit.min(MAX_PAGE) as usize
}

fn behind(page: Page, bits: u128) -> bool {
    page.after.is_none_or(|after| bits < after)
}

#[async_trait]
impl Catalog for MemoryStore {
    async fn project(
        &self,
        of: MemberId,
        id: ProjectId,
    ) -> Result<Option<ProjectView>, StoreError> {
        let tables = self.snapshot();
        let owned = tables.production(id).filter(|_| tables.owns(of, id));
        Ok(owned.map(|production| tables.view(production)))
    }

    async fn owns(&self, of: MemberId, id: ProjectId) -> Result<bool, StoreError> {
        Ok(self.snapshot().owns(of, id))
    }

    async fn projects(&self, of: MemberId, page: Page) -> Result<Vec<ProjectView>, StoreError> {
        let tables = self.snapshot();
        let ids = tables.projects.keys().rev().filter(|id| behind(page, id.to_bits()));
        let listed = ids.filter(|id| tables.lists(of, **id)).take(size(page.limit));
        let productions = listed.filter_map(|id| tables.production(*id));
        Ok(productions.map(|production| tables.view(production)).collect())
    }

    async fn lyric(
        &self,
        of: MemberId,
        id: LyricId,
    ) -> Result<Option<StageRow<Lyric>>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.one(&tables.lyrics, of, &id))
    }

    async fn song(&self, of: MemberId, id: SongId) -> Result<Option<StageRow<Song>>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.one(&tables.songs, of, &id))
    }

    async fn video(
        &self,
        of: MemberId,
        id: VideoId,
    ) -> Result<Option<StageRow<Video>>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.one(&tables.videos, of, &id))
    }

    async fn lyrics(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Lyric>>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.list(&tables.lyrics, of, |id| behind(page, id.to_bits()), page.limit))
    }

    async fn songs(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Song>>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.list(&tables.songs, of, |id| behind(page, id.to_bits()), page.limit))
    }

    async fn videos(&self, of: MemberId, page: Page) -> Result<Vec<StageRow<Video>>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.list(&tables.videos, of, |id| behind(page, id.to_bits()), page.limit))
    }

    async fn counted_songs(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Song>>, StoreError> {
        let tables = self.snapshot();
        let newest = tables.songs.values().rev().map(|row| &**row);
        let listed: Vec<_> = newest.filter(|(project, _)| tables.lists(of, *project)).collect();
        Ok(counted(&tables, &listed, page))
    }

    async fn counted_videos(
        &self,
        of: MemberId,
        page: NumberedPage,
    ) -> Result<Counted<OfProject<Video>>, StoreError> {
        let tables = self.snapshot();
        let newest = tables.videos.values().rev().map(|row| &**row);
        let ready = newest.filter(|(_, video)| video.making.product().is_some());
        let mut seen = HashSet::new();
        let listed = ready.filter(|(project, _)| tables.lists(of, *project));
        let listed: Vec<_> = listed.filter(|(project, _)| seen.insert(*project)).collect();
        Ok(counted(&tables, &listed, page))
    }
}

#[async_trait]
impl EventLog for MemoryStore {
    async fn events(
        &self,
        of: MemberId,
        project: Option<ProjectId>,
        after: EventSeq,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let tables = self.snapshot();
        let log = tables.log.get(&of).into_iter().flat_map(|log| log.iter());
        let behind = log.filter(|event| event.seq > after);
        let asked = behind.filter(|event| project.is_none() || event.project == project);
        Ok(asked.take(limit as usize).map(|event| Event::clone(event)).collect())
    }

    async fn heads(&self, of: &[MemberId]) -> Result<Vec<(MemberId, EventSeq)>, StoreError> {
        let tables = self.snapshot();
        let head = |member: &MemberId| Some((*member, tables.log.get(member)?.last()?.seq));
        Ok(of.iter().filter_map(head).collect())
    }

    /// Written out, because an `async fn` would begin to listen only when it is first polled.
    fn appended<'a, 'async_trait>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.appended.next())
    }
}

#[async_trait]
impl Gate for MemoryStore {
    async fn caller(
        &self,
        hash: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Caller>, StoreError> {
        let tables = self.snapshot();
        let key = tables.keys.iter().find(|key| key.hash == *hash && !key.has_expired(now));
        let session = tables.sessions.iter().find(|s| s.hash == *hash && s.ends_at > now);
        Ok(key.map(Caller::from).or(session.map(Caller::from)))
    }
}
