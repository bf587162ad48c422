//! What may be asked of productions, and what an engine does for them.

use castad_domain::{
    model::{Claim, Stage},
    port::{Advise, Page, Retry, StoreError},
    usecase::{
        self, Cancel, GiveUp, Produce, RequestStage, RunTask, StageOrder, StepEnd, StepError,
        Unresolved,
    },
};
use chrono::TimeDelta;

use super::{LEASE, Tried, Worker};
use crate::{ledger, storm::end::End};

impl Worker {
    pub(super) async fn open_a_project(&mut self) -> Tried {
        let member = self.member();
        ledger::project(&self.ports, member).await;
        Ok(End::Done)
    }

    async fn project(&mut self) -> Result<Option<StageOrder>, StoreError> {
        let member = self.member();
        let page = Page { limit: 4, after: None };
        let found = self.ports.catalog.projects(member, page).await?;
        let found = self.dice.pick(&found);
        Ok(found.map(|view| {
            let project = view.production.project().id();
            StageOrder { member, project, orientation: None, cancel_at: None }
        }))
    }

    pub(super) async fn produce(&mut self) -> Tried {
        let Some(order) = self.project().await? else { return Ok(End::Refused) };
        let now = self.ports.clock.now();
        let cancel_at = self.dice.once_in(4).then(|| now + TimeDelta::minutes(2));
        let order = StageOrder { cancel_at, ..order };
        if self.dice.once_in(2) {
            return Ok(usecase::Retry::new(&self.ports).run(order, None).await.into());
        }
        Ok(Produce::new(&self.ports).run(order, None).await.into())
    }

    pub(super) async fn request(&mut self) -> Tried {
        let Some(order) = self.project().await? else { return Ok(End::Refused) };
        let stages = [Stage::Lyric, Stage::Song, Stage::Video];
        let Some(stage) = self.dice.pick(&stages) else { return Ok(End::Refused) };
        Ok(RequestStage::new(&self.ports).run(stage, order, None).await.into())
    }

    pub(super) async fn stop(&mut self) -> Tried {
        let Some(order) = self.project().await? else { return Ok(End::Refused) };
        Ok(Cancel::new(&self.ports).run(order.member, order.project, None).await.into())
    }

    /// Takes the step that is due, as an engine does.
    pub(super) async fn step(&mut self) -> Tried {
        let now = self.ports.clock.now();
        let Some(claim) = self.ports.queue.claim(now, now + LEASE).await? else {
            self.rest.clock().advance(TimeDelta::seconds(1));
            return Ok(End::Refused);
        };
        let fate = if self.dice.once_in(2) { Unresolved::Fail } else { Unresolved::Wait };
        let end = match RunTask::new(&self.ports).unresolved(fate).run(&claim).await {
            Ok(StepEnd::Done | StepEnd::Posted(_)) => return Ok(End::Done),
            Ok(StepEnd::Again { due, progress }) => {
                self.ports.queue.put_back(&claim, due, 0, progress).await
            }
            Err(error) => {
                let end = End::from(&error);
                if matches!(end, End::Fault(_)) {
                    return Ok(end);
                }
                let counts = end == End::Refused;
                if !counts || error.retry() != Retry::Never && claim.attempts < 2 {
                    let (due, attempts) = (now + TimeDelta::seconds(10), claim.attempts + 1);
                    self.ports.queue.put_back(&claim, due, attempts, claim.progress).await
                } else {
                    self.give_up(&claim, &error).await
                }
            }
        };
        Ok(end.into())
    }

    async fn give_up(&self, claim: &Claim, error: &StepError) -> Result<(), StoreError> {
        match GiveUp::new(&self.ports).run(claim, error).await {
            Err(StepError::Store(fault)) => Err(fault),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}
