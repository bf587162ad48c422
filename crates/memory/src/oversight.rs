use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{
        Action, ActionId, JobEntry, JobId, JobState, Making, MemberId, NewAction, ProjectId,
        Purchase, UnresolvedPurchase,
    },
    port::{ActionBook, ActionFilter, JobPage, MAX_PAGE, Oversight, Page, StoreError},
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, tables::Tables, unit::MemoryUnit};

impl Tables {
    fn owner(&self, project: ProjectId) -> Option<MemberId> {
        self.projects.get(&project).map(|project| project.member())
    }

    /// The purchase, if nobody knows whether it was made.
    fn unresolved<P>(
        &self,
        (project, purchase): (ProjectId, Purchase),
        making: &Making<P>,
        since: DateTime<Utc>,
    ) -> Option<UnresolvedPurchase> {
        let Making::Unresolved { attempt } = *making else { return None };
        let member = self.owner(project)?;
        Some(UnresolvedPurchase { purchase, project, member, attempt, since })
    }

    fn listed(&self, page: JobPage, asked: impl Fn(&JobEntry) -> bool) -> Vec<JobEntry> {
        let place = |job: &JobEntry| (job.work.due, job.id);
        let behind = |job: &JobEntry| page.after.is_none_or(|after| place(job) < after);
        let entries = self.jobs.keys().filter_map(|id| self.entry(*id));
        let mut found: Vec<_> = entries.filter(|job| asked(job) && behind(job)).collect();
        found.sort_by_key(|job| std::cmp::Reverse(place(job)));
        found.truncate(page.limit.min(MAX_PAGE) as usize);
        found
    }
}

#[async_trait]
impl ActionBook for MemoryUnit {
    async fn note(&mut self, action: &NewAction) -> Result<(), StoreError> {
        let action = action.clone();
        self.step(move |tables| {
            let actions = Arc::make_mut(&mut tables.actions);
            let id = ActionId::from_bits(actions.len() as u128 + 1);
            actions.push(Action::noted(id, &action));
            Ok(())
        })
    }
}

#[async_trait]
impl Oversight for MemoryStore {
    async fn unresolved(&self, page: Page) -> Result<Vec<UnresolvedPurchase>, StoreError> {
        let tables = self.snapshot();
        let songs = tables.songs.values().filter_map(|row| {
            let (project, song) = &**row;
            let of = (*project, Purchase::Song(song.id));
            tables.unresolved(of, &song.making, song.changed_at)
        });
        let videos = tables.videos.values().filter_map(|row| {
            let (project, video) = &**row;
            let of = (*project, Purchase::Video(video.id));
            tables.unresolved(of, &video.making, video.changed_at)
        });
        let bits = |waiting: &UnresolvedPurchase| waiting.purchase.to_bits();
        let behind = |waiting: &UnresolvedPurchase| page.after.is_none_or(|a| bits(waiting) < a);
        let mut found: Vec<_> = songs.chain(videos).filter(behind).collect();
        found.sort_by_key(|waiting| std::cmp::Reverse(bits(waiting)));
        found.truncate(page.limit.min(MAX_PAGE) as usize);
        Ok(found)
    }

    async fn jobs(&self, state: JobState, page: JobPage) -> Result<Vec<JobEntry>, StoreError> {
        Ok(self.snapshot().listed(page, |job| job.state == state))
    }

    async fn lapsed(&self, now: DateTime<Utc>, page: JobPage) -> Result<Vec<JobEntry>, StoreError> {
        Ok(self.snapshot().listed(page, |job| job.lease_until.is_some_and(|until| until < now)))
    }

    async fn job(&self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        Ok(self.snapshot().entry(id))
    }

    async fn actions(&self, of: ActionFilter, page: Page) -> Result<Vec<Action>, StoreError> {
        let tables = self.snapshot();
        let asked = |action: &&Action| {
            of.actor.is_none_or(|actor| action.by.member == actor)
                && of.kind.is_none_or(|kind| action.kind == kind.name())
                && page.after.is_none_or(|after| action.id.to_bits() < after)
        };
        let newest_first = tables.actions.iter().rev().filter(asked);
        Ok(newest_first.take(page.limit.min(MAX_PAGE) as usize).cloned().collect())
    }
}
