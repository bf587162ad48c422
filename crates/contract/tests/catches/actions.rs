use async_trait::async_trait;
use castad_domain::{
    model::{Action, JobEntry, JobId, JobState, NewAction, UnresolvedPurchase},
    port::{ActionBook, ActionFilter, JobPage, Oversight, Page, Store, StoreError},
};
use chrono::{DateTime, Utc};

use super::{Broken, Fault, Unit};

#[async_trait]
impl ActionBook for Unit {
    async fn note(&mut self, action: &NewAction) -> Result<(), StoreError> {
        if self.store.fault != Fault::WritesAtOnce {
            return self.inner.actions().note(action).await;
        }
        let mut unit = self.store.inner.begin().await?;
        unit.actions().note(action).await?;
        unit.commit().await
    }
}

#[async_trait]
impl Oversight for Broken {
    async fn unresolved(&self, page: Page) -> Result<Vec<UnresolvedPurchase>, StoreError> {
        let forgets = self.fault == Fault::ForgetsPages;
        let page = if forgets { Page { after: None, ..page } } else { page };
        self.inner.unresolved(page).await
    }

    async fn jobs(&self, state: JobState, page: JobPage) -> Result<Vec<JobEntry>, StoreError> {
        let forgets = self.fault == Fault::ForgetsPages;
        let page = if forgets { JobPage { after: None, ..page } } else { page };
        self.inner.jobs(state, page).await
    }

    async fn lapsed(&self, now: DateTime<Utc>, page: JobPage) -> Result<Vec<JobEntry>, StoreError> {
        self.inner.lapsed(now, page).await
    }

    async fn job(&self, id: JobId) -> Result<Option<JobEntry>, StoreError> {
        self.inner.job(id).await
    }

    async fn actions(&self, of: ActionFilter, page: Page) -> Result<Vec<Action>, StoreError> {
        let forgets = self.fault == Fault::ForgetsPages;
        let page = if forgets { Page { after: None, ..page } } else { page };
        let of = if self.fault == Fault::ForgetsOwners {
            ActionFilter { actor: None, ..of }
        } else {
            of
        };
        self.inner.actions(of, page).await
    }
}
