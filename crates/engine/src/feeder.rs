use castad_domain::{
    model::{Claim, Lane},
    port::{Feeding, Offer, StoreError, Taking, chain},
};
use chrono::{DateTime, Utc};
use futures_util::future::{join, join_all};
use tokio_util::sync::CancellationToken;

use crate::{Engine, crew::Crew, fed::Fed, gate::Place};

/// What a look at the lanes came to.
#[derive(Default)]
struct Looked {
    /// When the next job is due that is not yet.
    due: Option<DateTime<Utc>>,
    /// Where something has been due for longer than the feed should take.
    late: Vec<Lane>,
}

/// The part of an engine that turns due jobs into offers.
impl Engine {
    /// Works from the feed while it answers, and from the database while it does not.
    pub(crate) async fn work_fed(&self, fed: &Fed, crew: &Crew, stop: &CancellationToken) {
        let hands = Lane::ALL.map(|lane| self.hand(fed, crew, lane, stop));
        let feeder = async {
            fed.answers().await;
            while !stop.is_cancelled() {
                if fed.is_up() {
                    self.feed(fed, crew, stop).await;
                    continue;
                }
                let back = stop.child_token();
                let asking = async {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = fed.until_it_answers() => {}
                    }
                    back.cancel();
                };
                join(self.work(crew, &back), asking).await;
            }
        };
        join(feeder, join_all(hands)).await;
    }

    /// Offers what is due, until the feed does not answer.
    async fn feed(&self, fed: &Fed, crew: &Crew, stop: &CancellationToken) {
        while fed.is_up() && !stop.is_cancelled() {
            self.upkeep.turn(crew).await;
            // What is pushed from now on is heard, also while the queue is asked.
            let pushed = self.ports.queue.pushed();
            let due = match self.look_after(fed, crew).await {
                Ok(due) => due,
                Err(fault) => {
                    tracing::warn!(error = chain(&fault), "no work can be offered");
                    None
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = fed.until(false) => {}
                () = pushed => {}
                () = fed.taken() => {}
                () = self.rest(due) => {}
            }
        }
    }

    async fn look_after(
        &self,
        fed: &Fed,
        crew: &Crew,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Looked { due, late } = self.look(fed).await?;
        for lane in late {
            while let Some(place) = crew.free_place() {
                let Some((claim, part)) = self.sweep(fed, lane).await? else { break };
                crew.begin(&self.shift, claim, part, place);
            }
        }
        Ok(due)
    }

    /// An idle engine looks at the lanes only: one statement a look.
    async fn look(&self, fed: &Fed) -> Result<Looked, StoreError> {
        let lanes = self.ports.queue.lanes().await?;
        fed.saw(&lanes);
        let (now, mut looked) = (self.ports.clock.now(), Looked::default());
        for state in lanes {
            // Offers wait for the rate of their lane; they are few.
            let Some(ready) = state.ready(None) else { continue };
            if ready > now {
                looked.due = Some(looked.due.map_or(ready, |due| due.min(ready)));
                continue;
            }
            self.offer_due(fed, state.lane).await?;
            if ready + self.settings.grace <= now && fed.may_sweep(state.lane, self.settings.grace)
            {
                looked.late.push(state.lane);
            }
        }
        Ok(looked)
    }

    /// Offers as many jobs as there is room for, once half of the room is free. Those whose offer
    /// lapsed are left to whoever sweeps first.
    async fn offer_due(&self, fed: &Fed, lane: Lane) -> Result<(), StoreError> {
        let room = u64::from(self.settings.offers);
        let Some(there) = fed.outstanding(lane).await.filter(|there| *there <= room / 2) else {
            return Ok(());
        };
        let now = self.ports.clock.now();
        let most = u32::try_from(room - there).unwrap_or(self.settings.offers);
        let lapsed_by = now - self.settings.grace;
        let offers = self.choose(lane, Feeding { lapsed_by, most, ..self.feeding(now) }).await?;
        if !offers.is_empty() {
            fed.offer(&offers).await;
        }
        Ok(())
    }

    fn feeding(&self, now: DateTime<Utc>) -> Feeding {
        Feeding { now, until: now + self.settings.offered, due_by: now, lapsed_by: now, most: 1 }
    }

    /// A look may choose fewer than there are.
    async fn choose(&self, lane: Lane, mut feeding: Feeding) -> Result<Vec<Offer>, StoreError> {
        let mut offers = Vec::new();
        while feeding.most > 0 {
            let mut more = self.ports.queue.feed(lane, feeding).await?;
            if more.is_empty() {
                break;
            }
            feeding.most -= u32::try_from(more.len()).unwrap_or(feeding.most).min(feeding.most);
            offers.append(&mut more);
        }
        Ok(offers)
    }

    /// Claims a job that the feed should have brought to somebody by now.
    async fn sweep(&self, fed: &Fed, lane: Lane) -> Result<Option<(Claim, Place)>, StoreError> {
        let now = self.ports.clock.now();
        if self.gates.opens(lane).is_some_and(|opens| opens > now) {
            return Ok(None);
        }
        let Some(part) = self.gates.enter(lane) else { return Ok(None) };
        let due_by = now - self.settings.grace;
        let late = self.choose(lane, Feeding { due_by, ..self.feeding(now) }).await?;
        let Some(offer) = late.into_iter().next() else { return Ok(None) };
        match self.ports.queue.claim_job(&offer, self.turn(lane, now)).await? {
            Taking::Claimed(claim) => Ok(Some((*claim, part))),
            Taking::Gone => Ok(None),
            // It is marked, and so it is offered.
            Taking::NotNow(_) => {
                fed.offer(&[offer]).await;
                Ok(None)
            }
        }
    }

    /// One job by way of the feed, for who takes one step after the other.
    pub(crate) async fn take_one(&self, fed: &Fed) -> Result<Option<(Claim, Place)>, StoreError> {
        let Looked { late, .. } = self.look(fed).await?;
        for lane in Lane::ALL {
            if self.opens(fed, lane).is_none_or(|opens| opens > self.ports.clock.now()) {
                continue;
            }
            let Some(part) = self.gates.enter(lane) else { continue };
            let patience = chrono::TimeDelta::zero();
            let Some(hand) = fed.take(lane, patience).await else { continue };
            if let Some(claim) = self.claim_in_hand(fed, hand).await? {
                return Ok(Some((claim, part)));
            }
        }
        for lane in late {
            if let Some(found) = self.sweep(fed, lane).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
